/** Texts between two texts, of a model whose latent variables are of the whole sequence. */
import type { Fields } from "../data/fields.ts";
import { END, Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { VrnnError } from "../errors.ts";
import { latentStates } from "../models/given-latents.ts";
import { sequenceBlocks } from "../models/state.ts";
import { type GenerateOptions, generateRows } from "./generate.ts";
import { scoreRows } from "./score.ts";

/** Between which texts, and by what. */
export interface InterpolateOptions extends Omit<GenerateOptions, "count" | "states" | "known" | "cut"> {
  readonly fields: Fields;
  readonly vocabulary: Vocabulary;
  readonly from: string;
  readonly to: string;
  /** How many texts, the two ends among them; two at least. */
  readonly points: number;
}

/** A text on the way. */
export interface InterpolatedText {
  /** How far it lies from the first text to the second, from 0 to 1. */
  readonly share: number;
  readonly text: string;
}

/**
 * Texts that a model writes for latent variables on the straight line between the posterior means of two texts (Bowman et al.
 * 2016, section 5). All take the same random numbers, so that they differ by their latent variables alone.
 *
 * @throws VrnnError `task/sequence-latents` for a model that has none of the whole sequence, `task/source` for one that reads a source
 * @example
 * const texts = await interpolateTexts({ runtime, model, weights, fields, vocabulary, from: "a dog runs", to: "two men sit", points: 5, steps: 40, seed: 1 });
 * texts[2]; // { share: 0.5, text: "a man sits" }
 */
export async function interpolateTexts(options: InterpolateOptions): Promise<InterpolatedText[]> {
  const { runtime, model, weights, fields, vocabulary, from, to, points, seed } = options;
  if (model.inputs !== undefined) throw readsSource();
  const [block, ...others] = sequenceBlocks(model);
  if (block === undefined || others.length > 0) throw noSequenceLatents();
  const tokenizer = new Tokenizer(vocabulary);
  const sequences = [from, to].map((text, i) => {
    const x = Int32Array.of(...tokenizer.encode(text).ids, END);
    return { name: `text ${i + 1}`, length: x.length, values: { x } };
  });
  const scores = await scoreRows({ runtime, model, weights, fields, sequences, seed });
  const [width] = block.shape;
  const [start, end] = scores.map(({ latent }) => latent.slice(0, width)) as [Float64Array, Float64Array];
  const shares = Array.from({ length: points }, (_, i) => i / (points - 1));
  const texts: InterpolatedText[] = [];
  for (const share of shares) {
    const z = start.map((value, d) => value + share * (end[d]! - value));
    const states = latentStates(model, { [block.name]: [z] }, 1);
    const [row] = await generateRows({ ...options, count: 1, states });
    texts.push({ share, text: tokenizer.decode(row!.x) });
  }
  return texts;
}

const readsSource = (): VrnnError =>
  new VrnnError("task/source", "the model answers texts that it reads, and here it would be given none", {
    remedy: "give a run of text, which writes by itself",
  });

const noSequenceLatents = (): VrnnError =>
  new VrnnError("task/sequence-latents", "the model has no latent variables of a whole text", {
    remedy: "train one with --latent-scope sequence on texts of their own, such as --per line",
  });
