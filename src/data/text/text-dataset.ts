/** Texts as data sets: of one long text, of lines, of paragraphs, of messages that are classed. */
import { VrnnError } from "../../errors.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { FeaturesField, LabelField, TokensField } from "../fields.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence } from "../source.ts";
import { dividedItems, type SplitPart, type SplitShares } from "../split.ts";
import { planGiven } from "../tables/dealing.ts";
import { type LabelledText, labelsOf } from "./label-field.ts";
import { hashedNGrams, nGramsField } from "./n-grams.ts";
import type { TextPiece } from "./names.ts";
import {
  buildVocabulary,
  closedIds,
  joinedIds,
  Tokenizer,
  type TokenUnit,
  tokensOf,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabularyOf,
} from "./vocabulary.ts";

/** How texts become tokens, and who trains on which. */
export interface TextOptions extends VocabularyOptions {
  /** The vocabulary of a trained model: nothing is counted, and what it does not hold is unknown. */
  readonly vocabulary?: Vocabulary | undefined;
  /** The shares of training, validation and test; 0.7, 0.15 and 0.15 unless told. */
  readonly split?: SplitShares | undefined;
  /** Deals texts out in a random order of this seed; in the order of the file unless told. */
  readonly shuffle?: number | undefined;
}

/** What is kept of a model that was trained on text. */
export interface TextKnowledge {
  readonly vocabulary: Vocabulary;
  /** Where there were labels. */
  readonly levels?: readonly string[] | undefined;
  /** Whether their n-grams stood beside labelled texts. */
  readonly hasNGrams?: boolean | undefined;
}

/**
 * A data set of a text, of one field, the target `x`. As a whole it is one long sequence, of which the first tokens train and the
 * last test. By lines or paragraphs each is a sequence that the reserved id `END` closes; empty ones are left out. The
 * vocabulary is that of the training split.
 *
 * @param source where the text comes from, for messages.
 * @throws VrnnError `data/empty-file`, `data/split`, `data/no-training`
 * @example
 * const { fields, splits } = textDataset(text, "shakespeare.txt", { unit: "characters" });
 * fields.x.vocabulary.tokens; // [" ", "e", "t", "o", ...]
 */
export function textDataset(
  text: string,
  source: string,
  { per = "text", ...options }: TextOptions & { readonly per?: TextPiece },
): FieldDataset & { readonly fields: { readonly x: TokensField } } {
  // Numbered before empty ones are left out: line 3 is the third of the file.
  const texts = PIECES[per](text)
    .map((piece, i) => ({ name: per === "text" ? source : `${per} ${i + 1}`, text: piece }))
    .filter((piece) => piece.text.trim() !== "");
  if (texts.length === 0) {
    const remedy = "write the file anew";
    throw new VrnnError("data/empty-file", "there is no text", { at: source, remedy });
  }
  const { plan, tokens, notes } = tokenise(texts, source, { ...options, isClosed: per !== "text" });
  const fields = { x: tokens.field };
  const sequences = texts.map(({ name }, i) => sequenceOf(name, { x: tokens.ids[i]! }));
  return { modality: { name: "text" }, fields, splits: memorySplits(sequences, plan.parts, fields), notes };
}

const PIECES: Readonly<Record<TextPiece, (text: string) => string[]>> = {
  text: (text) => [text],
  line: (text) => text.split(/\r?\n/),
  paragraph: (text) => text.split(/\r?\n(?:[^\S\n]*\r?\n)+/),
};

/** The fields of texts that are classed. */
export type LabelledFields = {
  readonly x: TokensField;
  readonly label: LabelField;
  readonly grams?: FeaturesField;
};

/**
 * A data set of texts that are classed, of three fields: the target `x`, closed by the reserved id `END`, `label`, and the hashed
 * n-grams of the text, `grams`. Vocabulary and levels are those of the training split; a label that it does not hold counts as
 * unknown.
 *
 * @throws VrnnError `data/empty-file`, `data/split`, `data/no-training`, `data/only-missing` without a label
 * @example
 * const { fields } = labelledDataset([{ name: "1", text: "Ok lar...", label: "ham" }, ...], "sms.txt", { unit: "words" });
 * fields.label.levels; // ["ham", "spam"]
 */
