/** One entry as a file gave it: a number (NaN when missing) or any other text. */
export type Cell = number | string;

/** Reads the entries of a file; which ones count as missing is settled here and nowhere else. */
export interface CellReader {
  text(text: string): Cell;
  number(value: number): Cell;
}

const MISSING_WORDS = ["", "na", "n/a", "nan", "null", "?"];
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/**
 * A reader of cells that takes empty cells, NA, N/A, NaN, null and ? (in any case) for missing, and the words given.
 * Text that writes a number too large for one, or "inf", is read as Infinity, for the caller to refuse.
 *
 * @example
 * const cells = cellReader(["-999"]);
 * cells.text(" 1.50 "); // 1.5
 * cells.text("NA"); // NaN
 * cells.number(-999); // NaN
 * cells.text("idle"); // "idle"
 */
export function cellReader(missing: readonly string[] = []): CellReader {
  const words = new Set([...MISSING_WORDS, ...missing.map((word) => word.trim().toLowerCase())]);
  const numbers = new Set(
    missing
      .map((word) => word.trim())
      .filter(isDecimal)
      .map(Number),
  );
  const number = (value: number) => (numbers.has(value) ? Number.NaN : value);
  const text = (raw: string) => {
    const trimmed = raw.trim();
    if (isDecimal(trimmed)) return number(Number(trimmed));
    if (words.has(trimmed.toLowerCase())) return Number.NaN;
    return INFINITE.test(trimmed) ? Number.POSITIVE_INFINITY : trimmed;
  };
  return { text, number };
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

const ISO_DATE =
  /^(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * The milliseconds since 1970 of an ISO date such as 2024-05, 2024-05-01 or 2024-05-01 12:30:00+02:00, or NaN.
 * Without a zone it is taken as UTC.
 *
 * @example
 * parseDate("1970-01-02"); // 86400000
 */
export function parseDate(text: string): number {
  const found = ISO_DATE.exec(text);
  if (!found) return Number.NaN;
  const [, year, month, day = "01", hour = "00", minute = "00", second = "00", fraction = "0", zone = "Z"] =
    found;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const whole = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return whole + Number(`0.${fraction}`) * 1000;
}
