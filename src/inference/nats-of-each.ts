/** How likely a model finds each of some sequences, and their steps. */
import { rowSums, total } from "../collections.ts";
import { wholeSpans } from "../data/plan.ts";
import { capabilitiesOf } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { rowOf } from "./rows.ts";
import { scoreNoise } from "./score.ts";
import { overRows, type ReadSource } from "./unrolled-rows.ts";

/** Sequences side by side, and the most steps of them at once. */
const [ROWS, STEPS] = [16, 256];

/**
 * The bound of each step of each sequence, in the order of the source. The same draws as of `scoreSequences`.
 *
 * @example
 * await natsOfSteps({ runtime, model, weights, fields, source, seed: 1 }); // [Float64Array [-3.1, -0.2, …], …]
 */
export async function natsOfSteps({
  source,
  seed,
  fields,
  ...settings
}: ReadSource): Promise<readonly Float64Array[]> {
  const { runtime, model, weights } = settings;
  const index = await source.index();
  const nats = index.map(({ length }) => new Float64Array(length));
  const executable = await compileFinite(
    runtime,
    unrollProgram(model, ["logLikelihood", "kl"], frozen(weights)),
  );
  try {
    const steps = overRows({
      ...{ executable, model, weights, source, feeder: new ModelFeeder(model, fields) },
      ...{ spans: wholeSpans(index), batchSize: ROWS },
      window: capabilitiesOf(model).causal ? STEPS : Number.POSITIVE_INFINITY,
      noiseOf: (sequence) => scoreNoise(seed, sequence),
    });
    for await (const { rows, results } of steps)
      for (const [b, { i, from, to }] of rows.entries()) {
        const sumsOf = (part: string) => rowSums(rowOf(results[part]!, b, to - from), to - from);
        const [logLikelihood, kl] = [sumsOf("logLikelihood"), sumsOf("kl")];
        nats[i]!.set(
          logLikelihood.map((each, t) => each - kl[t]!),
          from,
        );
      }
  } finally {
    await executable.dispose();
  }
  return nats;
}

/** The bound of each sequence in nats per step, in the order of the source; 0 of one without any. */
export const natsOfEach = async (options: ReadSource): Promise<number[]> =>
  (await natsOfSteps(options)).map((own) => total(own) / Math.max(1, own.length));
