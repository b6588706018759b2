/** Speech with its transcripts as a data set: the steps that are modelled, and the symbols that are to be told of them. */
import { VrnnError } from "../../errors.ts";
import { Random } from "../../random/generator.ts";
import { counted, listed } from "../../words/figures.ts";
import type { Frames } from "../audio/frames.ts";
import type { FrontEndOptions } from "../audio/front-end.ts";
import type { ConditionColumn, SplitName } from "../dataset.ts";
import { SPLIT_NAMES } from "../dataset.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { Fields, FieldValues, FramesField, TokensField } from "../fields.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence } from "../source.ts";
import { isAllTested, type SplitShares } from "../split.ts";
import { BytePairs, learnMerges, type Spell } from "../text/byte-pairs.ts";
import { PAD, RESERVED, UNKNOWN, type Vocabulary } from "../text/tokens.ts";
import { modelledColumns, voiceColumns } from "./columns.ts";
import type { SoundEncoderKnowledge } from "./encoder-knowledge.ts";
import type { FeatureName } from "./feature-names.ts";
import { ENCODED_STEP, type Hearing, MEMORY, stepsOf, usualHearing } from "./hearing.ts";
import type { SpeechKnowledge } from "./knowledge.ts";
import { modelledSteps } from "./modelled.ts";
import { durationsOf, MOST_TEXTS, type Spoken, voiceRows } from "./voices.ts";

/** Something that was said, and what it sounds like. */
export interface Utterance {
  readonly name: string;
  readonly speaker?: string | undefined;
  readonly split?: SplitName | undefined;
  /** What was said; absent: nobody knows. */
  readonly words?: readonly string[] | undefined;
  /** Before the running mean is taken away. */
  readonly frames: Frames;
}

/** How words are said, each by its sounds. */
export type Pronunciations = SpeechKnowledge["dictionary"];

/** How speech becomes a data set. */
export interface SpeechOptions {
  /** What a step is of; cepstra unless told, or as a trained model has it. */
  readonly features?: FeatureName | undefined;
  /** How samples became frames; absent: they came as frames. */
  readonly spectral?: FrontEndOptions | undefined;
  /** Which encoder told frames, where one did. */
  readonly encoder?: SoundEncoderKnowledge | undefined;
  readonly frameRate: number;
  /** How words are said; absent: they are told by letters alone. */
  readonly dictionary?: Pronunciations | undefined;
  /** Letters that often stand together are one symbol, until there are so many symbols; each letter is one unless told. */
  readonly subwords?: number | undefined;
  readonly shuffle?: number | undefined;
  /**
   * The shares of speakers (of utterances, where there are not several, or the model is told who speaks) that learn, validate and test, where lists tell no such split; nine tenths
   * and one learn and validate unless told. All of it tests a trained model, whatever its lists say, where the last is 1.
   */
  readonly split?: SplitShares | undefined;
  /** Of a trained model. */
  readonly known?: { readonly fields: Fields; readonly speech: SpeechKnowledge } | undefined;
}

/**
 * A data set of speech. Fields: `x`, the steps that are heard, and what stands beside them by what these are of:
 *
 * - cepstra: `frames`, what steps were made of, so that speech can be quickened anew each time; `phones`, where a dictionary tells
 *   how words are said, and `letters`, what was said, or pieces of words (`subwords`). Validation is of speakers that training has not heard.
 * - encoded: the same.
 * - mel: `condition`, what is said, by whom and for how long; `x` also tells which step is the last.
 * - samples, pcm: nothing.
 *
 * @param at where the speech comes from, for messages
 * @throws VrnnError `data/empty-folder`, `data/no-training`
 */
