/** What draws say of an entry, for people: a mean and quantiles, or the probabilities of levels. */

import { isQuantity, recalibratedDraws, sortedDraws } from "../calibration/recalibrate.ts";
import { everyNth, meanOf } from "../collections.ts";
import type { Column } from "../data/dataset.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";
import { Random } from "../random/generator.ts";

/** What is said of one entry; of a categorical column there is one for each level. */
export interface Estimate {
  readonly column: string;
  /** Of a categorical column: the level whose probability the mean is. */
  readonly level?: string;
  /** The mean of a quantity, the probability of a 1 or of a level. */
  readonly mean: number;
  /** The quantiles that were asked for, of a quantity; none of anything else. */
  readonly quantiles: readonly number[];
  /** Of a quantity the deviation of its column, which says how many digits tell; of anything else 0. */
  readonly deviation: number;
}

export interface EstimateOptions {
  readonly columns: readonly Column[];
  /** In (0, 1), ascending. */
  readonly levels: readonly number[];
  /** `[D]`: means that are known better than from the draws. Of a quantity that is recalibrated they have no say. */
  readonly emissionMean?: Float64Array;
  /** Which quantile of the draws has a level, where they are recalibrated: the mean and the quantiles are then those of the mapped draws. */
  readonly rawLevel?: ((column: string, level: number) => number) | undefined;
}

/** @param drawn `[S, D]`: draws of a step, in the units of the data. */
export function estimatesOf(drawn: Float64Array, options: EstimateOptions): Estimate[] {
  return options.columns.flatMap((_, d) => entryEstimates(drawn, d, options));
}

/** What draws say of the entry of one column. */
export function entryEstimates(
  drawn: Float64Array,
  d: number,
  { columns, levels, emissionMean, rawLevel }: EstimateOptions,
): Estimate[] {
  const column = columns[d]!;
  const { name, kind } = column;
  const own = everyNth(drawn, d, columns.length);
  if (kind === "categorical")
    return column.levels.map((level, index) => ({
      column: name,
      level,
      mean: shareOf(own, index),
      quantiles: [],
      deviation: 0,
    }));
  if (!isQuantity(column))
    return [{ column: name, mean: emissionMean?.[d] ?? meanOf(own), quantiles: [], deviation: 0 }];
  const raw = sortedDraws(drawn, columns, d, Random.stream(0, "within the cell", name));
  const sorted = rawLevel === undefined ? raw : recalibratedDraws(raw, (level) => rawLevel(name, level));
  const mean = rawLevel === undefined ? (emissionMean?.[d] ?? meanOf(own)) : meanOf(sorted);
  const quantiles = levels.map((level) => sampleQuantile(sorted, level));
  return [{ column: name, mean, quantiles, deviation: column.standardDeviation }];
}

const shareOf = (values: Float64Array, wanted: number): number =>
  values.reduce((count, value) => count + (value === wanted ? 1 : 0), 0) / values.length;
