/** What one pass over the cells of a column keeps of them: enough to infer it, in memory that does not grow with the data. */
import { type Grid, NO_GRID } from "../grid.ts";
import { binaryOf, type Cell, isDecimal, isMissing } from "./cells.ts";
import { Extremes } from "./extremes.ts";
import { kindOf, levelsOf, MOST_LEVELS } from "./kinds.ts";
import { Moments } from "./moments.ts";
import { isNumeral as isNumeralText } from "./numerals.ts";
import { AnySteps, FINEST, inferGrid } from "./resolution.ts";
import type { Summary } from "./statistics.ts";
import { ownText } from "./texts.ts";

/** As many different numbers are kept as they are. */
const MOST_KEPT = 64;

/**
 * The grid that numbers lie on, found one by one. Of few different numbers it is that of `inferGrid`; of more the decimal one
 * alone.
 */
class RunningGrid {
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
  readonly extremes = new Extremes();
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
    this.extremes.add(value);
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
    this.extremes.merge(other.extremes);
  }

  private count(level: string, times: number): void {
    const known = this.levels.get(level);
    if (known === undefined) this.levels.set(ownText(level), times);
    else this.levels.set(level, known + times);
  }

  /** @throws VrnnError as `kindOf` */
  kind(name: string) {
    const { numbers, texts, isBinary, levels } = this;
    const written = [...levels.keys()];
    const isNumeral = () => written.every((level) => isDecimal(level) || isNumeralText(level));
    const numberLevels = written.filter(isDecimal).length;
    const tally = { numbers, texts, isBinary, levels: levels.size, numberLevels, isNumeral };
    return kindOf(name, tally, { firstText: () => this.firstText! });
  }

  /** The statistics of a column of numbers. @param total how many entries there are, missing ones among them */
  numberSummary(total: number): Summary {
    const summary = this.moments.summary;
    return { ...summary, total, counts: [], grid: () => this.grid.grid(summary.standardDeviation) };
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
