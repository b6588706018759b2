/** What every model of a comparison has to tell: the same steps of the test split, and forecasts from the same origins. */
import type { Predictive } from "../baselines/forecaster.ts";
import { isQuantity } from "../calibration/recalibrate.ts";
import type { Column, Dataset, Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { type OriginPlan, rollingOrigins } from "../inference/rolling-origins.ts";
import { crps } from "../metrics/crps.ts";
import { counted } from "../words/figures.ts";

/** Steps that are drawn together where intervals are told: a whole sequence, or a stretch of one. */
export interface Stretch {
  /** The place of the sequence in the test split. */
  readonly i: number;
  readonly from: number;
  readonly to: number;
}

/** What is asked of every model. */
export interface Exam {
  readonly columns: readonly Column[];
  readonly stretches: readonly Stretch[];
  /** Ascending; empty where no column is a quantity. */
  readonly horizons: readonly number[];
  /** Where forecasts set out, by the places of sequences in the test split. */
  readonly origins: ReadonlyMap<number, readonly number[]>;
}

/** Of so many sequences each is a stretch; fewer are cut, into at least so many stretches of at most so many steps. */
const [MANY_SEQUENCES, STRETCHES, LONGEST] = [20, 20, 256];

/**
 * @param data as the model reads it whose sequences can be forecast last
 * @param asked horizons that somebody asked for; the usual ones, as far as they fit, unless told
 * @throws VrnnError `compare/horizons`
 */
export function examOf(data: Dataset, asked: readonly number[] | undefined): Exam {
  const { columns, splits } = data;
  const hasQuantity = columns.some(isQuantity);
  if (!hasQuantity && asked !== undefined)
    throw new VrnnError(
      "compare/horizons",
      "no column is a quantity, and forecasts of others are not judged",
      {
        at: "--horizons",
        remedy: "leave it out",
      },
    );
  const horizons = hasQuantity ? horizonsIn(splits.test, asked) : [];
  const horizon = horizons.at(-1);
  const plans = horizon === undefined ? [] : plansFor(splits.test, horizon);
  const origins = new Map(plans.map(({ sequence, origins: own }) => [splits.test.indexOf(sequence), own]));
  return { columns, stretches: stretchesOf(splits.test), horizons, origins };
}

const USUAL_HORIZONS: readonly number[] = [1, 5, 20];

function horizonsIn(test: readonly Sequence[], asked: readonly number[] | undefined): readonly number[] {
  const room = test.reduce(
    (most, each) => Math.max(most, each.length - Math.max(1, each.units?.from ?? 0)),
    0,
  );
  const horizons = [...new Set(asked ?? USUAL_HORIZONS.filter((each) => each <= room))].sort((a, b) => a - b);
  const longest = horizons.at(-1) ?? 0;
  if (longest <= room) return horizons;
  const what = `a horizon of ${counted(longest, "step")} does not fit the test sequences: the longest has ${counted(room, "step")} after its first`;
  throw new VrnnError("compare/horizons", what, { at: "--horizons", remedy: "give shorter ones" });
}

const plansFor = (test: readonly Sequence[], horizon: number): OriginPlan[] =>
  rollingOrigins(
    test.map((sequence) => ({ sequence, from: 1 })),
    { horizon },
  );

function stretchesOf(test: readonly Sequence[]): Stretch[] {
  const steps = test.reduce((sum, { length }) => sum + length, 0);
  const most =
    test.length >= MANY_SEQUENCES
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.min(LONGEST, Math.floor(steps / STRETCHES)));
  return test.flatMap(({ length }, i) =>
    Array.from({ length: length === 0 ? 0 : Math.ceil(length / Math.min(most, length)) }, (_, n) => {
      const size = Math.min(most, length);
      return { i, from: n * size, to: Math.min(length, (n + 1) * size) };
    }),
  );
}

/** How many steps all are judged by. */
export const stepsOf = ({ stretches }: Pick<Exam, "stretches">): number =>
  stretches.reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * The nats of each stretch.
 *
 * @param perStep `[length]` of each test sequence
 * @throws VrnnError `compare/not-finite`
 */
export function natsOfStretches({ stretches }: Exam, perStep: readonly Float64Array[]): number[] {
  return stretches.map(({ i, from, to }) => {
    const sum = perStep[i]!.subarray(from, to).reduce((all, each) => all + each, 0);
    if (Number.isFinite(sum)) return sum;
    throw new VrnnError("compare/not-finite", "what it tells of some test steps is no finite likelihood");
  });
}

/** The plans of a model's own sequences, which are those of the test split with what it knows beside. */
export const plansOf = ({ origins }: Exam, test: readonly Sequence[]): OriginPlan[] =>
  [...origins].map(([i, own]) => ({ sequence: test[i]!, origins: own }));

/** Mean continuous ranked probability scores by horizon. */
export type CrpsLevels = Readonly<Record<string, number>>;

/** How far forecasts were off at each horizon, over all columns that are quantities: of several in deviations of each. */
export class CrpsTally {
  private readonly exam: Exam;
  private readonly sums: { loss: number; weight: number }[];

  constructor(exam: Exam) {
    this.exam = exam;
    this.sums = exam.horizons.map(() => ({ loss: 0, weight: 0 }));
  }

  /** @param said of each column, from the first step after the origin on */
  add({ values }: Sequence, origin: number, said: readonly (Predictive | undefined)[]): void {
    const { columns, horizons } = this.exam;
    columns.forEach((column, d) => {
      if (!isQuantity(column)) return;
      const unit = columns.length > 1 ? column.standardDeviation || 1 : 1;
      horizons.forEach((horizon, k) => {
        const value = values[(origin + horizon - 1) * columns.length + d]!;
        if (Number.isNaN(value)) return;
        const quantile = (level: number) => said[d]!.quantile(horizon - 1, level);
        const outcome = { value, quantile, mean: Number.NaN, seasonalError: Number.NaN, unit };
        const { loss, weight } = crps.part(outcome)!;
        this.sums[k]!.loss += loss;
        this.sums[k]!.weight += weight;
      });
    });
  }

  /** By horizon; of one at which nothing was observed nothing. */
  levels(): CrpsLevels {
    return Object.fromEntries(
      this.exam.horizons.flatMap((horizon, k) => {
        const { loss, weight } = this.sums[k]!;
        return weight > 0 ? [[String(horizon), loss / weight]] : [];
      }),
    );
  }
}
