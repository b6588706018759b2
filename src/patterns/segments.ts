/** Sequences cut where what a model sees in them changes. */
import { everyNth } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import type { Encoded } from "../inference/encode.ts";
import { changePoints } from "./change-points.ts";
import { pools } from "./pool.ts";
import { standardised, standardOf } from "./standardise.ts";

/** What is cut: the state of the model (its latent variables where it has none), or the columns as they stand. */
export const segmentPaths = ["latent", "columns"] as const;
export type SegmentPath = (typeof segmentPaths)[number];

/** How sequences are cut. */
export interface SegmentOptions {
  readonly path: SegmentPath;
  /** The fewest steps of a segment. */
  readonly minimum: number;
  /** What a further segment costs, in log T for each column of the path. */
  readonly penalty: number;
}

/** Steps `start` (included) to `end` (not included) of a sequence. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** The columns that changed from the segment before, the most first; of the first segment none. */
  readonly changes: readonly ColumnChange[];
}

/** What became of a column. */
export interface ColumnChange {
  readonly name: string;
  /** How its mean moved, in deviations of the column over the sequence. */
  readonly level: number;
  /** Its deviation over that of the segment before. */
  readonly spread: number;
}

/** The segments of one sequence. @throws nothing: a sequence without a change is one segment */
export function segmentsOf(encoded: Encoded, columns: readonly Column[], options: SegmentOptions): Segment[] {
  const { sequence } = encoded;
  const { values, width } = pathOf(encoded, columns, options);
  const penalty = options.penalty * width * Math.log(Math.max(2, sequence.length));
  const starts = [0, ...changePoints(values, width, { penalty, minimum: options.minimum })];
  const bounds = starts.map((start, i) => ({ start, end: starts[i + 1] ?? sequence.length }));
  const courses = bounds.length > 1 ? coursesOf(sequence, columns) : [];
  return bounds.map((bound, i) => ({
    ...bound,
    changes: i === 0 ? [] : changesBetween(courses, bounds[i - 1]!, bound),
  }));
}

/** A column over a whole sequence. */
interface Course {
  readonly name: string;
  /** `[T]`, NaN where it is missing. */
  readonly values: Float64Array;
  /** Over the sequence. */
  readonly deviation: number;
}

/** The columns of a sequence that have means, which the index of a level has not. */
const coursesOf = ({ values }: Sequence, columns: readonly Column[]): Course[] =>
  columns.flatMap(({ name, kind }, d) => {
    if (kind === "categorical") return [];
    const own = everyNth(values, d, columns.length);
    return [{ name, values: own, deviation: pools.sd(seen(own)) }];
  });

const seen = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));

/** The path on one scale, `[T, width]`; what is missing of a column is as its mean. */
function pathOf(
  { sequence, mean, state, smoothed }: Encoded,
  columns: readonly Column[],
  { path, minimum }: SegmentOptions,
): { readonly values: Float64Array; readonly width: number } {
  const { length } = sequence;
  const beliefs = smoothed && Object.values(smoothed).map((logs) => logs.map(Math.exp));
  const states = Object.values(state);
  const parts = path === "columns" ? [sequence.values] : (beliefs ?? (states.length > 0 ? states : [mean]));
  const settled = (t: number) => (path === "columns" ? t : settledStep(t, minimum, length));
  const rows = Array.from({ length }, (_, t) =>
    Float64Array.from(parts.flatMap((part) => [...rowAt(part, settled(t), length)])),
  );
  const standard = standardOf(rows);
  const width = path === "columns" ? columns.length : (rows[0]?.length ?? 0);
  return { values: Float64Array.from(rows.flatMap((row) => [...standardised(standard, row)])), width };
}

/**
 * The step whose state stands for that of a step: a state that begins at nothing takes some steps to settle, which is no change
 * of the data, so the first steps are those after them, mirrored.
 */
const settledStep = (t: number, minimum: number, length: number): number =>
  t < minimum && 2 * minimum <= length ? 2 * minimum - 1 - t : t;

const rowAt = (table: Float64Array, t: number, length: number): Float64Array =>
  table.subarray((t * table.length) / length, ((t + 1) * table.length) / length);

/** Changes this small are not told: a third of a deviation, a spread of a half more or less. */
const TELLING = { level: 1 / 3, spread: 1.5 };

function changesBetween(
  courses: readonly Course[],
  before: Pick<Segment, "start" | "end">,
  after: Pick<Segment, "start" | "end">,
): ColumnChange[] {
  const told = courses.flatMap(({ name, values, deviation }) => {
    const [old, now] = [before, after].map(({ start, end }) => seen(values.subarray(start, end))) as [
      Float64Array,
      Float64Array,
    ];
    if (old.length === 0 || now.length === 0 || !(deviation > 0)) return [];
    const level = (pools.mean(now) - pools.mean(old)) / deviation;
    const floor = LEAST_SPREAD * deviation;
    return [{ name, level, spread: (pools.sd(now) + floor) / (pools.sd(old) + floor) }];
  });
  return told.filter((change) => isTelling(change)).sort((a, b) => sizeOf(b) - sizeOf(a));
}

/** A column that stands still has a spread all the same, this share of its own, so that ratios stay figures. */
const LEAST_SPREAD = 0.01;

const isTelling = ({ level, spread }: ColumnChange): boolean =>
  Math.abs(level) >= TELLING.level || Math.max(spread, 1 / spread) >= TELLING.spread;

const sizeOf = ({ level, spread }: ColumnChange): number => Math.abs(level) + Math.abs(Math.log(spread));
