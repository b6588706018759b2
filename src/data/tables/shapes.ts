/** Tables of other shapes than a column a variable and a row a step. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import { areNumbers, type Cell, type Cells, isMissing } from "./cells.ts";
import { looksLikeDate } from "./header.ts";
import { type Pivot, pivotOf } from "./pivot-names.ts";
import type { SchemaOptions } from "./schema.ts";
import { groupedBy, requireColumn, type Table } from "./table.ts";
import { cellsFrom } from "./texts.ts";

/** What the column of a series is called that stood in a row, or in a column of its own. */
const VALUE = "value";
/** What the column is called that names the series. */
export const SERIES = "series";

/**
 * The sequences of tables, as the options `sequence`, `series` and `pivot` say: rows by a column, a series a row or a column, a
 * variable where its name stands in a column of its own.
 *
 * @throws VrnnError `data/unknown-column`, `data/sequence`, `data/pivot`, `data/series`
 */
export function sequencesIn(tables: readonly Table[], options: SchemaOptions): readonly Table[] {
  const shaped = pivoted(seriesOf(tables, options), options);
  return options.seriesEmbedding === true ? shaped.map(named) : shaped;
}

function seriesOf(tables: readonly Table[], options: SchemaOptions): readonly Table[] {
  if (options.series === "rows") return tables.flatMap((table) => rowSeries(table, options));
  const { sequence } = options;
  const grouped = sequence === undefined ? tables : tables.flatMap((table) => groupedBy(table, sequence));
  if (options.series !== "columns") return grouped;
  return grouped.flatMap((table) => columnSeries(table, grouped.length > 1, options));
}

/** A table with a column that holds its name. */
const named = (table: Table): Table => ({
  ...table,
  columns: new Map([...table.columns, [SERIES, Array.from({ length: table.rows }, () => table.name)]]),
});

/** Columns that are told of by options: no series of their own. */
function spokenOf({
  time,
  sequence,
  label,
  statics = [],
  covariates = [],
  drop = [],
}: SchemaOptions): Set<string> {
  const single = [time, sequence, label].filter((name) => name !== undefined);
  return new Set([...single, ...statics, ...covariates, ...drop]);
}

/** A sequence for each column of numbers, beside the columns that all share; without what is missing before and after it. */
function columnSeries(table: Table, isOneOfMany: boolean, options: SchemaOptions): Table[] {
  const spoken = spokenOf(options);
  const isSeries = ([name, cells]: readonly [string, Cells]) =>
    !spoken.has(name) && table.rowNumbers?.includes(name) !== true && areNumbers(cells);
  const [own, shared] = parted([...table.columns], isSeries);
  if (own.length === 0) throw noSeries(table.file);
  return own.flatMap(([column, cells]) => {
    const [from, to] = observedPart(cells);
    if (from === to) return [];
    const cut = (all: Cells) => cellsFrom(to - from, (row) => all[from + row]!);
    return {
      ...table,
      name: isOneOfMany ? `${table.name}/${column}` : column,
      rows: to - from,
      columns: new Map<string, Cells>([
        ...shared.map(([name, all]) => [name, cut(all)] as const),
        [VALUE, cut(cells)],
      ]),
      written: undefined,
      at: (name, row) => table.at(name === VALUE ? column : name, row === undefined ? undefined : from + row),
    } satisfies Table;
  });
}

/**
 * A sequence for each row of numbers, called by the column `sequence`, or else by the first that holds texts; cells that are
 * empty at its end only fill the row up. Where columns are called after dates, these are its times.
 */
function rowSeries(table: Table, options: SchemaOptions): Table[] {
  const { sequence } = options;
  if (sequence !== undefined) requireColumn(sequence, table.columns.keys(), "sequence", table.file);
  const spoken = spokenOf(options);
  const [own, others] = parted([...table.columns], ([name, cells]) => !spoken.has(name) && areNumbers(cells));
  if (own.length < 2) throw noSeries(table.file);
  const texts = others.find(([name]) => !spoken.has(name));
  const names =
    sequence === undefined ? texts?.[1] : (table.written?.get(sequence) ?? table.columns.get(sequence));
  const shared = others.filter(([name]) => name !== sequence && name !== texts?.[0]);
  const dates = own.every(([name]) => looksLikeDate(name)) ? own.map(([name]) => name) : undefined;
  return Array.from({ length: table.rows }, (_, row) => {
    const values = Float64Array.from(own, ([, cells]) => cells[row] as number);
    const rows = values.findLastIndex((value) => !Number.isNaN(value)) + 1;
    const repeated = (cells: Cells) => Array.from({ length: rows }, () => cells[row]!);
    return {
      ...table,
      name: String(names?.[row] ?? `${table.name} ${row + 1}`),
      rows,
      columns: new Map<string, Cells>([
        ...(dates === undefined ? [] : [["date", dates.slice(0, rows)] as const]),
        ...shared.map(([name, cells]) => [name, repeated(cells)] as const),
        [VALUE, values.subarray(0, rows)],
      ]),
      written: undefined,
      rowNumbers: undefined,
      at: (name, step) =>
        name === VALUE && step !== undefined ? table.at(own[step]![0], row) : table.at(name, row),
    } satisfies Table;
  }).filter(({ rows }) => rows > 0);
}

