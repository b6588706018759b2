/** One entry as a file gave it: a number (NaN when missing) or any other text. */
export type Cell = number | string;

/** The cells of a column; those of one that holds numbers alone stand side by side. */
export type Cells = readonly Cell[] | Float64Array;

/** Whether each cell is a number or missing. */
export const areNumbers = (cells: Cells): boolean =>
  cells instanceof Float64Array || cells.every((cell) => typeof cell === "number");

/** Reads the entries of a file; which ones count as missing is settled here and nowhere else. */
export interface CellReader {
  text(text: string): Cell;
  number(value: number): Cell;
  /**
   * A name or a level: the text as it was written, whatever number it may write, or NaN where it is missing.
   *
   * @param levels those of a trained model, which are never missing
   */
  name(text: string, levels?: ReadonlySet<string>): Cell;
  /** Whether a text means "missing"; it is not counted. */
  isMissing(text: string): boolean;
  /** Counts a word that means "missing" so often more. */
  countMissing(word: string, times: number): void;
  /** How often each word was read as missing. */
  readonly missingWords: ReadonlyMap<string, number>;
}

/** Words that mean "missing" in any case: of spreadsheets, data frames, C libraries, drivers. */
const MISSING_WORDS: readonly string[] = [
  "",
  "na",
  "n/a",
  "nan",
  "null",
  "?",
  "<na>",
  "nat",
  "#n/a",
  "#na",
  "#n/a n/a",
  "-nan",
  "+nan",
  "1.#ind",
  "-1.#ind",
  "1.#qnan",
  "-1.#qnan",
  "[n/a]",
  "[not supported]",
];
/** Words that mean it as they stand; "none" may be a level. */
const EXACT_MISSING_WORDS: readonly string[] = ["None", "-"];
/** Nobody takes these for anything else, so they are not worth a word. */
const PLAIN_WORDS: ReadonlySet<string> = new Set(["", "nan", "null", "-nan", "+nan"]);

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/**
 * A reader of cells that takes empty cells and the usual words (NA, NaN, null, None, <NA>, #N/A, - ...) for missing, and
 * those given. Text that writes a number too large for one, or "inf", is read as Infinity, for the caller to refuse.
 *
 * @param missing further words and numbers that mean "missing"
 * @param notMissing words that do not, although they usually do
 * @example
 * const cells = cellReader(["-999"]);
 * cells.text(" 1.50 "); // 1.5
 * cells.text("NA"); // NaN
 * cells.number(-999); // NaN
 * cells.text("idle"); // "idle"
 * cells.name("007"); // "007"
 */
export function cellReader(missing: readonly string[] = [], notMissing: readonly string[] = []): CellReader {
  const isMissingWord = missingWordsOf(missing, notMissing);
  const numbers = new Set(
    missing
      .map((word) => word.trim())
      .filter(isDecimal)
      .map(Number),
  );
  const missingWords = new Map<string, number>();
  const countMissing = (word: string, times: number) => {
    if (!PLAIN_WORDS.has(word.toLowerCase())) missingWords.set(word, (missingWords.get(word) ?? 0) + times);
  };
  const count = (word: string) => {
    countMissing(word, 1);
    return Number.NaN;
  };
  const number = (value: number) => (numbers.has(value) ? Number.NaN : value);
  const text = (raw: string) => {
    const trimmed = raw.trim();
    if (isDecimal(trimmed)) return number(Number(trimmed));
    if (isMissingWord(trimmed)) return count(trimmed);
    return INFINITE.test(trimmed) ? Number.POSITIVE_INFINITY : trimmed;
  };
  const name = (raw: string, levels?: ReadonlySet<string>) => {
    const trimmed = raw.trim();
    if (levels?.has(trimmed)) return trimmed;
    if (isMissingWord(trimmed)) return count(trimmed);
    return isDecimal(trimmed) && numbers.has(Number(trimmed)) ? Number.NaN : trimmed;
  };
  const isMissing = (word: string) => isMissingWord(word.trim());
  return { text, number, name, isMissing, countMissing, missingWords };
}

function missingWordsOf(
  missing: readonly string[],
  notMissing: readonly string[],
): (word: string) => boolean {
  const lower = (words: readonly string[]) => words.map((word) => word.trim().toLowerCase());
  const taken = new Set(lower(notMissing));
  const words = new Set(
    [...MISSING_WORDS, ...lower(missing)].filter((word) => word === "" || !taken.has(word)),
  );
  const exact = new Set(EXACT_MISSING_WORDS.filter((word) => !taken.has(word.toLowerCase())));
  return (word) => words.has(word.toLowerCase()) || exact.has(word);
}

/**
 * What is told of words that were read as missing.
 *
 * @example
 * missingNote(new Map([["None", 240], ["-", 18]])); // ['read as missing: "None" (240), "-" (18); ...']
 */
export function missingNote(words: ReadonlyMap<string, number>): string[] {
  if (words.size === 0) return [];
  const shown = [...words].slice(0, 12).map(([word, count]) => `${JSON.stringify(word)} (${count})`);
  const list = shown.join(", ") + (words.size > shown.length ? ", ..." : "");
  return [`read as missing: ${list}; the option not-missing takes words back`];
}

/** Whether a text writes a decimal number: digits with an optional sign, point and exponent. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

export function isMissing(cell: Cell): boolean {
  return typeof cell === "number" && Number.isNaN(cell);
}

const BINARY_WORDS: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["yes", 1],
  ["false", 0],
  ["no", 0],
]);

/**
 * The 0 or 1 that a cell stands for (0, 1, true, false, yes, no), or undefined.
 *
 * @example
 * binaryOf("Yes"); // 1
 * binaryOf(2); // undefined
 */
export function binaryOf(cell: Cell): number | undefined {
  if (typeof cell === "number") return cell === 0 || cell === 1 ? cell : undefined;
  return BINARY_WORDS.get(cell.toLowerCase());
}
