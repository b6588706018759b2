/** Captioned pictures as a data set: each sequence is a picture with one of its captions. */
import { groupBy } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import type { SplitName } from "../dataset.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { Fields, FramesField, LabelField, TokensField } from "../fields.ts";
import type { EncoderKnowledge } from "../images/encoder-knowledge.ts";
import { inColour, inGrey, type Picture } from "../images/picture.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence, SequenceSource } from "../source.ts";
import { dividedItems, type SplitShares } from "../split.ts";
import { planGiven, USUAL_SHUFFLE } from "../tables/dealing.ts";
import { levelsOf } from "../tables/kinds.ts";
import { sharesOf } from "../tables/label.ts";
import { closedIds, Tokenizer, type Vocabulary, vocabularyOf } from "../text/vocabulary.ts";
import { sequencesIn } from "../whole-sequences.ts";
import { captionWords } from "./caption-words.ts";

/** A picture and what people say of it. */
export interface PictureWithCaptions {
  readonly name: string;
  readonly picture: Picture;
  readonly captions: readonly string[];
  readonly level?: string | undefined;
  readonly split?: SplitName | undefined;
}

/** The fields of captioned pictures. */
export interface CaptionFields {
  /** `[H, W, C]`, once a sequence. */
  readonly picture: FramesField;
  /** The words of one caption, closed by `END`. */
  readonly x: TokensField;
  /** What the picture shows, where that is told. */
  readonly class?: LabelField;
  /** What an encoder that is not trained tells of the picture, `[S, E]`, where there is one. */
  readonly encoded?: FramesField;
}

/** What an encoder that is not trained tells of each picture. */
export interface EncodedPictures {
  readonly field: FramesField;
  readonly values: readonly Float32Array[];
  readonly knowledge: EncoderKnowledge;
}

/** How captions become data. */
export interface CaptionOptions {
  readonly split?: SplitShares | undefined;
  /** That of a trained model: nothing is counted. */
  readonly known?: CaptionFields | undefined;
  /** In the order of the pictures. */
  readonly encoded?: EncodedPictures | undefined;
}

/** Of many captions, words that occur less often are unknown: most are misspelt (the threshold of Karpathy and Fei-Fei 2015). */
const [LEAST, MANY_CAPTIONS] = [5, 1000];

/**
 * A data set of captions, of two or three fields: the source `picture`, the target `x`, and `class` where the training split
 * tells classes. All captions of a picture are sequences of its name in the same split. Pictures are kept once, in
 * colours unless all are grey. Where nothing tells splits, pictures are dealt out, class by class.
 *
 * @param source where they come from, for messages
 * @throws VrnnError `data/captions` for pictures of several sizes or where there are none, `data/split`, `data/no-training`
 * @example
 * Object.keys(captionDataset(pictures, "ucm").fields); // ["picture", "x", "class"]
 */
export function captionDataset(
  pictures: readonly PictureWithCaptions[],
  source: string,
  { split, known, encoded }: CaptionOptions = {},
): FieldDataset & { readonly fields: CaptionFields & Fields } {
  if (pictures.length === 0)
    throw new VrnnError("data/captions", "there is no picture with a caption", {
      at: source,
      remedy: "put the pictures that the list names beside it",
    });
  const items = pictures.map(({ split: own, level }) => ({ length: 1, split: own, level }));
  const isDealt = dividedItems(items).length > 0;
  const { parts, notes } = planGiven(
    items,
    {
      split,
      ...(isDealt && { splitBy: "sequence", shuffle: USUAL_SHUFFLE }),
      ...(known && { columns: [] }),
    },
    source,
  );
  const trained = parts.filter((part) => part.split === "train").map(({ index }) => pictures[index]!);
  const vocabulary = known?.x.vocabulary ?? trainedVocabulary(trained);
  const label = known === undefined ? labelOf(trained) : known.class;
  const fields = {
    picture: pictureField(pictures, source, known?.picture),
    ...(encoded && { encoded: encoded.field }),
    x: { kind: "tokens", role: "target", axis: "T", vocabulary },
    ...(label && { class: label }),
  } as const satisfies CaptionFields;
  const all = sequencesOf(pictures, fields, encoded?.values);
  const index = groupBy([...all.keys()], (i) => all[i]!.place);
  const whole = parts.flatMap((part) =>
    (index.get(part.index) ?? []).map((i) => ({
      index: i,
      split: part.split,
      start: 0,
      end: all[i]!.length,
    })),
  );
  return {
    modality: { name: "captions", ...(encoded && { encoder: encoded.knowledge }) },
    fields,
    splits: memorySplits(all, whole, fields),
    notes: [
      ...notes,
      `${counted(pictures.length, "picture")} with ${counted(all.length, "caption")}, ${counted(vocabulary.tokens.length, "word")}`,
    ],
  };
}