function parted<Item>(items: readonly Item[], passes: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(passes), items.filter((item) => !passes(item))];
}

/** From the first to behind the last cell that is not missing. */
function observedPart(cells: Cells): [from: number, to: number] {
  let [from, to] = [0, cells.length];
  while (to > from && isMissing(cells[to - 1]!)) to--;
  while (from < to && isMissing(cells[from]!)) from++;
  return [from, to];
}

const noSeries = (at: string): VrnnError =>
  new VrnnError("data/series", "there is no series: no column holds numbers alone", {
    at,
    remedy: "leave the option series out, or name with --drop what is none",
  });

/** Long tables as wide ones, which all have the same columns: those of all names that occur, and of a trained model. */
function pivoted(tables: readonly Table[], options: SchemaOptions): readonly Table[] {
  if (options.pivot === undefined) return tables;
  const pivot = pivotOf(options.pivot);
  const wide = tables.map((table) => new WideTable(table, pivot));
  const names = new Set(wide.flatMap((each) => [...each.names]));
  for (const { name } of [...(options.columns ?? []), ...(options.conditions ?? [])])
    if (!wide.some(({ shared }) => shared.includes(name))) names.add(name);
  const doubled = wide.reduce((sum, each) => sum + each.doubled, 0);
  const notes =
    doubled === 0
      ? []
      : [`${counted(doubled, "value")} stood at the same step as another of its name: the last was taken`];
  return wide.map((each) => each.table([...names], options.statics ?? [], notes));
}

/** The steps of a long table: rows that agree in all columns but those of names and values are one step. */
class WideTable {
  readonly names = new Set<string>();
  /** The columns that steps share. */
  readonly shared: readonly string[];
  /** How many values stood where one was already. */
  doubled = 0;
  readonly #long: Table;
  /** The first row of each step, and its values by name. */
  readonly #steps: { readonly row: number; readonly values: Map<string, Cell> }[] = [];

  constructor(long: Table, { parameter, value }: Pivot) {
    for (const name of [parameter, value]) requireColumn(name, long.columns.keys(), "pivot", long.file);
    this.#long = long;
    this.shared = [...long.columns.keys()].filter((name) => name !== parameter && name !== value);
    const parameters = long.written?.get(parameter) ?? long.columns.get(parameter)!;
    const values = long.columns.get(value)!;
    const keys = this.shared.map((name) => long.columns.get(name)!);
    const places = new Map<string, number>();
    for (let row = 0; row < long.rows; row++) {
      if (isMissing(parameters[row]!)) continue; // a row without a name says nothing
      const key = JSON.stringify(keys.map((cells) => cells[row]));
      const place = places.get(key) ?? this.#steps.push({ row, values: new Map() }) - 1;
      places.set(key, place);
      this.#add(this.#steps[place]!.values, String(parameters[row]), values[row]!);
    }
    if (this.#steps.length === 0)
      throw new VrnnError("data/pivot", `no row has a name in the column "${parameter}"`, {
        at: long.file,
        remedy: "name the column that says what each value is of",
      });
  }

  #add(step: Map<string, Cell>, name: string, cell: Cell): void {
    if (this.shared.includes(name))
      throw new VrnnError("data/pivot", `"${name}" is the name of a column and of a value`, {
        at: this.#long.file,
        remedy: "rename one of them",
      });
    if (step.has(name)) this.doubled += 1;
    step.set(name, cell);
    this.names.add(name);
  }

  /** @param statics names of which each sequence has one value, which stands at all of its steps then */
  table(names: readonly string[], statics: readonly string[], notes: readonly string[]): Table {
    const [long, steps] = [this.#long, this.#steps];
    const cellsOf = (name: string): Cells => {
      const only = statics.includes(name) ? this.#onlyValue(name) : undefined;
      return cellsFrom(steps.length, (step) => only ?? steps[step]!.values.get(name) ?? Number.NaN);
    };
    return {
      ...long,
      rows: steps.length,
      columns: new Map<string, Cells>([
        ...this.shared.map(
          (name) =>
            [name, cellsFrom(steps.length, (step) => long.columns.get(name)![steps[step]!.row]!)] as const,
        ),
        ...names.map((name) => [name, cellsOf(name)] as const),
      ]),
      written: undefined,
      rowNumbers: undefined,
      notes: [...long.notes, ...notes],
      at: (column, step) => long.at(column, step === undefined ? undefined : steps[step]!.row),
    };
  }

  /** The one value that a name has in all steps; undefined where it has none, or several. */
  #onlyValue(name: string): Cell | undefined {
    const values = new Set(
      this.#steps.flatMap(({ values: own }) => own.get(name) ?? []).filter((cell) => !isMissing(cell)),
    );
    return values.size === 1 ? [...values][0] : undefined;
  }
}
