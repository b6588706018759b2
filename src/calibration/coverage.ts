/** How often what came lay in the interval that was forecast. */
import type { Column } from "../data/dataset.ts";
import { pinballLoss } from "../metrics/pinball.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";
import { type Prediction, type Recalibration, rawLevel } from "./recalibrate.ts";

/** How an interval did. */
export interface Outcome {
  /** The share of values, taken as anywhere within their cell, that it held. */
  readonly coverage: number;
  /** The share of values as they were recorded: of a column on a coarse grid it need not be near the level. */
  readonly recorded: number;
  /** The mean pinball loss of both its ends, in the unit of the column. */
  readonly pinball: number;
}

/** How the intervals of one column and horizon did. */
export interface Coverage {
  readonly column: string;
  /** Steps ahead. */
  readonly horizon: number;
  /** How many forecasts were held against what came. */
  readonly count: number;
  /** The model's own interval. */
  readonly raw: Outcome;
  /** After recalibration learned beforehand. */
  readonly calibrated: Outcome;
  /** After recalibration adapted to the sequence as far as it was seen. */
  readonly adapted: Outcome;
}

type Sums = { -readonly [Part in keyof Outcome]: Outcome[Part] };

interface Tally {
  readonly raw: Sums;
  readonly calibrated: Sums;
  readonly adapted: Sums;
  count: number;
}

const nothing = (): Sums => ({ coverage: 0, recorded: 0, pinball: 0 });

/** Counts how often central intervals of a level hold what came, before and after recalibration. */
export class CoverageTally {
  private readonly columns: readonly Column[];
  private readonly recalibration: Recalibration | undefined;
  private readonly ends: readonly [number, number];
  private readonly tallies = new Map<string, Tally>();

  /** @param level of the interval, such as 0.8 for that between the quantiles of 10 and 90 % */
  constructor(columns: readonly Column[], recalibration: Recalibration | undefined, level = 0.8) {
    this.columns = columns;
    this.recalibration = recalibration;
    this.ends = [(1 - level) / 2, (1 + level) / 2];
  }

  /** @param adapted the recalibration as the sequence had taught it by then; that learned beforehand unless told. */
  add(prediction: Prediction, adapted = this.recalibration): void {
    const { name } = this.columns[prediction.column]!;
    const key = keyOf(name, prediction.horizon);
    const tally = this.tallies.get(key) ?? {
      count: 0,
      raw: nothing(),
      calibrated: nothing(),
      adapted: nothing(),
    };
    this.tallies.set(key, tally);
    tally.count++;
    this.count(tally.raw, prediction, (level) => level);
    const by = (recalibration: Recalibration | undefined) => (level: number) =>
      rawLevel(recalibration, name, prediction.horizon, level);
    this.count(tally.calibrated, prediction, by(this.recalibration));
    this.count(tally.adapted, prediction, by(adapted));
  }

  private count(sums: Sums, { sorted, value, recorded }: Prediction, rawOf: (level: number) => number): void {
    const [low, high] = this.ends.map((level) => sampleQuantile(sorted, rawOf(level))) as [number, number];
    if (low <= value && value <= high) sums.coverage++;
    if (low <= recorded && recorded <= high) sums.recorded++;
    sums.pinball += (pinballLoss(value, low, this.ends[0]) + pinballLoss(value, high, this.ends[1])) / 2;
  }

  /** A row for each horizon and column that was met. */
  rows(horizons: readonly number[]): Coverage[] {
    return horizons.flatMap((horizon) =>
      this.columns.flatMap(({ name }) => {
        const tally = this.tallies.get(keyOf(name, horizon));
        if (tally === undefined) return [];
        const { count } = tally;
        const [raw, calibrated, adapted] = [tally.raw, tally.calibrated, tally.adapted].map((sums) =>
          means(sums, count),
        ) as [Outcome, Outcome, Outcome];
        return [{ column: name, horizon, count, raw, calibrated, adapted }];
      }),
    );
  }
}

const keyOf = (column: string, horizon: number): string => `${horizon} ${column}`;

const means = ({ coverage, recorded, pinball }: Outcome, count: number): Outcome => ({
  coverage: coverage / count,
  recorded: recorded / count,
  pinball: pinball / count,
});