export function speechDataset(
  utterances: readonly Utterance[],
  at: string,
  options: SpeechOptions,
): FieldDataset {
  const { known, spectral, encoder, frameRate } = options;
  const audible = utterances.filter(({ frames }) => frames.length > 0);
  if (audible.length === 0) throw nothingHeard(at);
  const features = known?.speech.hearing.features ?? options.features ?? "cepstra";
  const { splits, notes } = dealt(audible, { ...options, features });
  const training = audible.filter((_, i) => splits[i] === "train");
  if (known === undefined && training.length === 0) throw noTraining(at);
  const hearing = known?.speech.hearing ?? hearingOf(training, { features, spectral, encoder, frameRate });
  const heard = audible.map(({ frames, name }) => stepsOf(hearing, frames, name));
  const steps = heard.map((frames) => modelledSteps(features, frames));
  const dictionary = known?.speech.dictionary ?? [...(options.dictionary ?? [])];
  const { subwords } = options;
  const beside = besides[features]({ training, hearing, dictionary, subwords, fields: known?.fields });
  const fields = known?.fields ?? {
    x: {
      ...{ kind: "columns", role: "target", axis: "T" },
      columns: modelledColumns(
        features,
        steps.filter((_, i) => splits[i] === "train"),
        heard[0]!.width,
      ),
    } as const,
    ...beside.fields,
  };
  const sequences = audible.map((utterance, i): MemorySequence => {
    const { length } = heard[i]!;
    return {
      name: utterance.name,
      length,
      values: { x: steps[i]!, ...beside.valuesOf(utterance, length) },
    };
  });
  const parts = sequences.map(({ length }, index) => ({
    index,
    split: splits[index]!,
    start: 0,
    end: length,
  }));
  return {
    modality: { name: "speech", known: known?.speech ?? { hearing, dictionary, ...beside.known } },
    fields,
    splits: memorySplits(sequences, parts, fields),
    notes: [
      ...silentNotes(utterances),
      ...notes,
      ...(known === undefined ? strangeNotes(training, audible) : []),
      ...beside.notes(),
    ],
  };
}

/** What is told of utterances beside their steps. */
interface Beside {
  readonly fields: Fields;
  /** What a run keeps of it. */
  readonly known: Omit<SpeechKnowledge, "hearing" | "dictionary">;
  /** @param length steps */
  valuesOf(utterance: Utterance, length: number): Readonly<Record<string, FieldValues>>;
  notes(): string[];
}

/** What that is found in. */
interface Found {
  readonly training: readonly Utterance[];
  readonly hearing: Hearing;
  readonly dictionary: Pronunciations;
  readonly subwords: number | undefined;
  /** Of a trained model. */
  readonly fields: Fields | undefined;
}

/** Frames themselves, and what was said in them by its symbols. */
function transcripts({ training, hearing, dictionary, subwords, fields }: Found): Beside {
  const vocabularies = fields ? vocabulariesOf(fields) : vocabulariesIn(training, dictionary, subwords);
  const spelling = new Spelling(vocabularies, dictionary);
  return {
    fields: {
      frames: framesField(hearing.width),
      ...Object.fromEntries(
        Object.entries(vocabularies).map(([name, vocabulary]) => [name, symbolsField(vocabulary)]),
      ),
    },
    known: { sentences: sentencesOf(training) },
    valuesOf: ({ name, frames, words }, steps) => ({
      frames: frames.values,
      ...spelling.symbolsOf(words, { name, steps }),
    }),
    notes: () => spelling.notes(),
  };
}

/** What is known of an utterance before it is heard. */
function conditions({ training, hearing, fields }: Found): Beside {
  const stepRate = hearing.frameRate / hearing.stack;
  const spoken = training.map((each) => spokenOf(each, Math.ceil(each.frames.length / hearing.stack)));
  const trained = fields?.["condition"];
  const columns =
    trained?.kind === "columns"
      ? (trained.columns as readonly ConditionColumn[])
      : voiceColumns(spoken, stepRate);
  return {
    fields: { condition: { kind: "columns", role: "covariate", axis: "T", columns } },
    known: { sentences: [], durations: durationsOf(spoken, columns) },
    valuesOf: (utterance, length) => ({
      condition: voiceRows(columns, spokenOf(utterance, length), stepRate),
    }),
    notes: () => conditionNotes(columns, spoken),
  };
}

const spokenOf = ({ words, speaker }: Utterance, length: number): Spoken => ({
  text: words?.join(" "),
  speaker,
  length,
});

function conditionNotes(columns: readonly ConditionColumn[], training: readonly Spoken[]): string[] {
  const texts = new Set(training.map(({ text }) => text)).size;
  const told = columns.map(({ name, levels }) => (levels.length > 0 ? `${name} (${levels.length})` : name));
  return [
    `known beside each step: ${listed(told, told.length)}`,
    ...(texts > MOST_TEXTS
      ? [
          `${texts} different texts are too many to be told apart one by one: the model is not told what is said`,
        ]
      : []),
  ];
}

