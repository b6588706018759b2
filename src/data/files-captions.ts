/** Captioned pictures from a folder: pictures, and a list of what people say of them. */
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { groupBy } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import { usageError } from "../options.ts";
import { counted, listed } from "../words/figures.ts";
import {
  type CaptionFields,
  captionDataset,
  type EncodedPictures,
  type PictureWithCaptions,
  pictureField,
} from "./captions/caption-dataset.ts";
import { type CaptionedPicture, parseCaptionJson, parseCaptionTable } from "./captions/caption-lists.ts";
import { captionWords } from "./captions/caption-words.ts";
import { isEncoder } from "./encoder-path.ts";
import type { FieldDataset, KnownData } from "./field-dataset.ts";
import type { FramesField } from "./fields.ts";
import { pathsIn } from "./files.ts";
import { readText, STDIN, statusOf } from "./files-bytes.ts";
import { isPattern } from "./files-patterns.ts";
import type { EncoderSchema, PictureEncoder } from "./files-picture-encoder.ts";
import { installedSharp, isPictureName, readPicture } from "./files-pictures.ts";
import { knownEncoder } from "./images/encoder-knowledge.ts";
import { MOST_PICTURE_BYTES } from "./images/picture.ts";
import { type PictureSchema, preparationOf, prepared, preparedBytes } from "./images/preparation.ts";
import type { SplitShares } from "./split.ts";

/** How captioned pictures are read. */
export interface CaptionSchema extends EncoderSchema {
  readonly split?: SplitShares | undefined;
}

/** How lists of captions are read, by their names. */
const LISTS = { "captions.json": parseCaptionJson, "captions.csv": parseCaptionTable } as const;

/** Those of a folder; the first is read. */
const listsIn = (folder: string) =>
  (Object.keys(LISTS) as (keyof typeof LISTS)[]).filter((name) => existsSync(join(folder, name)));

/** Whether a path is a folder with a list of captions, `captions.json` or `captions.csv`. */
export const isCaptions = (path: string): boolean =>
  path !== STDIN && !isPattern(path) && statusOf(path).isDirectory() && listsIn(path).length > 0;

/** Pictures that are there and captioned, by their paths in the folder, and what was left out. */
interface Listing {
  readonly found: readonly (CaptionedPicture & { readonly file: string })[];
  readonly notes: readonly string[];
}

/** @throws VrnnError `data/captions` */
function listedIn(folder: string): Listing {
  const [list, ...unread] = listsIn(folder) as [keyof typeof LISTS, ...(keyof typeof LISTS)[]];
  const at = join(folder, list);
  const { pictures, notes } = LISTS[list]({ text: readText(at), file: at });
  const files = pathsIn(folder).filter(isPictureName);
  const there = new Set(files.map((file) => relative(folder, file)));
  const byName = groupBy([...there], (file) => basename(file));
  const fileOf = (path: string): string | undefined => {
    if (there.has(path)) return path;
    if (path !== basename(path)) return longestEnd(path, there);
    const [found, ...others] = byName.get(basename(path)) ?? [];
    if (others.length === 0) return found;
    throw new VrnnError("data/captions", `several pictures are called ${basename(path)}`, {
      at,
      remedy: "write the path of each from the folder on",
    });
  };
  const placed = pictures.map((picture) => ({ ...picture, file: fileOf(picture.path) }));
  const found = placed.flatMap((each) =>
    each.file === undefined || each.captions.length === 0 ? [] : [{ ...each, file: each.file }],
  );
  const captioned = new Set(found.map(({ file }) => file));
  if (captioned.size < found.length)
    throw new VrnnError("data/captions", "a picture is listed twice", {
      at,
      remedy: "put its captions together",
    });
  const lost = placed.flatMap(({ file, path }) => (file === undefined ? [path] : []));
  const silent = [...there].filter((file) => !captioned.has(file));
  return {
    found,
    notes: [
      ...unread.map((other) => `captions are those of ${list}; ${other} beside it is not read`),
      ...notes,
      ...leftOut(lost, "without a picture", "caption entry", "caption entries"),
      ...leftOut(silent, "without a caption", "picture", "pictures"),
    ],
  };
}

/** The file that most of a path leads to from its end: its folders may be written from farther up. */
const longestEnd = (path: string, files: Iterable<string>): string | undefined =>
  [...files].filter((file) => path.endsWith(`/${file}`)).sort((a, b) => b.length - a.length)[0];

const leftOut = (names: readonly string[], why: string, one: string, more: string): string[] =>
  names.length === 0 ? [] : [`${counted(names.length, one, more)} ${why} left out: ${listed(names, 3)}`];

