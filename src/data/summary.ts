import { aligned } from "../words/aligned.ts";
import { counted } from "../words/figures.ts";
import { type Column, type ConditionColumn, type Dataset, type Sequence, SPLIT_NAMES } from "./dataset.ts";
import type { FieldDataset } from "./field-dataset.ts";
import type { Field, FieldKind } from "./fields.ts";

/**
 * What a data set holds, for a person to read: a line per split, a table with a row per column.
 * What is known beside the columns (static, covariate) stands below them. A run of binary columns named by consecutive numbers (a piano roll) is one row.
 *
 * @example
 * describeDataset(data);
 * // [
 * //   "train: 4 sequences, 9600 steps",
 * //   "valid: 1 sequence, 1200 steps",
 * //   "test: 1 sequence, 1200 steps",
 * //   "column  kind         range             missing  resolution",
 * //   "load    real         0 to 7.25         1.2 %    0.01",
 * //   "state   categorical  busy, idle (2)    -        -",
 * // ]
 */
export function describeDataset({ columns, conditions = [], splits }: Dataset): string[] {
  const sizes = SPLIT_NAMES.map((name) => `${name}: ${sizeLine(splits[name])}`);
  const header = ["column", "kind", "range", "missing", "resolution"];
  const rows = [...columnRows(columns), ...conditions.map(conditionRow)];
  return [...sizes, ...aligned([header, ...rows])];
}

/** The row of what is known beside the columns. */
function conditionRow(condition: ConditionColumn): string[] {
  const [name, kind, ...rest] = describeRun([condition]) as [string, string, ...string[]];
  return [name, `${kind}, ${condition.role}`, ...rest];
}

/**
 * What a data set of other fields than a table's holds: a line per split, a table with a row per field.
 *
 * @example
 * await describeFields(data);
 * // [
 * //   "train: 1 sequence, 1,003,854 steps",
 * //   "valid: 1 sequence, 111,540 steps",
 * //   "test: 0 sequences, 0 steps",
 * //   "field  kind    role    values",
 * //   "x      tokens  target  65 characters",
 * // ]
 */
export async function describeFields({ splits, fields }: FieldDataset): Promise<string[]> {
  const sizes: string[] = [];
  for (const name of SPLIT_NAMES) sizes.push(`${name}: ${sizeLine(await splits[name].index())}`);
  const rows = Object.entries(fields).map(([name, field]) => [name, field.kind, field.role, extentOf(field)]);
  return [...sizes, ...aligned([["field", "kind", "role", "values"], ...rows])];
}

const EXTENTS: { readonly [Kind in FieldKind]: (field: Extract<Field, { kind: Kind }>) => string } = {
  columns: ({ columns }) => counted(columns.length, "column"),
  tokens: ({ vocabulary: { unit, tokens } }) => (unit === "bytes" ? "bytes" : `${tokens.length} ${unit}`),
  frames: ({ shape }) => (shape.length === 0 ? "numbers" : shape.join(" × ")),
  features: ({ size }) => counted(size, "feature"),
  label: ({ levels }) => levels.slice(0, 4).join(", ") + (levels.length > 4 ? ", ..." : ""),
};

const extentOf = (field: Field): string => (EXTENTS[field.kind] as (field: Field) => string)(field);

/** The table of columns without its header: name, kind, range, missing, resolution. */
export const columnRows = (columns: readonly Column[]): string[][] => runsOf(columns).map(describeRun);

function sizeLine(sequences: readonly Pick<Sequence, "length">[]): string {
  const steps = sequences.reduce((sum, { length }) => sum + length, 0);
  return `${counted(sequences.length, "sequence")}, ${counted(steps, "step")}`;
}

/** Columns that are told in one row: binary ones whose names count up. */
function runsOf(columns: readonly Column[]): Column[][] {
  const runs: Column[][] = [];
  for (const column of columns) {
    const run = runs[runs.length - 1];
    const before = run?.[run.length - 1];
    const counts = column.kind === "binary" && before?.kind === "binary";
    if (run && before && counts && Number(column.name) === Number(before.name) + 1) run.push(column);
    else runs.push([column]);
  }
  return runs;
}

function describeRun(run: readonly Column[]): string[] {
  const [first] = run as [Column];
  const name = run.length === 1 ? first.name : `${first.name} to ${run[run.length - 1]!.name}`;
  const missing = run.reduce((sum, column) => sum + column.missing, 0) / run.length;
  const resolution = first.resolution > 0 ? brief(first.resolution) : "-";
  return [name, first.kind, rangeOf(run), missing > 0 ? percent(missing) : "-", resolution];
}

function rangeOf(run: readonly Column[]): string {
  const { kind, levels, minimum, maximum } = run[0]!;
  if (kind === "binary") return `${percent(run.reduce((sum, { mean }) => sum + mean, 0) / run.length)} ones`;
  if (kind === "categorical")
    return `${levels.slice(0, 4).join(", ")}${levels.length > 4 ? ", ..." : ""} (${levels.length})`;
  const digits = digitsApart(minimum, maximum);
  return `${brief(minimum, digits)} to ${brief(maximum, digits)}`;
}

/** How many digits tell a range to four digits of its width. */
function digitsApart(minimum: number, maximum: number): number {
  const level = Math.max(Math.abs(minimum), Math.abs(maximum));
  const hidden = Math.log10(level) - Math.log10(maximum - minimum);
  return Number.isFinite(hidden) ? Math.min(17, 4 + Math.max(0, Math.floor(hidden))) : 4;
}

const percent = (share: number) => `${brief(share * 100, 2)} %`;

const brief = (value: number, digits = 4) => String(Number(value.toPrecision(digits)));
