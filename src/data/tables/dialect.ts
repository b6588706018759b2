/** How a table of text is written, seen from its beginning. */
import { counted } from "../../words/figures.ts";
import { isDecimal } from "./cells.ts";
import { numeralOf } from "./numerals.ts";

/** Blanks between columns, any number of them. */
export const BLANKS = " ";

/** What stands before the rows, and between their fields. */
export interface Dialect {
  readonly delimiter: string;
  /** The rows, without what stands before them. */
  readonly text: string;
  /** The line of the file that they begin on. */
  readonly firstLine: number;
  readonly notes: readonly string[];
}

const DELIMITERS: readonly string[] = [",", "\t", ";", "|"];
const SAMPLE = 65_536;

/**
 * The dialect of a file: a first line `sep=;` names the delimiter, lines of `#` before the header are left out (the last of
 * them is the header where it has as many fields as the rows), and what is not said is sniffed.
 *
 * @param delimiter where the format of the file tells
 * @example
 * dialectOf("# station: roof\ntime,ppm\n0,410\n", "roof.csv"); // { delimiter: ",", text: "time,ppm\n0,410\n", firstLine: 2, ... }
 */
export function dialectOf(text: string, file: string, delimiter?: string): Dialect {
  const named = /^"?sep=(.)"?(?:\r\n|\r|\n)/i.exec(text);
  const start = named?.[0].length ?? 0;
  const lines = named === null ? 1 : 2;
  const separator = named?.[1] ?? delimiter;
  const remarks = remarksAt(text, start);
  const body = text.slice(remarks.end);
  const chosen = separator ?? sniffDelimiter(body);
  const header = headerInRemark(remarks.last, body, chosen);
  const dropped = remarks.count - (header === undefined ? 0 : 1);
  return {
    delimiter: chosen,
    text: header === undefined ? body : `${header}\n${body}`,
    firstLine: lines + dropped,
    notes: [
      ...(dropped > 0 ? [`${file}: ${counted(dropped, "line")} of # before the header left out`] : []),
      ...(chosen === BLANKS ? [`${file}: columns are set apart by blanks`] : []),
    ],
  };
}

interface Remarks {
  readonly count: number;
  readonly last: string;
  /** Where they end. */
  readonly end: number;
}

/** The lines that begin with `#`, as long as others follow and the first is no header of its own. */
function remarksAt(text: string, start: number): Remarks {
  let [end, count, last] = [start, 0, ""];
  while (text[end] === "#") {
    const stop = endOfLine(text, end);
    if (stop >= text.length) return { count: 0, last: "", end: start };
    last = text.slice(end, stop);
    count += 1;
    end = stop + (text.startsWith("\r\n", stop) ? 2 : 1);
  }
  return { count, last, end };
}

function endOfLine(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
  }
  return text.length;
}

/** The header that a remark holds: as many names as the first row has fields, and that row is no header. */
function headerInRemark(remark: string, body: string, delimiter: string): string | undefined {
  const fields = body.slice(0, endOfLine(body, 0)).split(delimiter);
  const isSame = fields.length > 1 && remark.split(delimiter).length === fields.length;
  if (!isSame || !fields.some((field) => isDecimal(field.trim()) || numeralOf(field.trim())))
    return undefined;
  // "#id,load" is a name like any other; of "# id;load" the sign is not a part.
  return remark.replace(/^#+ +/, "");
}

/**
 * The delimiter that stands in the header and equally often in the lines after it; the most frequent one in doubt. Blanks
 * where nothing else does and all lines have as many numbers as the first has words.
 *
 * @example
 * sniffDelimiter("a;b\n1,5;2\n"); // ";"
 */
export function sniffDelimiter(text: string): string {
  const head = text.slice(0, SAMPLE);
  const lines = head.replace(/"[^"]*"/g, "").split(/\r\n|\r|\n/);
  if (head.length < text.length && lines.length > 1) lines.pop();
  const sample = lines.filter((line) => line !== "").slice(0, 10);
  const scored = DELIMITERS.map((delimiter) => {
    const counts = sample.map((line) => line.split(delimiter).length - 1);
    const steady = counts.every((count) => count === counts[0]);
    return { delimiter, score: (counts[0] ?? 0) * (steady ? 1000 : 1) };
  });
  const best = scored.reduce((most, other) => (other.score > most.score ? other : most));
  if (best.score > 0) return best.delimiter;
  if (isOfBlanks(sample)) return BLANKS;
  return isOneOfCommas(sample) ? ";" : best.delimiter;
}

function isOfBlanks([first = "", ...others]: readonly string[]): boolean {
  const fieldsOf = (line: string) => line.trim().split(/\s+/);
  const width = fieldsOf(first).length;
  const isRow = (line: string) => {
    const fields = fieldsOf(line);
    return fields.length === width && fields.filter(isDecimal).length >= width / 2;
  };
  return width > 1 && others.length > 0 && others.every(isRow);
}

/** A single column of decimal commas: they delimit nothing. */
function isOneOfCommas([first = "", ...others]: readonly string[]): boolean {
  const isNumber = (line: string) => isDecimal(line.trim()) || numeralOf(line.trim()) !== undefined;
  return !first.includes(",") && others.some((line) => line.includes(",")) && others.every(isNumber);
}
