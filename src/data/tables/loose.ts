/** Tables in files whose names say no more than that they are text. */
import { VrnnError } from "../../errors.ts";
import { nameOfFile, type ReadTables, separatedBy } from "../formats.ts";
import { areNumbers, cellReader } from "./cells.ts";
import { parseCsv } from "./csv.ts";
import { cellsBy } from "./reading.ts";
import type { Table } from "./table.ts";
import { isUcr, parseUcr } from "./ucr.ts";

/** So many lines are looked at, and so many there must be to tell a table. */
const [LOOKED_AT, LEAST_LINES] = [50, 4];

/**
 * Whether a text is rather a table: all lines have as many fields, and most fields under the first line are numbers.
 *
 * @example
 * looksLikeTable("0.1 0.2\n0.3 0.4\n0.5 0.6\n0.7 0.8\n"); // true
 */
export function looksLikeTable(text: string): boolean {
  const lines = text.split(/\r?\n/, LOOKED_AT).filter((line) => line.trim() !== "");
  if (lines.length < LEAST_LINES) return false;
  const table = tableIn(`${lines.join("\n")}\n`);
  if (table === undefined) return false;
  const columns = [...table.columns.values()];
  const numbers = columns.filter(areNumbers);
  return numbers.length * 2 > columns.length;
}

function tableIn(text: string): Table | undefined {
  try {
    return parseCsv(text, "", "", cellReader());
  } catch (error) {
    if (error instanceof VrnnError) return undefined;
    throw error;
  }
}

/** A table of whatever delimiter, or a series a row as the archive of UCR has it. */
export const looseTable: ReadTables = (file, options) => {
  const { path, text } = file;
  if (isUcr(file)) return parseUcr(text(), path, nameOfFile(file), cellsBy(options), options);
  const [table] = separatedBy(parseCsv)(file, options) as readonly [Table];
  return [{ ...table, notes: [`${path} is read as a table: as text with --tokens chars`, ...table.notes] }];
};
