import { aligned } from "../text/aligned.ts";
import { counted } from "../text/figures.ts";
import { type Column, type Dataset, type Sequence, SPLIT_NAMES } from "./dataset.ts";

/**
 * What a data set holds, for a person to read: a line per split, a table with a row per column, the notes.
 * A run of binary columns named by consecutive numbers (a piano roll) is one row.
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
 * //   "note: time: column \"time_s\" (numbers)",
 * // ]
 */
export function describeDataset({ columns, splits, notes }: Dataset): string[] {
  const sizes = SPLIT_NAMES.map((name) => `${name}: ${sizeOf(splits[name])}`);
  const header = ["column", "kind", "range", "missing", "resolution"];
  return [...sizes, ...aligned([header, ...columnRows(columns)]), ...notes.map((note) => `note: ${note}`)];
}

/** The table of columns without its header: name, kind, range, missing, resolution. */
export const columnRows = (columns: readonly Column[]): string[][] => runsOf(columns).map(describeRun);

function sizeOf(sequences: readonly Sequence[]): string {
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
  return `${brief(minimum)} to ${brief(maximum)}`;
}

const percent = (share: number) => `${brief(share * 100, 2)} %`;

const brief = (value: number, digits = 4) => String(Number(value.toPrecision(digits)));
