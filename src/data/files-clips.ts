/** Clips from files: folders of frames, animated GIFs, videos. */
import { basename, dirname, join, relative, sep } from "node:path";
import { groupBy } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import { counted, listed } from "../words/figures.ts";
import type { SplitName } from "./dataset.ts";
import type { FieldDataset } from "./field-dataset.ts";
import type { FramesField } from "./fields.ts";
import { isData, pathsIn } from "./files.ts";
import { readContent, STDIN, statusOf } from "./files-bytes.ts";
import { isPattern } from "./files-patterns.ts";
import { installedSharp, isPictureName, readPicture } from "./files-pictures.ts";
import { videoFrames } from "./files-video.ts";
import { endingOf, sequenceName } from "./formats.ts";
import { atRate, preparationLike, preparedFrames } from "./images/clip-frames.ts";
import { GIFS, VIDEOS } from "./images/film-names.ts";
import type { FrameOptions } from "./images/frames.ts";
import { gifFrames } from "./images/gif.ts";
import { MOST_PICTURE_BYTES, type Picture } from "./images/picture.ts";
import { type PictureClip, pictureClipsDataset } from "./images/picture-clips.ts";
import type { PictureSchema } from "./images/preparation.ts";
import { splitOfName } from "./split-names.ts";

const isFilmName = (path: string): boolean => [...GIFS, ...VIDEOS].includes(endingOf(path));

/** Where the frames of a clip come from. */
export interface ClipSource {
  readonly name: string;
  readonly at: string;
  readonly split?: SplitName | undefined;
  /** @param tell is told what is wrong with what can be read on */
  readonly frames: (tell: (complaint: string) => void) => AsyncIterable<Picture>;
  /** Where each frame is a file: their paths. */
  readonly files?: readonly string[];
  readonly notes: readonly string[];
}

/** Whether data are clips of pictures: a GIF, a video, or a folder in which pictures or such stand, and no other data. */
export function isClips(path: string): boolean {
  if (path === STDIN || isPattern(path)) return false;
  if (!statusOf(path).isDirectory()) return isFilmName(path);
  const paths = pathsIn(path);
  return paths.some((file) => isPictureName(file) || isFilmName(file)) && !paths.some(isData);
}

/**
 * Clips: a GIF, a video, or a folder of these and of pictures. The pictures of one folder are one clip, in the order of their
 * numbers; folders called after splits hold those of a split.
 *
 * @throws VrnnError `data/picture` with the path of what is broken, `data/picture-size`, `data/frames`, `data/ffmpeg`, `usage/option`
 * @example
 * (await readClips("clips", { size: "60x40", colours: "grey" })).fields.x; // { kind: "frames", shape: [40, 60], ... }
 */
export async function readClips(
  path: string,
  schema: PictureSchema,
  options: FrameOptions = {},
): Promise<FieldDataset> {
  const preparation = preparationLike(schema, options.field);
  const sources = clipSources(path, schema, options.field);
  const clips: PictureClip[] = [];
  const room = { bytes: MOST_PICTURE_BYTES };
  const told: string[] = [];
  for (const { frames, files: _, ...source } of sources) {
    const pictures = frames((complaint) => told.push(complaint));
    clips.push({ ...source, pictures: await preparedFrames(pictures, preparation, source.at, room) });
  }
  const data = pictureClipsDataset(clips, path, options);
  const notes = [...rateNotes(sources, schema), ...sources.flatMap((source) => source.notes), ...told];
  return { ...data, notes: [...notes, ...data.notes] };
}

/**
 * The clips of data, before anything of them is read.
 *
 * @param field what a trained model sees, by whose options data are read that they may have no effect on
 * @throws VrnnError `usage/option` for a rate of pictures in folders alone, where nothing is trained yet
 */
export function clipSources(
  path: string,
  schema: PictureSchema,
  field: FramesField | undefined,
): ClipSource[] {
  const { colours } = preparationLike(schema, field);
  const sources = sourcesAt(path, { ...schema, colours });
  const isStill = sources.every(({ files }) => files !== undefined);
  if (isStill && field === undefined && schema.fps !== undefined) throw noRate(path);
  return sources;
}

