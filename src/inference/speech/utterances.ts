/** Utterances of a data set as a trained model hears them. */
import type { Fields } from "../../data/fields.ts";
import { wholeSpans } from "../../data/plan.ts";
import type { IndexEntry, Part, SequenceSource } from "../../data/source.ts";
import { PAD, RESERVED } from "../../data/text/tokens.ts";
import type { AcousticModel, HeardSteps } from "./acoustic-model.ts";
import type { Decoding } from "./decoder.ts";
import type { Hypothesis } from "./heard.ts";
import { PrefixBeam } from "./prefix-beam.ts";

/** By what utterances are heard, and what is told of them. */
export interface HearingOptions {
  readonly acoustic: AcousticModel;
  readonly decoding: Decoding;
  /** Those that the model was trained on. */
  readonly fields: Fields;
  /** How many hypotheses of each utterance at most. */
  readonly alternatives: number;
  /** How many utterances, from the first on; all unless told. */
  readonly most?: number;
}

/** An utterance as it was heard. */
export interface HeardUtterance {
  readonly name: string;
  /** The best first. */
  readonly hypotheses: readonly Hypothesis[];
  /** What was said, where it is known. */
  readonly said: readonly string[] | undefined;
  /** What was heard of. */
  readonly part: Part;
  readonly logProb: HeardSteps["logProb"];
}

/** Each utterance of a source, heard on its own from a state at rest. */
export async function* heardUtterances(
  source: SequenceSource,
  { acoustic, decoding, fields, alternatives, most = Number.POSITIVE_INFINITY }: HearingOptions,
): AsyncGenerator<HeardUtterance> {
  const index = (await source.index()).slice(0, most);
  let i = 0;
  for await (const part of source.open(wholeSpans(index))) {
    const { name } = index[i++] as IndexEntry;
    acoustic.rest();
    const { logProb } = await acoustic.hear(part.values["x"] as Float64Array);
    const beam = new PrefixBeam(decoding.beam);
    const symbols = logProb[decoding.field] as Float32Array;
    const count = decoding.units.length;
    for (let at = 0; at < symbols.length; at += count) beam.push(symbols.subarray(at, at + count));
    yield {
      name,
      hypotheses: beam.finish(Math.max(WEIGHED, alternatives)).slice(0, alternatives),
      said: saidIn(part, fields),
      part,
      logProb,
    };
  }
}

/** How sure a word is, is told by so many hypotheses at least, however few are asked for. */
const WEIGHED = 10;

/** What was said, by its letters; undefined where nobody knows. */
function saidIn({ values }: Part, fields: Fields): readonly string[] | undefined {
  const [ids, field] = [values["letters"] as Int32Array | undefined, fields["letters"]];
  if (ids === undefined || field?.kind !== "tokens" || ids[0] === PAD) return undefined;
  const text = Array.from(ids, (id) => field.vocabulary.tokens[id - RESERVED.length] ?? UNKNOWN_LETTER).join(
    "",
  );
  return text === "" ? [] : text.split(" ");
}

/** Stands for a letter that training never saw. */
const UNKNOWN_LETTER = "�";

/** The words of the best hypothesis; none where there is none. */
export const bestWords = ([best]: readonly Hypothesis[]): string[] =>
  best?.words.map(({ word }) => word) ?? [];
