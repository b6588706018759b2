/** Sound of logarithms of mel bands. */
import { VrnnError } from "../../errors.ts";
import type { Frames } from "./frames.ts";
import type { FrontEndOptions } from "./front-end.ts";
import { griffinLim } from "./griffin-lim.ts";
import { melFilters } from "./mel.ts";
import { magnitudesOfBands } from "./mel-inverse.ts";

/** How long phases are searched, and where from. */
export interface VocoderOptions {
  /** Of Griffin and Lim's search with momentum; 60 unless told. */
  readonly iterations?: number;
  readonly seed?: number;
}

/**
 * Sound whose mel bands are given: magnitudes by `magnitudesOfBands`, phases by `griffinLim`.
 *
 * @param bands `[T, bands]`: natural logarithms, as `frontEnd(options)` gives them
 * @param options of a front end whose frames are those of a spectrogram: a Hann window as long as a transform, centred, plain
 * @returns `[(T - 1) · hop]`, from -1 to 1: what lies beyond is clipped
 * @throws VrnnError `data/vocoder` for features that no sound can be made of
 * @example
 * const options = { rate: 8000, windowSamples: 256, hopSamples: 80, edges: "centre", window: "hann", preEmphasis: 0, removeOffset: false };
 * soundOfBands(frontEnd(options).features(samples), options); // Float32Array(3440): nearly what was said
 */
export function soundOfBands(
  { values, width }: Frames,
  options: FrontEndOptions,
  { iterations = 60, seed = 0 }: VocoderOptions = {},
): Float32Array {
  const { rate, windowSamples: fftSize, hopSamples: hop, bands = 40, spectrum } = options;
  if (fftSize === undefined || hop === undefined || width !== bands || !isPlain(options)) throw noWayBack();
  const { lowHz = 20, highHz, scale } = options;
  const filters = melFilters({ rate, fftSize, bands, lowHz, highHz, scale });
  const energies = values.map(Math.exp);
  const magnitudes = magnitudesOfBands(energies, filters, spectrum && { spectrum });
  return griffinLim(magnitudes, { fftSize, hop, iterations, seed }).map((sample) =>
    Math.min(1, Math.max(-1, sample)),
  );
}

/** Whether frames are windows of the sound, nothing done to them. */
const isPlain = (options: FrontEndOptions): boolean =>
  options.edges === "centre" &&
  options.window === "hann" &&
  options.preEmphasis === 0 &&
  options.removeOffset === false &&
  options.cepstra === undefined &&
  options.energy !== true &&
  (options.fftSize ?? options.windowSamples) === options.windowSamples;

const noWayBack = (): VrnnError =>
  new VrnnError("data/vocoder", "no sound can be made of these features", {
    remedy: "take bands of centred frames under a Hann window as long as the transform: --features mel",
  });
