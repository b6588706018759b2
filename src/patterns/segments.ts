/** Sequences cut where they, or what a model knows of them, change. */
import { everyNth } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import type { Encoded } from "../inference/encode.ts";
import { changePoints } from "./change-points.ts";
import { columnTrack } from "./features.ts";
import { knownTables } from "./known.ts";
import { pools } from "./pool.ts";
import { onScale, standardOf } from "./standardise.ts";

/** Along what sequences are cut: what the model carries from step to step, or the columns as they stand. */
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
  /** Its deviation over that of the segment before; 1 where few values were seen in either. */
  readonly spread: number;
}

/** A sequence and its segments: one where nothing changes. */
export interface Segmented {
  readonly encoded: Encoded;
  readonly segments: readonly Segment[];
}

/** Sequences cut along a path. */
export interface Cut {
  readonly path: SegmentPath;
  readonly sequences: readonly Segmented[];
  /**
   * How many nats the segments, with what they cost, are cheaper than none, a step and a number of the path: how clearly it
   * falls into them. A path that moves smoothly seems to do so more clearly than one of independent noise.
   */
  readonly saved: number;
}

/**
 * Cuts sequences along a path.
 *
 * @example
 * const [states, data] = segmentPaths.map((path) => cutAlong(encoded, columns, { path, minimum: 10, penalty: 0.75 }));
 * states.saved > data.saved; // true where the states fall into segments more clearly
 */
export function cutAlong(
  encoded: readonly Encoded[],
  columns: readonly Column[],
  options: SegmentOptions,
): Cut {
  const each = encoded.map((own) => cutOne(own, columns, options));
  const numbers = each.reduce((sum, { size }) => sum + size, 0);
  const saved = each.reduce((sum, own) => sum + own.saved, 0) / Math.max(1, numbers);
  return { path: options.path, sequences: each, saved };
}

/** A sequence cut, how many numbers its path has, and how many nats the cuts save. */
interface OneCut extends Segmented {
  readonly size: number;
  readonly saved: number;
}

function cutOne(encoded: Encoded, columns: readonly Column[], options: SegmentOptions): OneCut {
  const { sequence } = encoded;
  const { values, width } = pathOf(encoded, columns, options);
  const penalty = options.penalty * width * Math.log(Math.max(2, sequence.length));
  const { places, saved } = changePoints(values, width, { penalty, minimum: options.minimum });
  const starts = [0, ...places];
  const bounds = starts.map((start, i) => ({ start, end: starts[i + 1] ?? sequence.length }));
  const courses = bounds.length > 1 ? coursesOf(sequence, columns) : [];
  const segments = bounds.map((bound, i) => ({
    ...bound,
    changes: i === 0 ? [] : changesBetween(courses, bounds[i - 1]!, bound),
  }));
  return { encoded, segments, size: values.length, saved };
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

/** The path on one scale, `[T, width]`: what varies of it; NaN where a column is missing, a level of one by itself. */
function pathOf(
  encoded: Encoded,
  columns: readonly Column[],
  { path, minimum }: SegmentOptions,
): { readonly values: Float64Array; readonly width: number } {
  const { sequence } = encoded;
  const { length } = sequence;
  const parts =
    path === "columns" ? [columnTrack(columns, sequence).values] : Object.values(knownTables(encoded));
  const hasToSettle = path === "latent" && encoded.smoothed === undefined;
  const settled = (t: number) => (hasToSettle ? settledStep(t, minimum, length) : t);
  const rows = Array.from({ length }, (_, t) =>
    Float64Array.from(parts.flatMap((part) => [...rowAt(part, settled(t), length)])),
  );
  const standard = standardOf(rows);
  const isVarying = standard.low.map((low, f) => low < standard.high[f]!);
  const width = isVarying.filter((varies) => varies).length;
  const values = rows.flatMap((row) => [...onScale(standard, row)].filter((_, f) => isVarying[f]));
  return { values: Float64Array.from(values), width };
}

/**
 * The step whose state stands for that of a step: a state that begins at nothing takes some steps to settle, which is no change
 * of the data, so the first steps are those after them, mirrored.
 */
const settledStep = (t: number, minimum: number, length: number): number =>
  t < minimum && 2 * minimum <= length ? 2 * minimum - 1 - t : t;

const rowAt = (table: Float64Array, t: number, length: number): Float64Array =>
  table.subarray((t * table.length) / length, ((t + 1) * table.length) / length);

/** Changes smaller than a third of a deviation, or than a spread of a half more or less, are not told. */
const TELLING = { level: 1 / 3, spread: 1.5 };

/** Whether a column has moved so far that it is told. */
export const isMoved = ({ level }: ColumnChange): boolean => Math.abs(level) >= TELLING.level;

/** Whether it varies so much more or less that it is told. */
export const isSpread = ({ spread }: ColumnChange): boolean => Math.max(spread, 1 / spread) >= TELLING.spread;

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
    const isTold = Math.min(old.length, now.length) >= FEWEST_FOR_SPREAD;
    return [{ name, level, spread: isTold ? (pools.sd(now) + floor) / (pools.sd(old) + floor) : 1 }];
  });
  return told.filter((change) => isMoved(change) || isSpread(change)).sort((a, b) => sizeOf(b) - sizeOf(a));
}

/** Of fewer values it is not known how much they vary. */
const FEWEST_FOR_SPREAD = 5;

/** A column that stands still has a spread all the same, this share of its own, so that ratios stay figures. */
const LEAST_SPREAD = 0.01;

const sizeOf = ({ level, spread }: ColumnChange): number => Math.abs(level) + Math.abs(Math.log(spread));
