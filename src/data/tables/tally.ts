/** What one pass over the cells of a column keeps of them: enough to infer it, in memory that does not grow with the data. */
import { binaryOf, type Cell, isMissing } from "./cells.ts";
import { kindOf, levelsOf, MOST_LEVELS } from "./kinds.ts";
import { FINEST, greatestCommonDivisor, inferResolution, isNearlyWhole, MOST_WHOLE } from "./resolution.ts";
import type { Summary } from "./statistics.ts";

/**
 * Count, mean, sum of squared differences, least and greatest of some numbers, by Welford's recursion; two of them merge
 * exactly (Chan, Golub and LeVeque 1979).
 */
export class Moments {
  count = 0;
  mean = 0;
  /** The sum of squared differences from the mean. */
  squares = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;

  /** @param weight how often the value occurs */
  add(value: number, weight = 1): void {
    this.count += weight;
    const distance = value - this.mean;
    this.mean += (distance * weight) / this.count;
    this.squares += distance * (value - this.mean) * weight;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
  }

  merge(other: Moments): void {
    if (other.count === 0) return;
    const count = this.count + other.count;
    const distance = other.mean - this.mean;
    this.mean += (distance * other.count) / count;
    this.squares += other.squares + (distance ** 2 * this.count * other.count) / count;
    this.count = count;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  /** Of the population. All are 0 where there is no number. */
  get summary(): Pick<Summary, "mean" | "deviation" | "minimum" | "maximum" | "observed"> {
    const { count, mean, squares, minimum, maximum } = this;
    if (count === 0) return { mean, deviation: 0, minimum: 0, maximum: 0, observed: 0 };
    return { mean, deviation: Math.sqrt(squares / count), minimum, maximum, observed: count };
  }
}

/** As many different numbers are kept as they are. */
const MOST_KEPT = 64;

/**
 * The grid that numbers lie on, found one by one. Of few different numbers it is that of `inferResolution`; of more the
 * decimal one alone: the fewest decimal places that hold them all, and the greatest common divisor there.
 */
export class RunningGrid {
  /** The different magnitudes, as long as they are few. */
  private kept: Set<number> | undefined = new Set();
  private places = 0;
  /** Of the values as whole numbers of 10^−places; 0 before the first. */
  private divisor = 0;
  private largest = 0;
  private isLost = false;

  add(value: number): void {
    const magnitude = Math.abs(value);
    if (magnitude === 0) return;
    this.keep(magnitude);
    if (this.isLost) return;
    this.largest = Math.max(this.largest, magnitude);
    while (!isNearlyWhole(magnitude * 10 ** this.places)) {
      if (!this.refine(this.places + 1)) return;
    }
    const whole = Math.round(magnitude * 10 ** this.places);
    if (this.divisor === 0 || whole % this.divisor !== 0)
      this.divisor = greatestCommonDivisor(this.divisor, whole);
  }

  merge(other: RunningGrid): void {
    if (other.kept === undefined) this.kept = undefined;
    else for (const magnitude of other.kept) this.keep(magnitude);
    this.largest = Math.max(this.largest, other.largest);
    if (other.isLost) this.isLost = true;
    if (this.isLost || !this.refine(Math.max(this.places, other.places))) return;
    const divisor = other.divisor * 10 ** (this.places - other.places);
    this.divisor = greatestCommonDivisor(this.divisor, divisor);
  }

  /** @returns the distance between neighbours of the grid, 0 when there is none of at least 1e-4 deviations. */
  grid(deviation: number): number {
    if (this.kept !== undefined) return inferResolution([...this.kept], deviation);
    const isExact = this.places === 0 || this.largest * 10 ** this.places <= MOST_WHOLE;
    const grid = this.isLost || !isExact ? 0 : this.divisor / 10 ** this.places;
    return grid >= FINEST * deviation ? grid : 0;
  }

  private keep(magnitude: number): void {
    this.kept?.add(magnitude);
    if (this.kept !== undefined && this.kept.size > MOST_KEPT) this.kept = undefined;
  }

  /** Counts in finer units; false when a product no longer tells a whole number from its neighbours. */
  private refine(places: number): boolean {
    this.divisor *= 10 ** (places - this.places);
    this.places = places;
    this.isLost = places > 15 || (places > 0 && this.largest * 10 ** places > MOST_WHOLE);
    return !this.isLost;
  }
}

/** What a column is inferred from. */
export class ColumnTally {
  numbers = 0;
  texts = 0;
  isBinary = true;
  /** How often each cell occurs, as long as they are few enough to be levels. */
  readonly levels = new Map<Cell, number>();
  firstText: { readonly at: string; readonly text: string } | undefined;
  readonly moments = new Moments();
  readonly grid = new RunningGrid();
  private readonly mostLevels: number;

  /** @param mostLevels beyond which levels are no longer told apart */
  constructor(mostLevels = MOST_LEVELS) {
    this.mostLevels = mostLevels;
  }

  add(cell: Cell, at: () => string): void {
    if (isMissing(cell)) return;
    const binary = binaryOf(cell);
    if (binary === undefined) this.isBinary = false;
    if (this.levels.size <= this.mostLevels) this.levels.set(cell, (this.levels.get(cell) ?? 0) + 1);
    if (typeof cell === "string") {
      this.texts += 1;
      this.firstText ??= { at: at(), text: cell };
    } else {
      this.numbers += 1;
    }
    const value = typeof cell === "number" ? cell : binary;
    if (value === undefined) return;
    this.moments.add(value);
    this.grid.add(value);
  }

  merge(other: ColumnTally): void {
    this.numbers += other.numbers;
    this.texts += other.texts;
    this.isBinary &&= other.isBinary;
    this.firstText ??= other.firstText;
    for (const [level, count] of other.levels) {
      if (this.levels.size <= this.mostLevels) this.levels.set(level, (this.levels.get(level) ?? 0) + count);
    }
    this.moments.merge(other.moments);
    this.grid.merge(other.grid);
  }

  /** @throws VrnnError as `kindOf` */
  kind(name: string, at: string) {
    const { numbers, texts, isBinary, levels } = this;
    const places = { at, firstText: () => this.firstText! };
    return kindOf(name, { numbers, texts, isBinary, levels: levels.size }, places);
  }

  /** The statistics of a column of numbers. @param total how many entries there are, missing ones among them */
  numberSummary(total: number): Summary {
    const summary = this.moments.summary;
    return { ...summary, total, counts: [], grid: () => this.grid.grid(summary.deviation) };
  }

  /** The statistics of a column of levels, which stand for their indices. */
  levelSummary(levels: readonly string[], total: number): Summary {
    const counts = new Map([...this.levels].map(([level, count]) => [String(level), count]));
    const moments = new Moments();
    const ordered = levels.map((level) => counts.get(level) ?? 0);
    ordered.forEach((count, index) => {
      if (count > 0) moments.add(index, count);
    });
    return { ...moments.summary, total, counts: ordered, grid: () => 0 };
  }

  /** The distinct cells, in order. */
  get sortedLevels(): string[] {
    return levelsOf([...this.levels.keys()]);
  }
}
