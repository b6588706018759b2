/** Spectrograms with phases, and the sound that they are of. */
import { VrnnError } from "../../errors.ts";
import { RealFft } from "./fft.ts";
import { checkCount } from "./frames.ts";
import { windowOf } from "./windows.ts";

/** How sound becomes a spectrogram: frame t has its middle at sample t · hop, under a periodic Hann window as long as the transform. */
export interface StftOptions {
  /** A power of two. */
  readonly fftSize: number;
  /** At most half the transform, so that each sample is in two frames at least. */
  readonly hop: number;
}

/** A spectrogram of complex numbers. */
export interface Stft {
  /** T. */
  readonly frames: number;
  /** Frequencies: fftSize / 2 + 1. */
  readonly bins: number;
  /** `[T, bins]` */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Computes spectrograms, and sound of spectrograms, with tables made once. */
export interface Transformer {
  readonly bins: number;
  /** @param samples `[N]` @returns of ⌊N / hop⌋ + 1 frames, with silence around the samples */
  forward(samples: ArrayLike<number>): Stft;
  /**
   * The sound whose spectrogram is nearest in the mean square (Griffin and Lim 1984, equation 6): frames are added up under
   * their windows and divided by the sum of the windows' squares.
   *
   * @returns `[length]`
   */
  inverse(stft: Stft, length: number): Float64Array;
}

/**
 * @throws VrnnError `data/fft`, `data/front-end` for sizes that cannot be used
 * @example
 * const { forward, inverse } = stftOf({ fftSize: 512, hop: 128 });
 * inverse(forward(samples), samples.length); // the samples
 */
export function stftOf({ fftSize, hop }: StftOptions): Transformer {
  const fft = new RealFft(fftSize);
  checkHop(hop, fftSize);
  const { bins } = fft;
  const window = windowOf("hann", fftSize);
  const frame = new Float64Array(fftSize);
  const middle = fftSize / 2;
  return {
    bins,
    forward: (samples) => {
      const frames = Math.floor(samples.length / hop) + 1;
      const [re, im] = [new Float64Array(frames * bins), new Float64Array(frames * bins)];
      for (let t = 0; t < frames; t++) {
        const start = t * hop - middle;
        for (let i = 0; i < fftSize; i++) frame[i] = window[i]! * (samples[start + i] ?? 0);
        fft.forward(frame, re.subarray(t * bins, (t + 1) * bins), im.subarray(t * bins, (t + 1) * bins));
      }
      return { frames, bins, re, im };
    },
    inverse: ({ frames, re, im }, length) => {
      const [sum, weight] = [new Float64Array(length), new Float64Array(length)];
      for (let t = 0; t < frames; t++) {
        fft.inverse(re.subarray(t * bins, (t + 1) * bins), im.subarray(t * bins, (t + 1) * bins), frame);
        const start = t * hop - middle;
        const [from, to] = [Math.max(0, -start), Math.min(fftSize, length - start)];
        for (let i = from; i < to; i++) {
          sum[start + i]! += window[i]! * frame[i]!;
          weight[start + i]! += window[i]! ** 2;
        }
      }
      for (let n = 0; n < length; n++) sum[n]! /= Math.max(weight[n]!, 1e-8);
      return sum;
    },
  };
}

function checkHop(hop: number, fftSize: number): void {
  checkCount(hop, "a hop in samples");
  if (hop <= fftSize / 2) return;
  throw new VrnnError(
    "data/front-end",
    `a hop of ${hop} leaves samples out that frames of ${fftSize} do not cover`,
    {
      remedy: `give at most ${fftSize / 2}`,
    },
  );
}

/** The magnitude of each frequency. @returns `[T, bins]` */
export const magnitudesOf = ({ re, im }: Stft): Float64Array =>
  re.map((value, i) => Math.sqrt(value * value + im[i]! * im[i]!));
