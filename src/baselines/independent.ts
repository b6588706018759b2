import { everyNth } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import { asReal } from "./as-real.ts";
import { fitBernoulli } from "./bernoulli.ts";
import { fitCategorical } from "./categorical.ts";
import { type Baseline, fitGaussian } from "./gaussian.ts";

/** Every entry drawn from its column's own distribution, whatever came before and whatever stands beside it. */
export interface IndependentBaseline extends Baseline {
  readonly name: "independent";
  /** How many numbers the training split told. */
  readonly parameters: number;
  /** Of each column, in its unit; those of a column that is no quantity mean nothing. */
  readonly means: readonly number[];
  readonly scales: readonly number[];
}

/**
 * Fits each column by itself: quantities by a normal distribution (whole numbers on a grid of 1), binary columns by their
 * rate of ones, categorical ones by their shares of levels.
 *
 * @throws VrnnError as `fitGaussian`
 * @example
 * fitIndependent(dataset.columns, dataset.splits.train).logLikelihood(dataset.splits.test[0]!); // nats of each step
 */
export function fitIndependent(columns: readonly Column[], train: readonly Sequence[]): IndependentBaseline {
  const placesOf = (is: (column: Column) => boolean) =>
    columns.flatMap((column, d) => (is(column) ? [d] : []));
  const binary = placesOf(({ kind }) => kind === "binary");
  const categorical = placesOf(({ kind }) => kind === "categorical");
  const quantities = placesOf(({ kind }) => kind !== "binary" && kind !== "categorical");
  const only = (places: readonly number[]) => places.map((d) => columns[d]!);
  const within = (sequence: Sequence, places: readonly number[]) =>
    onlyPlaces(sequence, columns.length, places);
  const parts: { readonly places: readonly number[]; readonly told: Baseline }[] = [];
  if (binary.length > 0) parts.push({ places: binary, told: fitBernoulli(only(binary)) });
  if (categorical.length > 0) parts.push({ places: categorical, told: fitCategorical(only(categorical)) });
  const [means, scales] = [columns.map(({ mean }) => mean), columns.map((each) => each.standardDeviation)];
  if (quantities.length > 0) {
    const own = train.map((each) => within(each, quantities));
    const told = fitGaussian(only(quantities).map(asReal), own);
    parts.push({ places: quantities, told });
    quantities.forEach((d, j) => {
      [means[d], scales[d]] = [told.means[j]!, told.scales[j]!];
    });
  }
  return {
    name: "independent",
    parameters: columns.reduce((sum, column) => sum + numbersOf(column), 0),
    means,
    scales,
    logLikelihood: (sequence) => {
      const nats = parts.map(({ places, told }) => told.logLikelihood(within(sequence, places)));
      return Float64Array.from({ length: sequence.length }, (_, t) =>
        nats.reduce((sum, own) => sum + own[t]!, 0),
      );
    },
  };
}

/** A sequence with some of its columns. */
function onlyPlaces(sequence: Sequence, width: number, places: readonly number[]): Sequence {
  const values = new Float64Array(sequence.length * places.length);
  places.forEach((d, j) => {
    everyNth(sequence.values, d, width).forEach((value, t) => {
      values[t * places.length + j] = value;
    });
  });
  return { name: sequence.name, length: sequence.length, values };
}

/** How many numbers tell a column. */
function numbersOf({ kind, levels }: Column): number {
  if (kind === "binary") return 1;
  return kind === "categorical" ? levels.length - 1 : 2;
}