const nothing = (): Beside => ({
  fields: {},
  known: { sentences: [] },
  valuesOf: () => ({}),
  notes: () => [],
});

const besides: Readonly<Record<FeatureName, (found: Found) => Beside>> = {
  cepstra: transcripts,
  encoded: transcripts,
  mel: conditions,
  samples: nothing,
  pcm: nothing,
};

const framesField = (width: number): FramesField => ({
  ...{ kind: "frames", role: "source", axis: "S", storage: "float32" },
  shape: [width],
  range: [0, 1],
});

const symbolsField = (vocabulary: Vocabulary): TokensField => ({
  ...{ kind: "tokens", role: "label", axis: "S" },
  vocabulary,
});

const sentencesOf = (training: readonly Utterance[]): string[] =>
  training.flatMap(({ words }) => (words === undefined ? [] : [words.join(" ")]));

function hearingOf(
  training: readonly Utterance[],
  {
    features,
    spectral,
    encoder,
    frameRate,
  }: Pick<SpeechOptions, "spectral" | "encoder" | "frameRate"> & Pick<Hearing, "features">,
): Hearing {
  const { width } = training[0]!.frames;
  const own = { features, ...(spectral && { spectral }), ...(encoder && { encoder }), width, frameRate };
  if (besides[features] !== transcripts) return { ...own, deltas: 0, stack: 1 };
  return {
    ...(encoder ? { deltas: 0, stack: Math.max(1, Math.floor(ENCODED_STEP * frameRate)) } : usualHearing),
    ...own,
    normalise: {
      memory: MEMORY.seconds * frameRate,
      before: { mean: meanOf(training.map(({ frames }) => frames)), rows: MEMORY.before },
    },
  };
}

/** The mean of all frames, rounded to what a run keeps exactly. */
function meanOf(all: readonly Frames[]): number[] {
  const { width } = all[0]!;
  const sum = new Float64Array(width);
  for (const { values } of all)
    values.forEach((value, i) => {
      sum[i % width]! += value;
    });
  const rows = all.reduce((count, { length }) => count + length, 0);
  return Array.from(sum, (each) => Math.fround(each / rows));
}

const USUAL_SHARES: SplitShares = [0.9, 0.1, 0];

/** The splits of utterances: as told; where validation, or with shares a test, is told of none, speakers of training are held back for it. */
function dealt(
  utterances: readonly Utterance[],
  { features, shuffle = 1, split: shares }: SpeechOptions & Pick<Hearing, "features">,
): { readonly splits: readonly SplitName[]; readonly notes: readonly string[] } {
  if (isAllTested(shares)) return { splits: utterances.map(() => "test"), notes: [] };
  const told = utterances.map(({ split }) => split ?? "train");
  if (told.includes("valid")) return { splits: told, notes: [countsNote(told)] };
  const ofTraining = utterances.filter((_, i) => told[i] === "train");
  const { noun, why, nameOf } = heldTogether(ofTraining, features);
  const names = [...new Set(ofTraining.map(nameOf))].sort();
  Random.stream(shuffle, "speakers").shuffle(names);
  const [, valid, test] = shares ?? USUAL_SHARES;
  // One at least validates, and one at least is learned from.
  const validating = Math.min(names.length - 1, Math.max(1, Math.round(valid * names.length)));
  const testing = told.includes("test")
    ? 0
    : Math.min(names.length - 1 - validating, Math.round(test * names.length));
  const splitOf = new Map(
    names.map((name, i): [string, SplitName] => [
      name,
      i < validating ? "valid" : i < validating + testing ? "test" : "train",
    ]),
  );
  const splits = utterances.map((each, i) => (told[i] === "train" ? splitOf.get(nameOf(each))! : told[i]!));
  const tested = testing > 0 ? `, ${testing} for the test` : "";
  const who = `${validating} of ${counted(names.length, noun)} of the training files held back for validation${tested}${why}`;
  return { splits, notes: [`${who}; ${countsNote(splits)}`] };
}

