/** What is shown of speech that a model hears; it needs no file. */

import { type Frames, framesOf } from "../data/audio/frames.ts";
import { frontEnd } from "../data/audio/front-end.ts";
import { bandsOfCepstra } from "../data/audio/mfcc.ts";
import { oneChannel } from "../data/audio/mix.ts";
import { resample } from "../data/audio/resample.ts";
import type { Sound } from "../data/audio/sound.ts";
import { encodeWav } from "../data/audio/wav-encode.ts";
import type { Part } from "../data/source.ts";
import type { Hearing } from "../data/speech/hearing.ts";
import { knownOfSpeech, type SpeechKnowledge } from "../data/speech/knowledge.ts";
import { PAD, UNKNOWN } from "../data/text/tokens.ts";
import { VrnnError } from "../errors.ts";
import type { Decoding } from "../inference/speech/decoder.ts";
import { alignLabels } from "../inference/speech/forced-alignment.ts";
import { type TimedWord, wordsOfLetters } from "../inference/speech/heard.ts";
import { bestWords, type HeardUtterance } from "../inference/speech/utterances.ts";
import {
  alignedWords,
  errorsIn,
  errorsOfPairs,
  type Utterance,
  type WordErrors,
  wordErrors,
  wordErrorsBySpeaker,
  wordErrorsByWord,
} from "../metrics/word-errors.ts";
import { base64 } from "../report/base64.ts";
import type {
  SpectrumContent,
  SpeechContent,
  TimedText,
  UtteranceContent,
  WordErrorContent,
} from "../report/content.ts";
import type { TrainedModel } from "../run/run.ts";

/** A recording: who speaks in it, and how it sounds; undefined where features are kept in its place. */
export interface Recorded {
  readonly speaker?: string | undefined;
  sound(): Promise<Sound | undefined>;
}

/** Where utterances that were heard come from. */
export interface SpeechShown {
  readonly config: Pick<TrainedModel["config"], "modality" | "fields">;
  /** What they are of, such as "the valid split". */
  readonly source: string;
  /** How many there are, those that were not heard among them. */
  readonly of: number;
  /** By what they were heard. */
  readonly decoding: Decoding;
  /** By the names of utterances, where recordings are at hand. */
  readonly recordings: ReadonlyMap<string, Recorded>;
}

/** So many utterances are heard for a page at most. */
export const MOST_HEARD = 300;
/** So many are shown, and recordings of so many seconds at most can be played. */
const [SHOWN, SECONDS] = [6, 20];

/**
 * What a model heard of some speech: word errors, by whom and in which words, and the utterances with the most of them.
 *
 * @throws VrnnError `run/speech`, and what recordings throw
 */
export async function speechContent(
  heard: readonly HeardUtterance[],
  { config, source, of, decoding, recordings }: SpeechShown,
): Promise<SpeechContent> {
  const known = knownOfSpeech(config.modality);
  const utterances: UtteranceContent[] = [];
  for (const each of worstOf(heard))
    utterances.push(await utteranceOf(each, { known, decoding, recordings }));
  return {
    ...{ source, symbols: decoding.field, heard: heard.length, of },
    ...figuresOf(heard.flatMap((each) => toldOf(each, recordings.get(each.name)?.speaker))),
    utterances,
  };
}

/** The words of an utterance, where it is known what was said. */
const toldOf = (
  { said, hypotheses }: Pick<HeardUtterance, "said" | "hypotheses">,
  speaker: string | undefined,
): Utterance[] =>
  said === undefined
    ? []
    : [{ said, heard: bestWords(hypotheses), ...(speaker !== undefined && { speaker }) }];

/** Those with the most errors first; of as many errors those first that go wrong, or right, in another way than one before. */
function worstOf(heard: readonly HeardUtterance[]): HeardUtterance[] {
  const seen = new Set<string>();
  const ranked = heard.map((utterance) => {
    const pairs = alignedWords(utterance.said ?? [], bestWords(utterance.hypotheses));
    const errors = utterance.said === undefined ? 0 : errorsIn(errorsOfPairs(pairs));
    const way = JSON.stringify(errors === 0 ? pairs : pairs.filter((pair) => pair.said !== pair.heard));
    const again = seen.has(way) ? 1 : 0;
    seen.add(way);
    return { utterance, errors, again };
  });
  return ranked
    .sort((a, b) => b.errors - a.errors || a.again - b.again)
    .slice(0, SHOWN)
    .map(({ utterance }) => utterance);
}

/** Errors of all utterances, and by whom and in which words. */
function figuresOf(
  utterances: readonly Utterance[],
): Pick<SpeechContent, "errors" | "speakers" | "words" | "confusions"> {
  if (utterances.length === 0) return { speakers: [], words: [], confusions: [] };
  const all = wordErrors(utterances);
  const speakers = [...wordErrorsBySpeaker(utterances)]
    .filter(([speaker]) => speaker !== "")
    .map(([speaker, errors]) => ({ speaker, ...errorContent(errors) }));
  return {
    errors: errorContent(all),
    speakers: speakers.sort((a, b) => b.rate - a.rate),
    words: wordErrorsByWord(utterances).filter(({ missed, wrongly }) => missed + wrongly > 0),
    confusions: all.confusions,
  };
}

