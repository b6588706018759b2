/** The frames of a clip as a run reads them, wherever they come from. */
import { VrnnError } from "../../errors.ts";
import type { FramesField } from "../fields.ts";
import type { TimedPicture } from "./gif.ts";
import { MOST_PICTURE_BYTES, type Picture } from "./picture.ts";
import {
  type PictureSchema,
  type Preparation,
  preparationOf,
  prepared,
  preparedBytes,
} from "./preparation.ts";

/**
 * What is made of pictures: what options say, in the colours that a trained model sees.
 *
 * @param field that of the model, where there is one
 * @throws VrnnError `usage/option`
 */
export const preparationLike = (schema: PictureSchema, field: FramesField | undefined): Preparation => ({
  ...preparationOf(schema),
  colours: schema.colours ?? coloursOf(field),
});

/** What a trained model sees, whatever its pictures are. */
const coloursOf = (field: FramesField | undefined) =>
  field === undefined ? undefined : field.shape.length === 2 ? ("grey" as const) : ("colour" as const);

/**
 * The frames of a clip as they are to be.
 *
 * @param room how many bytes are left for all pictures: what these take is taken off
 * @throws VrnnError `data/too-large`, `data/crop`, and what their decoder throws
 */
export async function preparedFrames(
  pictures: AsyncIterable<Picture>,
  preparation: Preparation,
  at: string,
  room: { bytes: number },
): Promise<Picture[]> {
  const frames: Picture[] = [];
  for await (const picture of pictures) {
    room.bytes -= preparedBytes(picture, preparation);
    if (room.bytes < 0)
      throw new VrnnError("data/too-large", `all frames take more than ${MOST_PICTURE_BYTES / 2 ** 30} GB`, {
        at,
        remedy: "make them smaller with --size or --colours grey, or fewer with --fps",
      });
    frames.push(prepared(picture, preparation, at));
  }
  return frames;
}

/** What is seen at even moments, so many a second; every frame once where no rate is told. */
export async function* atRate(
  frames: AsyncIterable<TimedPicture>,
  fps: number | undefined,
): AsyncGenerator<Picture> {
  let [shown, end] = [0, 0]; // milliseconds, so that they sum exactly
  for await (const { picture, seconds } of frames) {
    end += Math.round(1000 * seconds);
    if (fps === undefined) yield picture;
    for (; fps !== undefined && 1000 * shown < end * fps; shown++) yield picture;
  }
}
