/** How much latent variables are used: what their posteriors know of the data. */
import { everyNth, meanOf, shuffled } from "../collections.ts";
import type { Fields } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import { type MemorySequence, memorySource } from "../data/source.ts";
import { varianceOf } from "../metrics/moments.ts";
import { capabilitiesOf, latentWidth, type Model } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { stepBlocks } from "../models/state.ts";
import { Random } from "../random/generator.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { rowOf } from "./rows.ts";
import { scoreNoise } from "./score.ts";
import { overRows } from "./unrolled-rows.ts";

/** Whose latent variables, of what sequences. */
export interface LatentUseOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  readonly fields: Fields;
  readonly sequences: readonly MemorySequence[];
  readonly seed: number;
}

/** What is known of their use. */
export interface LatentUse {
  /** Nats: the divergence of the posterior from the prior, a step; that of whole sequences is spread over their steps. */
  readonly kl: number;
  /** Z: how many there are. */
  readonly latents: number;
  /**
   * How many have a posterior mean whose variance over steps, or over sequences that have one each, exceeds 0.01 (Burda, Grosse and
   * Salakhutdinov 2016, section 5.1), and a divergence that does: where the prior moves, a mean may move with it and tell nothing.
   */
  readonly activeUnits: number;
  /**
   * Nats: what a draw of the posterior of one step, or sequence, tells of which it is, E log q(z | x) − log q(z) (Hoffman and Johnson
   * 2016), of up to a thousand steps drawn at random: at most the logarithm of their number, and what the past tells
   * is in it. Posteriors are taken for normal ones.
   */
  readonly mutualInformation: number;
}

const ACTIVE = 0.01;
/** So many steps are told apart: each against all others. */
const MOST_TOLD_APART = 1000;

/**
 * How much a model uses its latent variables.
 *
 * @returns undefined of a model that has none
 * @example
 * await latentUse({ runtime, model, weights, fields, sequences, seed: 1 });
 * // { kl: 0.42, latents: 32, activeUnits: 9, mutualInformation: 2.7 }
 */
export async function latentUse(options: LatentUseOptions): Promise<LatentUse | undefined> {
  const latents = latentWidth(options.model);
  if (latents === 0) return undefined;
  const posteriors = await posteriorsOf(options);
  const { kl, mean, steps } = posteriors;
  const variances = Array.from({ length: latents }, (_, z) => varianceOf(everyNth(mean, z, latents)));
  const divergences = Array.from({ length: latents }, (_, z) => meanOf(everyNth(kl, z, latents)));
  const activeUnits = variances.filter((variance, z) => variance > ACTIVE && divergences[z]! > ACTIVE).length;
  return {
    kl: kl.reduce((sum, nats) => sum + nats, 0) / steps,
    latents,
    activeUnits,
    mutualInformation: mutualInformation(posteriors, latents, options.seed),
  };
}

interface Posteriors {
  /** How many steps there are in all. */
  readonly steps: number;
  /** `[N, Z]` each, of every step, or of every sequence where latent variables are of these. */
  readonly kl: Float64Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

async function posteriorsOf({
  runtime,
  model,
  weights,
  fields,
  sequences,
  seed,
}: LatentUseOptions): Promise<Posteriors> {
  const parts = ["kl", "latent", "latentScale"] as const;
  const executable = await compileFinite(runtime, unrollProgram(model, parts, frozen(weights)));
  const isOfSteps = stepBlocks(model).length > 0;
  let steps = 0;
  const found: Record<(typeof parts)[number], number[]> = { kl: [], latent: [], latentScale: [] };
  try {
    const source = memorySource(sequences, fields);
    const rows = overRows({
      executable,
      model,
      weights,
      feeder: new ModelFeeder(model, fields),
      source,
      spans: wholeSpans(await source.index()),
      batchSize: 16,
      // What reads ahead, or is of the whole sequence, sees all of it.
      window: capabilitiesOf(model).causal ? 256 : Number.POSITIVE_INFINITY,
      noiseOf: (sequence) => scoreNoise(seed, sequence),
    });
    for await (const { rows: spans, parts: read, results } of rows)
      for (const [row, { length }] of read.entries()) {
        steps += length;
        const told = isOfSteps ? length : Number(spans[row]!.from === 0);
        for (const part of parts)
          for (const number of rowOf(results[part]!, row, told)) found[part].push(number);
      }
  } finally {
    await executable.dispose();
  }
  const [kl, mean, scale] = [found.kl, found.latent, found.latentScale].map((all) => Float64Array.from(all));
  return { steps, kl: kl!, mean: mean!, scale: scale! };
}

/** E log q(z | x) − log (1/M Σ q(z | x′)) over M of them, a draw of each. */
function mutualInformation(
  { mean, scale }: Omit<Posteriors, "steps">,
  latents: number,
  seed: number,
): number {
  const random = Random.stream(seed, "steps told apart");
  const all = mean.length / latents;
  const count = Math.min(MOST_TOLD_APART, all);
  const steps = Array.from({ length: all }, (_, t) => t);
  const told = shuffled(steps, (bound) => random.integer(bound)).slice(0, count);
  let total = 0;
  for (const t of told) {
    const z = Array.from(
      { length: latents },
      (_, d) => mean[t * latents + d]! + scale[t * latents + d]! * random.normal(),
    );
    const logs = told.map((other) => logNormal(z, mean, scale, other * latents));
    const most = logs.reduce((a, b) => Math.max(a, b));
    const mixture = most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / count);
    total += logNormal(z, mean, scale, t * latents) - mixture;
  }
  return Math.max(0, total / count);
}

/** log N(z; mean, scale²) of a step, less what all steps share. */
function logNormal(z: readonly number[], mean: Float64Array, scale: Float64Array, at: number): number {
  let log = 0;
  for (let d = 0; d < z.length; d++) {
    const deviation = Math.max(scale[at + d]!, 1e-12);
    log -= Math.log(deviation) + 0.5 * ((z[d]! - mean[at + d]!) / deviation) ** 2;
  }
  return log;
}
