/** Tables of uneven or finer rows as tables of even steps. */
import { groupBy, own } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import { counted, grouped, listed } from "../../words/figures.ts";
import type { ColumnKind, TimeColumn } from "../dataset.ts";
import type { AggregateName } from "../tables/answers.ts";
import type { EvenTables } from "../tables/build.ts";
import { areNumbers, binaryOf, type Cell, type Cells, isMissing } from "../tables/cells.ts";
import type { SchemaOptions } from "../tables/schema.ts";
import { cellsOf, type Table } from "../tables/table.ts";
import { cellsFrom } from "../tables/texts.ts";
import { timesOf } from "../tables/time.ts";
import { writtenTime } from "../tables/written-time.ts";
import { isCalendar } from "./plan.ts";
import { type Steps, stepsOf } from "./step-size.ts";
import { wallClock } from "./zone.ts";

type Numbers = readonly number[];

/** What becomes of the observed values of a step, of which there is at least one. */
const ofNumbers: Readonly<Record<Exclude<AggregateName, "first" | "last">, (values: Numbers) => number>> = {
  mean: (values) => total(values) / values.length,
  sum: (values) => total(values),
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
};

const total = (values: Numbers): number => values.reduce((sum, value) => sum + value, 0);

/** What a kind that is said of a column, or that a trained model knows, becomes: counts that are said to be some add up. */
const ofKinds: Readonly<Record<ColumnKind, AggregateName>> = {
  real: "mean",
  proportion: "mean",
  quantised: "mean",
  count: "sum",
  binary: "last",
  categorical: "last",
};

/** No table becomes longer than this and so many times as long as it was: it would be empty steps, and fill the memory. */
const [MOST_STEPS, MOST_TIMES] = [100_000, 100];

/**
 * Tables with one row for each step of a length, from that of their first row to that of their last; steps without a row are
 * missing.
 *
 * @throws VrnnError `data/every` without times, of months without dates, or where nearly all steps would be empty;
 * `data/aggregate` for the sum of what is text
 */
export function evenTables(
  tables: readonly Table[],
  time: TimeColumn | undefined,
  options: SchemaOptions,
  source: string,
): EvenTables {
  const { every, aggregate } = options;
  if (every === undefined && aggregate !== undefined) throw withoutSteps(source);
  if (every === undefined) return { tables, time, notes: [] };
  if (time === undefined) throw noTime("the data tell no times", source);
  const steps = stepsOf(every, wallClock(options.timeZone ?? time.zone));
  if (steps.isCalendar && !isCalendar(time))
    throw noTime("the data tell no dates, so there are no months", source);
  const ways = waysOf(tables, time, options);
  const { clock: _, ...whole } = time;
  const statics = new Set([...(options.statics ?? []), ...staticsAmong(options.conditions)]);
  const made = tables.map((table) => evenTable(table, { time, whole, steps, ways, statics }));
  return {
    tables: made.map(({ table }) => table),
    time: whole,
    notes: [evenNote(every, tables, made), ...waysNote(ways, options)],
  };
}

const withoutSteps = (at: string): VrnnError =>
  new VrnnError("data/aggregate", "nothing is aggregated, as no length of a step is told", {
    at,
    remedy: "tell it with the option every, such as 1h, or leave the option aggregate out",
  });

const noTime = (what: string, at: string): VrnnError =>
  new VrnnError("data/every", what, {
    at,
    remedy: "name the column of times with the option time, or leave the option every out",
  });

const staticsAmong = (conditions: SchemaOptions["conditions"] = []): string[] =>
  conditions.flatMap(({ name, role }) => (role === "static" ? [name] : []));

/** By what the rows of a step become one, for each column. */
type Ways = ReadonlyMap<string, AggregateName>;

function waysOf(tables: readonly Table[], time: TimeColumn, options: SchemaOptions): Ways {
  const { kinds, aggregate, columns = [], conditions = [] } = options;
  const names = [...tables[0]!.columns.keys()].filter((name) => name !== time.name && name !== time.clock);
  const known = new Map([...columns, ...conditions].map(({ name, kind }) => [name, kind]));
  return new Map(
    names.map((name) => {
      const kind = own(kinds, name) ?? known.get(name);
      const usual = kind === undefined ? (isMeasured(tables, name) ? "mean" : "last") : ofKinds[kind];
      const way = own(aggregate, name) ?? usual;
      if (way in ofNumbers && !tables.every((table) => areNumbers(cellsOf(table, name))))
        throw textSum(name, way, tables[0]!.at(name));
      return [name, way];
    }),
  );
}

const textSum = (name: string, way: AggregateName, at: string): VrnnError =>
  new VrnnError("data/aggregate", `column "${name}" holds text, which has no ${way}`, {
    at,
    remedy: "take its first or its last value",
  });

