/** Data of other kinds than tables in memory from files, told apart by the end of their names and by what is said of them. */
import { resolve } from "node:path";
import { VrnnError } from "../errors.ts";
import { usageError } from "../options.ts";
import type { LabelSpan } from "./dataset.ts";
import { isEncoder } from "./encoder-path.ts";
import type { FieldDataset, KnownData } from "./field-dataset.ts";
import type { ColumnsField, Fields, FramesField } from "./fields.ts";
import { readText as readTextFile } from "./files-bytes.ts";
import { encodedAgain, isCaptions, readCaptions } from "./files-captions.ts";
import { isClips, readClips } from "./files-clips.ts";
import type { EncodedTextSchema } from "./files-encoded-texts.ts";
import { isFrames, readFrames } from "./files-frames.ts";
import { readMotion } from "./files-motion.ts";
import { readPairs } from "./files-pairs.ts";
import { isPattern } from "./files-patterns.ts";
import { isSpeech, readSpeech } from "./files-speech.ts";
import { isLarge, streamTable } from "./files-streamed.ts";
import { isLabelled, labelledTexts, readTextDataset, TEXT_FORMS } from "./files-text.ts";
import type { FormatName } from "./format-names.ts";
import { endingOf } from "./formats.ts";
import type { PictureSchema } from "./images/preparation.ts";
import { LARGE_MEGABYTES } from "./large.ts";
import type { ModalityName } from "./modality.ts";
import { featureNameOf } from "./speech/feature-names.ts";
import type { SplitShares } from "./split.ts";
import { USUAL_SHUFFLE } from "./tables/dealing.ts";
import { checkedLevels } from "./tables/label.ts";
import { looksLikeTable } from "./tables/loose.ts";
import type { SchemaOptions } from "./tables/schema.ts";
import type { LabelledText } from "./text/label-field.ts";
import type { LabelledColumns } from "./text/labelled.ts";
import { type CaseName, type TextPiece, type TokenName, tokenUnitOf } from "./text/names.ts";
import type { TextKnowledge } from "./text/text-dataset.ts";
import type { Vocabulary } from "./text/tokens.ts";

/** How text is read. */
export interface TextSchema {
  /** What kind of file it is; text where it is none of tables. */
  readonly format?: FormatName | undefined;
  /** `chars` unless told. */
  readonly tokens?: TokenName | undefined;
  readonly per?: TextPiece | undefined;
  /** The most tokens of the vocabulary; all unless told. */
  readonly vocabulary?: number | undefined;
  /** Of words; `kept` unless told. */
  readonly case?: CaseName | undefined;
  /** Where texts and their labels stand: a column by its name, or by its place from 0 where there is no header. */
  readonly text?: string | undefined;
  readonly label?: string | undefined;
  /** Of pairs: the sides that are read and written, columns or the ends of files' names. */
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  /** A text has one label. */
  readonly labelPer?: LabelSpan | undefined;
  readonly split?: SplitShares | undefined;
  /** Deals sequences out in a random order of this seed. */
  readonly shuffle?: number | undefined;
}

/** How data of any kind are read. */
export interface FieldSchema
  extends TextSchema,
    PictureSchema,
    Omit<SchemaOptions, "columns" | "conditions" | keyof TextSchema> {
  /** Whether separated values and JSON Lines are read from the file as they are needed. */
  readonly stream?: boolean | undefined;
  /** Of tracks: the column that tells the agent; `auto`: found by what columns are called. */
  readonly agent?: string | undefined;
  /** Of speech what a step is of, or the path of an encoder that hears it; of captioned pictures and labelled texts that of one that reads them. */
  readonly features?: string | undefined;
  /** Of captioned pictures: how shades are told to that encoder. */
  readonly pixels?: string | undefined;
  /** Of speech: letters that often stand together are one symbol, until there are so many. */
  readonly subwords?: number | undefined;
}

/** Reads a kind of data as fields. */
export interface FieldReader {
  /** Whether it is what reads data that stand at a path. */
  readonly claims: (path: string, schema: FieldSchema) => boolean;
  /**
   * @param known what a trained model is of; found in the data unless told
   * @throws VrnnError `data/...`
   */
  readonly read: (path: string, schema: FieldSchema, known?: KnownData) => Promise<FieldDataset>;
  /** With what the same data are read again; by what they were read unless told. */
  readonly again?: (schema: FieldSchema, data: FieldDataset) => Partial<FieldSchema>;
}

