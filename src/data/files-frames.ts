/** Moving pictures from files. */
import { VrnnError } from "../errors.ts";
import type { NumberArray } from "./arrays/dtype.ts";
import { parseNpy } from "./arrays/npy.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { holdsOnly, listFolder } from "./files.ts";
import { readContent, STDIN, statusOf } from "./files-bytes.ts";
import { endingOf, type SourceFile, sequenceName } from "./formats.ts";
import { type ClipArray, type FrameOptions, framesDataset } from "./images/frames.ts";

const clips = { knows: (path: string) => endingOf(path) === ".npy", names: ".npy or .npy.gz" };

/** Whether data are moving pictures: a `.npy`, or a folder in which some stand where data are read from, and no other data. */
export const isFrames = (path: string): boolean =>
  path !== STDIN && statusOf(path).isDirectory() ? holdsOnly(path, clips) : clips.knows(path);

/**
 * Clips of a `.npy` of `[N, T, H, W]`, `[N, T, H, W, C]` or `[T, H, W]`, or of a folder of these, which may be called after
 * splits or lie in sub-folders that are.
 *
 * @throws VrnnError `data/npy`, `data/frames`, `data/...`
 * @example
 * readFrames("clips.npy").notes; // ["split: ...", "pixels are black and white"]
 */
export function readFrames(path: string, options: FrameOptions = {}): FieldDataset {
  if (!statusOf(path).isDirectory()) return framesDataset([clipsIn({ path })], path, options);
  const { files, notes } = listFolder(path, clips);
  const data = framesDataset(files.map(clipsIn), path, options);
  return { ...data, notes: [...notes, ...data.notes] };
}

function clipsIn({ path, split }: Pick<SourceFile, "path" | "split">): ClipArray {
  const frames = parseNpy(readContent(path), path);
  if (!isNumbers(frames))
    throw new VrnnError("data/frames", "an array of objects holds no clips", {
      at: path,
      remedy: "save an array of numbers: [N, T, H, W]",
    });
  return { name: sequenceName(path), file: path, frames, split };
}

const isNumbers = (array: ReturnType<typeof parseNpy>): array is NumberArray =>
  typeof array === "object" && array !== null && "values" in array && array.values instanceof Float64Array;
