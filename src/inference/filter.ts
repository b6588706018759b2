/** What was expected of each step before it was seen, and what is to be made of it after. */
import type { Sequence } from "../data/dataset.ts";
import { filterEach, type ParticleFilterOptions } from "./particle-filter.ts";
import { meansOf } from "./particle-means.ts";
import { perStep, unscaled } from "./rows.ts";

/** Which sequences are to be filtered, and by what. */
export interface FilterOptions extends ParticleFilterOptions {
  readonly sequences: readonly Sequence[];
}

/** One sequence as it was seen, step by step; nothing here knows what came later. In the units of the data. */
export interface Filtered {
  readonly sequence: Sequence;
  /** Of each step `[S, D]`: draws from its forecast, made before it was seen. */
  readonly forecast: readonly Float64Array[];
  /** `[length, D]`: the means of these forecasts. */
  readonly forecastMean: Float64Array;
  /** Of each step `[S, D]`: what each particle expects once the observed entries were seen, also of missing ones. */
  readonly emissionMean: readonly Float64Array[];
}

const WINDOW = 64;

/**
 * Leads S particles through each sequence and keeps what they expect before and after each step.
 *
 * @example
 * const [first] = await filterSequences({ runtime, model, weights, columns, sequences, particles: 200, seed: 1 });
 * first.forecastMean.subarray(0, columns.length); // what the model expects of any sequence's first step
 */
export async function filterSequences(options: FilterOptions): Promise<Filtered[]> {
  const { columns, particles } = options;
  const width = columns.length;
  const parts = ["predictive", "predictiveMean", "emissionMean"] as const;
  return filterEach(options, { parts, window: WINDOW }, (sequence) => {
    const { length, units } = sequence;
    const forecastMean = new Float64Array(length * width);
    const [forecast, emissionMean]: [Float64Array[], Float64Array[]] = [[], []];
    return {
      result: { sequence, forecast, forecastMean, emissionMean },
      see: ({ start, steps, results }) => {
        const values = (part: (typeof parts)[number]) =>
          Float64Array.from(results[part]!.data as Float32Array);
        const ofEach = { units, start, rows: particles };
        forecast.push(...perStep(unscaled(values("predictive"), columns, ofEach), steps));
        emissionMean.push(...perStep(unscaled(values("emissionMean"), columns, ofEach), steps));
        const means = meansOf(values("predictiveMean"), steps, width);
        forecastMean.set(unscaled(means, columns, { units, start }), start * width);
      },
    };
  });
}