const errorContent = ({ confusions: _, interval, ...figures }: WordErrors): WordErrorContent => ({
  ...figures,
  interval: interval ?? null,
});

interface Context {
  readonly known: SpeechKnowledge;
  readonly decoding: Decoding;
  readonly recordings: ReadonlyMap<string, Recorded>;
}

async function utteranceOf(utterance: HeardUtterance, context: Context): Promise<UtteranceContent> {
  const { name, said, hypotheses, part } = utterance;
  const { hearing } = context.known;
  const recording = context.recordings.get(name);
  const heard = hypotheses[0]?.words ?? [];
  const seconds = (texts: readonly TimedWord[]) => texts.map((text) => inSeconds(text, hearing));
  const alignment = said && alignmentOf(utterance, said, context);
  const wav = await wavOf(recording, hearing);
  return {
    name,
    ...(recording?.speaker !== undefined && { speaker: recording.speaker }),
    spectrum: spectrumOf(part, hearing),
    ...(said && { pairs: alignedWords(said, bestWords(hypotheses)) }),
    ...(alignment && { symbols: seconds(alignment.symbols), said: seconds(alignment.words) }),
    heard: seconds(heard),
    ...(wav !== undefined && { wav }),
  };
}

const inSeconds = ({ word, start, end }: TimedWord, { stack, frameRate }: Hearing): TimedText => {
  const step = stack / frameRate;
  return { text: word, start: start * step, end: end * step };
};

/** What was said, laid upon the steps: its symbols and its words. Undefined where they are not known, or too many for the steps. */
function alignmentOf(
  { part, logProb }: HeardUtterance,
  said: readonly string[],
  { known, decoding: { field, units } }: Context,
): { readonly symbols: TimedWord[]; readonly words: TimedWord[] } | undefined {
  const ids = Array.from((part.values[field] as Int32Array | undefined) ?? [PAD]);
  if (ids.some((id) => id === PAD || id === UNKNOWN)) return undefined;
  const symbols = labelled(logProb[field] as Float32Array, units, ids);
  if (symbols === undefined) return undefined;
  if (field === "letters") return { symbols, words: wordsOfLetters(symbols, " ") };
  // Of several ways to say a word the first is the one that was learned from.
  const sizes = new Map(known.dictionary.toReversed().map(({ word, units: own }) => [word, own.length]));
  if (said.some((word) => !sizes.has(word))) return undefined;
  let from = 0;
  const words = said.map((word) => {
    const own = symbols.slice(from, from + sizes.get(word)!);
    from += own.length;
    return { word, start: own[0]!.start, end: own.at(-1)!.end };
  });
  return { symbols, words };
}

/** The symbols of an utterance where they fit best; undefined where they cannot. */
function labelled(
  logProbs: Float32Array,
  units: readonly string[],
  ids: readonly number[],
): TimedWord[] | undefined {
  try {
    const { spans } = alignLabels({ logProbs, labels: units.length }, ids);
    return spans.map(({ label, start, end }) => ({ word: units[label]!, start, end }));
  } catch (error) {
    if (error instanceof VrnnError && error.code === "alignment/frames") return undefined;
    throw error;
  }
}

/** Cepstra are of so few numbers; what was computed elsewhere and has more is shown as it came. */
const MOST_CEPSTRA = 20;
/** Into how many bands cepstra are turned that were computed elsewhere, where nothing tells. */
const BANDS = 40;

/** The frames of an utterance as bands. */
function spectrumOf({ values }: Part, { width, frameRate, spectral, encoder }: Hearing): SpectrumContent {
  const frames = framesOf(values["frames"] as Float32Array, width);
  if (spectral === undefined) {
    const areCepstra = encoder === undefined && width <= MOST_CEPSTRA;
    const shown = areCepstra ? bandsOfCepstra(frames, { bands: BANDS, lifter: 0 }) : frames;
    return { ...roundedRows(shown), frameRate, isSmooth: areCepstra };
  }
  const { centresHz } = frontEnd(spectral);
  if (spectral.cepstra === undefined && spectral.energy !== true)
    return { ...roundedRows(frames), frameRate, centresHz, isSmooth: false };
  if (spectral.cepstra === undefined) return { ...roundedRows(frames), frameRate, isSmooth: false };
  const shown = bandsOfCepstra(frames, { bands: centresHz.length, lifter: spectral.lifter ?? 22 });
  return { ...roundedRows(shown), frameRate, centresHz, isSmooth: true };
}

/** Hundredths are more than a picture shows. */
const roundedRows = ({ width, values }: Frames): Pick<SpectrumContent, "width" | "values"> => ({
  width,
  values: Array.from(values, (value) => Math.round(value * 100) / 100),
});

/** The recording at the rate that is heard, 16 bits a sample; undefined where there is none, or it is long. */
async function wavOf(recording: Recorded | undefined, { spectral }: Hearing): Promise<string | undefined> {
  const sound = await recording?.sound();
  if (sound === undefined || sound.channels[0]!.length > SECONDS * sound.rate) return undefined;
  const rate = spectral?.rate ?? sound.rate;
  const samples = resample(oneChannel(sound), sound.rate, rate);
  return base64(encodeWav({ rate, channels: [samples] }));
}
