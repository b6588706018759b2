/** How likely a model finds each of some sequences. */
import { total } from "../collections.ts";
import type { Fields } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import type { SequenceSource } from "../data/source.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { rowOf } from "./rows.ts";
import { scoreNoise } from "./score.ts";
import { overRows } from "./unrolled-rows.ts";

/** What is asked, and of what. */
export interface NatsOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** Those that the model was trained on. */
  readonly fields: Fields;
  readonly source: SequenceSource;
  readonly seed: number;
}

/** Sequences side by side, and the most steps of them at once. */
const [ROWS, STEPS] = [16, 256];

/**
 * The bound of each sequence in nats per step, in the order of the source; 0 of one without any. The same draws as of
 * `scoreSequences`.
 *
 * @example
 * await natsOfEach({ runtime, model, weights, fields, source, seed: 1 }); // [-3.1, -4.7, …]
 */
export async function natsOfEach({ source, seed, fields, ...settings }: NatsOptions): Promise<Float64Array> {
  const { runtime, model, weights } = settings;
  const index = await source.index();
  const sums = new Float64Array(index.length);
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
        const sumOf = (part: string) => total(rowOf(results[part]!, b, to - from));
        sums[i]! += sumOf("logLikelihood") - sumOf("kl");
      }
  } finally {
    await executable.dispose();
  }
  return sums.map((sum, i) => sum / Math.max(1, index[i]!.length));
}
