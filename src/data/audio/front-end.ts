/** From samples to features: one definition of the chain, for whole recordings and for sound that goes on. */
import { VrnnError } from "../../errors.ts";
import { deltas } from "./deltas.ts";
import { fftSizeFor, isFftSize } from "./fft.ts";
import { checkCount, type Dither, type Frames, framesOf } from "./frames.ts";
import type { MelScaleName } from "./mel.ts";
import { USUAL_LIFTER } from "./mfcc.ts";
import { normalised, type RunningMeanOptions } from "./running-mean.ts";
import { checkRate } from "./sound.ts";
import { type SpectralOptions, spectralRows } from "./spectral-rows.ts";
import { stacked } from "./stacking.ts";
import { chained, joined, type MakeStage } from "./stages.ts";
import { WINDOW_NAMES, type WindowName } from "./windows.ts";

/** What is done to samples, in this order. All is plain data, as a run's configuration keeps it. */
export interface FrontEndOptions {
  /** Samples a second. */
  readonly rate: number;
  /** Noise under the samples; none unless told. */
  readonly dither?: Dither;
  /** A frame's length; 25 ms unless told. In samples it wins over milliseconds, as does the hop. */
  readonly windowMs?: number;
  readonly windowSamples?: number;
  /** From a frame to the next; 10 ms unless told. */
  readonly hopMs?: number;
  readonly hopSamples?: number;
  /** Frames within the signal, or with their middles at whole hops; `snip` unless told (`Cutting`). */
  readonly edges?: "snip" | "centre";
  /** Whether each frame loses its mean; true unless told. */
  readonly removeOffset?: boolean;
  /** The share of the sample before that is taken away; 0.97 unless told. */
  readonly preEmphasis?: number;
  /** `hamming` unless told. */
  readonly window?: WindowName;
  /** A power of two; the least that holds a frame unless told. */
  readonly fftSize?: number;
  /** What is summed over a band; `power` unless told. */
  readonly spectrum?: "power" | "magnitude";
  /** 40 unless told. */
  readonly bands?: number;
  /** 20 and rate / 2 unless told. */
  readonly lowHz?: number;
  readonly highHz?: number;
  readonly scale?: MelScaleName;
  /** What a band is raised to before its natural logarithm is taken; 1e-10 unless told. */
  readonly floor?: number;
  /** How many cepstra; logarithms of bands unless told. */
  readonly cepstra?: number;
  /** 22 unless told, 0 for none. */
  readonly lifter?: number;
  /** Whether the logarithm of the frame's energy, before pre-emphasis, takes the place of cepstrum 0 or stands before the bands. */
  readonly energy?: boolean;
  /** Takes the running mean away; not done unless told. */
  readonly normalise?: RunningMeanOptions;
  /** 1 for Δ, 2 for ΔΔ too; 0 unless told. */
  readonly deltas?: number;
  readonly deltaWindow?: number;
  /** How many rows are put side by side, and by how many it goes on; 1 unless told. */
  readonly stack?: number;
  readonly stride?: number;
}

/** Features of sound that arrives in pieces. Its memory does not grow. */
export interface FeatureStream {
  /** @returns the rows that can be told by now. @throws VrnnError `data/sound` for NaN or infinite samples, none of which is taken */
  push(samples: Float32Array): Frames;
  /** What is left when no sample will come any more. */
  end(): Frames;
}

/** A chain from samples to features. */
export interface FrontEnd {
  /** Numbers in a row. */
  readonly width: number;
  /** Rows a second. */
  readonly frameRate: number;
  /** By band: the frequency that counts most, in Hz; also where these become cepstra. */
  readonly centresHz: readonly number[];
  /** All rows of a recording: bit for bit what a stream gives of the same samples, however these are cut. */
  features(samples: Float32Array): Frames;
  /** The same of sound that arrives in pieces. */
  stream(): FeatureStream;
}

/**
 * A front end. What is not told is as in HTK and Kaldi, but for the scale: samples are from -1 to 1 here, from -32768 to
 * 32767 there, which adds 2 ln 32768 to the logarithm of each band.
 *
 * @throws VrnnError `data/front-end`, `data/mel`, `data/sound` for options that cannot be used
 * @example
 * const ears = frontEnd({ rate: 16_000, cepstra: 13, deltas: 2, normalise: { memory: 300 } });
 * ears.features(samples); // { width: 39, length: 98, values: Float32Array(3822) } of a second
 */
