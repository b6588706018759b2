/** Peaks over a threshold (Pickands 1975; for streams Siffer, Fouque, Termier and Largouët 2017). */

/** The generalised Pareto distribution of what exceeds a threshold: P(Y > y) = (1 + shape y/scale)^(−1/shape). */
export interface Pareto {
  readonly scale: number;
  readonly shape: number;
}

const GRID = 400;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The generalised Pareto distribution of excesses by maximum likelihood. Of the two parameters one is a mean given the
 * other (Grimshaw 1993): for θ = shape/scale, shape = mean log(1 + θ y), so that a search over θ alone is left.
 *
 * @param excesses above 0, at least one
 * @example
 * fitPareto([0.1, 0.5, 0.9, 2.3, 7.1]); // { scale: 1.06, shape: 0.66 }, nearly
 */
export function fitPareto(excesses: readonly number[]): Pareto {
  const mean = excesses.reduce((sum, y) => sum + y, 0) / excesses.length;
  const most = Math.max(...excesses);
  const shapeAt = (theta: number) =>
    excesses.reduce((sum, y) => sum + Math.log1p(theta * y), 0) / excesses.length;
  // −log-likelihood per excess; at θ = 0 it is the exponential distribution. A shape under −1 has no maximum.
  const cost = (theta: number) => {
    if (Math.abs(theta) * mean < 1e-9) return Math.log(mean) + 1;
    const shape = shapeAt(theta);
    return shape <= -1 ? Infinity : Math.log(shape / theta) + 1 + shape;
  };
  const [low, high] = [-(1 - 1e-9) / most, 20 / mean];
  const at = (i: number) =>
    i <= GRID / 4 ? low * (1 - (4 * i) / GRID) : high * ((i - GRID / 4) / (0.75 * GRID)) ** 3;
  const places = Array.from({ length: GRID + 1 }, (_, i) => at(i));
  const best = places.reduce((least, theta, i) => (cost(theta) < cost(places[least]!) ? i : least), GRID / 4);
  const theta = minimum(cost, places[Math.max(best - 1, 0)]!, places[Math.min(best + 1, GRID)]!);
  if (Math.abs(theta) * mean < 1e-9) return { scale: mean, shape: 0 };
  const shape = shapeAt(theta);
  return { scale: shape / theta, shape };
}

/** The place of the minimum of a function that has one between the ends, by golden sections. */
function minimum(cost: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < 80; i++) {
    const [c, d] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
    if (cost(c) < cost(d)) b = d;
    else a = c;
  }
  return (a + b) / 2;
}

/**
 * The extremal index by the times between exceedances (Ferro and Segers 2003): the share of them that begin a cluster, 1
 * where they come by themselves. No length of silence need be chosen that parts clusters; one that does would glue together
 * what is apart where exceedances are many.
 *
 * @param intervals steps from each exceedance to the next, from 1
 * @example
 * extremalIndex([1, 1, 97, 1, 1, 203, 1, 1, 110]); // 0.57, nearly
 */
export function extremalIndex(intervals: readonly number[]): number {
  const isLong = intervals.some((steps) => steps > 2);
  const sum = intervals.reduce((all, steps) => all + (isLong ? steps - 1 : steps), 0);
  const squares = intervals.reduce(
    (all, steps) => all + (isLong ? (steps - 1) * (steps - 2) : steps * steps),
    0,
  );
  return squares > 0 ? Math.min((2 * sum * sum) / (intervals.length * squares), 1) : 1;
}

/** Fewer peaks than this would make of a mean nothing at all. */
const LEAST_TOLD = 5;

/**
 * By what factor a level that is extrapolated from the mean of so many exponential excesses must lie higher, as the mean is
 * known by them alone: the next excess then is of a Lomax distribution, P(Y > y) = (1 + y/(count mean))^(−count).
 *
 * @param nats how much rarer the level is than the excesses, as a logarithm
 * @example
 * predictiveFactor(20, 6); // 1.17, nearly; 1 for very many
 */
export function predictiveFactor(count: number, nats: number): number {
  const n = Math.max(count, LEAST_TOLD);
  return nats > 0 ? (n * Math.expm1(nats / n)) / nats : 1;
}

/**
 * The highest value of each cluster above a base. What parts clusters is told by the data: of the intervals between
 * exceedances the longest, so many as the extremal index counts clusters (Ferro and Segers 2003).
 *
 * @param series recordings apart from each other, values by step
 */
export function clusterPeaks(series: readonly ArrayLike<number>[], base: number): number[] {
  const exceedances = series.map((values) => stepsAbove(values, base));
  const intervals = exceedances.flatMap(intervalsOf).sort((a, b) => b - a);
  const run = intervals[Math.floor(extremalIndex(intervals) * intervals.length)] ?? 0;
  return series.flatMap((values, i) => {
    const peaks: number[] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const step of exceedances[i]!) {
      const earlier = step - last > run ? undefined : peaks.pop();
      peaks.push(Math.max(earlier ?? base, values[step]!));
      last = step;
    }
    return peaks;
  });
}

const stepsAbove = (values: ArrayLike<number>, base: number): number[] => {
  const steps: number[] = [];
  for (let t = 0; t < values.length; t++) if (values[t]! > base) steps.push(t);
  return steps;
};

/** From each step to the next. */
const intervalsOf = (steps: readonly number[]): number[] => steps.slice(1).map((step, i) => step - steps[i]!);

/** How often peaks come that top a threshold, and by how much. */
export interface Peaks extends Pareto {
  readonly threshold: number;
  /** Peaks above the threshold in a step. */
  readonly rate: number;
}

/** A tail heavier than this has been seen in too few peaks to be believed, one lighter than exponential is not relied on. */
const SHAPES = [0, 0.5] as const;

/** The level that peaks reach at most so often in a step: threshold + scale/shape ((rate/wanted)^shape − 1). */
export function levelOf({ threshold, rate, scale, shape }: Peaks, wanted: number): number {
  if (wanted >= rate) return threshold;
  const log = Math.log(rate / wanted);
  return threshold + (shape === 0 ? scale * log : (scale * Math.expm1(shape * log)) / shape);
}

/** Peaks above a threshold as a distribution; the shape is kept within what so few can tell. */
export function peaksOf(peaks: readonly number[], threshold: number, steps: number): Peaks {
  const excesses = peaks.map((peak) => peak - threshold);
  const mean = excesses.reduce((sum, y) => sum + y, 0) / excesses.length;
  const { shape } = fitPareto(excesses);
  const kept = Math.min(Math.max(shape, SHAPES[0]), SHAPES[1]);
  // The mean excess is scale/(1 − shape): what the kept shape leaves for the scale.
  return { threshold, rate: peaks.length / steps, shape: kept, scale: mean * (1 - kept) };
}
