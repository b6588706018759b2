/** Moving pictures from files. */
import { VrnnError } from "../errors.ts";
import type { Layout, NumberArray } from "./arrays/dtype.ts";
import { npyLayout, parseNpy } from "./arrays/npy.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { holdsOnly, listFolder } from "./files.ts";
import { readContent, STDIN, statusOf } from "./files-bytes.ts";
import { isPattern } from "./files-patterns.ts";
import { endingOf, type SourceFile, sequenceName } from "./formats.ts";
import { type ClipArray, type FrameOptions, framesDataset } from "./images/frames.ts";

const clips = { knows: (path: string) => endingOf(path) === ".npy", names: ".npy or .npy.gz" };

/**
 * Whether data are moving pictures: a `.npy` of more than three axes, or of three and pixels in bytes; or a folder in which such
 * stand where data are read from, and no other data.
 */
export function isFrames(path: string): boolean {
  if (path === STDIN || isPattern(path)) return false;
  if (!statusOf(path).isDirectory()) return clips.knows(path) && holdsClips(path);
  return holdsOnly(path, clips) && listFolder(path, clips).files.some((file) => holdsClips(file.path));
}

/** Of an array; undefined where there is none, which whoever reads it tells. */
function layoutOf(path: string): Layout | undefined {
  try {
    return npyLayout(readContent(path), path);
  } catch (error) {
    if (error instanceof VrnnError) return undefined;
    throw error;
  }
}

/** Others of three axes are sequences of numbers, and of fewer one sequence. */
function holdsClips(path: string): boolean {
  const layout = layoutOf(path);
  if (layout === undefined) return true;
  const { shape, type } = layout;
  return shape.length > 3 || (shape.length === 3 && /^[|<>=]?[bu]1$/.test(type));
}

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
  const bytes = readContent(path);
  const frames = parseNpy(bytes, path);
  if (!isNumbers(frames))
    throw new VrnnError("data/frames", "an array of objects holds no clips", {
      at: path,
      remedy: "save an array of numbers: [N, T, H, W]",
    });
  return {
    name: sequenceName(path),
    file: path,
    frames,
    type: typeNamed(npyLayout(bytes, path).type),
    split,
  };
}

/** @param name that of NumPy, such as `<f4` */
const typeNamed = (name: string): ClipArray["type"] =>
  /f\d$/.test(name) ? "float" : name.endsWith("b1") ? "boolean" : undefined;

const isNumbers = (array: ReturnType<typeof parseNpy>): array is NumberArray =>
  typeof array === "object" && array !== null && "values" in array && array.values instanceof Float64Array;
