import type { Column, Sequence } from "../data/dataset.ts";
import { unitOf } from "../data/scaling.ts";
import { normalLogMass } from "../distributions/normal-mass.ts";
import { scaleFloor } from "../distributions/resolution.ts";
import { VrnnError } from "../errors.ts";

/** A simple density over the real columns of a sequence, to hold a model's nats against. */
export interface Baseline {
  readonly name: string;
  /** The log-likelihood of each step in nats, `[length]`; missing entries are marginalised out. */
  logLikelihood(sequence: Sequence): Float64Array;
}

/** The real columns that a baseline scores: the schema's entries and where they stand in a row. */
export interface RealColumn extends Column {
  readonly index: number;
}

/** Every entry drawn from its column's normal distribution, whatever came before. */
export interface GaussianBaseline extends Baseline {
  readonly name: "gaussian";
  readonly columns: readonly RealColumn[];
  /** How many values a row of a sequence holds, real or not. */
  readonly width: number;
  /** Maximum-likelihood mean and (floored) scale of each real column, in its unit. */
  readonly means: Float64Array;
  readonly scales: Float64Array;
}

/**
 * Fits an independent normal distribution to every real column (maximum likelihood; missing entries are ignored).
 * Likelihoods follow the grid rule of `distributions/resolution.ts`. Columns of other kinds are not scored, so its
 * nats compare with a model's only where all columns are real.
 *
 * @throws VrnnError `baseline/no-real-column` when the schema has none, `baseline/no-observation` when a real column
 * has no observed entry.
 * @example
 * const gaussian = fitGaussian(dataset.columns, dataset.splits.train);
 * gaussian.logLikelihood(dataset.splits.test[0]!); // Float64Array: nats of each step
 */
export function fitGaussian(columns: readonly Column[], train: readonly Sequence[]): GaussianBaseline {
  const real = columns.map((column, index) => ({ ...column, index })).filter(({ kind }) => kind === "real");
  if (real.length === 0) {
    throw new VrnnError(
      "baseline/no-real-column",
      "a Gaussian baseline needs a real column, the data has none",
    );
  }
  const width = columns.length;
  const means = Float64Array.from(real, (column) => meanOf(column, width, train, (value) => value));
  const scales = Float64Array.from(real, (column, j) => {
    const unit = unitOf(column.standardDeviation);
    const variance = meanOf(column, width, train, (value) => ((value - means[j]!) / unit) ** 2);
    return Math.max(Math.sqrt(variance) * unit, scaleFloor(column));
  });
  const stepScore = (row: Float64Array) =>
    real.reduce((total, column, j) => {
      const value = row[column.index]!;
      return Number.isNaN(value) ? total : total + normalLogMass(value, means[j]!, scales[j]!, column);
    }, 0);
  return {
    name: "gaussian",
    columns: real,
    width,
    means,
    scales,
    logLikelihood: ({ length, values }) =>
      Float64Array.from({ length }, (_, t) => stepScore(values.subarray(t * width, (t + 1) * width))),
  };
}

/** The mean of a function of the observed entries of one column. */
function meanOf(
  column: RealColumn,
  width: number,
  sequences: readonly Sequence[],
  of: (value: number) => number,
): number {
  let total = 0;
  let count = 0;
  for (const { length, values } of sequences) {
    for (let t = 0; t < length; t++) {
      const value = values[t * width + column.index]!;
      if (Number.isNaN(value)) continue;
      total += of(value);
      count += 1;
    }
  }
  if (count > 0) return total / count;
  throw new VrnnError("baseline/no-observation", "the training split has no observed entry", {
    at: `column ${column.name}`,
    remedy: "leave the column out",
  });
}