export function labelledDataset(
  texts: readonly LabelledText[],
  source: string,
  { hasNGrams = true, ...options }: TextOptions & Omit<Partial<TextKnowledge>, "vocabulary">,
): FieldDataset & { readonly fields: LabelledFields } {
  const { plan, tokens, notes } = tokenise(texts, source, { ...options, isClosed: true });
  const label = labelsOf(texts, plan.parts, source, options.levels);
  const fields = { x: tokens.field, label: label.field, ...(hasNGrams && { grams: nGramsField }) };
  const sequences = texts.map((text, i) =>
    sequenceOf(text.name, {
      x: tokens.ids[i]!,
      label: label.valuesOf(text),
      ...(hasNGrams && { grams: hashedNGrams(text.text) }),
    }),
  );
  return {
    modality: { name: "text" },
    fields,
    splits: memorySplits(sequences, plan.parts, fields),
    notes: [...notes, ...label.notes],
  };
}

const sequenceOf = (
  name: string,
  values: MemorySequence["values"] & { readonly x: Int32Array },
): MemorySequence => ({ name, length: values.x.length, values });

/** Texts that become tokens, and how. */
interface Tokenising extends TextOptions {
  /** Whether `END` closes each of them. */
  readonly isClosed: boolean;
}

/** Texts as tokens. */
interface Tokenised {
  readonly ids: readonly Int32Array[];
  readonly vocabulary: Vocabulary;
  /** Which of the tokens train, validate and test. */
  readonly parts: readonly SplitPart[];
  readonly notes: readonly string[];
}

type Texts = readonly Omit<LabelledText, "label">[];

/** Texts as ids, with a vocabulary from the training split, and the split. */
function tokenise(texts: Texts, source: string, options: Tokenising) {
  const isOfSubwords = (options.vocabulary?.unit ?? options.unit) === "subwords";
  const { ids, vocabulary, parts, notes } = (isOfSubwords ? inSubwords : inCountedTokens)(
    texts,
    source,
    options,
  );
  const field: TokensField = { kind: "tokens", role: "target", axis: "T", vocabulary };
  const told = [...notes, ...unknownNotes(ids), ...lineEndNotes(texts)];
  return { plan: { parts }, tokens: { ids, field }, notes: told };
}

/** What is said where texts hold what the vocabulary does not. */
export function unknownNotes(ids: readonly Int32Array[]): string[] {
  const countOf = (own: Int32Array) => own.reduce((sum, id) => sum + (id === UNKNOWN ? 1 : 0), 0);
  const unknown = ids.reduce((all, own) => all + countOf(own), 0);
  const total = ids.reduce((all, { length }) => all + length, 0);
  return unknown > 0
    ? [`tokens that the vocabulary does not hold count as unknown (${unknown} of ${total})`]
    : [];
}

/** What is said of lines that end as on Windows: a text that ends its lines otherwise is another one to the model. */
function lineEndNotes(texts: Texts): string[] {
  return texts.some(({ text }) => text.includes("\r\n"))
    ? [
        "lines end as on Windows (CRLF): each end is two characters, and texts with other ends are read otherwise",
      ]
    : [];
}

/** How texts are dealt out. */
interface Dealing extends Pick<TextOptions, "split" | "shuffle"> {
  /** Of a trained model nothing has to be there to train on. */
  readonly isTrained: boolean;
  readonly isClosed: boolean;
}

/** The split of texts by how long each is. */
export function planOf(texts: Texts, lengths: readonly number[], source: string, options: Dealing) {
  const { split, shuffle, isTrained, isClosed } = options;
  const items = texts.map((text, i) => ({ length: lengths[i]!, split: text.split }));
  const columns = isTrained ? [] : undefined; // a trained model may be given texts to test alone
  // Labelled texts are shuffled unless told: where they say their splits that has no effect, nor was it asked for.
  const isDivided = dividedItems(items).length > 0;
  const order = isDivided ? shuffle : undefined;
  // Lines and labelled texts stay whole, however few they are.
  const splitBy = isDivided && isClosed ? "sequence" : undefined;
  return planGiven(items, { split, shuffle: order, splitBy, columns }, source);
}

/** Tokens that are what was counted: each text is cut first, then split by its tokens. */
function inCountedTokens(texts: Texts, source: string, options: Tokenising): Tokenised {
  const { vocabulary: given, isClosed } = options;
  const open = given === undefined ? new OpenIds(options) : undefined;
  const tokenizer = given && new Tokenizer(given);
  const ids = texts.map(({ text }) => {
    const own = open?.encode(text) ?? tokenizer!.encode(text).ids;
    return isClosed ? closedIds(own) : own;
  });
  const lengths = ids.map(({ length }) => length);
  const { parts, notes } = planOf(texts, lengths, source, { ...options, isTrained: given !== undefined });
  const train = parts.filter((part) => part.split === "train");
  return { ids, vocabulary: given ?? open!.close(ids, train, options), parts, notes };
}