/** What reads data as fields: a row each. Tables in memory are read by `readDataset`. */
const readers = {
  motion: {
    claims: (_, { agent }) => agent !== undefined,
    read: async (path, schema, known) => readMotion(path, schema, known),
  },
  pairs: {
    claims: (_, { source }) => source !== undefined,
    read: async (path, schema, known) =>
      readTextPairs(path, schema, known && knowledgeIn(known.fields)?.vocabulary),
    again: ({ shuffle = USUAL_SHUFFLE }) => ({ shuffle }),
  },
  stream: {
    claims: (path, { stream, tokens, format, features }) =>
      stream === true || ((tokens ?? features) === undefined && isLarge(path, { format })),
    read: (path, schema, known) => readStream(path, schema, known?.fields),
    again: () => ({ stream: true }),
  },
  text: {
    // Of a .txt it may be said that it is a table, or it looks like one.
    claims: (path, { tokens, format, features }) =>
      encoderIn(features) === undefined &&
      (tokens !== undefined ||
        (endingOf(path) === ".txt" &&
          format === undefined &&
          !isPattern(path) &&
          !looksLikeTable(readTextFile(path)))),
    read: async (path, schema, known) => {
      refuseFeatures(schema);
      return readText(path, schema, known && knowledgeIn(known.fields));
    },
    // Labelled texts were dealt out in a random order.
    again: ({ shuffle = USUAL_SHUFFLE }, { fields }) => (fields["label"] === undefined ? {} : { shuffle }),
  },
  captions: {
    claims: (path, { format }) => format === undefined && isCaptions(path),
    read: readCaptions,
    // Its place, and what it asks pictures to be.
    again: ({ features }, data) => encodedAgain(features, data),
  },
  images: {
    claims: (path, { format }) => format === undefined && (isFrames(path) || isClips(path)),
    read: (path, schema, known) => readMoving(path, schema, known?.fields["x"] as FramesField | undefined),
  },
  speech: {
    claims: (path, { format }) => format === undefined && isSpeech(path),
    read: async (path, { features, ...schema }, known) =>
      readSpeech(path, { ...schema, features: featureNameOf(features), encoder: encoderIn(features) }, known),
    // Its place, from any folder.
    again: ({ features }) => (encoderIn(features) === undefined ? {} : { features: resolve(features!) }),
  },
  // Whatever nobody else reads by an encoder.
  texts: {
    claims: (_, { features }) => encoderIn(features) !== undefined,
    read: async (path, schema, known) =>
      (await import("./files-encoded-texts.ts")).readEncodedTexts(path, encodedSchema(schema, known), known),
    again: ({ features, shuffle = USUAL_SHUFFLE }) => ({ features: resolve(features!), shuffle }),
  },
} as const satisfies Record<string, FieldReader>;

/** The name of what reads data as fields. */
export type FieldReaderName = keyof typeof readers;

/** What reads data that stand at a path; undefined where they are a table in memory. */
export function readerFor(path: string, schema: FieldSchema): FieldReaderName | undefined {
  const names = Object.keys(readers) as FieldReaderName[];
  return names.find((name) => readers[name].claims(path, schema));
}

/** The material that an encoder reads, where one is named. */
export const encodedMaterial = (reader: FieldReaderName, { features }: FieldSchema): string | undefined =>
  encoderIn(features) && (reader === "texts" ? "text" : reader);

/** What reads a material by an encoder, where it is something else than without. */
const byEncoder: Partial<Record<ModalityName, FieldReaderName>> = { text: "texts" };

/** What reads data of a material, as a run was told; undefined where they are a table in memory. */
export function readerOf(
  material: ModalityName,
  { stream, features }: FieldSchema,
): FieldReaderName | undefined {
  if (stream === true) return "stream";
  const reader = (encoderIn(features) && byEncoder[material]) ?? material;
  return Object.hasOwn(readers, reader) ? (reader as FieldReaderName) : undefined;
}

/**
 * Data as fields.
 *
 * @param known what a trained model is of; found in the data unless told
 * @throws VrnnError `data/...`
 * @example
 * (await readFields("text", "shakespeare.txt", { tokens: "chars" })).notes;
 */
export async function readFields(
  reader: FieldReaderName,
  path: string,
  schema: FieldSchema,
  known?: KnownData,
): Promise<FieldDataset> {
  const { read }: FieldReader = readers[reader];
  return read(path, schema, known);
}

/** With what data are read again as they were read now. */
export function readAgainBy<Schema extends FieldSchema>(
  reader: FieldReaderName,
  schema: Schema,
  data: FieldDataset,
): Schema {
  const { again }: FieldReader = readers[reader];
  return { ...schema, ...again?.(schema, data) };
}

/** What is kept of a trained model: its vocabulary, the levels of its labels, and whether it may read n-grams. */
function knowledgeIn({ x, label, grams }: Fields): TextKnowledge | undefined {
  if (x?.kind !== "tokens") return undefined;
  return {
    vocabulary: x.vocabulary,
    levels: label?.kind === "label" ? label.levels : undefined,
    hasNGrams: grams !== undefined,
  };
}

/** The one file of several that were named. @throws VrnnError `data/several` when there are more */
export function onlyFile(path: string, more: readonly string[]): string {
  if (more.length === 0) return path;
  throw new VrnnError("data/several", "several files were named, and only tables are read from several", {
    at: more[0] as string,
    remedy: "put them into one file, or into a folder",
  });
}

/**
 * A text as data, in the way that the command line says how. Labelled texts are dealt out in a random order unless it is
 * said how: files are often sorted by class.
 *
 * @param known what is kept of a trained model; counted in the training split unless told.
 * @throws VrnnError `data/...`
 */
