/** Texts that a model makes up or goes on with. */
import type { Fields } from "../data/fields.ts";
import { END, Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { type Truncation, truncatedEmission } from "../distributions/truncated.ts";
import { isLatent, type Model } from "../models/model.ts";
import type { Values } from "../runtime/runtime.ts";
import { type GenerateOptions, generateRows } from "./generate.ts";
import { prefixStates } from "./prefix.ts";

/** What is to be written, and by what. */
export interface SampleTextOptions extends Omit<GenerateOptions, "states" | "known"> {
  /** That of the model's training. */
  readonly vocabulary: Vocabulary;
  /** What is gone on with; nothing unless told. */
  readonly prefix?: string | undefined;
  /** Which tokens are drawn from; all unless told. */
  readonly truncation?: Truncation | undefined;
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
  const { model, truncation } = options;
  const drawn = truncation === undefined ? model : drawingFrom(model, truncation);
  const rows = await generateRows({ ...options, model: drawn, states });
  return rows.map(({ x }) => {
    const end = x.indexOf(END);
    const own = end < 0 ? x : x.subarray(0, end);
    const written = tokenizer.decode([...ids, ...own]);
    // What the vocabulary does not hold stays as it was said.
    return { text: prefix + written.slice(tokenizer.decode(ids).length), ids: own };
  });
}

/** A model of tokens that draws from the likelier ones alone. */
const drawingFrom = (model: Model, truncation: Truncation): Model =>
  isLatent(model)
    ? (Object.create(model, {
        emission: { value: truncatedEmission(model.emission, truncation), enumerable: true },
      }) as Model)
    : model;

/** The states of rows that have all read the same tokens. */
function statesAfter(
  ids: Int32Array,
  { vocabulary, count, ...settings }: SampleTextOptions,
): Promise<Values> {
  const fields: Fields = { x: { kind: "tokens", role: "target", axis: "T", vocabulary } };
  const part = { length: ids.length, values: { x: ids } };
  return prefixStates(
    { ...settings, fields },
    Array.from({ length: count }, () => part),
  );
}
