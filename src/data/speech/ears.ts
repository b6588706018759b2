/** From sound to frames: what of it is heard, by name. */
import { VrnnError } from "../../errors.ts";
import { type Frames, framesOf } from "../audio/frames.ts";
import { type FrontEndOptions, frontEnd } from "../audio/front-end.ts";
import type { FeatureName } from "./feature-names.ts";
import type { Hearing } from "./hearing.ts";

/** What makes frames of recordings. */
export interface Hears {
  /** Samples a second that it hears. */
  readonly rate: number;
  readonly frameRate: number;
  /** How frames are computed; absent where they are the samples themselves, or an encoder tells them. */
  readonly spectral?: FrontEndOptions | undefined;
  /** @param samples `[N]` of one channel, from -1 to 1, at its rate @param at the recording, for messages */
  frames(samples: Float32Array, at: string): Frames | Promise<Frames>;
}

/** What makes frames of sound at once. */
export interface Ears extends Hears {
  frames(samples: Float32Array): Frames;
}

/** Sound is learned from at no higher rate: what speech tells lies below. */
const MOST_RATE = 16_000;
/** Samples of a frame of samples (Chung et al. 2015, section 4). */
const SAMPLES = 200;
/** What a sample of 16 bits is counted in. */
export const PCM_SCALE = 2 ** 15;

/** How features are computed of sound of some rate; undefined where frames are its samples. */
const spectralOf: Readonly<Record<FeatureName, (rate: number) => FrontEndOptions | undefined>> = {
  cepstra: (rate) => ({ rate, cepstra: 13 }),
  mel: (rate) => ({
    rate,
    // 32 ms, as a power of two: the window of a spectrogram that is turned back is as long as its transform.
    windowSamples: 2 ** Math.round(Math.log2(0.032 * rate)),
    hopSamples: Math.round(rate / 100),
    ...{ edges: "centre", window: "hann", preEmphasis: 0, removeOffset: false },
    ...{ bands: 40, lowHz: 50, scale: "slaney" },
  }),
  samples: () => undefined,
  pcm: () => undefined,
  encoded: () => {
    throw new VrnnError("data/encoder", "there is no encoder that hears the speech", {
      remedy: "name its file: --features encoder.onnx",
    });
  },
};

/**
 * What hears features of recordings of some rate, or of half of it and less where that is above 16 kHz.
 *
 * @throws VrnnError `data/encoder` for what an encoder tells
 * @example
 * earsFor("mel", 8000).frames(samples); // { width: 40, length: 44, values }: of 3440 samples, every 10 ms
 */
export function earsFor(features: FeatureName, rate: number): Ears {
  const own = Math.min(MOST_RATE, rate);
  const spectral = spectralOf[features](own);
  return spectral === undefined ? bySamples(own, SAMPLES) : bySpectra(spectral);
}

/** What heard the speech that a model was trained on; undefined where that came as frames, or an encoder told them. */
export function earsOf({ spectral, features, width, frameRate }: Hearing): Ears | undefined {
  if (spectral !== undefined) return bySpectra(spectral);
  return isOfSamples(features) ? bySamples(Math.round(width * frameRate), width) : undefined;
}

/** Whether frames are the samples themselves. */
export const isOfSamples = (features: FeatureName): boolean => features === "samples" || features === "pcm";

function bySpectra(spectral: FrontEndOptions): Ears {
  const { frameRate, features } = frontEnd(spectral);
  return { rate: spectral.rate, frameRate, spectral, frames: features };
}

/** Frames of whole numbers of 16 bits; samples behind the last whole frame are left out. */
const bySamples = (rate: number, width: number): Ears => ({
  rate,
  frameRate: rate / width,
  frames: (samples) => {
    const length = width * Math.floor(samples.length / width);
    const levels = samples.subarray(0, length).map((sample) => Math.round(PCM_SCALE * sample));
    return framesOf(
      levels.map((level) => Math.min(level, PCM_SCALE - 1)),
      width,
    );
  },
});