export function readText(path: string, schema: TextSchema, known?: TextKnowledge): FieldDataset {
  const { tokens = "chars", per, vocabulary: most, split } = schema;
  if (schema.labelPer === "step") throw oneLabel(path);
  if (schema.case === "ignored" && tokens !== "words") throw wordsAlone(path);
  const isNew = known === undefined;
  const data = readTextDataset(path, {
    ...{ unit: tokenUnitOf(tokens), per, most, split, ...known },
    lowercase: schema.case === "ignored",
    shuffle: schema.shuffle ?? (isNew && isLabelled(path, schema) ? USUAL_SHUFFLE : undefined),
    labelled: columnsOf(schema),
  });
  const { label: field } = data.fields;
  if (isNew && field?.kind === "label") checkedLevels(field.levels, path);
  return data;
}

/** Where texts and labels stand, where that is said. */
const columnsOf = ({ text, label }: TextSchema): LabelledColumns | undefined =>
  text === undefined && label === undefined ? undefined : { text: placeOf(text), label: placeOf(label) };

/** Labelled texts as they are written, by the names of their sequences; none where nothing is labelled. */
export function labelledTextsByName(path: string, schema: TextSchema): ReadonlyMap<string, LabelledText> {
  const found = labelledTexts(path, { unit: "characters", labelled: columnsOf(schema), levels: [] });
  return new Map(found?.texts.map((each) => [each.name, each]));
}

/** Pairs of texts, in subwords unless told. */
export function readTextPairs(path: string, schema: TextSchema, vocabulary?: Vocabulary): FieldDataset {
  const { tokens = "bpe", vocabulary: most, split, shuffle, format, source = "0", target } = schema;
  if (schema.case === "ignored" && !["words", "bpe"].includes(tokens)) throw wordsAlone(path, "words or bpe");
  return readPairs(
    path,
    { source: sideOf(source), target: target === undefined ? undefined : sideOf(target) },
    {
      ...{ unit: tokenUnitOf(tokens), most, split, shuffle, vocabulary },
      lowercase: schema.case === "ignored",
      form: TEXT_FORMS[`.${format}`],
    },
  );
}

const wordsAlone = (at: string, units = "words"): VrnnError =>
  new VrnnError("data/text", `case is ignored of ${units} alone`, {
    at,
    remedy: `give the option tokens: ${units}`,
  });

const oneLabel = (at: string): VrnnError =>
  new VrnnError("data/label", "a text has one label", { at, remedy: "leave the option label-per out" });

/** Of labelled texts that an encoder reads, dealt out in a random order unless it is said how. */
const encodedSchema = (schema: FieldSchema, known?: KnownData): EncodedTextSchema => {
  const { features = "", split, tokens, per, vocabulary, shuffle } = schema;
  return {
    ...{ encoder: features, labelled: columnsOf(schema), split },
    shuffle: shuffle ?? (known === undefined ? USUAL_SHUFFLE : undefined),
    ofTokens: { tokens, per, vocabulary, case: schema.case },
  };
};

/** Of texts that no encoder reads. @throws VrnnError `usage/option` */
function refuseFeatures({ features }: FieldSchema): void {
  if (features === undefined) return;
  throw usageError(
    `option '--features ${features}' names no encoder of texts`,
    "write the path of one, --features encoder.onnx, or leave it out",
  );
}

/** The path of an encoder, where one is named. */
const encoderIn = (features: string | undefined): string | undefined =>
  features !== undefined && isEncoder(features) ? features : undefined;

/** A column by its place, where a number is given. */
const placeOf = (column: string | undefined): string | number | undefined =>
  column !== undefined && /^\d+$/.test(column) ? Number(column) : column;

/** A side of pairs: a column by its place, where a number is given, or a name. */
const sideOf = (side: string): string | number => placeOf(side) ?? side;

/** Moving pictures: of arrays as they are, of others as options say. */
async function readMoving(
  path: string,
  schema: FieldSchema,
  field: FramesField | undefined,
): Promise<FieldDataset> {
  const { split } = schema;
  if (isClips(path)) return readClips(path, schema, { split, field });
  const told = (["size", "crop", "colours", "fps"] as const).find((name) => schema[name] !== undefined);
  if (told === undefined || field !== undefined) return readFrames(path, { split, field });
  throw new VrnnError("usage/option", `option '--${told}' has no effect: arrays are read as they are`, {
    at: path,
    remedy: "leave it out, or give pictures",
  });
}

/** A table of any size. */
async function readStream(path: string, schema: FieldSchema, fields: Fields = {}): Promise<FieldDataset> {
  const { x, condition } = fields as Partial<Record<"x" | "condition", ColumnsField>>;
  const data = await streamTable(path, {
    ...schema,
    ...(x && { columns: x.columns }),
    ...(condition && { conditions: condition.columns as SchemaOptions["conditions"] }),
  });
  const why = isLarge(path, schema) ? `, which holds more than ${LARGE_MEGABYTES} MB` : "";
  return { ...data, notes: [...data.notes, `sequences are read from the file as they are needed${why}`] };
}
