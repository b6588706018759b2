/** Pictures as the frames that a model knows. */
import { VrnnError } from "../../errors.ts";
import type { FramesField } from "../fields.ts";
import type { Picture } from "./picture.ts";
import { type PictureSchema, preparationOf, prepared } from "./preparation.ts";

/**
 * A picture cut and sized as the data of a run were, in the colours of a field.
 *
 * @param schema by what the data of the run were read @param at where the picture comes from, for messages
 * @throws VrnnError `data/crop`
 */
export function preparedLike(
  picture: Picture,
  { shape: [, , channels = 1] }: FramesField,
  { size, crop }: PictureSchema,
  at: string,
): Picture {
  const colours = channels === 1 ? "grey" : "colour"; // before the size, as data are read
  return prepared(picture, preparationOf({ size, crop, colours }), at);
}

/**
 * The pixels of a picture as a field has them, `[H·W·C]`: made of it as the data of the run were.
 *
 * @param schema by what the data of the run were read @param at where the picture comes from, for messages
 * @throws VrnnError `data/frames` where it is then of another size, or the field's frames are no pictures; `data/crop`
 */
export function frameLike(
  picture: Picture,
  field: FramesField,
  schema: PictureSchema,
  at: string,
): Uint8Array {
  requirePictures(field, at);
  const [height, width] = field.shape;
  const frame = preparedLike(picture, field, schema, at);
  if (frame.width === width && frame.height === height) return frame.pixels;
  throw new VrnnError(
    "data/frames",
    `it is ${frame.width} by ${frame.height} pixels, and the frames of the run are ${width} by ${height}`,
    { at, remedy: "give frames of that size" },
  );
}

/** @throws VrnnError `data/frames` where the frames of a field are no pictures: of two shades, or of other than one or three colours */
export function requirePictures({ shape, range }: FramesField, at: string): void {
  if (range[1] !== 255)
    throw new VrnnError("data/frames", "pictures have shades, and those of the run are black and white", {
      at,
      remedy: "give a .npy of 0 and 1",
    });
  const [, , channels = 1] = shape;
  if (channels !== 1 && channels !== 3)
    throw new VrnnError("data/frames", `frames of ${channels} numbers a pixel are no pictures`, {
      at,
      remedy: "give arrays (.npy), as the run was trained on",
    });
}
