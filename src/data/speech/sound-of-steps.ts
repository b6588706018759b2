/** From the steps of a model back to sound. */

import { VrnnError } from "../../errors.ts";
import { type Frames, framesOf } from "../audio/frames.ts";
import type { Sound } from "../audio/sound.ts";
import { joined } from "../audio/stages.ts";
import { soundOfBands, type VocoderOptions } from "../audio/vocoder.ts";
import { earsOf, PCM_SCALE } from "./ears.ts";
import type { Hearing } from "./hearing.ts";

/**
 * The sound of frames as they were heard: of mel bands by Griffin and Lim's search for phases, of samples themselves.
 *
 * @throws VrnnError `data/vocoder` for what no sound can be made of, such as cepstra
 * @example
 * encodeWav(soundOf(hearing, frames)); // the bytes of a WAV file
 */
export function soundOf(hearing: Hearing, frames: Frames, options?: VocoderOptions): Sound {
  const ears = earsOf(hearing);
  const { rate, spectral } = ears ?? {};
  if (rate === undefined)
    throw new VrnnError("data/vocoder", "no sound can be made of features that were computed elsewhere", {
      remedy: "train on recordings: vrnn train <folder> --model voice",
    });
  const samples =
    spectral === undefined
      ? frames.values.map((level) => Math.max(-1, level / PCM_SCALE))
      : soundOfBands(frames, spectral, options);
  return { rate, channels: [samples] };
}

/** Some frames after others. */
export const framesAfter = (before: Frames, after: Frames): Frames =>
  framesOf(joined(before.values, after.values), after.width);
