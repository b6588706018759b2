/** Whole sequences unrolled side by side, each with random numbers of its own. */
import type { Fields } from "../data/fields.ts";
import { planBatches } from "../data/plan.ts";
import type { IndexEntry, Part, SequenceSource, Span } from "../data/source.ts";
import { type Model, noiseWidth } from "../models/model.ts";
import type { ModelFeeder } from "../models/model-feeder.ts";
import type { Random } from "../random/generator.ts";
import { type Executable, float32, type Runtime, type Values } from "../runtime/runtime.ts";
import { restingStates } from "../train/feeds.ts";
import { overWindows } from "../train/windows.ts";
import { type Fill, rowDraws } from "./rows.ts";

/** A trained model, and the sequences that it is to read whole. */
export interface ReadSource {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** Those that the model was trained on, the label among them where it tells one. */
  readonly fields: Fields;
  readonly source: SequenceSource;
  readonly seed: number;
}

/** What is unrolled, by what program, and how. */
export interface UnrolledRows {
  /** A program over windows of sequences: `unrollProgram`, `readoutProgram`. */
  readonly executable: Executable;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  readonly feeder: ModelFeeder;
  readonly source: SequenceSource;
  /** Which steps of the source: each whole sequence that is unrolled, from its first step to its last. */
  readonly spans: readonly Span[];
  /** The most sequences computed side by side. */
  readonly batchSize: number;
  /** The most steps computed at once. */
  readonly window: number;
  /** The standard normal numbers that the latent variables of a sequence are drawn by, step after step. */
  readonly noiseOf: (sequence: IndexEntry) => Pick<Random, "fillNormal">;
}

/** Some steps of some sequences. */
export interface UnrolledSteps {
  /** `[B]`: which steps of which sequence each row is. */
  readonly rows: readonly Span[];
  /** `[B]`: what was read of them. */
  readonly parts: readonly Part[];
  /** What the program gave, `[T, B, ...]`. */
  readonly results: Values;
}

/** Goes through sequences of a source, those of similar lengths side by side, window by window. */
export async function* overRows(options: UnrolledRows): AsyncGenerator<UnrolledSteps> {
  const { executable, model, weights, feeder, source, spans, batchSize, window, noiseOf } = options;
  const index = await source.index();
  let fills: Fill[] = [];
  const windows = overWindows({
    source,
    plan: planBatches(spans, { batchSize, window }),
    begin: (rows) => [restingStates(model, rows)],
    feed: ({ plan: { place, rows }, parts }) => {
      if (place === 0) fills = rows.map(({ i }) => normalNumbers(noiseOf(index[i]!)));
      const lengths = parts.map(({ length }) => length);
      const noise = rowDraws(fills, lengths, Math.max(...lengths), noiseWidth(model)); // [T, B, width]
      const parameters = float32([weights.length], weights);
      return feeder.feed(parts).map((own) => ({ parameters, ...own, noise }));
    },
    run: (feeds) => Promise.all(feeds.map((own) => executable.run(own))),
  });
  for await (const { plan, parts, results } of windows)
    yield { rows: plan.rows, parts, results: results[0] as Values };
}

const normalNumbers =
  (random: Pick<Random, "fillNormal">): Fill =>
  (numbers) =>
    random.fillNormal(numbers);
