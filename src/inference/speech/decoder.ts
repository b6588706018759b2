/** The search over what a model hears, by what its run knows of words. */
import { WittenBell } from "../../baselines/witten-bell.ts";
import type { Fields } from "../../data/fields.ts";
import type { SpeechKnowledge } from "../../data/speech/knowledge.ts";
import { RESERVED } from "../../data/text/tokens.ts";
import { VrnnError } from "../../errors.ts";
import { Lexicon, unitsAlone } from "./lexicon.ts";
import type { PrefixBeamOptions } from "./prefix-beam.ts";

/** How what was heard is searched. */
export interface DecodingOptions {
  /** By letters, of any words, where phones and a dictionary are known too. */
  readonly letters: boolean;
  /** What a log-probability of the words that came before counts; 0 takes each as likely as another. */
  readonly weight: number;
  /** What each word adds, in nats. */
  readonly bonus: number;
  /** Hypotheses that are kept. */
  readonly width: number;
  /** Words that tell the next: 2 for pairs. */
  readonly order: number;
  /** Seconds after its end in which a word of the dictionary is decided, whatever follows; as late as it may be unless told. */
  readonly within?: number | undefined;
}

/** What is meant where nothing is said. */
export const usualDecoding: DecodingOptions = { letters: false, weight: 0.5, bonus: 1, width: 32, order: 2 };

/** No word pauses for so many seconds within. */
const LONGEST_PAUSE = 0.3;

/** What is searched, and by which field of transcripts. */
export interface Decoding {
  readonly field: string;
  /** The symbols by their ids. */
  readonly units: readonly string[];
  readonly beam: PrefixBeamOptions;
}

const [PHONES, LETTERS, SPACE] = ["phones", "letters", " "] as const;

/**
 * By phones over the words of the dictionary, weighed by n-grams of what was said in training; else by letters, of any words.
 *
 * @throws VrnnError `speech/symbols` where the run tells neither
 * @example
 * const { field, beam } = decodingOf(fields, knownOfSpeech(modality), { letters: false, weight: 1, bonus: 0, width: 32, order: 2 });
 * new PrefixBeam(beam);
 */
export function decodingOf(fields: Fields, known: SpeechKnowledge, options: DecodingOptions): Decoding {
  const { weight, bonus, width, order, within } = options;
  const field = !options.letters && known.dictionary.length > 0 ? PHONES : LETTERS;
  const units = unitsOf(fields, field);
  if (field === LETTERS) {
    const letters = unitsAlone(units).filter(({ word }) => !isReserved(word));
    return { field, units, beam: { lexicon: new Lexicon(letters, units), width, separator: SPACE } };
  }
  const words = new Set(known.dictionary.map(({ word }) => word));
  const sentences = known.sentences.map((sentence) => sentence.split(SPACE).filter((word) => word !== ""));
  const model = weight > 0 ? WittenBell.fit(sentences, { order, words }) : undefined;
  const lexicon = new Lexicon(known.dictionary, units);
  const { stack, frameRate } = known.hearing;
  const stepsIn = (seconds: number) => Math.max(1, Math.round((seconds * frameRate) / stack));
  const timing = {
    pause: stepsIn(LONGEST_PAUSE),
    ...(within !== undefined && { delay: stepsIn(within) }),
  };
  return { field, units, beam: { lexicon, width, bonus, weight, ...timing, ...(model && { model }) } };
}

/** What stands for no letter, and is never heard. */
const isReserved = (unit: string): boolean => (RESERVED as readonly string[]).includes(unit);

/** The symbols of a field of transcripts by their ids. */
function unitsOf(fields: Fields, name: string): readonly string[] {
  const field = fields[name];
  if (field?.kind === "tokens") return [...RESERVED, ...field.vocabulary.tokens];
  throw new VrnnError("speech/symbols", `the run tells no ${name}`, {
    remedy: "train one of speech with transcripts: --model recognise",
  });
}
