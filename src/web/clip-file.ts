/** A clip from files that a user chose, as a run reads it. */
import { byName } from "../data/by-name.ts";
import type { FramesField } from "../data/fields.ts";
import { endingOf, sequenceName } from "../data/formats.ts";
import { atRate, preparationLike, preparedFrames } from "../data/images/clip-frames.ts";
import { decodePicture } from "../data/images/decode.ts";
import { gifFrames } from "../data/images/gif.ts";
import { MOST_PICTURE_BYTES, type Picture } from "../data/images/picture.ts";
import { pictureClipsDataset } from "../data/images/picture-clips.ts";
import type { PictureSchema, Preparation } from "../data/images/preparation.ts";
import type { MemorySequence } from "../data/source.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import { VrnnError } from "../errors.ts";
import { listed } from "../words/figures.ts";
import { bytesOf } from "./bytes.ts";

/** A clip, and what was noticed while it was read. */
export interface ReadClip {
  /** Its frames are the field `x`, bytes `[T, H, W]` or `[T, H, W, C]`. */
  readonly clip: MemorySequence;
  readonly notes: readonly string[];
}

/** How a run reads frames. */
export interface RunFrames {
  readonly field: FramesField;
  /** With what its own data were read. */
  readonly schema: PictureSchema;
}

/**
 * A GIF, or pictures in the order of the numbers in their names, as `vrnn sample --prefix` and `vrnn score --data` read them. Where the run
 * keeps no size, the largest part in the middle that has the proportions of its frames is brought to their size, and a note says so.
 *
 * @throws VrnnError `data/clip` for files of other kinds, `data/picture`, `data/picture-size`, `data/frames`, `data/crop`
 * @example
 * const { clip } = await clipFromFiles([gif], { field, schema: {} });
 * clip; // { name: "walk", length: 24, values: { x: Uint8Array(230400) } }
 */
export async function clipFromFiles(files: readonly File[], { field, schema }: RunFrames): Promise<ReadClip> {
  const { name, at, pictures } = clipIn(files, schema.fps);
  const preparation = fittingTo(field, preparationLike(schema, field));
  const sizes = new Set<string>();
  const frames = await preparedFrames(noted(pictures, sizes), preparation, at, { bytes: MOST_PICTURE_BYTES });
  const clips = [{ name, at, pictures: frames }];
  const { splits } = pictureClipsDataset(clips, at, { field, split: [0, 0, 1] });
  const [clip] = await sequencesIn(splits.test);
  return { clip: clip as MemorySequence, notes: schema.size === undefined ? fitNotes(field, sizes) : [] };
}

/** What the chosen files are, by their names. @throws VrnnError `data/clip` */
function clipIn(files: readonly File[], fps: number | undefined) {
  const paths = files.map(pathOf).sort(byName);
  const [first] = files;
  if (files.length === 1 && endingOf(first!.name) === ".gif")
    return { name: sequenceName(first!.name), at: first!.name, pictures: gifPictures(first!, fps) };
  const folders = new Set(paths.map(folderOf));
  if (folders.size !== 1 || !paths.every((path) => PICTURES.includes(endingOf(path)))) throw noClip(paths);
  const [name = "clip"] = folders;
  const ordered = files.toSorted((a, b) => byName(pathOf(a), pathOf(b)));
  return { name, at: name, pictures: decoded(ordered) };
}

const PICTURES = [".png", ".jpg", ".jpeg"];

/** Where a file lies in the folder that was chosen; its name where it was chosen by itself. */
const pathOf = ({ webkitRelativePath, name }: File): string => webkitRelativePath || name;

/** What the folder of a file is called, where one was chosen. */
const folderOf = (path: string): string | undefined => path.split("/").at(-2);

/** So many files are named. */
const MOST_NAMED = 3;

const noClip = (paths: readonly string[]): VrnnError =>
  new VrnnError(
    "data/clip",
    `a clip is one GIF, or the pictures of one folder in PNG or JPEG, and not ${listed(paths, MOST_NAMED)}`,
    { remedy: "choose one or the other" },
  );

async function* gifPictures(file: File, fps: number | undefined): AsyncGenerator<Picture> {
  yield* atRate(gifFrames(await bytesOf(file), file.name), fps);
}

async function* decoded(files: readonly File[]): AsyncGenerator<Picture> {
  for (const file of files) yield await decodePicture(await bytesOf(file), file.name);
}

/** Tells the sizes of pictures on their way. */
async function* noted(pictures: AsyncIterable<Picture>, sizes: Set<string>): AsyncGenerator<Picture> {
  for await (const picture of pictures) {
    sizes.add(`${picture.width} by ${picture.height}`);
    yield picture;
  }
}

/** Where nothing says to what size pictures are brought, that of the run's frames. */
function fittingTo({ shape: [height, width] }: FramesField, preparation: Preparation): Preparation {
  const { size, crop = "centre" } = preparation;
  return size === undefined
    ? { ...preparation, crop, size: { width: width!, height: height! } }
    : preparation;
}

function fitNotes({ shape: [height, width] }: FramesField, sizes: ReadonlySet<string>): string[] {
  const own = `${width} by ${height}`;
  const others = [...sizes].filter((size) => size !== own);
  if (others.length === 0) return [];
  return [
    `the clip is ${others.join(", ")} pixels: its middle was brought to ${own}, as the run's frames are`,
  ];
}
