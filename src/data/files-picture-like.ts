/** A picture from a file, made as those of a field are. */
import type { FramesField } from "./fields.ts";
import { installedSharp, readPicture } from "./files-pictures.ts";
import { type PictureSchema, preparationOf, prepared } from "./images/preparation.ts";
import { resampled } from "./images/resample.ts";

/**
 * The pixels of a picture as a field has them, `[H, W, C]`: cut as the data of the run were, then of the field's size and colours.
 *
 * @param field of pictures of bytes @param schema by what the data of the run were read
 * @throws VrnnError `data/picture`, `data/picture-size`, `data/crop`, and what `readContent` throws
 * @example
 * await pictureLike("harbor.jpg", field, { size: "64x64" }); // Uint8Array(12288)
 */
export async function pictureLike(
  path: string,
  { shape: [height = 1, width = 1, channels = 1] }: FramesField,
  { crop, size }: PictureSchema,
): Promise<Uint8Array> {
  const picture = await readPicture(path, await installedSharp());
  const colours = channels === 1 ? "grey" : "colour"; // before the size, as data are read
  const like = prepared(picture, preparationOf({ crop, size, colours }), path);
  return resampled(like, { width, height }).pixels;
}
