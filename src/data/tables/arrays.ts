/** Data sets from arrays in memory. */
import { VrnnError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import type { CellReader } from "./cells.ts";
import { readColumns } from "./json-columns.ts";
import { buildPanel } from "./panel.ts";
import { cellsBy, type NameColumns, nameColumns } from "./reading.ts";
import type { SchemaOptions } from "./schema.ts";
import type { Table } from "./table.ts";

/** One sequence: a value per step of each column, by name; NaN, or a word such as "NA", is missing. */
export type ColumnArrays = Readonly<Record<string, ArrayLike<number | string>>>;

/**
 * A data set from arrays: of one sequence, which is cut by time into training, validation and test, or of several,
 * which are dealt out whole. What is not said in the options is inferred, as it is of files; see `SchemaOptions`.
 *
 * @param given the columns of the sequence, or of each; sequences are called "sequence 1" and so on.
 * @throws VrnnError `data/empty` when there is no sequence or no step, `data/length` when columns differ in length,
 * `data/not-finite` for an infinite value, and `data/...` for what cannot be modelled.
 * @example
 * const data = datasetFromArrays({ cpu: [0.25, 0.5, 0.75, 0.5], state: ["idle", "busy", "idle", "busy"] });
 * data.columns.map(({ name, kind }) => `${name}: ${kind}`); // ["cpu: real", "state: binary"]
 */
export function datasetFromArrays(
  given: ColumnArrays | readonly ColumnArrays[],
  options: SchemaOptions = {},
): Dataset {
  const sequences = isList(given) ? given : [given];
  if (sequences.length === 0) throw noSteps("there is no sequence", "the arrays");
  const cells = cellsBy(options);
  const names = nameColumns(options);
  const tables = sequences.map((columns, i) => tableOf(columns, `sequence ${i + 1}`, cells, names));
  return buildPanel(tables, options, "the arrays");
}

const isList = (given: ColumnArrays | readonly ColumnArrays[]): given is readonly ColumnArrays[] =>
  Array.isArray(given);

function tableOf(arrays: ColumnArrays, name: string, cells: CellReader, names: NameColumns): Table {
  const rows = Object.values(arrays)[0]?.length ?? 0;
  if (rows === 0) throw noSteps("the sequence has no steps", name);
  const at = (column: string, row?: number) =>
    `${name}${row === undefined ? "" : `, step ${row + 1}`}, column "${column}"`;
  for (const [column, { length }] of Object.entries(arrays))
    if (length !== rows) throw uneven(length, rows, at(column));
  const valueAt = (column: string, row: number) => arrays[column]![row];
  const read = readColumns(Object.keys(arrays), rows, valueAt, { cells, names, at });
  return { name, file: name, rows, ...read, missingWords: cells.missingWords, notes: [], at };
}

const noSteps = (what: string, at: string): VrnnError =>
  new VrnnError("data/empty", what, { at, remedy: "give each column one value per step" });

const uneven = (length: number, rows: number, at: string): VrnnError =>
  new VrnnError("data/length", `there are ${length} values, the first column has ${rows}`, {
    at,
    remedy: "give each column one value per step, NaN where it is missing",
  });
