/** Series with a class each, as the archives of time series classification hold them. */
import type { VrnnError } from "../../errors.ts";
import { type CellReader, type Cells, isDecimal } from "./cells.ts";
import { numberedColumn, numberTable } from "./numbers.ts";
import type { SchemaOptions } from "./schema.ts";
import type { Table } from "./table.ts";

/** A series as it stands in a file. */
export interface ArchivedSeries {
  /** Of each channel; NaN is missing. */
  readonly channels: readonly Float64Array[];
  /** What it is told to be; absent where the file tells nothing. */
  readonly told?: string;
  readonly line: number;
}

/** What the column is called that holds the class of each series, or the number that it is to be told. */
const CLASS = "class";

/**
 * A table for each series: its channels as the columns m0, m1 ..., the only one as `value`; its class is a column where the
 * options ask for it.
 *
 * @param told what the file calls that which it tells of each series, for the note
 */
export function seriesTables(
  series: readonly ArchivedSeries[],
  { file, name, told }: { readonly file: string; readonly name: string; readonly told: string },
  cells: CellReader,
  options: SchemaOptions,
): Table[] {
  const isWanted = wants(options);
  const leftAside = `${file}: the ${told} of each series is left aside: --label ${CLASS} learns it`;
  const notes = !isWanted && series.some((each) => each.told !== undefined) ? [leftAside] : [];
  return series.map(({ channels, told: own, line }, i) => {
    const named = channels.map(
      (values, d) => [channels.length === 1 ? "value" : numberedColumn(d), values] as const,
    );
    const rows = channels[0]!.length;
    const table = numberTable(
      {
        ...{ name: `${name} ${i + 1}`, file, rows, columns: new Map(named), notes },
        at: (column, row) => `${file}:${line}, ${column}${row === undefined ? "" : `, step ${row + 1}`}`,
      },
      cells,
    );
    return isWanted ? withClass(table, own) : table;
  });
}

/** What fields write: NaN for what is missing. @param refuse makes the error of what is no number */
export const numbersOf = (
  fields: readonly string[],
  cells: CellReader,
  refuse: (what: string) => VrnnError,
): Float64Array =>
  Float64Array.from(fields, (field) => {
    const text = field.trim();
    if (isDecimal(text)) return Number(text);
    if (cells.isMissing(text)) return Number.NaN;
    throw refuse(`"${text.slice(0, 40)}" is no number`);
  });

/** Whether the class is to be told, known or kept. */
const wants = ({ label, statics = [], keepsCells }: SchemaOptions): boolean =>
  label === CLASS || statics.includes(CLASS) || keepsCells === true;

function withClass(table: Table, told: string | undefined): Table {
  const cells: Cells = Array.from({ length: table.rows }, () => told ?? Number.NaN);
  return { ...table, columns: new Map<string, Cells>([...table.columns, [CLASS, cells]]) };
}
