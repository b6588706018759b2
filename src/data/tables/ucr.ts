/** The text files of the archive of UCR: a series a row, its class first. */
import { VrnnError } from "../../errors.ts";
import type { SourceFile } from "../formats.ts";
import { type CellReader, isDecimal } from "./cells.ts";
import type { SchemaOptions } from "./schema.ts";
import { type ArchivedSeries, numbersOf, seriesTables } from "./series.ts";
import type { Table } from "./table.ts";

/** How its files are called. */
const NAMED = /_(?:train|test)\.(?:tsv|txt|csv)(?:\.gz)?$/i;
/** Between fields; fields that are set off by commas may be empty. */
const SEPARATOR = /[ \t]*,[ \t]*|[ \t]+/;

/**
 * Whether a file is in the form of the archive: it is called `..._TRAIN` or `..._TEST`, and a row is a whole number and then
 * numbers alone, more of them than an ordinary table has columns.
 */
export function isUcr({ path, text }: Pick<SourceFile, "path" | "text">): boolean {
  if (!NAMED.test(path)) return false;
  const [first = ""] = text()
    .trimStart()
    .split(/[\r\n]/, 1);
  const fields = first.trim().split(SEPARATOR);
  return fields.length >= LEAST_FIELDS && fields.every(isDecimal) && Number.isInteger(Number(fields[0]));
}

const LEAST_FIELDS = 16;

/**
 * A table for each row: the class stands first, then the values; NaN at the end of a row only fills it up.
 *
 * @throws VrnnError `data/ucr` with the line, for what is no number or a row without values
 * @example
 * parseUcr("1\t0.5\t0.7\n2\t0.1\tNaN\n", "x.tsv", "x", cells); // "x 1" of two steps and "x 2" of one
 */
export function parseUcr(
  text: string,
  file: string,
  name: string,
  cells: CellReader,
  options: SchemaOptions = {},
): readonly Table[] {
  const series = text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => seriesOf(line, number, cells, `${file}:${number}`));
  if (series.length === 0) throw refused("there is no row", file);
  const [first, ...others] = seriesTables(series, { file, name, told: "class" }, cells, options);
  const note = `${file} is read as the archive of UCR has it, a series a row, its class first: as columns with --format tsv`;
  return [{ ...first!, notes: options.format === "ucr" ? first!.notes : [note, ...first!.notes] }, ...others];
}

function seriesOf(line: string, number: number, cells: CellReader, at: string): ArchivedSeries {
  const [own, ...fields] = line.split(SEPARATOR) as [string, ...string[]];
  const values = numbersOf(fields, cells, (what) => refused(what, at));
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  if (last < 0) throw refused("the row has no values", at);
  // Old files write classes as 1.0000000e+00.
  const told = isDecimal(own) ? String(Number(own)) : own;
  return { channels: [values.subarray(0, last + 1)], told, line: number };
}

const refused = (what: string, at: string): VrnnError =>
  new VrnnError("data/ucr", what, { at, remedy: "write a row as its class and then its values" });
