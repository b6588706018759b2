/** Texts that a model makes up or goes on with, whole or as they come. */
import type { Fields } from "../data/fields.ts";
import { END, Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { type Truncation, truncatedEmission } from "../distributions/truncated.ts";
import { isLatent, type Model } from "../models/model.ts";
import type { Values } from "../runtime/runtime.ts";
import { emptyRows, fillRows, type GeneratedRow, type GenerateOptions, generateRows } from "./generate.ts";
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
  const { tokenizer, ids, settings } = await begun(options);
  const rows = await generateRows(settings);
  return rows.map((row) => {
    const own = upToEnd(row.x);
    return { text: textAfter(options, tokenizer, ids, own), ids: own };
  });
}

/** A text that comes piece by piece. */
export interface StreamTextOptions extends Omit<SampleTextOptions, "count" | "window"> {
  /** How many tokens are drawn between two pieces, one at least; 1 unless told. */
  readonly stride?: number | undefined;
}

/**
 * The first text of `sampleTexts`, piece by piece as its tokens are drawn, without the prefix: its pieces end with the end sign,
 * after `steps` tokens, or when nobody asks for another. A character that lies in several tokens comes with its last one.
 *
 * @example
 * for await (const piece of streamText({ runtime, model, weights, vocabulary, prefix: "ROMEO:", steps: 400, seed: 1 }))
 *   process.stdout.write(piece);
 */
export async function* streamText({ stride = 1, ...options }: StreamTextOptions): AsyncGenerator<string> {
  const { tokenizer, ids, settings } = await begun({ ...options, count: 1, window: Math.max(1, stride) });
  const rows = emptyRows(settings);
  const { prefix = "", steps } = options;
  let told = prefix;
  for await (const done of fillRows(settings, rows)) {
    const drawn = (rows[0] as GeneratedRow).x.subarray(0, done);
    const own = upToEnd(drawn);
    const hasEnded = own.length < drawn.length || done >= steps;
    const text = textAfter(options, tokenizer, ids, own);
    const whole = hasEnded ? text : text.replace(/\ufffd{1,3}$/, "");
    if (whole.length > told.length) yield whole.slice(told.length);
    told = whole.length > told.length ? whole : told;
    if (hasEnded) return;
  }
}

/** What there is before the first token is drawn. */
async function begun(options: SampleTextOptions) {
  const { vocabulary, prefix = "", model, truncation } = options;
  const tokenizer = new Tokenizer(vocabulary);
  const { ids } = tokenizer.encode(prefix);
  const states = ids.length === 0 ? {} : await statesAfter(ids, options);
  const drawn = truncation === undefined ? model : drawingFrom(model, truncation);
  const settings: GenerateOptions = { ...options, model: drawn, states };
  return { tokenizer, ids, settings };
}

function upToEnd(ids: Float64Array): Float64Array {
  const end = ids.indexOf(END);
  return end < 0 ? ids : ids.subarray(0, end);
}

/** The prefix as it was said, which the vocabulary may not hold, and what was written after it. */
function textAfter(
  { prefix = "" }: Pick<SampleTextOptions, "prefix">,
  tokenizer: Tokenizer,
  ids: Int32Array,
  own: Float64Array,
): string {
  const written = tokenizer.decode([...ids, ...own]);
  return prefix + written.slice(tokenizer.decode(ids).length);
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
