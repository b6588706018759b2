/** What a data set looks like before anything is learned of it: steps of time, gaps, seasons and shifts of level. */
import { concatenated, everyNth, groupBy } from "../collections.ts";
import { type Dataset, type Sequence, SPLIT_NAMES } from "./dataset.ts";
import { type Season, seasonsOf } from "./seasons.ts";

/** How far apart steps are. */
export interface StepLook {
  /** The usual distance, in seconds: the mean of those about the median, as months are. */
  readonly usual: number;
  /** The share of distances that differ from it by more than an eighth. */
  readonly irregular: number;
  /** The longest distance, in seconds. */
  readonly longest: number;
}

/** Where the level of a column changed for good. */
export interface Shift {
  readonly sequence: string;
  /** The first step of the new level, from 0. */
  readonly step: number;
  /** The change in deviations about the two levels. */
  readonly deviations: number;
}

/** What one column looks like. */
export interface ColumnLook {
  readonly name: string;
  readonly seasons: readonly Season[];
  /** The longest run of steps without a value. */
  readonly gap: number;
  /** The largest change of level, where there is one. */
  readonly shift: Shift | undefined;
}

/** What a data set looks like. */
export interface Inspection {
  readonly sequences: number;
  readonly steps: number;
  /** Steps of a sequence: the fewest, the median, the most. */
  readonly lengths: readonly [number, number, number];
  readonly step: StepLook | undefined;
  readonly columns: readonly ColumnLook[];
  /** The sequence that shows the data best: the longest. */
  readonly shown: Sequence;
}

/**
 * Looks at a data set: seasons in its training split alone, everything else in all of it, as whole sequences.
 *
 * @example
 * inspectionOf(readDataset("airline.csv")).columns[0].seasons; // [{ steps: 12, strength: 0.9 }]
 */
export function inspectionOf(data: Dataset): Inspection {
  const sequences = wholeSequences(data);
  const lengths = sequences.map(({ length }) => length).sort((a, b) => a - b);
  const shown = sequences.reduce((longest, each) => (each.length > longest.length ? each : longest));
  return {
    sequences: sequences.length,
    steps: lengths.reduce((sum, length) => sum + length, 0),
    lengths: [lengths[0]!, lengths[lengths.length >> 1]!, lengths.at(-1)!],
    step: stepLook(sequences),
    columns: data.columns.map(({ name, kind }, d) => {
      const columnIn = (each: readonly Sequence[]) =>
        each.map(({ values }) => everyNth(values, d, data.columns.length));
      const own = columnIn(sequences);
      const isOrdered = kind !== "categorical";
      return {
        name,
        seasons: isOrdered ? seasonsOf(columnIn(data.splits.train)) : [],
        gap: Math.max(...own.map(longestGap)),
        shift: isOrdered ? largestShift(sequences, own) : undefined,
      };
    }),
    shown,
  };
}

/** Sequences that were cut by time, put together again; others as they are. */
function wholeSequences({ splits }: Dataset): Sequence[] {
  const parts = SPLIT_NAMES.flatMap((split) => splits[split]);
  return [...groupBy(parts, ({ name }) => name).values()].map((own) => own.reduce(joined));
}

function joined(first: Sequence, second: Sequence): Sequence {
  return {
    name: first.name,
    length: first.length + second.length,
    values: concatenated([first.values, second.values]),
    ...(first.times && second.times && { times: concatenated([first.times, second.times]) }),
  };
}

/** Distances that differ from the usual one by more than this share are irregular: months do not. */
const UNEVEN = 1 / 8;

function stepLook(sequences: readonly Sequence[]): StepLook | undefined {
  const distances = sequences.flatMap(({ times }) =>
    times === undefined ? [] : Array.from(times.subarray(1), (time, t) => time - times[t]!),
  );
  if (distances.length === 0) return undefined;
  const sorted = Float64Array.from(distances).sort();
  const median = sorted[sorted.length >> 1]!;
  const even = distances.filter((distance) => Math.abs(distance - median) <= UNEVEN * median);
  return {
    usual: even.reduce((sum, distance) => sum + distance / even.length, 0),
    irregular: 1 - even.length / distances.length,
    longest: sorted[sorted.length - 1]!,
  };
}

function longestGap(values: Float64Array): number {
  let [longest, here] = [0, 0];
  for (const value of values) {
    here = Number.isNaN(value) ? here + 1 : 0;
    longest = Math.max(longest, here);
  }
  return longest;
}

/** A series is looked at in so many stretches; a level lasts for so many of them at least. */
const [STRETCHES, LASTING] = [64, 6];
/** Levels that lie farther apart than so many deviations of stretches about them have shifted. */
const SHIFTED = 4;

function largestShift(sequences: readonly Sequence[], columns: readonly Float64Array[]): Shift | undefined {
  const shifts = columns.flatMap((values, i) => {
    const found = shiftIn(values);
    return found === undefined ? [] : [{ sequence: sequences[i]!.name, ...found }];
  });
  return shifts.sort((a, b) => Math.abs(b.deviations) - Math.abs(a.deviations))[0];
}

/** Where two levels tell the most of the means of stretches (least squares), if that is much. */
function shiftIn(values: Float64Array): Omit<Shift, "sequence"> | undefined {
  if (values.length < STRETCHES) return undefined;
  const edges = Array.from({ length: STRETCHES + 1 }, (_, i) => Math.floor((i * values.length) / STRETCHES));
  const means = edges.slice(1).map((to, i) => meanOf(values.subarray(edges[i]!, to)));
  let best: { place: number; deviations: number } | undefined;
  for (let place = LASTING; place <= STRETCHES - LASTING; place++) {
    const [before, after] = [levelOf(means.slice(0, place)), levelOf(means.slice(place))];
    const spread = Math.sqrt((before.squares + after.squares) / (before.count + after.count));
    const deviations = spread > 0 ? (after.mean - before.mean) / spread : 0;
    if (best === undefined || Math.abs(deviations) > Math.abs(best.deviations)) best = { place, deviations };
  }
  if (best === undefined || Math.abs(best.deviations) < SHIFTED) return undefined;
  return { step: edges[best.place]!, deviations: best.deviations };
}

const meanOf = (values: Float64Array): number => levelOf([...values]).mean;

/** The mean of what is observed, and the squares of distances to it. */
function levelOf(values: readonly number[]): { mean: number; squares: number; count: number } {
  const seen = values.filter((value) => !Number.isNaN(value));
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  return { mean, squares: seen.reduce((sum, value) => sum + (value - mean) ** 2, 0), count: seen.length };
}
