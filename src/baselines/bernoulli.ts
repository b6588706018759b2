import type { Column, Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { Baseline } from "./gaussian.ts";

/** Every binary entry drawn from its column's rate of ones, whatever came before. */
export interface BernoulliBaseline extends Baseline {
  readonly name: "bernoulli";
  /** The (floored) rate of ones of each column. */
  readonly rates: Float64Array;
}

/** A rate of 0 would make a single one in the test split impossible. */
const RATE_FLOOR = 1e-4;

/**
 * Fits independent Bernoulli columns: the training means, held within 1e-4 of 0 and 1. Missing entries are ignored, in
 * fitting and in scoring.
 *
 * @throws VrnnError `baseline/not-binary` when a column is of another kind.
 * @example
 * const bernoulli = fitBernoulli(dataset.columns);
 * bernoulli.logLikelihood(dataset.splits.test[0]!); // Float64Array: nats of each step
 */
export function fitBernoulli(columns: readonly Column[]): BernoulliBaseline {
  const other = columns.find(({ kind }) => kind !== "binary");
  if (other) {
    throw new VrnnError(
      "baseline/not-binary",
      `a Bernoulli baseline needs binary columns, this is ${other.kind}`,
      {
        at: `column ${other.name}`,
      },
    );
  }
  const width = columns.length;
  const rates = Float64Array.from(columns, ({ mean }) =>
    Math.min(1 - RATE_FLOOR, Math.max(RATE_FLOOR, mean)),
  );
  const logOne = rates.map(Math.log);
  const logZero = rates.map((rate) => Math.log1p(-rate));
  const stepScore = (row: Float64Array) =>
    row.reduce(
      (total, value, d) => (Number.isNaN(value) ? total : total + (value === 1 ? logOne[d]! : logZero[d]!)),
      0,
    );
  return {
    name: "bernoulli",
    rates,
    logLikelihood: ({ length, values }: Sequence) =>
      Float64Array.from({ length }, (_, t) => stepScore(values.subarray(t * width, (t + 1) * width))),
  };
}