/** What is held back together: all of a speaker, where there are several, and the model does not know who speaks. */
function heldTogether(
  utterances: readonly Utterance[],
  features: FeatureName,
): {
  readonly noun: string;
  readonly why: string;
  readonly nameOf: (utterance: Utterance) => string;
} {
  const speakers = new Set(utterances.flatMap(({ speaker }) => speaker ?? []));
  const isKnown = besides[features] === conditions && speakers.size > 1;
  if (speakers.size > 1 && !isKnown)
    return { noun: "speaker", why: "", nameOf: ({ speaker, name }) => speaker ?? name };
  const one = isKnown ? ", as the model is told who speaks" : ", as there is one speaker";
  const why = speakers.size > 0 ? one : ", as nobody tells speakers";
  return { noun: "utterance", why, nameOf: ({ name }) => name };
}

const countsNote = (splits: readonly SplitName[]): string =>
  SPLIT_NAMES.map((name) => `${splits.filter((split) => split === name).length} ${name}`).join(", ");

const lettersOf: Spell = (word) => [...word];

/** The kinds of symbols that words are told by: the first is what is decoded. */
const [PHONES, LETTERS] = ["phones", "letters"] as const;

function vocabulariesIn(
  training: readonly Utterance[],
  dictionary: Pronunciations,
  subwords: number | undefined,
): Readonly<Record<string, Vocabulary>> {
  const words = training.flatMap((utterance) => utterance.words ?? []);
  if (words.length === 0) return {};
  const known = new Set(dictionary.map(({ word }) => word));
  if (dictionary.length > 0 && !training.some((each) => each.words?.every((word) => known.has(word))))
    throw strangeDictionary(words[0]!, dictionary[0]!.word);
  const sorted = (symbols: Iterable<string>) => [...new Set(symbols)].sort();
  const letters = sorted([" ", ...words.flatMap((word) => [...word])]);
  const merges =
    subwords === undefined ? [] : learnMerges(sentencesOf(training), subwords - letters.length, lettersOf);
  return {
    ...(dictionary.length > 0 && {
      [PHONES]: { unit: "words", tokens: sorted(dictionary.flatMap(({ units }) => units)) } as const,
    }),
    [LETTERS]:
      merges.length === 0
        ? { unit: "characters", tokens: letters }
        : {
            unit: "subwords",
            tokens: [...letters, ...new Set(merges.map((merge) => merge.join("")))],
            merges,
          },
  };
}

const vocabulariesOf = (fields: Fields): Readonly<Record<string, Vocabulary>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.kind === "tokens" && field.role === "label" ? [[name, field.vocabulary] as const] : [],
    ),
  );

/** Turns words into symbols; counts those that the dictionary lacks, and transcripts that do not fit into their utterances. */
class Spelling {
  private readonly ids: Readonly<Record<string, ReadonlyMap<string, number>>>;
  private readonly said = new Map<string, readonly string[]>();
  private readonly cut: (text: string) => readonly string[];
  private readonly lacking = new Map<string, number>();
  /** Letters that training lacks. */
  private readonly unseen = new Set<string>();
  /** By the kind of symbol: the utterances that have fewer steps than their symbols take. */
  private readonly overlong = new Map<string, string[]>();

  constructor(vocabularies: Readonly<Record<string, Vocabulary>>, dictionary: Pronunciations) {
    this.ids = Object.fromEntries(
      Object.entries(vocabularies).map(([name, { tokens }]) => [
        name,
        new Map(tokens.map((token, place) => [token, place + RESERVED.length])),
      ]),
    );
    const merges = vocabularies[LETTERS]?.merges;
    const pairs = merges && new BytePairs(merges, lettersOf);
    this.cut = (text) => pairs?.tokensOf(text) ?? lettersOf(text);
    for (const { word, units } of dictionary) if (!this.said.has(word)) this.said.set(word, units);
  }

  /**
   * The ids of each kind of symbol; of an utterance with a word that the dictionary lacks the phones are unknown. Symbols that take more
   * steps than there are stay: nothing is learned from them (the objective leaves them out), and they count among the errors.
   */
  symbolsOf(
    words: readonly string[] | undefined,
    utterance: { readonly name: string; readonly steps: number },
  ): Record<string, Int32Array> {
    if (words === undefined)
      return Object.fromEntries(Object.keys(this.ids).map((name) => [name, unknownTranscript()]));
    const phones = words.map((word) => {
      const units = this.said.get(word);
      if (units === undefined) this.lacking.set(word, (this.lacking.get(word) ?? 0) + 1);
      return units;
    });
    const symbols: Readonly<Record<string, readonly string[]>> = {
      [LETTERS]: this.cut(words.join(" ")),
      ...(!phones.includes(undefined) && { [PHONES]: phones.flat() as string[] }),
    };
    for (const letter of symbols[LETTERS] as readonly string[])
      if (!this.ids[LETTERS]?.has(letter)) this.unseen.add(letter);
    return Object.fromEntries(
      Object.entries(this.ids).map(([name, ids]) => {
        const told = symbols[name];
        return [
          name,
          told === undefined ? unknownTranscript() : this.measured(name, idsIn(ids, told), utterance),
        ];
      }),
    );
  }

