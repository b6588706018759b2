/** The latent variables and the recurrent state behind each step of sequences. */
import type { Sequence } from "../data/dataset.ts";
import { canSmooth, latentWidth } from "../models/model.ts";
import { hasPaths, requireCausal } from "../models/requirements.ts";
import { stateShapes } from "../models/state.ts";
import { sizeOf } from "../nn/parameters.ts";
import type { Values } from "../runtime/runtime.ts";
import { filterEach, type ParticleFilterOptions } from "./particle-filter.ts";
import { meansOf } from "./particle-means.ts";
import { likeliestPaths, smoothedStates } from "./paths.ts";

/** Which sequences are to be encoded, and by what. */
export interface EncodeOptions extends ParticleFilterOptions {
  readonly sequences: readonly Sequence[];
  /** Whether the recurrent state of each step is told too, which is most of what is kept; it is unless told. */
  readonly states?: boolean;
  /** Whether the likeliest path of the hidden state is told, of a model that has one; not unless told. */
  readonly path?: boolean;
}

/** What a model sees in a sequence. */
export interface Encoded {
  readonly sequence: Sequence;
  /** `[length, Z]`: the mean and the standard deviation of the latent variables, given the step and the past. */
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** Of each part of the state after each step, the mean over particles, `[length, size]`; nothing where it is not asked for. */
  readonly state: Readonly<Record<string, Float64Array>>;
  /**
   * Of a model that smooths: what is known of the hidden state of each step given the whole sequence, by parts of the state
   * `[length, size]`; of an HMM log p(s_t | x) of each state.
   */
  readonly smoothed?: Readonly<Record<string, Float64Array>>;
  /** `[length]`: the place of the hidden state of each step on the likeliest path, from 0, where it was asked for. */
  readonly path?: Int32Array;
}

const WINDOW = 64;

/**
 * Encodes sequences: S particles follow each, and their posteriors, one for each past that a particle has drawn, are
 * taken together (the mean of means; the variance is the mean variance and the variance of means). Missing entries are
 * filled in as in every task.
 *
 * @example
 * const [first] = await encodeSequences({ runtime, model, weights, columns, sequences, particles: 16, seed: 1 });
 * first.mean.length; // length · latentSize
 * @throws VrnnError `model/not-causal` for a model whose posterior reads what comes later: particles are drawn from its prior.
 */
export async function encodeSequences(options: EncodeOptions): Promise<Encoded[]> {
  const { model, sequences, states = true, path = false } = options;
  const smoothed = canSmooth(model) ? await smoothedStates({ ...options, model }, sequences) : [];
  const likeliest = path && hasPaths(model) ? await likeliestPaths({ ...options, model }, sequences) : [];
  requireCausal(model, "export the model: model.encode.onnx tells their means of whole sequences");
  const latent = latentWidth(model);
  const sizes = Object.entries(states ? stateShapes(model) : {}).map(
    ([part, shape]) => [part, sizeOf({ shape })] as const,
  );
  const settings = { parts: ["latent", "latentScale"] as const, states, window: WINDOW };
  const encoded = await filterEach(options, settings, (sequence) => {
    const rows = (width: number) => new Float64Array(sequence.length * width);
    const [mean, scale] = [rows(latent), rows(latent)];
    const state = Object.fromEntries(sizes.map(([part, size]) => [part, rows(size)]));
    return {
      result: { sequence, mean, scale, state },
      see: ({ start, steps, results }) => {
        const moments = momentsOf(results, steps, latent);
        mean.set(moments.mean, start * latent);
        scale.set(moments.scale, start * latent);
        for (const [part, size] of sizes)
          state[part]!.set(meansOf(numbers(results, `states.${part}`), steps, size), start * size);
      },
    };
  });
  return encoded.map((own, i) => ({
    ...own,
    ...(smoothed[i] && { smoothed: smoothed[i] }),
    ...(likeliest[i] && { path: likeliest[i] }),
  }));
}

const numbers = (results: Values, name: string): Float32Array => results[name]!.data as Float32Array;

/** The moments of the mixture of all particles' posteriors: `[T, S, Z]` each to `[T, Z]`. */
function momentsOf(
  results: Values,
  steps: number,
  size: number,
): { mean: Float64Array; scale: Float64Array } {
  const [means, scales] = [numbers(results, "latent"), numbers(results, "latentScale")];
  const mean = meansOf(means, steps, size);
  const squares = means.map((value, i) => value ** 2 + scales[i]! ** 2);
  const variance = meansOf(Float64Array.from(squares), steps, size).map(
    (square, i) => square - mean[i]! ** 2,
  );
  return { mean, scale: variance.map((value) => Math.sqrt(Math.max(value, 0))) };
}
