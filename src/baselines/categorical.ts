import type { Column } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { Baseline } from "./gaussian.ts";

/** Every categorical entry drawn by its column's shares of levels, whatever came before. */
export interface CategoricalBaseline extends Baseline {
  readonly name: "categorical";
  /** The (floored) shares of the levels of each column; each sums to 1. */
  readonly shares: readonly Float64Array[];
}

/** A share of 0 would make a level that training lacks impossible. */
const SHARE_FLOOR = 1e-4;

/**
 * Fits independent categorical columns: the training shares, each raised by 1e-4. Missing entries are ignored.
 *
 * @throws VrnnError `baseline/not-categorical` when a column is of another kind.
 * @example
 * const categorical = fitCategorical(dataset.columns);
 * categorical.logLikelihood(dataset.splits.test[0]!); // Float64Array: nats of each step
 */
export function fitCategorical(columns: readonly Column[]): CategoricalBaseline {
  const other = columns.find(({ kind }) => kind !== "categorical");
  if (other)
    throw new VrnnError(
      "baseline/not-categorical",
      `shares of levels tell categorical columns, this is ${other.kind}`,
      { at: `column ${other.name}` },
    );
  const shares = columns.map(({ levels, shares: told }) =>
    Float64Array.from(levels, (_, level) => (told[level]! + SHARE_FLOOR) / (1 + levels.length * SHARE_FLOOR)),
  );
  const width = columns.length;
  const logShares = shares.map((own) => own.map(Math.log));
  const stepScore = (row: Float64Array) =>
    row.reduce((total, value, d) => (Number.isNaN(value) ? total : total + logShares[d]![value]!), 0);
  return {
    name: "categorical",
    shares,
    logLikelihood: ({ length, values }) =>
      Float64Array.from({ length }, (_, t) => stepScore(values.subarray(t * width, (t + 1) * width))),
  };
}
