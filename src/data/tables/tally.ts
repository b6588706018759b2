/** What one pass over the cells of a column keeps of them: enough to infer it, in memory that does not grow with the data. */
import { type Grid, NO_GRID } from "../grid.ts";
import { unitOf } from "../scaling.ts";
import { binaryOf, type Cell, isDecimal, isMissing } from "./cells.ts";
import { kindOf, levelsOf, MOST_LEVELS } from "./kinds.ts";
import { isNumeral as isNumeralText } from "./numerals.ts";
import { AnySteps, FINEST, inferGrid } from "./resolution.ts";
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
    const distance = other.mean * ratio - this.mean;
    this.mean += (distance * other.count) / count;
    this.squares += other.squares * ratio ** 2 + (distance ** 2 * this.count * other.count) / count;
    this.count = count;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  /** Of the population. All are 0 where there is no number. */
  get summary(): Pick<Summary, "mean" | "deviation" | "minimum" | "maximum" | "observed"> {
    const { count, mean, squares, minimum, maximum, unit } = this;
    if (count === 0) return { mean, deviation: 0, minimum: 0, maximum: 0, observed: 0 };
    return {
      mean: mean * unit,
      deviation: Math.sqrt(squares / count) * unit,
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
    this.mean *= ratio;
    this.squares = this.squares === 0 ? 0 : this.squares * ratio * ratio;
    this.unit = unit;
  }
}

/** As many different numbers are kept as they are. */
const MOST_KEPT = 64;

/**
 * The grid that numbers lie on, found one by one. Of few different numbers it is that of `inferGrid`; of more the decimal one
 * alone.
 */
export class RunningGrid {
  /** The different numbers, as long as they are few. */
  private kept: Set<number> | undefined = new Set();
  private steps: AnySteps | undefined;

  add(value: number): void {
    this.keep(value);
    this.steps ??= new AnySteps(value);
    this.steps.add(value);
  }

  merge(other: RunningGrid): void {
    if (other.kept === undefined) this.kept = undefined;
    else for (const value of other.kept) this.keep(value);
    if (other.steps === undefined) return;
    this.steps ??= new AnySteps(other.steps.first);
    this.steps.merge(other.steps);
  }

  /** @returns none where its step would be less than 1e-4 deviations. */
  grid(deviation: number): Grid {
    if (this.kept !== undefined) return inferGrid([...this.kept], deviation);
    const grid = this.steps?.grid ?? NO_GRID;
    return grid.step >= FINEST * deviation ? grid : NO_GRID;
  }

  private keep(value: number): void {
    this.kept?.add(value);
    if (this.kept !== undefined && this.kept.size > MOST_KEPT) this.kept = undefined;
  }
}

/** What a column is inferred from. */
export class ColumnTally {
  numbers = 0;
  texts = 0;
  isBinary = true;
  /** How often each cell occurs, as it was written, as long as they are few enough to be levels. */
  readonly levels = new Map<string, number>();
  firstText: { readonly at: string; readonly text: string } | undefined;
  readonly moments = new Moments();
  readonly grid = new RunningGrid();
  private readonly mostLevels: number;

  /** @param mostLevels beyond which levels are no longer told apart */
  constructor(mostLevels = MOST_LEVELS) {
    this.mostLevels = mostLevels;
  }

  /** @param written the cell as text, where that tells more */
  add(cell: Cell, at: () => string, written: Cell = cell): void {
    if (isMissing(cell)) return;
    const binary = binaryOf(cell);
    if (binary === undefined) this.isBinary = false;
    if (this.levels.size <= this.mostLevels) this.count(String(written), 1);
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
      if (this.levels.size <= this.mostLevels) this.count(level, count);
    }
    this.moments.merge(other.moments);
    this.grid.merge(other.grid);
  }

  private count(level: string, times: number): void {
    this.levels.set(level, (this.levels.get(level) ?? 0) + times);
  }

  /** @throws VrnnError as `kindOf` */
  kind(name: string, at: string) {
    const { numbers, texts, isBinary, levels } = this;
    const places = { at, firstText: () => this.firstText! };
    const isNumeral = () => [...levels.keys()].every((level) => isDecimal(level) || isNumeralText(level));
    return kindOf(name, { numbers, texts, isBinary, levels: levels.size, isNumeral }, places);
  }

  /** The statistics of a column of numbers. @param total how many entries there are, missing ones among them */
  numberSummary(total: number): Summary {
    const summary = this.moments.summary;
    return { ...summary, total, counts: [], grid: () => this.grid.grid(summary.deviation) };
  }

  /** The statistics of a column of levels, which stand for their indices. */
  levelSummary(levels: readonly string[], total: number): Summary {
    const moments = new Moments();
    const ordered = levels.map((level) => this.levels.get(level) ?? 0);
    ordered.forEach((count, index) => {
      if (count > 0) moments.add(index, count);
    });
    return { ...moments.summary, total, counts: ordered, grid: () => NO_GRID };
  }

  /** The distinct cells, in order. */
  get sortedLevels(): string[] {
    return levelsOf(this.levels.keys());
  }
}
