/** Incidents that no label tells: steps at which much of a sequence turned out unlike its forecasts at once. */
import type { Column } from "../data/dataset.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";
import { isQuantity, type Prediction, type Recalibration, rawLevel } from "./recalibrate.ts";

/** The ends of the interval that an outcome is held against. */
const [LOW, HIGH] = [0.025, 0.975];

/** The share of the columns, and the fewest, that must be outside beyond what is usual. */
const SHARE = 1 / 3;
const FEWEST = 3;

/** What is usual is the median of so many outcomes: what lasts for longer than half of them is no incident. */
const USUAL = 60;

/** How many steps after an odd one things may take to settle. */
const RECOVERY = 25;

/**
 * Finds odd steps by how forecasts turned out: when more columns lie outside the 95 % interval learned beforehand than
 * is usual by then. Columns of a busier sequence lie outside often; that is usual, and to be learned.
 *
 * @example
 * const odd = new OddSteps(columns, recalibration);
 * odd.add(7, predictionsOfStep7);
 * odd.disturbs(31); // true if step 7 was odd
 */
export class AnomalousSteps {
  private readonly columns: readonly Column[];
  private readonly recalibration: Recalibration;
  private readonly excess: number;
  /** Of the latest steps, how many columns lay outside. */
  private readonly recent: number[] = [];
  private readonly steps: number[] = [];

  constructor(columns: readonly Column[], recalibration: Recalibration) {
    this.columns = columns;
    this.recalibration = recalibration;
    this.excess = Math.max(FEWEST, SHARE * columns.filter(isQuantity).length);
  }

  /** Notes how the forecasts of a step turned out. Steps come in order. */
  add(step: number, predictions: readonly Prediction[]): void {
    if (predictions.length === 0) return;
    const outside = predictions.filter((each) => this.isOutside(each)).length;
    if (outside >= medianOf(this.recent) + this.excess) this.steps.push(step);
    this.recent.push(outside);
    if (this.recent.length > USUAL) this.recent.shift();
  }

  /** Whether a step is odd or follows an odd one closely; steps noted that come after it do not matter. */
  disturbs(step: number): boolean {
    const last = this.steps.findLast((each) => each <= step);
    return last !== undefined && step - last <= RECOVERY;
  }

  private isOutside({ column, horizon, sorted, value }: Prediction): boolean {
    const { name } = this.columns[column]!;
    const at = (level: number) => sampleQuantile(sorted, rawLevel(this.recalibration, name, horizon, level));
    return value < at(LOW) || value > at(HIGH);
  }
}

/** 0 of nothing; of an even number the upper of both in the middle. */
const medianOf = (counts: readonly number[]): number =>
  [...counts].sort((a, b) => a - b)[counts.length >> 1] ?? 0;