/** Says of which clips a rate that was told is not. */
function rateNotes(sources: readonly ClipSource[], { fps }: PictureSchema): string[] {
  const still = sources.flatMap(({ files, at }) => (files === undefined ? [] : [at]));
  if (fps === undefined || still.length === 0) return [];
  return [
    `--fps has no effect on ${counted(still.length, "clip")} of pictures in folders, which do not tell how fast they follow: ${listed(still, MOST_NAMED)}`,
  ];
}

/** Files of a folder as clips of it, or a film. */
function sourcesAt(path: string, schema: PictureSchema): ClipSource[] {
  if (!statusOf(path).isDirectory()) return [filmAt(path, sequenceName(path), undefined, schema)];
  const paths = pathsIn(path);
  const films = paths.filter(isFilmName).map((file) => {
    const { name, split } = placeOf(path, file);
    return filmAt(file, join(dirname(name), sequenceName(name)), split, schema);
  });
  const folders = groupBy(paths.filter(isPictureName), (file) => dirname(file));
  const still = [...folders].map(([folder, files]) => folderClip(path, folder, files));
  return [...still, ...films];
}

const noRate = (at: string): VrnnError =>
  new VrnnError(
    "usage/option",
    "option '--fps' has no effect: pictures in folders do not tell how fast they follow",
    {
      at,
      remedy: "leave it out",
    },
  );

/** What a clip of a folder is called, and its split: that of the folder below which it lies. */
function placeOf(root: string, place: string): Pick<ClipSource, "name" | "split"> {
  const parts = relative(root, place).split(sep);
  const split =
    parts.length > 1 || statusOf(place).isDirectory()
      ? splitOfName(parts[0]!)
      : splitOfName(sequenceName(parts[0]!));
  const name = parts.length > 1 && split !== undefined ? parts.slice(1) : parts;
  return { name: name.join("/") || basename(root), split };
}

/** A GIF or a video. */
function filmAt(
  at: string,
  name: string,
  split: SplitName | undefined,
  { fps, colours }: PictureSchema,
): ClipSource {
  const frames = GIFS.includes(endingOf(at))
    ? () => atRate(gifFrames(readContent(at), at), fps)
    : (tell: (complaint: string) => void) => videoFrames(at, { fps, colours }, tell);
  return { name, at, split, frames, notes: [] };
}

/** The pictures of a folder. */
function folderClip(root: string, folder: string, files: readonly string[]): ClipSource {
  return {
    ...placeOf(root, folder),
    at: folder,
    frames: () => picturesAt(files),
    files,
    notes: missingNotes(folder, files),
  };
}

async function* picturesAt(paths: readonly string[]): AsyncGenerator<Picture> {
  const sharp = await installedSharp();
  for (const path of paths) yield await readPicture(path, sharp);
}

/** The last number of a name; NaN where there is none. */
const numberOf = (name: string): number => Number(name.match(/\d+/g)?.at(-1) ?? Number.NaN);
/** So many clips, and numbers that are missing, are named. */
const MOST_NAMED = 3;

/** Says which numbers are missing between the frames of a folder, by their least distance. */
function missingNotes(folder: string, files: readonly string[]): string[] {
  const numbers = files.map((file) => numberOf(sequenceName(file)));
  const distances = numbers.slice(1).map((number, i) => number - numbers[i]!);
  if (distances.some((distance) => !(distance > 0))) return [];
  const step = distances.reduce((least, distance) => Math.min(least, distance), Number.POSITIVE_INFINITY);
  const missing = distances.flatMap((distance, i) =>
    Array.from(
      { length: Math.min(Math.ceil(distance / step), 1000) - 1 },
      (_, k) => numbers[i]! + (k + 1) * step,
    ),
  );
  if (missing.length === 0) return [];
  return [
    `${folder}: ${counted(missing.length, "frame number")} missing (${listed(missing.map(String), MOST_NAMED)}); what stands around a gap follows directly`,
  ];
}