export function frontEnd(options: FrontEndOptions): FrontEnd {
  const spectral = spectralOptions(options);
  const make = chained(stagesOf(options));
  const stream = (): FeatureStream => {
    const rows = spectralRows(spectral);
    const stage = make(rows.width);
    return {
      push: (samples) => framesOf(stage.push(rows.push(samples)), stage.width),
      end: () => framesOf(joined(stage.push(rows.end()), stage.end()), stage.width),
    };
  };
  const { width, centresHz } = spectralRows(spectral);
  const stage = make(width);
  return {
    width: stage.width,
    centresHz,
    frameRate: options.rate / spectral.cutting.hop / stage.stride,
    features: (samples) => {
      const { push, end } = stream();
      return framesOf(joined(push(samples).values, end().values), stage.width);
    },
    stream,
  };
}

/** What comes after each frame's own features; also for cepstra that were computed elsewhere. */
export const stagesOf = ({
  normalise,
  deltas: order = 0,
  deltaWindow,
  stack = 1,
  stride,
}: Pick<FrontEndOptions, "normalise" | "deltas" | "deltaWindow" | "stack" | "stride">): MakeStage[] => [
  ...(normalise ? [normalised(normalise)] : []),
  ...(order !== 0 ? [deltas({ order, ...(deltaWindow !== undefined && { window: deltaWindow }) })] : []),
  ...(stack !== 1 || (stride ?? 1) !== 1 ? [stacked(stack, stride)] : []),
];

function spectralOptions(options: FrontEndOptions): SpectralOptions {
  const { rate, windowMs = 25, hopMs = 10, edges = "snip", dither } = options;
  checkRate(rate);
  const window = options.windowSamples ?? Math.round((windowMs * rate) / 1000);
  const hop = options.hopSamples ?? Math.round((hopMs * rate) / 1000);
  checkCount(window, "a window in samples");
  checkCount(hop, "a hop in samples");
  const fftSize = options.fftSize ?? fftSizeFor(window);
  if (!isFftSize(fftSize) || fftSize < window)
    throw refused(
      `a transform of ${fftSize} samples does not fit frames of ${window}`,
      `give ${fftSizeFor(window)}`,
    );
  const { bands = 40, cepstra, lifter = USUAL_LIFTER, floor = 1e-10, preEmphasis = 0.97 } = options;
  checkCount(bands, "a number of bands", 4096);
  if (cepstra !== undefined) checkCount(cepstra, "a number of cepstra", bands);
  checkRanges({ lifter, floor, preEmphasis, deviation: dither?.deviation ?? 0 });
  const shape = options.window ?? "hamming";
  if (!WINDOW_NAMES.includes(shape))
    throw refused(`there is no window "${shape}"`, `give one of ${WINDOW_NAMES.join(", ")}`);
  const { lowHz = 20, highHz, scale } = options;
  return {
    cutting: { window, hop, edges, dither },
    mel: { rate, fftSize, bands, lowHz, highHz, scale },
    shape,
    removeOffset: options.removeOffset ?? true,
    preEmphasis,
    power: options.spectrum === "magnitude" ? 1 : 2,
    floor,
    cepstra,
    lifter,
    energy: options.energy ?? false,
  };
}

interface Ranges {
  readonly lifter: number;
  readonly floor: number;
  readonly preEmphasis: number;
  readonly deviation: number;
}

function checkRanges({ lifter, floor, preEmphasis, deviation }: Ranges): void {
  if (!(lifter >= 0)) throw refused(`a lifter of ${lifter} cannot be used`, "give 0 or more");
  if (!(floor > 0)) throw refused(`a floor of ${floor} has no logarithm`, "give a number above 0");
  if (!(preEmphasis >= 0 && preEmphasis <= 1))
    throw refused(`a pre-emphasis of ${preEmphasis} cannot be used`, "give a number from 0 to 1");
  if (!(deviation >= 0 && deviation <= 1))
    throw refused(`dither of a deviation of ${deviation} cannot be used`, "give a number from 0 to 1");
}

const refused = (what: string, remedy: string): VrnnError =>
  new VrnnError("data/front-end", what, { remedy });