function trainedVocabulary(pictures: readonly PictureWithCaptions[]): Vocabulary {
  const captions = pictures.flatMap((picture) => picture.captions);
  const counts = new Map<string, number>();
  for (const word of captions.flatMap(captionWords)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const least = captions.length < MANY_CAPTIONS ? 1 : LEAST;
  return vocabularyOf(counts, { unit: "words", lowercase: true, least });
}

/** Undefined where no picture of the training split tells what it shows. */
function labelOf(trained: readonly PictureWithCaptions[]): LabelField | undefined {
  const told = trained.flatMap(({ level }) => level ?? []);
  if (told.length === 0) return undefined;
  const levels = levelsOf(told);
  const shares = sharesOf([Int32Array.from(told, (level) => levels.indexOf(level))], levels.length);
  return { kind: "label", role: "label", axis: "none", levels, shares };
}

/**
 * The field of pictures of one size, in colours unless all are grey.
 *
 * @param known that of a trained model
 * @throws VrnnError `data/captions` for a picture of another size
 */
export function pictureField(
  pictures: readonly PictureWithCaptions[],
  source: string,
  known?: FramesField,
): FramesField {
  const field = known ?? fieldLike(pictures);
  const [height, width] = field.shape;
  const odd = pictures.find(({ picture }) => picture.width !== width || picture.height !== height);
  if (odd === undefined) return field;
  throw mixedSizes(odd, field.shape, source);
}

function fieldLike(pictures: readonly PictureWithCaptions[]): FramesField {
  const { width, height } = pictures[0]!.picture;
  const channels = pictures.every(({ picture }) => picture.channels === 1) ? 1 : 3;
  const shape = [height, width, channels];
  return { kind: "frames", role: "source", axis: "none", shape, storage: "uint8", range: [0, 255] };
}

const mixedSizes = (
  { name, picture }: PictureWithCaptions,
  [height, width]: readonly number[],
  at: string,
): VrnnError =>
  new VrnnError(
    "data/captions",
    `${name} is ${picture.width} by ${picture.height} pixels, and others are ${width} by ${height}`,
    {
      at,
      remedy: `bring all to one size: --size ${width}x${height}, with --crop centre to keep their proportions`,
    },
  );

/** A sequence of the picture with that place. */
type PlacedSequence = MemorySequence & { readonly place: number };

/** Each picture with each of its captions. */
function sequencesOf(
  pictures: readonly PictureWithCaptions[],
  fields: CaptionFields,
  encoded: readonly Float32Array[] | undefined,
): PlacedSequence[] {
  const tokenizer = new Tokenizer(fields.x.vocabulary);
  const isGrey = fields.picture.shape[2] === 1;
  return pictures.flatMap(({ name, picture, captions, level }, place) => {
    const { pixels } = isGrey ? inGrey(picture) : inColour(picture);
    const told = encoded?.[place];
    const known = { picture: pixels, ...(told && { encoded: told }), ...classOf(level, fields.class) };
    return captions.map((caption): PlacedSequence => {
      const ids = Int32Array.from(captionWords(caption), (word) => tokenizer.idOf(word));
      const closed = closedIds(ids);
      return { name, group: name, place, length: closed.length, values: { ...known, x: closed } };
    });
  });
}

/** A class that was never trained on is unknown. */
const classOf = (level: string | undefined, field: LabelField | undefined) =>
  field === undefined ? {} : { class: Int32Array.of(level === undefined ? -1 : field.levels.indexOf(level)) };

/**
 * What people say of each picture of a split, by the names of the pictures: in the words of the vocabulary, � for an unknown one.
 * What they say word for word is told by `captionsIn` of `files-captions.ts`.
 *
 * @example
 * (await captionsOf(data.splits.test, fields.x.vocabulary)).get("images128/0005.jpg"); // ["there is a piece of farmland", ...]
 */
export async function captionsOf(
  source: SequenceSource,
  vocabulary: Vocabulary,
): Promise<Map<string, string[]>> {
  const tokenizer = new Tokenizer(vocabulary);
  const sequences = groupBy(await sequencesIn(source), ({ name }) => name);
  return new Map(
    [...sequences].map(([name, own]) => [
      name,
      own.map(({ values }) => tokenizer.decode(values["x"] as Int32Array)),
    ]),
  );
}
