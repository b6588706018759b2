import { type Grid, NO_GRID } from "../grid.ts";
import { distinctNumbers } from "./distinct.ts";

/** A grid finer than this share of the deviation is no different from none. */
export const FINEST = 1e-4;

/**
 * The grid that values were recorded on, found from the distances between them, whatever their size: the largest step of
 * which every distance is a whole multiple, so that no two different values share a cell. None when that is less than 1e-4
 * deviations.
 *
 * Decimal grids (5, 0.5, 0.01, 1/256 ...) are found exactly (`DecimalSteps`), also where the values were rounded to float32
 * on their way. Others (thirds) are found by Euclid's algorithm on the reals and verified.
 *
 * @param values Observed and missing (NaN) entries of one column.
 * @param deviation Their standard deviation.
 * @example
 * inferGrid([0.25, 1.5, 3], 1.1); // { step: 0.25, origin: 0 }
 * inferGrid([101325.0013, 101325.0001, 101324.9986], 0.0011); // { step: 0.0001, origin: 0 }
 * inferGrid([0.1234567, Math.PI, Math.E], 1.3); // none
 */
export function inferGrid(values: ArrayLike<number>, deviation: number): Grid {
  const distinct = distinctNumbers(values);
  if (distinct.length < 2) return NO_GRID;
  const range = rangeOf(distinct);
  const points = distinct.length < ENOUGH_VALUES ? distinctNumbers([...distinct, 0]) : distinct;
  const finest = FINEST * deviation;
  const steps = new AnySteps(points[0]!);
  for (const value of points) steps.add(value);
  const grid = steps.grid ?? commonGrid(points, finest) ?? NO_GRID;
  return grid.step >= finest && grid.step <= range && tellsApart(grid, points) ? grid : NO_GRID;
}

/** The distances of fewer values have a divisor in common by chance: the grid of those is taken to pass through 0. */
const ENOUGH_VALUES = 4;

function rangeOf(values: Float64Array): number {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return highest - lowest;
}

/** Whether no two values share a cell, but for the rounding of float64. */
function tellsApart({ step }: Grid, distinct: Float64Array): boolean {
  const sorted = distinct.toSorted();
  const noise = DOUBLE.noise * Math.max(Math.abs(sorted[0]!), Math.abs(sorted[sorted.length - 1]!));
  for (let i = 1; i < sorted.length; i++) {
    const distance = sorted[i]! - sorted[i - 1]!;
    if (distance > noise && distance < 0.9 * step) return false;
  }
  return true;
}

/** The grid through a point: its first one from 0 on, in as few digits as lie within the noise. */
function gridThrough(point: number, step: number, noise: number): Grid {
  const rest = point - Math.floor(point / step) * step;
  if (step - rest <= noise) return { step, origin: 0 };
  for (let places = 0; places <= 15; places++) {
    const origin = Number(rest.toFixed(places));
    if (Math.abs(origin - rest) <= noise) return { step, origin };
  }
  return { step, origin: rest };
}

/** How numbers are kept. */
interface Precision {
  /** How far a number may be from what it stands for, and a distance from its own, as a share of the larger number. */
  readonly noise: number;
  readonly holds: (value: number) => boolean;
}
const DOUBLE: Precision = { noise: 2 ** -51, holds: () => true };
const SINGLE: Precision = { noise: 2 ** -23, holds: (value) => Math.fround(value) === value };

/** Beyond 12 digits a float64 product no longer tells a whole number from its neighbours. */
const MOST_WHOLE = 1e12;
/** Farther from a whole number than this share of a unit is no rounding. */
const FARTHEST_ROUNDING = 0.1;

/**
 * The greatest common divisor of the distances from one value to others, taken one by one as whole numbers of the coarsest
 * power of ten that holds them all.
 */
class DecimalSteps {
  private places = 0;
  /** 10^places. */
  private units = 1;
  /** In units of 10^−places; 0 before the first distance. */
  private divisor = 0;
  private largest = 0;
  private isLost = false;
  private readonly first: number;
  private readonly precision: Precision;

  constructor(first: number, precision: Precision) {
    this.first = first;
    this.precision = precision;
    this.isLost = !precision.holds(first);
  }

  /** Undefined where there is no decimal step. */
  get grid(): Grid | undefined {
    if (this.isLost || this.divisor === 0) return undefined;
    const step = this.divisor / this.units;
    return gridThrough(this.first, step, this.precision.noise * Math.abs(this.first) + 1e-9 * step);
  }