/**
 * Subwords: what trains has to be known before there are any, so texts are split by their bytes, and each part is cut into
 * tokens by itself.
 */
function inSubwords(texts: Texts, source: string, options: Tokenising): Tokenised {
  const { vocabulary: given, isClosed } = options;
  const bytes = texts.map(({ text }) => new TextEncoder().encode(text));
  const lengths = bytes.map(({ length }) => length + Number(isClosed));
  const plan = planOf(texts, lengths, source, { ...options, isTrained: given !== undefined });
  const pieces = plan.parts.map((part) => ({ part, text: textWithin(bytes[part.index]!, part) }));
  const trained = pieces.filter(({ part }) => part.split === "train").map(({ text }) => text);
  const vocabulary = given ?? buildVocabulary(trained, options);
  const tokenizer = new Tokenizer(vocabulary);
  const ids: Int32Array[] = texts.map(() => new Int32Array());
  const parts: SplitPart[] = new Array(pieces.length);
  const inTime = pieces.map((_, place) => place).sort((a, b) => plan.parts[a]!.start - plan.parts[b]!.start);
  for (const place of inTime) {
    const { part, text } = pieces[place]!;
    const own = tokenizer.encode(text).ids;
    const isLast = part.end === lengths[part.index];
    const before = ids[part.index]!;
    const after = joinedIds(before, isClosed && isLast ? closedIds(own) : own);
    ids[part.index] = after;
    parts[place] = { ...part, start: before.length, end: after.length };
  }
  const notes = given ? plan.notes : [...plan.notes, ...sizeNotes(vocabulary, options)];
  return { ids, vocabulary, parts, notes };
}

/** What is said where texts do not give as many tokens as were asked for. */
export function sizeNotes({ unit, tokens }: Vocabulary, { most }: VocabularyOptions): string[] {
  if (unit !== "subwords" || most === undefined) return [];
  if (tokens.length > most)
    return [`subwords are the ${tokens.length} bytes at least: ${most} were asked for`];
  if (tokens.length === most) return [];
  return [`no pair of subwords occurs twice beyond ${tokens.length} of them: ${most} were asked for`];
}

/** The text between two bytes; a character that either cuts goes to the part where it begins. */
function textWithin(bytes: Uint8Array, { start, end }: Pick<SplitPart, "start" | "end">): string {
  const whole = (at: number): number => {
    let place = Math.min(at, bytes.length);
    while (place < bytes.length && (bytes[place]! & 0xc0) === 0x80) place += 1;
    return place;
  };
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(whole(start), whole(end)));
}

/**
 * Ids that are given out as tokens appear, until it is known which texts train: each text is cut into tokens once. Below
 * 0, so that none is taken for a reserved one.
 */
class OpenIds {
  private readonly unit: Exclude<TokenUnit, "subwords">;
  private readonly lowercase: boolean;
  private readonly ids = new Map<string, number>();

  constructor({ unit, lowercase = false }: VocabularyOptions) {
    this.unit = unit as Exclude<TokenUnit, "subwords">;
    this.lowercase = lowercase;
  }

  encode(text: string): Int32Array {
    if (this.unit === "bytes") return new Tokenizer({ unit: "bytes", tokens: [] }).encode(text).ids;
    const ids = new Int32Array(text.length);
    let count = 0;
    for (const token of tokensOf(text, this.unit, this.lowercase)) {
      let id = this.ids.get(token);
      if (id === undefined) {
        id = -1 - this.ids.size;
        this.ids.set(token, id);
      }
      ids[count++] = id;
    }
    return ids.slice(0, count);
  }

  /** Gives out the ids of the vocabulary of what trains, in the place of those that were open. */
  close(ids: readonly Int32Array[], train: readonly SplitPart[], options: VocabularyOptions): Vocabulary {
    const counts = new Int32Array(this.ids.size);
    for (const { index, start, end } of train) {
      for (const id of ids[index]!.subarray(start, end)) if (id < 0) counts[-1 - id]! += 1;
    }
    const tokens = [...this.ids.keys()];
    const seen = tokens.flatMap((token, i) => (counts[i]! > 0 ? [[token, counts[i]!] as const] : []));
    const vocabulary = vocabularyOf(new Map(seen), options);
    const tokenizer = new Tokenizer(vocabulary);
    const finals = Int32Array.from(tokens, (token) => tokenizer.idOf(token));
    for (const own of ids) {
      own.forEach((id, t) => {
        if (id < 0) own[t] = finals[-1 - id]!;
      });
    }
    return vocabulary;
  }
}
