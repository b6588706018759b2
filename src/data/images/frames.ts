/** Moving pictures as data sets: of arrays of clips. */
import { VrnnError } from "../../errors.ts";
import type { NumberArray } from "../arrays/dtype.ts";
import type { SplitName } from "../dataset.ts";
import type { FieldDataset } from "../field-dataset.ts";
import { type FramesField, widthOf } from "../fields.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence } from "../source.ts";
import type { SplitShares } from "../split.ts";
import { planGiven } from "../tables/dealing.ts";

/** Clips of one array. */
export interface ClipArray {
  /** What the clips are called. */
  readonly name: string;
  /** Where they come from, for messages. */
  readonly file: string;
  /** `[T, H, W]`, `[N, T, H, W]` or `[N, T, H, W, C]`. */
  readonly frames: NumberArray;
  /** Of which type these are where 0 and 1 may be black and white among shades: of truths they always are. */
  readonly type?: "float" | "boolean" | undefined;
  /** The split that their place asks for. */
  readonly split?: SplitName | undefined;
}

/** How clips become data. */
export interface FrameOptions {
  /** The shares of training, validation and test; 0.7, 0.15 and 0.15 unless told. */
  readonly split?: SplitShares | undefined;
  /** That of a trained model: nothing is inferred, and what differs from it is refused. */
  readonly field?: FramesField | undefined;
}

/**
 * A data set of clips, of one field, the target `x`: a clip is a sequence, a frame a step. Pixels are black and white where
 * they are 0 and 1 alone, else the 256 shades of a byte; numbers from 0 to 1 are rounded to these.
 *
 * @param source where all of them come from, for messages.
 * @throws VrnnError `data/frames` for arrays of other shapes or numbers, `data/split`, `data/no-training`
 * @example
 * const { fields } = framesDataset([{ name: "clips", file: "clips.npy", frames }], "clips.npy");
 * fields.x; // { kind: "frames", shape: [16, 16], storage: "uint8", range: [0, 1], ... }
 */
export function framesDataset(
  arrays: readonly ClipArray[],
  source: string,
  { split, field: given }: FrameOptions = {},
): FieldDataset & { readonly fields: { readonly x: FramesField } } {
  const shapes = arrays.map(clipShape);
  const shape = given?.shape ?? shapes[0]!.frame;
  for (const [i, { file }] of arrays.entries()) requireShape(shapes[i]!.frame, shape, file);
  const found = arrays.map(shadesOf);
  const most = given?.range[1] ?? (found.every((own) => own === "two") ? 1 : 255);
  const shades = most === 1 ? found : amongShades(arrays, found);
  const field: FramesField = {
    kind: "frames",
    role: "target",
    axis: "T",
    shape,
    storage: "uint8",
    range: [0, most],
  };
  const clips = arrays.flatMap((array, i) =>
    clipsOf(array, shapes[i]!, pixelsOf(array, shades[i]!, most), widthOf(field)),
  );
  const rounded =
    most === 255 && shades.includes("shares")
      ? ["pixels from 0 to 1 are taken as the nearest of 256 shades"]
      : [];
  const told = most === 1 ? "pixels are black and white" : "pixels have 256 shades";
  const data = clipsDataset(clips, field, source, { split, isTrained: given !== undefined });
  return { ...data, notes: [...data.notes, told, ...rounded] };
}

/** A clip in memory: the values of its field `x`, and the split that its place asks for. */
export type Clip = MemorySequence & { readonly split?: SplitName | undefined };

/**
 * Clips as a data set of one field, the target `x`, dealt out to their splits.
 *
 * @throws VrnnError `data/split`, `data/no-training`
 */
export function clipsDataset(
  clips: readonly Clip[],
  field: FramesField,
  source: string,
  { split, isTrained }: Pick<FrameOptions, "split"> & { readonly isTrained: boolean },
): FieldDataset & { readonly fields: { readonly x: FramesField } } {
  const { parts, notes } = planGiven(clips, { split, ...(isTrained && { columns: [] }) }, source);
  return {
    modality: { name: "images" },
    fields: { x: field },
    splits: memorySplits(clips, parts, { x: field }),
    notes,
  };
}

/** How many clips of how many frames an array holds, and of what shape a frame is. */
interface ClipShape {
  readonly clips: number;
  readonly steps: number;
  readonly frame: readonly number[];
}

function clipShape({ frames: { shape }, file }: ClipArray): ClipShape {
  const [clips, steps, ...frame] = shape.length === 3 ? [1, ...shape] : shape;
  const isFilled = shape.every((size) => size > 0);
  if (isFilled && (frame.length === 2 || frame.length === 3))
    return { clips: clips as number, steps: steps as number, frame };
  throw noFrames(`an array of [${shape.join(", ")}] holds no clips`, file);
}

function requireShape(own: readonly number[], shape: readonly number[], file: string): void {
  if (own.join() === shape.join()) return;
  throw noFrames(`its frames are [${own.join(", ")}], not [${shape.join(", ")}]`, file);
}

const noFrames = (what: string, at: string): VrnnError =>
  new VrnnError("data/frames", what, {
    at,
    remedy: "save [T, H, W], [N, T, H, W] or [N, T, H, W, C], all frames of one shape",
  });

/** What the pixels of an array are: 0 and 1 alone, whole numbers of a byte, or shares of the greatest. */
type Shades = "two" | "bytes" | "shares";

/** @throws VrnnError `data/frames` for other numbers */
function shadesOf({ frames: { values }, file }: ClipArray): Shades {
  let [most, isWhole] = [0, true];
  for (const value of values) {
    if (!(value >= 0 && value <= 255)) throw noPixels(value, file);
    if (value > most) most = value;
    isWhole &&= Number.isInteger(value);
  }
  if (isWhole) return most <= 1 ? "two" : "bytes";
  if (most <= 1) return "shares";
  throw noPixels(values.find((value) => !Number.isInteger(value)) as number, file);
}

/**
 * The same where pixels have 256 shades: truths are then shares as well, and so are floating numbers that are 0 and 1 alone, unless others
 * of them are bytes.
 */
function amongShades(arrays: readonly ClipArray[], found: readonly Shades[]): Shades[] {
  const areBytes = found.some((own, i) => own === "bytes" && arrays[i]!.type === "float");
  const areShares = { float: !areBytes, boolean: true };
  return found.map((own, i) => {
    const { type } = arrays[i]!;
    return own === "two" && type !== undefined && areShares[type] ? "shares" : own;
  });
}

const noPixels = (value: number, at: string): VrnnError =>
  new VrnnError("data/frames", `${value} is no pixel`, {
    at,
    remedy: "give 0 and 1, whole numbers from 0 to 255, or numbers from 0 to 1",
  });

/** Pixels as bytes up to `most`. @throws VrnnError `data/frames` for shades in black and white */
function pixelsOf({ frames: { values }, file }: ClipArray, shades: Shades, most: number): Uint8Array {
  if (most === 1 && shades !== "two")
    throw new VrnnError("data/frames", "its pixels have shades, and those of the run are black and white", {
      at: file,
      remedy: "give 0 and 1",
    });
  return Uint8Array.from(values, shades === "shares" ? (value) => Math.round(255 * value) : undefined);
}

function clipsOf(
  { name, split }: ClipArray,
  { clips, steps }: ClipShape,
  pixels: Uint8Array,
  width: number,
): Clip[] {
  const size = steps * width;
  return Array.from({ length: clips }, (_, i) => ({
    name: clips === 1 ? name : `${name} ${i + 1}`,
    length: steps,
    values: { x: pixels.subarray(i * size, (i + 1) * size) },
    split,
  }));
}
