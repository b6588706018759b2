/** Texts that a model makes up or goes on with. */
import { Feeder } from "../data/feeder.ts";
import type { Fields } from "../data/fields.ts";
import { END, Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { drawWidths } from "../models/generate.ts";
import { inputSpecs } from "../models/input-specs.ts";
import { float32, type Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { unrollProgram } from "../train/programs.ts";
import { sourceOf } from "./draws.ts";
import { type GenerateOptions, generateRows } from "./generate.ts";
import { laneDraws } from "./lanes.ts";

/** What is to be written, and by what. */
export interface SampleTextOptions extends Omit<GenerateOptions, "states" | "known"> {
  /** That of the model's training. */
  readonly vocabulary: Vocabulary;
  /** What is gone on with; nothing unless told. */
  readonly prefix?: string | undefined;
}

/** A text that a model wrote. */
export interface SampledText {
  /** The prefix, and what was written after it up to the end sign. */
  readonly text: string;
  /** The ids that were written, `[tokens]`. */
  readonly ids: Float64Array;
}

/**
 * Texts from a model of tokens, each with random numbers of its own. What the model is to go on with it reads first; its
 * latent variables are then drawn from their posterior.
 *
 * @example
 * const [first] = await sampleTexts({ runtime, model, weights, vocabulary, prefix: "ROMEO:", count: 1, steps: 400, seed: 1 });
 */
export async function sampleTexts(options: SampleTextOptions): Promise<SampledText[]> {
  const { vocabulary, prefix = "" } = options;
  const tokenizer = new Tokenizer(vocabulary);
  const { ids } = tokenizer.encode(prefix);
  const states = ids.length === 0 ? {} : await statesAfter(ids, options);
  const rows = await generateRows({ ...options, states });
  return rows.map(({ x }) => {
    const end = x.indexOf(END);
    const own = end < 0 ? x : x.subarray(0, end);
    const written = tokenizer.decode([...ids, ...own]);
    // What the vocabulary does not hold stays as it was said.
    return { text: prefix + written.slice(tokenizer.decode(ids).length), ids: own };
  });
}

/** The states of some rows that have all read the same tokens. */
async function statesAfter(ids: Int32Array, options: SampleTextOptions): Promise<Values> {
  const { runtime, model, weights, vocabulary, count, seed } = options;
  const fields: Fields = { x: { kind: "tokens", role: "target", axis: "T", vocabulary } };
  const [read] = new Feeder(inputSpecs(model), fields).feed([{ length: ids.length, values: { x: ids } }], {
    repeat: count,
  });
  const fills = Array.from({ length: count }, (_, row) => sourceOf(seed, "prefix", row).noise);
  const lengths = fills.map(() => ids.length);
  const executable = await runtime.compile(unrollProgram(model, []));
  try {
    const results = await executable.run({
      parameters: float32([weights.length], weights),
      ...read,
      noise: laneDraws(fills, lengths, ids.length, drawWidths(model).noise),
      ...restingStates(model, count),
    });
    return carriedStates(results);
  } finally {
    await executable.dispose();
  }
}
