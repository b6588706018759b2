/** In what ways the texts of a column write numbers, gathered cell by cell in memory that does not grow with them. */
import type { DecimalMark } from "./answers.ts";
import { type Cell, isDecimal, isMissing } from "./cells.ts";
import { isVersionLike, type Numeral, numeralOf } from "./numerals.ts";

/** A text that writes a number, and the first row that it stands in. */
export interface WrittenNumeral {
  readonly text: string;
  readonly row: number;
  readonly numeral: Numeral;
}

/** A text and the row that it stands in. */
export interface PlacedWord {
  readonly text: string;
  readonly row: number;
}

/** What is known of the ways in which a column writes its numbers. */
export class Ways {
  /** Whether no cell has a text. */
  isEmpty = true;
  /** How many cells are numbers, plain or not, and how many are other text. */
  numbers = 0;
  strays = 0;
  /** Texts that write numbers in some other way than as plain decimals: the first of each way. */
  readonly numerals = new Map<string, WrittenNumeral>();
  hasPlain = false;
  /** Whether a plain number has a point: 1.100. */
  hasPoint = false;
  /** The first plain number whose point can set off nothing but decimals: 0.5. */
  plainPoint: PlacedWord | undefined;
  /** Whether a number is written as only a name would be, 007 or 1E2, and the first that is one of digits alone. */
  isCoded = false;
  code: string | undefined;
  /** The first that is too large for a number. */
  infinite: PlacedWord | undefined;
  private readonly groups = new Groups();

  /** @param cell what the text is as a plain decimal */
  add(text: string, cell: Cell, row: number): void {
    this.groups.add(text);
    if (text !== "") this.isEmpty = false;
    if (isMissing(cell)) return;
    if (typeof cell === "number") this.addPlain(text, cell, row);
    else this.addText(cell, row);
  }

  /** Takes in so many plain numbers that tell nothing new (`isSettled`). */
  addMore(count: number): void {
    this.numbers += count;
  }

  /** Whether another plain number, with a point or without, that no name would be tells nothing new. */
  isSettled(hasPoint: boolean): boolean {
    return this.hasPlain && this.groups.isOver && (!hasPoint || this.plainPoint !== undefined);
  }

  private addPlain(text: string, cell: number, row: number): void {
    this.numbers += 1;
    this.hasPlain ||= isDecimal(text.trim());
    if (Math.abs(cell) === Number.POSITIVE_INFINITY) this.infinite ??= { text, row };
    this.isCoded ||= isCode(text);
    if (/^(?:0\d+|\d+E\d+)$/.test(text)) this.code ??= text;
    if (!text.includes(".")) return;
    this.hasPoint = true;
    if (this.plainPoint === undefined && isPlainPoint(text.trim()))
      this.plainPoint = { text: text.trim(), row };
  }

  private addText(text: string, row: number): void {
    const numeral = numeralOf(text);
    if (numeral === undefined) {
      this.strays += 1;
      return;
    }
    this.numbers += 1;
    // All that is asked of how a number is written is the same whatever its digits from 1 to 9.
    const way = text.replace(/[1-9]/g, "1");
    if (!this.numerals.has(way)) this.numerals.set(way, { text, row, numeral });
  }

  /** Whether most cells are numbers, all in one unit; a sign of money may be left out. */
  get isNumeric(): boolean {
    if (this.numbers <= this.strays) return false;
    const units = new Set([...this.numerals.values()].map(({ numeral }) => numeral.unit));
    const hasBare = units.delete("") || this.hasPlain;
    const [unit, ...others] = units;
    if (unit === undefined) return true;
    return others.length === 0 && ("$€£¥₹".includes(unit) || !hasBare);
  }

  /** Whether so many cells are other text that a number too large for one is a name among them. */
  get isOfNames(): boolean {
    return this.strays > 0 && this.strays * 2 >= this.numbers;
  }

  /** Whether a text says how numbers are written: 1.100.200 may be a version, unless decimals of its column follow commas. */
  isEvidence(text: string): boolean {
    const hasComma = ({ text: other, numeral }: WrittenNumeral) =>
      other.includes(",") && !Number.isNaN(numeral.comma);
    return !isVersionLike(text) || [...this.numerals.values()].some(hasComma);
  }

  /** The first text that is no plain decimal under a mark. */
  oddUnder(mark: DecimalMark): WrittenNumeral | undefined {
    const isPlain = (text: string) => mark === "comma" && isDecimal(text.replace(",", "."));
    return [...this.numerals.values()].find(
      ({ text, numeral }) => !isPlain(text) && !Number.isNaN(numeral[mark]),
    );
  }

  /** A number of a column whose points all stand before three digits, beside whole numbers below a thousand. */
  get grouped(): string | undefined {
    return this.hasPoint ? this.groups.found : undefined;
  }
}

/** Whether the points of a column may set off thousands. */
class Groups {
  isOver = false;
  private pointed = 0;
  private whole = 0;
  private first: string | undefined;

  add(text: string): void {
    if (this.isOver || text === "") return;
    if (/^[1-9]\d{0,2}\.\d{3}$/.test(text)) {
      this.pointed += 1;
      this.first ??= text;
    } else if (/^[1-9]\d{2}$/.test(text)) this.whole += 1;
    else this.isOver = true;
  }

  get found(): string | undefined {
    return !this.isOver && this.pointed > 2 && this.whole > 0 ? this.first : undefined;
  }
}

/** From so many characters on a number may have more digits than are kept of it. */
const MOST_DIGITS = 16;

/** Whether a plain number is written as names are: with zeros in front, a sign, an exponent or too many digits. */
export function isCode(text: string): boolean {
  const hasPoint = text.includes(".");
  if (text.length >= MOST_DIGITS && !hasPoint) return true;
  const first = text.charCodeAt(0);
  if (first === 43) return true;
  if (first === 48 && text.length > 1) return text.charCodeAt(1) !== 46;
  return !hasPoint && (text.includes("e") || text.includes("E"));
}

const isPlainPoint = (text: string): boolean =>
  text.includes(".") && isDecimal(text) && Number.isNaN(numeralOf(text)?.comma ?? Number.NaN);