/** Numbers other than 0 and 1 alone, which say whether something was so. */
const isMeasured = (tables: readonly Table[], name: string): boolean =>
  tables.every((table) => areNumbers(cellsOf(table, name))) &&
  tables.some((table) =>
    cellsOf(table, name).some((cell) => !isMissing(cell) && binaryOf(cell) === undefined),
  );

interface Making {
  readonly time: TimeColumn;
  /** The same without a column for the time of day. */
  readonly whole: TimeColumn;
  readonly steps: Steps;
  readonly ways: Ways;
  /** Columns that are known of whole sequences. */
  readonly statics: ReadonlySet<string>;
}

interface MadeTable {
  readonly table: Table;
  readonly empty: number;
}

function evenTable(table: Table, { time, whole, steps, ways, statics }: Making): MadeTable {
  const rows = rowsOfSteps(timesOf(table, time), steps, table.at(time.name));
  const first = rows.from;
  const all = Array.from({ length: table.rows }, (_, row) => row);
  const columns = new Map<string, Cells>();
  const written = new Map<string, Cells>();
  for (const name of table.columns.keys()) {
    if (name === time.name)
      columns.set(
        name,
        cellsFrom(rows.of.length, (s) => writtenTime(steps.startOf(first + s), whole)),
      );
    const way = ways.get(name);
    if (way === undefined) continue;
    // What is known of the whole sequence is known where it has no row, too.
    const of = statics.has(name) ? rows.of.map(() => all) : rows.of;
    columns.set(name, aggregated(cellsOf(table, name), of, way));
    const text = table.written?.get(name);
    if (text !== undefined && !(way in ofNumbers)) written.set(name, aggregated(text, of, way));
  }
  const at = (column: string, row?: number) =>
    table.at(
      column,
      row === undefined ? undefined : rows.of.slice(row).find(({ length }) => length > 0)?.[0],
    );
  return {
    table: { ...table, rows: rows.of.length, columns, written, at },
    empty: rows.of.filter(({ length }) => length === 0).length,
  };
}

/** The rows of each step, from the first step on. */
interface StepRows {
  readonly from: number;
  readonly of: readonly Numbers[];
}

/** @throws VrnnError `data/every` */
function rowsOfSteps(times: Float64Array, { stepOf }: Steps, at: string): StepRows {
  const places = Array.from(times, stepOf);
  const from = places.reduce((least, place) => Math.min(least, place), Number.POSITIVE_INFINITY);
  const to = places.reduce((most, place) => Math.max(most, place), Number.NEGATIVE_INFINITY);
  const count = to - from + 1;
  if (count > Math.max(MOST_STEPS, MOST_TIMES * times.length))
    throw new VrnnError(
      "data/every",
      `${counted(times.length, "row")} would become ${counted(count, "step")}, nearly all without a row`,
      {
        at,
        remedy: "give longer steps",
      },
    );
  const of = Array.from({ length: count }, (): number[] => []);
  for (const [row, place] of places.entries()) of[place - from]!.push(row);
  return { from, of };
}

function aggregated(cells: Cells, steps: readonly Numbers[], way: AggregateName): Cells {
  return cellsFrom(steps.length, (s): Cell => {
    const seen = steps[s]!.filter((row) => !isMissing(cells[row]!));
    if (seen.length === 0) return Number.NaN;
    if (way === "first" || way === "last" || seen.length === 1)
      return cells[seen.at(way === "first" ? 0 : -1)!]!;
    return withoutDust(ofNumbers[way](seen.map((row) => cells[row] as number)));
  });
}

/** Values lie on the grids of their recorders, and so do their means, but for what adding up leaves. */
const withoutDust = (value: number): number => Number(value.toPrecision(14));

function evenNote(every: string, tables: readonly Table[], made: readonly MadeTable[]): string {
  const before = tables.reduce((sum, { rows }) => sum + rows, 0);
  const after = made.reduce((sum, { table }) => sum + table.rows, 0);
  const empty = made.reduce((sum, each) => sum + each.empty, 0);
  const gaps = empty === 0 ? "" : `, ${grouped(empty)} of which have no row and are missing`;
  return `every ${every}: ${counted(before, "row")} became ${counted(after, "step")}${gaps}`;
}

/** So many columns are named. */
const MOST_NAMED = 6;

function waysNote(ways: Ways, { columns, drop = [] }: SchemaOptions): string[] {
  if (columns !== undefined) return []; // as it was in training, which told it
  const byWay = groupBy(
    [...ways].filter(([name]) => !drop.includes(name)),
    ([, way]) => way,
  );
  const told = [...byWay].map(
    ([way, named]) =>
      `the ${way} of ${listed(
        named.map(([name]) => `"${name}"`),
        MOST_NAMED,
      )}`,
  );
  return [
    `of several rows in a step is taken ${listed(told, told.length)} (the option aggregate says otherwise)`,
  ];
}