  /** The ids; the utterance is remembered where it is too short for them. */
  private measured(
    kind: string,
    ids: Int32Array,
    { name, steps }: { readonly name: string; readonly steps: number },
  ): Int32Array {
    if (stepsTaken(ids) > steps) this.overlong.set(kind, [...(this.overlong.get(kind) ?? []), name]);
    return ids;
  }

  notes(): string[] {
    return [...this.lackingNotes(), ...this.unseenNotes(), ...this.overlongNotes()];
  }

  private unseenNotes(): string[] {
    if (!(LETTERS in this.ids) || this.unseen.size === 0) return [];
    const letters = [...this.unseen].map((letter) => `"${letter}"`);
    return [
      `letters that training lacks: ${listed(letters, MOST_NAMED)}; words that hold them count as wrong, whatever is heard`,
    ];
  }

  private lackingNotes(): string[] {
    if (!(PHONES in this.ids) || this.lacking.size === 0) return [];
    const words = [...this.lacking].map(([word, count]) => `${word}${count > 1 ? ` (${count} times)` : ""}`);
    return [
      `${counted(this.lacking.size, "word")} not in the dictionary: ${listed(words, MOST_NAMED)}; what holds them is told by letters alone`,
    ];
  }

  private overlongNotes(): string[] {
    return [...this.overlong].map(
      ([kind, names]) =>
        `${counted(names.length, "utterance")} too short for the ${kind} that were said: ${listed(names, MOST_NAMED)}; no ${kind} are learned from them`,
    );
  }
}

/** How many steps labels take at least: one each, and one more between two of a kind. */
const stepsTaken = (ids: Int32Array): number =>
  ids.reduce((steps, id, i) => steps + (i > 0 && ids[i - 1] === id ? 2 : 1), 0);

const idsIn = (ids: ReadonlyMap<string, number>, symbols: readonly string[]): Int32Array =>
  Int32Array.from(symbols, (symbol) => ids.get(symbol) ?? UNKNOWN);

/** Of which nobody knows what it is, where an empty one says that nothing was said. */
const unknownTranscript = (): Int32Array => Int32Array.of(PAD);

const MOST_NAMED = 10;

function silentNotes(utterances: readonly Utterance[]): string[] {
  const silent = utterances.filter(({ frames }) => frames.length === 0).map(({ name }) => name);
  return silent.length === 0 ? [] : [`left out, as they hold no frame: ${listed(silent, MOST_NAMED)}`];
}

/** Words that are said where nothing is learned from them: of commands that were recorded once each, those held back. */
function strangeNotes(training: readonly Utterance[], all: readonly Utterance[]): string[] {
  const wordsOf = (utterances: readonly Utterance[]) => utterances.flatMap(({ words }) => words ?? []);
  const learned = new Set(wordsOf(training));
  const strange = [...new Set(wordsOf(all))].filter((word) => !learned.has(word));
  if (strange.length === 0) return [];
  return [
    `${counted(strange.length, "word")} of validation and test that training lacks: ${listed(strange, MOST_NAMED)}`,
  ];
}

const nothingHeard = (at: string): VrnnError =>
  new VrnnError("data/empty-folder", "there is no utterance that holds a frame", {
    at,
    remedy: "give recordings, and the file that says what was said in them",
  });

const strangeDictionary = (said: string, known: string): VrnnError =>
  new VrnnError(
    "data/dictionary",
    `the dictionary has all words of no utterance: "${said}" was said, and it begins with "${known}"`,
    { remedy: "write both in the same letters, or take the dictionary out of the folder" },
  );

const noTraining = (at: string): VrnnError =>
  new VrnnError("data/no-training", "no utterance is left for the training split", {
    at,
    remedy: "call the files of transcripts after their splits: train, valid, test",
  });
