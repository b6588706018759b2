/** How likely a model finds each step of sequences, by a particle filter. */
import { rowSums } from "../collections.ts";
import type { Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { togetherNames } from "../names.ts";
import type { TensorValue, Values } from "../runtime/runtime.ts";
import { filterEach, type ParticleFilterOptions } from "./particle-filter.ts";
import type { ScoreOptions, StepScores } from "./score.ts";

/** What is to be scored, and by how many particles. */
export interface ParticleScoreOptions
  extends ParticleFilterOptions,
    Pick<ScoreOptions, "sequences" | "window"> {}

/** What particles say of one sequence, in nats. */
export interface ParticleScores extends StepScores {
  /** `[length]`: how many particles count, 1 / Σ W². */
  readonly effectiveSize: Float64Array;
}

/**
 * Scores every step of sequences by the mean weight of particles, log p(x_t | x_<t), which needs no posterior that knows
 * the future. Its sum over steps estimates the log-likelihood from below; more particles come closer (Del Moral 1996).
 *
 * @throws VrnnError `model/exact` for a model that needs no particles.
 * @example
 * const [scores] = await scoreByParticles({ runtime, model, weights, columns, sequences, particles: 100, seed: 1 });
 * scores.total; // Float64Array: nats of each step, such as [-21.3, -19.8, ...]
 */
export async function scoreByParticles(options: ParticleScoreOptions): Promise<ParticleScores[]> {
  const { columns, window = 64 } = options;
  requireBound(options.model);
  return filterEach(options, { parts: [], together: true, window }, (sequence) => {
    const result = emptyScores(sequence, columns.length);
    return {
      result,
      see: ({ start, results }) => {
        const told = toldTogether(results);
        result.total.set(told.total, start);
        result.logLikelihood.set(told.logLikelihood, start * columns.length);
        result.kl.set(told.kl, start);
        result.effectiveSize.set(told.effectiveSize, start);
      },
    };
  });
}

/** @throws VrnnError `model/exact` */
export function requireBound(model: Model): void {
  if (!capabilitiesOf(model).exact) return;
  throw new VrnnError(
    "model/exact",
    "the model's likelihood is exact: it has nothing for particles to find out",
    {
      remedy: "follow the data by the model's own steps",
    },
  );
}

const emptyScores = ({ name, length, times }: Sequence, width: number): ParticleScores => ({
  name,
  length,
  ...(times && { times }),
  total: new Float64Array(length),
  logLikelihood: new Float64Array(length * width),
  kl: new Float64Array(length),
  effectiveSize: new Float64Array(length),
});

/**
 * What particles say together of some steps, as a bound is put together: of each entry how likely it is given latent
 * variables that know the step, Σ W log p(x_d | z), and what it cost to know that. As log p(x) is the expected
 * log p(x | z) less the divergence of p(z | x) from p(z), that is the rest.
 */
export function toldTogether(
  results: Values,
): Pick<ParticleScores, "total" | "logLikelihood" | "kl" | "effectiveSize"> {
  const numbers = (part: string) =>
    Float64Array.from((results[togetherNames.of(part)] as TensorValue<"float32">).data);
  const [total, logLikelihood] = [numbers("predictiveLogProb"), numbers("logLikelihood")]; // [T, 1], [T, D]
  const kl = rowSums(logLikelihood, total.length).map((sum, t) => sum - total[t]!);
  return { total, logLikelihood, kl, effectiveSize: numbers("effectiveSize") };
}
