import { LONGEST_MESSAGE, oneLine, shortened } from "./legible.ts";

/** What went wrong, where it happened and how to mend it. */
export interface ErrorDetails {
  /** The place: a file with line and column, an op with its line of model code, a tensor, an option. */
  readonly at?: string;
  /** What the reader can do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** The signs between the parts of a message: a colon and two brackets, with two blanks. */
const SIGNS = 5;

/**
 * The base of every error that vrnn throws on purpose. Its message is one line; what was quoted from data is cut where it
 * is long, and what cannot be seen is written out.
 *
 * @example
 * new VrnnError("data/ragged-row", "row 7 has 3 fields, the header has 4", { at: "cpu.csv:7", remedy: "add the missing field" }).message
 * // 'cpu.csv:7: row 7 has 3 fields, the header has 4 (add the missing field)'
 */
export class VrnnError extends Error {
  readonly code: string;
  readonly what: string;
  readonly at: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: string, what: string, details: ErrorDetails = {}) {
    const parts = [details.at ?? "", what, details.remedy ?? ""].map(oneLine);
    const [at, told, remedy] = shortened(parts, LONGEST_MESSAGE - SIGNS) as [string, string, string];
    const message = `${at === "" ? "" : `${at}: `}${told}${remedy === "" ? "" : ` (${remedy})`}`;
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "VrnnError";
    this.code = code;
    this.what = told;
    this.at = details.at === undefined ? undefined : at;
    this.remedy = details.remedy === undefined ? undefined : remedy;
  }
}
