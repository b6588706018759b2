/** A picture from a file, made as those of a field are. */
import type { FramesField } from "./fields.ts";
import { installedSharp, readPicture } from "./files-pictures.ts";
import { preparedLike } from "./images/frame-like.ts";
import type { PictureSchema } from "./images/preparation.ts";
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
  field: FramesField,
  schema: PictureSchema,
): Promise<Uint8Array> {
  const [height = 1, width = 1] = field.shape;
  const picture = await readPicture(path, await installedSharp());
  return resampled(preparedLike(picture, field, schema, path), { width, height }).pixels;
}
