/** Text from anywhere, as it may be shown to people: short, in one line, without what moves a terminal's cursor. */

/** The most characters of a message: a cell of a megabyte that is quoted in one must not fill the screen. */
export const LONGEST_MESSAGE = 500;

/** Control characters, line separators, and marks that turn the direction of what follows. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * The text with characters that cannot be seen written out.
 *
 * @example
 * visible("\u001b[31mred"); // "\\u001b[31mred"
 */
export const visible = (text: string): string =>
  text.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The text in one line: any blanks and line breaks are one blank, what cannot be seen is written out. */
export const oneLine = (text: string): string => visible(text.replace(/\s+/g, " ").trim());

/**
 * Texts that have at most so many characters together: the longest are cut in their middle, all at one length.
 *
 * @example
 * shortened(["cpu.csv:7", "a".repeat(30)], 20); // ["cpu.csv:7", "aaaaa…aaaaa"]
 */
export function shortened(texts: readonly string[], most: number): string[] {
  const lengths = texts.map(({ length }) => length).sort((a, b) => a - b);
  let room = most;
  for (const [i, length] of lengths.entries()) {
    const share = Math.floor(room / (lengths.length - i));
    if (length > share) return texts.map((text) => cutInTheMiddle(text, share));
    room -= length;
  }
  return [...texts];
}

function cutInTheMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const [head, tail] = [Math.ceil((most - 1) / 2), Math.floor((most - 1) / 2)];
  return `${text.slice(0, head)}…${text.slice(text.length - tail)}`;
}

const MOST_QUOTED = 80;

/**
 * A value of JSON as a message may quote it: what is nested is named, not written out.
 *
 * @example
 * quoted("idle"); // '"idle"'
 * quoted({ a: [1] }); // "an object"
 */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text;
}
