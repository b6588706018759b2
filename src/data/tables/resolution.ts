/** A grid finer than this share of the deviation is no different from none. */
export const FINEST = 1e-4;

/**
 * The grid that values were recorded on: the largest g of which every observed value is a whole multiple, within the
 * rounding of float32; 0 when there is none of at least 1e-4 deviations.
 *
 * Decimal grids (5, 0.5, 0.01, 1/256 ...) are found exactly: the values as whole numbers of a power of ten, then their
 * greatest common divisor. Others (thirds) are found by Euclid's algorithm on the reals and verified.
 *
 * @param values Observed and missing (NaN) entries of one column.
 * @param deviation Their standard deviation.
 * @example
 * inferResolution([0.25, 1.5, 3], 1.1); // 0.25
 * inferResolution([0.1234567, Math.PI, Math.E], 1.3); // 0
 */
export function inferResolution(values: ArrayLike<number>, deviation: number): number {
  const observed = distinctMagnitudes(values);
  const finest = FINEST * deviation;
  const grid = decimalGrid(observed) ?? commonStep(observed, finest) ?? 0;
  return grid >= finest ? grid : 0;
}

/** Beyond 12 digits a float64 product no longer tells a whole number from its neighbours. */
export const MOST_WHOLE = 1e12;

function distinctMagnitudes(values: ArrayLike<number>): number[] {
  const seen = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > 0) seen.add(magnitude);
  }
  return [...seen];
}

/** The greatest common divisor of the values in the coarsest power of ten that holds them all. */
function decimalGrid(values: readonly number[]): number | undefined {
  const largest = values.reduce((max, value) => Math.max(max, value), 0);
  for (let places = 0; places <= 15; places++) {
    const scale = 10 ** places;
    if (places > 0 && largest * scale > MOST_WHOLE) return undefined;
    if (values.every((value) => isNearlyWhole(value * scale))) {
      const divisor = values.reduce((gcd, value) => greatestCommonDivisor(gcd, Math.round(value * scale)), 0);
      return divisor === 0 ? undefined : divisor / scale;
    }
  }
  return undefined;
}

/** Within what float32 makes of a whole number, but never so far that any number would do. */
export function isNearlyWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= Math.min(0.02, 1e-7 * value);
}

export function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** Euclid's algorithm on reals, stopped at the finest grid of interest; it counts only if all values are multiples. */
function commonStep(values: readonly number[], finest: number): number | undefined {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  let step = largest;
  for (const value of values) {
    let [a, b] = [value, step];
    while (b > finest / 2) [a, b] = [b, Math.abs(a - Math.round(a / b) * b)];
    // A remainder gathers the rounding of what it came from; the largest value over a whole number does not.
    step = largest / Math.round(largest / a);
    if (step < finest) return undefined;
  }
  return values.every((value) => Math.abs(value / step - Math.round(value / step)) < 1e-4) ? step : undefined;
}