  add(value: number): void {
    if (this.isLost) return;
    const distance = Math.abs(value - this.first);
    if (distance === 0) return;
    if (!this.precision.holds(value) || distance === Number.POSITIVE_INFINITY) {
      this.isLost = true;
      return;
    }
    const noise = this.precision.noise * Math.max(Math.abs(value), Math.abs(this.first));
    if (distance <= noise && !Number.isInteger(distance)) return;
    this.largest = Math.max(this.largest, distance);
    let whole = wholeOf(distance, this.units, noise);
    while (whole === undefined) {
      if (!this.refine(this.places + 1)) return;
      whole = wholeOf(distance, this.units, noise);
    }
    this.divide(whole);
  }

  merge(other: DecimalSteps): void {
    this.add(other.first);
    if (other.isLost) this.isLost = true;
    this.largest = Math.max(this.largest, other.largest);
    if (this.isLost || (other.places > this.places && !this.refine(other.places))) return;
    this.divide(other.divisor * 10 ** (this.places - other.places));
  }

  private divide(whole: number): void {
    if (this.divisor === 0 || whole % this.divisor !== 0)
      this.divisor = greatestCommonDivisor(this.divisor, whole);
  }

  /** Counts in finer units; false when a product no longer tells a whole number from its neighbours. */
  private refine(places: number): boolean {
    this.divisor *= 10 ** (places - this.places);
    this.places = places;
    this.units = 10 ** places;
    this.isLost = places > 15 || this.largest * this.units > MOST_WHOLE;
    return !this.isLost;
  }
}

/**
 * A distance as a whole number of units, from 1; undefined where it is none: farther from one than the rounding of the numbers
 * whose distance it is, or than what float32 makes of the distance itself.
 */
function wholeOf(distance: number, units: number, noise: number): number | undefined {
  const counted = distance * units;
  if (!Number.isFinite(counted)) return undefined;
  const whole = Math.round(counted);
  if (counted === whole) return whole;
  const rounding = Math.min(0.02, 1e-7 * counted) + noise * units;
  const isNear = rounding <= FARTHEST_ROUNDING && Math.abs(counted - whole) <= rounding;
  return whole >= 1 && isNear ? whole : undefined;
}

/** Decimal steps of values that are as exact as they can be, and of values that went through float32. */
export class AnySteps {
  private readonly exact: DecimalSteps;
  private readonly single: DecimalSteps;
  readonly first: number;

  /** @param first one of the values, from which distances are taken */
  constructor(first: number) {
    this.first = first;
    this.exact = new DecimalSteps(first, DOUBLE);
    this.single = new DecimalSteps(first, SINGLE);
  }

  add(value: number): void {
    this.exact.add(value);
    this.single.add(value);
  }

  merge(other: AnySteps): void {
    this.exact.merge(other.exact);
    this.single.merge(other.single);
  }

  /** Undefined where there is no decimal step. */
  get grid(): Grid | undefined {
    return this.exact.grid ?? this.single.grid;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** How far from a multiple of a step a distance may be, in steps. */
const MULTIPLE = 1e-4;

/** Euclid's algorithm on reals, stopped at the finest grid of interest; it counts only if all distances are multiples. */
function commonGrid(values: Float64Array, finest: number): Grid | undefined {
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const distances = values.map((value) => value - lowest).filter((distance) => distance > 0);
  const largest = distances.reduce((most, distance) => Math.max(most, distance), 0);
  let step = largest;
  for (const distance of distances) {
    let [a, b] = [distance, step];
    while (b > finest / 2) {
      const rest = Math.abs(a - Math.round(a / b) * b);
      if (!(rest < b)) return undefined; // a quotient over 2^53 has lost its units: there is no divisor to find
      [a, b] = [b, rest];
    }
    // A remainder gathers the rounding of what it came from; the largest distance over a whole number does not.
    step = largest / Math.round(largest / a);
    if (!(step >= finest)) return undefined;
  }
  const isMultiple = (distance: number) => {
    const steps = Math.round(distance / step);
    return steps >= 1 && Math.abs(distance / step - steps) < MULTIPLE;
  };
  return distances.every(isMultiple) ? gridThrough(lowest, step, MULTIPLE * step) : undefined;
}
