/** Long texts in pieces that a model can read. */

/** Where a text may be cut, the best place first: behind sentences, behind words, behind characters. */
const CUTS: readonly ((text: string) => readonly string[])[] = [
  (text) => text.split(/(?<=[.!?…]["'”»)\]]?\s)|(?<=[。！？])/u),
  (text) => text.split(/(?<=\s)(?=\S)/u),
  (text) => [...text],
];

/**
 * A text in pieces of so many tokens at most: whole sentences where that is possible, else whole words, else characters. Their sum is the
 * text, but for the spaces at its ends.
 *
 * @param sizeOf how many tokens a text has
 * @example
 * piecesOf("It rains. We stay at home.", 12, ({ length }) => length); // ["It rains.", "We stay at", "home."]
 */
export function piecesOf(text: string, most: number, sizeOf: (text: string) => number): string[] {
  const whole = text.trim();
  if (whole === "" || sizeOf(whole) <= most) return [whole];
  for (const cut of CUTS) {
    const parts = cut(whole);
    if (parts.length > 1) return grouped(parts, most, sizeOf).flatMap((part) => piecesOf(part, most, sizeOf));
  }
  return [whole]; // a single character: nothing is left to cut
}

/** Neighbours together, as many as fit. */
function grouped(parts: readonly string[], most: number, sizeOf: (text: string) => number): string[] {
  const groups: string[] = [];
  let group = "";
  for (const part of parts) {
    if (group.trim() !== "" && sizeOf((group + part).trim()) > most) {
      groups.push(group);
      group = "";
    }
    group += part;
  }
  return [...groups, group].map((each) => each.trim()).filter((each) => each !== "");
}
