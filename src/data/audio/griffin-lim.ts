/** Sound of spectrograms that have lost their phases. */
import { VrnnError } from "../../errors.ts";
import { Random } from "../../random/generator.ts";
import { magnitudesOf, type Stft, type StftOptions, stftOf, type Transformer } from "./stft.ts";

/** How long is searched, and how boldly. */
export interface GriffinLimOptions extends StftOptions {
  /** 60 unless told. */
  readonly iterations?: number;
  /** How far each step goes beyond where it would end, from 0 (Griffin and Lim's own) to below 1; 0.99 unless told. */
  readonly momentum?: number;
  /** Of the phases at the beginning; 0 unless told. */
  readonly seed?: number;
  /** Samples; (T - 1) · hop unless told. */
  readonly length?: number;
}

/**
 * Finds sound whose spectrogram has given magnitudes: c_n = P(t_{n-1}), t_n = c_n + α (c_n - c_{n-1}), where P makes of a
 * spectrogram that of the nearest sound under the given magnitudes, starting from random phases.
 *
 * @param magnitudes `[T, fftSize / 2 + 1]`, 0 or more, of frames under a periodic Hann window (`stftOf`)
 * @returns `[length]`, where full scale is 1 as in the spectrogram
 * @throws VrnnError `data/spectrogram` for magnitudes that are no rows, negative or not finite
 * @example
 * const { magnitudes } = spectrogram;
 * griffinLim(magnitudes, { fftSize: 512, hop: 128, iterations: 60 });
 * @see Perraudin, Balazs and Søndergaard, A fast Griffin-Lim algorithm, WASPAA 2013, algorithm 2
 */
export function griffinLim(
  magnitudes: Float64Array | Float32Array,
  { iterations = 60, momentum = 0.99, seed = 0, length, ...shape }: GriffinLimOptions,
): Float32Array {
  const transformer = stftOf(shape);
  const { bins } = transformer;
  checkMagnitudes(magnitudes, bins);
  if (!(momentum >= 0 && momentum < 1))
    throw refused(`a momentum of ${momentum} cannot be used`, "give a number from 0 to below 1");
  const frames = magnitudes.length / bins;
  const least = (frames - 1) * shape.hop;
  const samples = Math.min(Math.max(length ?? least, least), least + shape.hop - 1);
  if (samples <= 0) return new Float32Array(length ?? 0);
  let guess = withPhases(magnitudes, randomPhases(magnitudes.length, seed), { frames, bins });
  let before: Stft | undefined;
  for (let n = 0; n < iterations; n++) {
    const now = transformer.forward(transformer.inverse(guess, samples));
    guess = withPhases(magnitudes, before === undefined ? now : beyond(now, before, momentum), now);
    before = now;
  }
  return ofLength(transformer.inverse(guess, samples), length ?? samples);
}

/** How far a sound's spectrogram is from what it should be: ‖S - |STFT(x)|‖ / ‖S‖, 0 when it is that. */
export function spectralConvergence(
  magnitudes: Float64Array | Float32Array,
  samples: ArrayLike<number>,
  { forward }: Transformer,
): number {
  const actual = magnitudesOf(forward(samples));
  let [error, energy] = [0, 0];
  for (let i = 0; i < magnitudes.length; i++) {
    error += (magnitudes[i]! - (actual[i] ?? 0)) ** 2;
    energy += magnitudes[i]! ** 2;
  }
  return energy === 0 ? Math.sqrt(error) : Math.sqrt(error / energy);
}

type Complex = Pick<Stft, "re" | "im">;

/** Goes further in the direction from one spectrogram to the next. */
const beyond = (now: Complex, before: Complex, momentum: number): Complex => ({
  re: now.re.map((value, i) => value + momentum * (value - before.re[i]!)),
  im: now.im.map((value, i) => value + momentum * (value - before.im[i]!)),
});

function randomPhases(count: number, seed: number): Complex {
  const random = Random.stream(seed, "phase");
  const angles = Float64Array.from({ length: count }, () => 2 * Math.PI * random.uniform());
  return { re: angles.map(Math.cos), im: angles.map(Math.sin) };
}

/** Given magnitudes with the phases of others; where these are 0, the phase is 0. */
function withPhases(
  magnitudes: Float64Array | Float32Array,
  { re, im }: Complex,
  { frames, bins }: Pick<Stft, "frames" | "bins">,
): Stft {
  const [outRe, outIm] = [new Float64Array(magnitudes.length), new Float64Array(magnitudes.length)];
  for (let i = 0; i < magnitudes.length; i++) {
    const size = Math.sqrt(re[i]! * re[i]! + im[i]! * im[i]!);
    outRe[i] = size === 0 ? magnitudes[i]! : (magnitudes[i]! * re[i]!) / size;
    outIm[i] = size === 0 ? 0 : (magnitudes[i]! * im[i]!) / size;
  }
  return { frames, bins, re: outRe, im: outIm };
}

/** Cut, or with silence behind. */
function ofLength(samples: Float64Array, length: number): Float32Array {
  const out = new Float32Array(length);
  out.set(samples.subarray(0, length));
  return out;
}

function checkMagnitudes(magnitudes: Float64Array | Float32Array, bins: number): void {
  if (magnitudes.length % bins !== 0)
    throw refused(
      `${magnitudes.length} magnitudes are no rows of ${bins}`,
      "give the transform that they are of",
    );
  const odd = magnitudes.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (odd < 0) return;
  const place = `frame ${Math.floor(odd / bins) + 1}, frequency ${odd % bins}`;
  throw refused(`${place} has a magnitude of ${magnitudes[odd]}`, "give finite numbers, 0 or more");
}

const refused = (what: string, remedy: string): VrnnError =>
  new VrnnError("data/spectrogram", what, { remedy });
