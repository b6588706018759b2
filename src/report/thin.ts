import { firstOf, lastOf } from "../collections.ts";
import type { Series } from "./content.ts";

/** A place on a line; where `y` is NaN the line is broken. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The points of a line, no more than its picture can show: a long series keeps the lowest and the highest value of each
 * of `buckets` equal stretches of time, so spikes stay; a missing value breaks the line, unless others of its stretch
 * are there. Points in the middle of a level run say nothing and are dropped.
 *
 * @example
 * thin([0, 1, 2, 3], [5, 5, 5, null], 100); // [{ x: 0, y: 5 }, { x: 2, y: 5 }, { x: 3, y: NaN }]
 */
export function thin(times: readonly number[], values: Series, buckets: number): Point[] {
  const points = stretches(times, buckets).flatMap((steps) =>
    extremesOf(steps.map(({ t, time }): Point => ({ x: time, y: finite(values[t]) }))),
  );
  return withoutLevelRuns(points);
}

/** An interval over time. */
export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** The interval that holds the intervals of each of `buckets` equal stretches of time; NaN where there is none. */
export function thinBand(times: readonly number[], low: Series, high: Series, buckets: number): BandPoint[] {
  return stretches(times, buckets).map((steps) => {
    const bottom = extent(steps.map(({ t }) => low[t] ?? null));
    const top = extent(steps.map(({ t }) => high[t] ?? null));
    const both = bottom !== undefined && top !== undefined;
    return { x: firstOf(steps).time, low: both ? bottom[0] : Number.NaN, high: both ? top[1] : Number.NaN };
  });
}

const finite = (value: number | null | undefined) =>
  typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;

/** A step that has a time. */
interface Step {
  readonly t: number;
  readonly time: number;
}

/** The steps of each stretch of time; every step by itself where there are no more than two to a stretch. */
function stretches(times: readonly number[], buckets: number): Step[][] {
  const steps = times.flatMap((time, t): Step[] => (Number.isFinite(time) ? [{ t, time }] : []));
  if (steps.length <= 2 * buckets) return steps.map((step) => [step]);
  const from = firstOf(steps).time;
  const width = (lastOf(steps).time - from) / buckets || 1;
  const groups: Step[][] = [];
  let current = -1;
  for (const step of steps) {
    const bucket = Math.floor((step.time - from) / width);
    if (bucket === current) lastOf(groups).push(step);
    else groups.push([step]);
    current = bucket;
  }
  return groups;
}

/** The lowest and the highest point in the order of time; one broken point where all are missing. */
function extremesOf(bucket: readonly Point[]): Point[] {
  const seen = bucket.filter(({ y }) => !Number.isNaN(y));
  if (seen.length === 0) return bucket.slice(0, 1);
  const low = seen.reduce((best, point) => (point.y < best.y ? point : best));
  const high = seen.reduce((best, point) => (point.y > best.y ? point : best));
  if (low === high) return [low];
  return low.x < high.x ? [low, high] : [high, low];
}

function withoutLevelRuns(points: readonly Point[]): Point[] {
  return points.filter(({ y }, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    return before === undefined || after === undefined || !same(before.y, y) || !same(after.y, y);
  });
}

const same = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** The lowest and the highest finite value of some series, or nothing where there is none. */
export function extent(...series: readonly Series[]): readonly [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of series) {
    for (const value of values) {
      if (value === null || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}
