/** Clips from files as they are played: a frame at a time, so that a long one needs no more memory than a short one. */
import { VrnnError } from "../errors.ts";
import type { FramesField } from "./fields.ts";
import { type ClipSource, clipSources, isClips } from "./files-clips.ts";
import { isFrames, readFrames } from "./files-frames.ts";
import { installedSharp, readPicture } from "./files-pictures.ts";
import { frameLike, requirePictures } from "./images/frame-like.ts";
import type { LiveFrame } from "./images/live-frames.ts";
import type { PictureSchema } from "./images/preparation.ts";
import { sequencesIn } from "./whole-sequences.ts";

/**
 * The picture of a file as a frame of a field.
 *
 * @throws VrnnError `data/picture`, `data/picture-size`, `data/frames`, and what `readContent` throws
 */
export async function frameAt(path: string, field: FramesField, schema: PictureSchema): Promise<Uint8Array> {
  return frameLike(await readPicture(path, await installedSharp()), field, schema, path);
}

/**
 * Clips one after the other, a frame at a time: a GIF, a video, a folder of these and of pictures, or arrays; of a folder that says
 * splits, those of test. A picture that cannot be read is told, and the next one follows.
 *
 * @throws VrnnError `data/frames` where there is nothing to play, `data/missing-file`, `usage/option`
 * @example
 * for await (const piece of playedClips("walk.mp4", field, { size: "120x80" }))
 *   if (piece.type === "frame") piece.pixels; // Uint8Array(9600)
 */
export function playedClips(
  path: string,
  field: FramesField,
  schema: PictureSchema,
): AsyncIterable<LiveFrame> {
  if (isFrames(path)) return playedArrays(path, field);
  if (!isClips(path))
    throw new VrnnError("data/frames", "there are no frames to play", {
      at: path,
      remedy: "name a folder of PNG or JPEG, a GIF, a video, or an array of clips (.npy)",
    });
  requirePictures(field, path);
  return playedPictures(ofTest(clipSources(path, schema, field)), field, schema);
}

async function* playedArrays(path: string, field: FramesField): AsyncGenerator<LiveFrame> {
  const { splits } = readFrames(path, { split: [0, 0, 1], field });
  for (const { name, length, values } of await sequencesIn(splits.test)) {
    yield { type: "clip", name };
    const pixels = values["x"] as Uint8Array;
    for (let t = 0; t < length; t++)
      yield {
        type: "frame",
        pixels: pixels.subarray((t * pixels.length) / length, ((t + 1) * pixels.length) / length),
      };
  }
}

async function* playedPictures(
  clips: readonly ClipSource[],
  field: FramesField,
  schema: PictureSchema,
): AsyncGenerator<LiveFrame> {
  for (const { name, at, notes, frames, files } of clips) {
    for (const text of notes) yield { type: "note", text };
    yield { type: "clip", name };
    if (files === undefined) yield* filmFrames(frames, at, field, schema);
    else for (const file of files) yield await pictureOrBroken(file, field, schema);
  }
}

/** Those of the test split where any says which it is of; else all. */
const ofTest = (clips: readonly ClipSource[]): readonly ClipSource[] =>
  clips.some(({ split }) => split !== undefined) ? clips.filter(({ split }) => split === "test") : clips;

async function pictureOrBroken(at: string, field: FramesField, schema: PictureSchema): Promise<LiveFrame> {
  try {
    return { type: "frame", pixels: await frameAt(at, field, schema), at };
  } catch (error) {
    return brokenBy(error);
  }
}

/** The frames of a film, then what is wrong with it; where it breaks, it ends. */
async function* filmFrames(
  pictures: ClipSource["frames"],
  at: string,
  field: FramesField,
  schema: PictureSchema,
): AsyncGenerator<LiveFrame> {
  const told: string[] = [];
  try {
    for await (const picture of pictures((complaint) => told.push(complaint)))
      yield { type: "frame", pixels: frameLike(picture, field, schema, at) };
    for (const text of told) yield { type: "note", text };
  } catch (error) {
    yield brokenBy(error);
  }
}

/** @throws what is no fault of a picture */
function brokenBy(error: unknown): LiveFrame {
  if (error instanceof VrnnError && error.code !== "data/ffmpeg") return { type: "broken", error };
  throw error;
}
