/** Data of other kinds than tables in memory from files, told apart by the end of their names and by what is said of them. */
import { VrnnError } from "../errors.ts";
import type { FieldDataset } from "./field-dataset.ts";
import type { ColumnsField, Field, Fields, FramesField } from "./fields.ts";
import { statusOf } from "./files-bytes.ts";
import { isFrames, readFrames } from "./files-frames.ts";
import { isJsonLines, isLarge, streamJsonLines } from "./files-jsonl.ts";
import { readTextDataset } from "./files-text.ts";
import { endingOf } from "./formats.ts";
import { LARGE_MEGABYTES } from "./large.ts";
import type { ModalityName } from "./modality.ts";
import type { SplitShares } from "./split.ts";
import type { SchemaOptions } from "./tables/schema.ts";
import { type TextPiece, type TokenName, tokenUnitOf } from "./text/names.ts";
import type { Vocabulary } from "./text/vocabulary.ts";

/** How text is read. */
export interface TextSchema {
  /** `chars` unless told. */
  readonly tokens?: TokenName | undefined;
  readonly per?: TextPiece | undefined;
  /** The most tokens of the vocabulary; all unless told. */
  readonly vocabulary?: number | undefined;
  readonly split?: SplitShares | undefined;
}

/** How data of any kind are read. */
export interface FieldSchema extends TextSchema, Omit<SchemaOptions, "columns" | "conditions"> {
  /** Whether JSON Lines are read from the file as they are needed. */
  readonly stream?: boolean | undefined;
}

/** Reads a kind of data as fields. */
export interface FieldReader {
  /** Whether it is what reads data that stand at a path. */
  readonly claims: (path: string, schema: FieldSchema) => boolean;
  /**
   * @param fields those of a trained model; found in the data unless told
   * @throws VrnnError `data/...`
   */
  readonly read: (path: string, schema: FieldSchema, fields?: Fields) => Promise<FieldDataset>;
}

/** What reads data as fields: a row each. Tables in memory are read by `readDataset`. */
const readers = {
  stream: {
    claims: (path, { stream, tokens }) => stream === true || (tokens === undefined && isLarge(path)),
    read: readStream,
  },
  text: {
    claims: (path, { tokens }) => tokens !== undefined || endingOf(path) === ".txt",
    read: async (path, schema, fields) => readText(path, schema, vocabularyIn(fields?.["x"])),
  },
  images: {
    claims: isFrames,
    read: async (path, { split }, fields) =>
      readFrames(path, { split, field: fields?.["x"] as FramesField | undefined }),
  },
} as const satisfies Record<string, FieldReader>;

/** The name of what reads data as fields. */
export type FieldReaderName = keyof typeof readers;

/** What reads data that stand at a path; undefined where they are a table in memory. */
export function readerFor(path: string, schema: FieldSchema): FieldReaderName | undefined {
  const names = Object.keys(readers) as FieldReaderName[];
  return names.find((name) => readers[name].claims(path, schema));
}

/** What reads data of a material, as a run was told; undefined where they are a table in memory. */
export function readerOf(material: ModalityName, { stream }: FieldSchema): FieldReaderName | undefined {
  if (stream === true) return "stream";
  return Object.hasOwn(readers, material) ? (material as FieldReaderName) : undefined;
}

/**
 * Data as fields.
 *
 * @param fields those of a trained model; found in the data unless told
 * @throws VrnnError `data/...`
 * @example
 * (await readFields("text", "shakespeare.txt", { tokens: "chars" })).notes;
 */
export const readFields = (
  reader: FieldReaderName,
  path: string,
  schema: FieldSchema,
  fields?: Fields,
): Promise<FieldDataset> => readers[reader].read(path, schema, fields);

const vocabularyIn = (field: Field | undefined): Vocabulary | undefined =>
  field?.kind === "tokens" ? field.vocabulary : undefined;

/** A text in the way that the command line says how. */
function readText(path: string, schema: TextSchema, vocabulary?: Vocabulary): FieldDataset {
  if (statusOf(path).isDirectory())
    throw new VrnnError("data/folder", "text is read from a file, and this is a folder", {
      at: path,
      remedy: "put the texts into one file",
    });
  const { tokens = "chars", per, vocabulary: most, split } = schema;
  return readTextDataset(path, { unit: tokenUnitOf(tokens), per, most, split, vocabulary });
}

/** JSON Lines of any size. */
async function readStream(path: string, schema: FieldSchema, fields: Fields = {}): Promise<FieldDataset> {
  if (!isJsonLines(path))
    throw new VrnnError("data/stream", "only JSON Lines are read in parts", {
      at: path,
      remedy: "leave --stream out, or give a .jsonl",
    });
  const { x, condition } = fields as Partial<Record<"x" | "condition", ColumnsField>>;
  const data = await streamJsonLines(path, {
    ...schema,
    ...(x && { columns: x.columns }),
    ...(condition && { conditions: condition.columns as SchemaOptions["conditions"] }),
  });
  const why = isLarge(path) ? `, which holds more than ${LARGE_MEGABYTES} MB` : "";
  return { ...data, notes: [...data.notes, `sequences are read from the file as they are needed${why}`] };
}
