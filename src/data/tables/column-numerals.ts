/** The numbers of a column that are no plain decimals: how they are written, and what they are. */
import { isDecimal } from "./cells.ts";
import { isAmbiguous, isVersionLike, marksOf, type Numeral, numeralOf } from "./numerals.ts";

/** So many texts are not read a second time. */
const MOST_KNOWN = 4096;

/** Reads the texts of a column as numerals. */
export class ColumnNumerals {
  /** The first text of each way in which numbers are written, and what it is. */
  readonly examples = new Map<string, Numeral>();
  private readonly ways = new Set<string>();
  private readonly known = new Map<string, Numeral | undefined>();

  /** Undefined for a text that writes no number. */
  of(text: string): Numeral | undefined {
    if (this.known.has(text)) return this.known.get(text);
    const numeral = numeralOf(text);
    if (this.known.size < MOST_KNOWN) this.known.set(text, numeral);
    if (numeral !== undefined) this.look(text, numeral);
    return numeral;
  }

  private look(text: string, numeral: Numeral): void {
    const way = wayOf(text, numeral);
    if (!this.ways.has(way)) this.examples.set(text, numeral);
    this.ways.add(way);
  }
}

/** All that is ever asked of how a number is written. */
const wayOf = (text: string, numeral: Numeral): string =>
  [
    numeral.unit,
    ...marksOf(numeral),
    isAmbiguous(numeral),
    isVersionLike(text),
    text.includes(","),
    isPlainWithComma(text),
  ].join();

/** Whether a text is a plain decimal but for the comma in place of the point. */
export const isPlainWithComma = (text: string): boolean => isDecimal(text.replace(",", "."));