/**
 * Captioned pictures of a folder as a data set. The list is `captions.json` or `captions.csv`; it names pictures by their paths in the
 * folder, or by their names where these are unlike.
 *
 * @param known what a trained model is of
 * @throws VrnnError `data/captions`, `data/picture`, `data/picture-size`, `data/too-large`, `usage/option`
 * @example
 * Object.keys((await readCaptions("ucm", { size: "64x64" })).fields); // ["picture", "x", "class"]
 */
export async function readCaptions(
  path: string,
  schema: CaptionSchema,
  known?: KnownData,
): Promise<FieldDataset> {
  const fields = known?.fields as (CaptionFields & KnownData["fields"]) | undefined;
  const encoder = await encoderOf(schema, known);
  try {
    const { pictures, notes } = await picturesIn(path, encoder?.schemaOf(schema) ?? schema);
    const told = encoder && (await encodedBy(encoder, pictures, path, fields));
    const data = captionDataset(pictures, path, {
      ...{ split: schema.split, known: fields, encoded: told?.encoded },
    });
    return { ...data, notes: [...notes, ...data.notes, ...(told?.notes ?? [])] };
  } finally {
    await encoder?.dispose();
  }
}

/** The pictures of a folder with their captions. */
async function picturesIn(path: string, schema: PictureSchema) {
  const preparation = preparationOf(schema);
  const { found, notes } = listedIn(path);
  const sharp = await installedSharp();
  const pictures: PictureWithCaptions[] = [];
  for (const { file, captions, level, split } of found) {
    const at = join(path, file);
    const whole = await readPicture(at, sharp);
    requireRoom(preparedBytes(whole, preparation) * found.length, at);
    const picture = prepared(whole, preparation, at);
    pictures.push({ name: file, picture, captions, level, split });
  }
  return { pictures, notes };
}

/** With what pictures are read again by their encoder, from any folder: at its place, of the size and colours that it asked for. */
export function encodedAgain(features: string | undefined, { fields }: FieldDataset): Partial<EncoderSchema> {
  const { picture } = fields;
  if (features === undefined || picture?.kind !== "frames") return {};
  const [height, width, channels] = picture.shape;
  return {
    features: resolve(features),
    size: `${width}x${height}`,
    colours: channels === 1 ? "grey" : "colour",
  };
}

/** @throws VrnnError `usage/option` for what is said of an encoder where there is none, and as `PictureEncoder.open` */
async function encoderOf(
  { features, pixels }: CaptionSchema,
  known: KnownData | undefined,
): Promise<PictureEncoder | undefined> {
  if (features === undefined && pixels !== undefined)
    throw usageError(
      "option '--pixels' has no effect: no encoder is given pictures",
      "name one with --features encoder.onnx, or leave it out",
    );
  if (features === undefined) return undefined;
  if (!isEncoder(features))
    throw usageError(
      `option '--features ${features}' is about speech`,
      "name an encoder of pictures, --features encoder.onnx, or leave it out",
    );
  const { PictureEncoder: Encoder } = await import("./files-picture-encoder.ts");
  return Encoder.open(features, pixels, known && knownEncoder(known.modality));
}

/** What an encoder tells of all pictures, a part after the other. */
async function encodedBy(
  encoder: PictureEncoder,
  pictures: readonly PictureWithCaptions[],
  path: string,
  known: CaptionFields | undefined,
): Promise<{ readonly encoded: EncodedPictures; readonly notes: readonly string[] }> {
  const { shape } = pictureField(pictures, path, known?.picture);
  const all = pictures.map(({ picture }) => picture.pixels);
  const told = await encoder.encode(all, shape as [number, number, number]);
  const field: FramesField = {
    ...({ kind: "frames", role: "source", axis: "none", storage: "float32", range: [0, 1] } as const),
    shape: [told.places, told.size],
  };
  return {
    encoded: { field, values: told.values, knowledge: encoder.knowledgeOf(told) },
    notes: encoder.notesOf(told),
  };
}

/** @param bytes what all pictures take together, as they are all of one size @throws VrnnError `data/too-large` */
function requireRoom(bytes: number, at: string): void {
  if (bytes <= MOST_PICTURE_BYTES) return;
  throw new VrnnError("data/too-large", `all pictures take more than ${MOST_PICTURE_BYTES / 2 ** 30} GB`, {
    at,
    remedy: "make them smaller with --size or --colours grey",
  });
}

/**
 * What people say of the pictures of a folder word for word, by the names that their sequences have: in lower case, without
 * punctuation, no word unknown. Metrics compare with these.
 *
 * @throws VrnnError `data/captions`
 * @example
 * captionsIn("ucm").get("images128/0005.jpg"); // [["there", "is", "a", "piece", "of", "farmland"], ...]
 */
export const captionsIn = (path: string): Map<string, string[][]> =>
  new Map(listedIn(path).found.map(({ file, captions }) => [file, captions.map(captionWords)]));
