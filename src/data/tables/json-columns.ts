/** Columns of the values that JSON holds. */
import { VrnnError } from "../../errors.ts";
import { grouped } from "../../words/figures.ts";
import { type Cell, type CellReader, type Cells, isMissing } from "./cells.ts";
import type { NameColumns } from "./reading.ts";
import { finite, nameOf, type Table } from "./table.ts";
import { cellsFrom } from "./texts.ts";

export interface ColumnsOptions {
  readonly cells: CellReader;
  readonly names: NameColumns;
  readonly at: (column: string, row?: number) => string;
}

type ReadColumns = Pick<Table, "columns" | "written">;

/**
 * The cells of columns, and as they were written those whose texts write numbers.
 *
 * @param valueAt what stands in a column and row
 */
export function readColumns(
  names: readonly string[],
  rows: number,
  valueAt: (column: string, row: number) => unknown,
  options: ColumnsOptions,
): ReadColumns {
  const columns = names.map((name) => new JsonColumn(name, options));
  for (const column of columns)
    for (let row = 0; row < rows; row++) column.set(row, valueAt(column.name, row));
  return tableColumns(columns, rows);
}

function tableColumns(columns: readonly JsonColumn[], rows: number): ReadColumns {
  return {
    columns: new Map(columns.map(({ name, cells }) => [name, upTo(rows, cells)])),
    written: new Map(columns.flatMap(({ name, written }) => (written ? [[name, upTo(rows, written)]] : []))),
  };
}

/** What has no value in the last rows is missing there. */
const upTo = (rows: number, cells: readonly Cell[]): Cells =>
  cellsFrom(rows, (row) => cells[row] ?? Number.NaN);

/** A table of few values may have so many cells, and each value brings more. */
const MOST_CELLS = 12_000_000;
const CELLS_OF_VALUE = 8;

/** The cells of steps that come one by one, each with some of the fields. */
export class StepColumns {
  rows = 0;
  /** How many values the steps held. */
  private values = 0;
  private readonly columns = new Map<string, JsonColumn>();
  private readonly options: ColumnsOptions;

  constructor(options: ColumnsOptions) {
    this.options = options;
  }

  /** @throws VrnnError `data/sparse` where steps share so few fields that nearly all of the table would be missing */
  add(fields: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of fields) this.column(name).set(this.rows, value);
    this.values += fields.size;
    this.rows += 1;
    const { rows, values, columns } = this;
    if (rows * columns.size > MOST_CELLS + CELLS_OF_VALUE * values) throw this.sparse();
  }

  get read(): ReadColumns {
    return tableColumns([...this.columns.values()], this.rows);
  }

  private column(name: string): JsonColumn {
    let column = this.columns.get(name);
    if (column === undefined) {
      column = new JsonColumn(name, this.options);
      this.columns.set(name, column);
    }
    return column;
  }

  private sparse(): VrnnError {
    const { rows, values, columns, options } = this;
    const [last = ""] = [...columns.keys()].slice(-1);
    const what = `${grouped(values)} values among ${grouped(columns.size)} fields of ${grouped(rows)} steps`;
    return new VrnnError("data/sparse", `nearly all would be missing: ${what}`, {
      at: options.at(last, rows - 1),
      remedy: "give steps the same fields, or a file for each kind of step",
    });
  }
}

/** A column of values of JSON. */
class JsonColumn {
  readonly name: string;
  readonly cells: Cell[] = [];
  /** The cells as they were written, where that differs. */
  written: Cell[] | undefined;
  private readonly options: ColumnsOptions;
  private readonly levels: ReadonlySet<string> | undefined;

  constructor(name: string, options: ColumnsOptions) {
    this.name = name;
    this.options = options;
    this.levels = options.names.get(name);
    if (this.levels !== undefined) this.written = this.cells;
  }

  /** @throws VrnnError `data/not-finite`, `data/long-number`, `data/jsonl` for an array or object */
  set(row: number, value: unknown): void {
    const { cells, name, levels, options } = this;
    const at = () => options.at(name, row);
    const cell =
      levels === undefined ? cellOf(value, options.cells, at) : nameCellOf(value, options.cells, at, levels);
    while (cells.length < row) cells.push(Number.NaN);
    const isCoded = typeof value === "string" && typeof cell === "number" && !isMissing(cell);
    if (isCoded) this.written ??= [...cells];
    cells[row] = cell;
    if (this.written === undefined || this.written === cells) return;
    while (this.written.length < row) this.written.push(Number.NaN);
    this.written[row] = isCoded ? value.trim() : cell;
  }
}

/**
 * A value as a name or a level.
 *
 * @throws VrnnError `data/long-number`, `data/jsonl` for an array or object
 */
export function nameCellOf(
  value: unknown,
  cells: CellReader,
  at: () => string,
  levels?: ReadonlySet<string>,
): Cell {
  if (typeof value === "string") return cells.name(value, levels);
  return nameOf(cellOf(value, cells, at), at);
}

/** @throws VrnnError `data/not-finite`, `data/jsonl` for an array or object */
export function cellOf(value: unknown, cells: CellReader, at: () => string): Cell {
  if (value === undefined || value === null) return Number.NaN;
  if (typeof value === "number") return finite(cells.number(value), at);
  if (typeof value === "string") return finite(cells.text(value), at);
  if (typeof value === "boolean") return String(value);
  throw new VrnnError("data/jsonl", "an array or object where one value belongs", {
    at: at(),
    remedy: "write a number, a text, true, false or null",
  });
}
