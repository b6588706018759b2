/**
 * Bounds for tests of random numbers. Each fails a sound generator once in a million choices of the seed; the seeds of
 * the tests are fixed, so that a test that passed once passes always.
 */
export const FALSE_ALARM_RATE = 1e-6;

/** Standard normal quantiles of that rate, two-sided and one-sided. */
const TWO_SIDED = 4.8916;
const ONE_SIDED = 4.7534;

/** How far from 0 the mean of `count` draws of variance `variance` may lie. */
export function meanBound(count: number, variance = 1): number {
  return TWO_SIDED * Math.sqrt(variance / count);
}

/** Kolmogorov's bound on the distance between the empirical and the true distribution function. */
export function kolmogorovBound(count: number): number {
  return Math.sqrt(-Math.log(FALSE_ALARM_RATE / 2) / 2 / count);
}

/** The bound on Pearson's statistic, by the approximation of Wilson and Hilferty. */
export function chiSquareBound(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + ONE_SIDED * Math.sqrt(spread)) ** 3;
}

/** The largest distance between the empirical distribution function of `draws` and `distribution`. */
export function kolmogorovDistance(draws: Float32Array, distribution: (x: number) => number): number {
  const sorted = draws.toSorted();
  let distance = 0;
  for (let rank = 0; rank < sorted.length; rank++) {
    const expected = distribution(sorted[rank]!);
    distance = Math.max(distance, expected - rank / sorted.length, (rank + 1) / sorted.length - expected);
  }
  return distance;
}

/** Pearson's statistic of counts against what was expected of each. */
export function chiSquare(counts: ArrayLike<number>, expected: (index: number) => number): number {
  return Array.from(counts).reduce(
    (sum, count, index) => sum + (count - expected(index)) ** 2 / expected(index),
    0,
  );
}

/** The mean of `power`-th powers. */
export function moment(draws: Float32Array, power: number): number {
  return draws.reduce((sum, draw) => sum + draw ** power, 0) / draws.length;
}

export function correlation(a: Float32Array, b: Float32Array): number {
  const product = a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  return product / a.length / Math.sqrt(moment(a, 2) * moment(b, 2));
}

/** The standard normal distribution function, by its power series: exact to 1e-12 for |x| below 6. */
export function normalDistribution(x: number): number {
  if (Math.abs(x) > 6) return x < 0 ? 0 : 1;
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-16; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
