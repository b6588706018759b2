import { unitOf } from "../scaling.ts";
import type { Summary } from "./statistics.ts";

/**
 * Count, mean, sum of squared differences, least and greatest of some numbers, by Welford's recursion; two of them merge
 * exactly (Chan, Golub and LeVeque 1979). Numbers are counted in a unit in which they can be squared.
 */
export class Moments {
  count = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  /** A power of two. */
  private unit = 1;
  /** The greatest magnitude. */
  private size = 0;
  private mean = 0;
  /** The sum of squared differences from the mean. */
  private squares = 0;

  /** @param weight how often the value occurs */
  add(value: number, weight = 1): void {
    this.fit(Math.abs(value));
    const counted = value / this.unit;
    this.count += weight;
    const distance = counted - this.mean;
    this.mean += (distance * weight) / this.count;
    this.squares += distance * (counted - this.mean) * weight;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
  }

  merge(other: Moments): void {
    if (other.count === 0) return;
    this.fit(other.size);
    const ratio = other.unit / this.unit;
    const count = this.count + other.count;
    const distance = timesUnits(other.mean, ratio) - this.mean;
    this.mean += (distance * other.count) / count;
    this.squares +=
      timesUnits(timesUnits(other.squares, ratio), ratio) +
      (distance ** 2 * this.count * other.count) / count;
    this.count = count;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  /** Of the population. All are 0 where there is no number. */
  get summary(): Pick<Summary, "mean" | "standardDeviation" | "minimum" | "maximum" | "observed"> {
    const { count, mean, squares, minimum, maximum, unit } = this;
    if (count === 0) return { mean, standardDeviation: 0, minimum: 0, maximum: 0, observed: 0 };
    return {
      mean: mean * unit,
      standardDeviation: Math.sqrt(squares / count) * unit,
      minimum,
      maximum,
      observed: count,
    };
  }

  /** Chooses the unit by the greatest magnitude. */
  private fit(size: number): void {
    if (size <= this.size) return;
    this.size = size;
    const unit = unitOf(size);
    if (unit === this.unit) return;
    const ratio = this.unit / unit;
    this.mean = timesUnits(this.mean, ratio);
    this.squares = timesUnits(timesUnits(this.squares, ratio), ratio);
    this.unit = unit;
  }
}

/** A number in another unit: 0 is 0 in any, however many times smaller. */
const timesUnits = (value: number, ratio: number): number => (value === 0 ? 0 : value * ratio);
