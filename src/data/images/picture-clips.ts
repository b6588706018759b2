/** Clips of pictures as a data set. */
import { VrnnError } from "../../errors.ts";
import { counted, listed } from "../../words/figures.ts";
import type { SplitName } from "../dataset.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { FramesField } from "../fields.ts";
import { requirePictures } from "./frame-like.ts";
import { type Clip, clipsDataset, type FrameOptions } from "./frames.ts";
import { inColour, inGrey, type Picture } from "./picture.ts";

/** Pictures one after the other. */
export interface PictureClip {
  readonly name: string;
  /** Where they come from, for messages. */
  readonly at: string;
  readonly pictures: readonly Picture[];
  /** The split that their place asks for. */
  readonly split?: SplitName | undefined;
}

/**
 * A data set of clips, of one field, the target `x`, in 256 shades: of shape `[H, W]` where all pictures are grey, else
 * `[H, W, 3]`. A clip of one picture is left out.
 *
 * @param source where all of them come from, for messages
 * @throws VrnnError `data/frames` for pictures of several sizes, `data/split`, `data/no-training`
 */
export function pictureClipsDataset(
  clips: readonly PictureClip[],
  source: string,
  { split, field: known }: FrameOptions = {},
): FieldDataset & { readonly fields: { readonly x: FramesField } } {
  const moving = clips.filter(({ pictures }) => pictures.length > 1);
  if (moving.length === 0) throw noneMoves(clips, source);
  const field = known ?? fieldOf(moving);
  requirePictures(field, source);
  const sequences = moving.map((clip) => sequenceOf(clip, field.shape));
  const data = clipsDataset(sequences, field, source, { split, isTrained: known !== undefined });
  return { ...data, notes: [...leftOutNotes(clips), ...data.notes, shapeNote(field.shape)] };
}

const noneMoves = ([first]: readonly PictureClip[], source: string): VrnnError =>
  new VrnnError("data/frames", "no clip has more than one frame", {
    at: first?.at ?? source,
    remedy: "put the frames of a clip into one folder, numbered: 001.png, 002.png ...",
  });

/** @throws VrnnError as `pictureClipsDataset` */
function fieldOf(clips: readonly PictureClip[]): FramesField {
  const { width, height } = clips[0]!.pictures[0]!;
  const isGrey = clips.every(({ pictures }) => pictures.every(({ channels }) => channels === 1));
  const shape = isGrey ? [height, width] : [height, width, 3];
  return { kind: "frames", role: "target", axis: "T", shape, storage: "uint8", range: [0, 255] };
}

function sequenceOf({ name, at, pictures, split }: PictureClip, shape: readonly number[]): Clip {
  const [height, width, channels = 1] = shape as [number, number, number?];
  const size = height * width * channels;
  const x = new Uint8Array(pictures.length * size);
  for (const [t, picture] of pictures.entries()) {
    if (picture.width !== width || picture.height !== height)
      throw mixedSizes(picture, shape, `${at}, frame ${t + 1}`);
    x.set((channels === 1 ? inGrey(picture) : inColour(picture)).pixels, t * size);
  }
  return { name, length: pictures.length, values: { x }, split };
}

const mixedSizes = ({ width, height }: Picture, shape: readonly number[], at: string): VrnnError =>
  new VrnnError(
    "data/frames",
    `it is ${width} by ${height} pixels, and others are ${shape[1]} by ${shape[0]}`,
    {
      at,
      remedy: `bring all to one size: --size ${shape[1]}x${shape[0]}, with --crop centre to keep their proportions`,
    },
  );

function leftOutNotes(clips: readonly PictureClip[]): string[] {
  const still = clips.filter(({ pictures }) => pictures.length < 2).map(({ at }) => at);
  if (still.length === 0) return [];
  return [`${counted(still.length, "clip")} of one frame left out: ${listed(still, 4)}`];
}

const shapeNote = ([height, width, channels]: readonly number[]): string =>
  `frames are ${width} by ${height} pixels, ${channels === undefined ? "grey" : "in colours"}`;
