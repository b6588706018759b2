/** Lasting changes of a column: it begins to be surprising and stays so. */

/** Above this surprise in nats lies 5 % of clean data. */
export const HIGH = -Math.log(0.05);

/** The mean and the standard deviation of values. */
export interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/** What became certain: something began and stayed. */
export interface Lasting {
  /** The step at which it began. */
  readonly since: number;
  /** The step at which it was certain. */
  readonly told: number;
  /** The values since; undefined where none was told. */
  readonly values: Moments | undefined;
  /** The latest of the scores since, in their order, missing ones left out. */
  readonly scores: readonly number[];
}

/** Where a watch stands: plain numbers, for JSON. */
export interface ChangeWatchState {
  readonly step: number;
  readonly sum: number;
  readonly since: number;
  /** Number, mean and sum of squared deviations of the values since. */
  readonly moments: readonly [count: number, mean: number, squares: number];
  readonly scores: readonly number[];
}

/** From this share of news on the sum grows: between the one in twenty of clean data and all. */
const SLACK = 0.25;

const stepped = (sum: number, isNews: boolean): number => Math.max(sum + (isNews ? 1 - SLACK : -SLACK), 0);

const NOTHING = { sum: 0, moments: [0, 0, 0], scores: [] } as const;

/** How many scores of a change are kept. */
const KEPT = 2000;

/**
 * A sign test by cumulated sums (CUSUM, Page 1954): a step that is news counts +¾, another −¼, and the sum never falls below
 * 0. Where one step in twenty is news it stays near 0; it grows where more than one in four are. As signs are counted and not
 * nats, no single step decides, however odd it is.
 */
export class ChangeWatch {
  private readonly lasting: number;
  private step = 0;
  private sum = 0;
  private since = 0;
  private moments: ChangeWatchState["moments"] = NOTHING.moments;
  private scores: number[] = [];

  /** @param lasting after so many steps of news in a row it is certain */
  constructor(lasting: number) {
    this.lasting = lasting;
  }

  /** Takes the next step. @param score @param value NaN where it is missing or none */
  add(isNews: boolean, score: number, value: number): Lasting | undefined {
    const { step } = this;
    this.step += 1;
    const grown = stepped(this.sum, isNews);
    if (grown === 0) {
      if (this.sum > 0) this.forget();
      return undefined;
    }
    if (this.sum === 0) this.since = step;
    this.sum = grown;
    this.moments = withValue(this.moments, value);
    if (!Number.isNaN(score)) this.scores.push(score);
    if (this.scores.length > 2 * KEPT) this.scores = this.scores.slice(-KEPT);
    if (grown < (1 - SLACK) * this.lasting) return undefined;
    const { since, moments, scores } = this;
    this.forget();
    return { since, told: step, values: momentsOf(moments), scores: scores.slice(-KEPT) };
  }

  /** Begins anew at the next step. */
  forget(): void {
    [this.sum, this.moments, this.scores] = [0, NOTHING.moments, []];
  }

  get state(): ChangeWatchState {
    const { step, sum, since, moments, scores } = this;
    return { step, sum, since, moments, scores: scores.slice(-KEPT) };
  }

  restore({ step, sum, since, moments, scores }: ChangeWatchState): void {
    [this.step, this.sum, this.since, this.moments, this.scores] = [step, sum, since, moments, [...scores]];
  }
}

type Running = ChangeWatchState["moments"];

/** Welford's recursion. */
function withValue([count, mean, squares]: Running, value: number): Running {
  if (Number.isNaN(value)) return [count, mean, squares];
  const moved = value - mean;
  const next = mean + moved / (count + 1);
  return [count + 1, next, squares + moved * (value - next)];
}

const momentsOf = ([count, mean, squares]: Running): Moments | undefined =>
  count === 0 ? undefined : { mean, deviation: Math.sqrt(squares / count) };

/**
 * The longest excursion of a column's clean surprises, in steps: what lasts no longer is no change.
 *
 * @param surprises of one clean recording, in nats
 */
export function longestExcursion(surprises: Float64Array): number {
  let [sum, longest] = [0, 0];
  for (const surprise of surprises) {
    sum = stepped(sum, surprise > HIGH);
    longest = Math.max(longest, sum / (1 - SLACK));
  }
  return longest;
}
