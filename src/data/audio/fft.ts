/** The discrete Fourier transform of real signals (Cooley and Tukey 1965), of sizes that are powers of two. */
import { VrnnError } from "../../errors.ts";

/**
 * X[k] = Σ_n x[n] exp(-2πi kn / N) for real x, and back. Real samples are taken in pairs as complex ones, so that a
 * transform of half the size does the work; tables and memory are made once.
 *
 * @example
 * const [re, im] = [new Float64Array(5), new Float64Array(5)];
 * new RealFft(8).forward(Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0), re, im); // re is all 1, im all 0
 */
export class RealFft {
  /** N, the samples of a transform. */
  readonly size: number;
  /** N / 2 + 1, the frequencies from 0 to Nyquist's. */
  readonly bins: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @throws VrnnError `data/fft` unless the size is a power of two from 2 on. */
  constructor(size: number) {
    if (!isFftSize(size))
      throw new VrnnError("data/fft", `a transform of ${size} samples is not computed`, {
        remedy: `give a power of two, as ${fftSizeFor(Math.max(2, size || 2))}`,
      });
    this.size = size;
    this.bins = size / 2 + 1;
    this.#cos = Float64Array.from({ length: size / 2 + 1 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: size / 2 + 1 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    this.#reversed = bitReversal(size / 2);
    this.#re = new Float64Array(size / 2);
    this.#im = new Float64Array(size / 2);
  }

  /**
   * From samples to frequencies.
   *
   * @param samples `[N]`
   * @param re `[N / 2 + 1]`, written
   * @param im `[N / 2 + 1]`, written
   */
  forward(samples: ArrayLike<number>, re: Float64Array, im: Float64Array): void {
    const half = this.size / 2;
    for (let i = 0; i < half; i++) {
      const from = 2 * this.#reversed[i]!;
      this.#re[i] = samples[from]!;
      this.#im[i] = samples[from + 1]!;
    }
    this.#transform(-1);
    for (let k = 0; k <= half; k++) {
      const a = k === half ? 0 : k;
      const b = k === 0 ? 0 : half - k;
      const oddRe = this.#im[a]! + this.#im[b]!;
      const oddIm = this.#re[b]! - this.#re[a]!;
      const c = this.#cos[k]!;
      const s = this.#sin[k]!;
      re[k] = (this.#re[a]! + this.#re[b]! + c * oddRe + s * oddIm) / 2;
      im[k] = (this.#im[a]! - this.#im[b]! + c * oddIm - s * oddRe) / 2;
    }
  }

  /**
   * From frequencies back to samples; `inverse` of `forward` is the signal itself.
   *
   * @param re `[N / 2 + 1]`
   * @param im `[N / 2 + 1]`; those at 0 and Nyquist's frequency count for nothing
   * @param samples `[N]`, written
   */
  inverse(re: Float64Array, im: Float64Array, samples: Float64Array): void {
    const half = this.size / 2;
    for (let i = 0; i < half; i++) {
      const k = this.#reversed[i]!;
      const mirrored = half - k;
      const imK = k === 0 ? 0 : im[k]!;
      const imM = k === 0 ? 0 : im[mirrored]!;
      const oddRe = re[k]! - re[mirrored]!;
      const oddIm = imK + imM;
      const c = this.#cos[k]!;
      const s = this.#sin[k]!;
      this.#re[i] = re[k]! + re[mirrored]! - s * oddRe - c * oddIm;
      this.#im[i] = imK - imM + c * oddRe - s * oddIm;
    }
    this.#transform(1);
    for (let i = 0; i < half; i++) {
      samples[2 * i] = this.#re[i]! / this.size;
      samples[2 * i + 1] = this.#im[i]! / this.size;
    }
  }

  /** The complex transform of N / 2 numbers in bit-reversed order, in place. */
  #transform(sign: 1 | -1): void {
    const [re, im, half] = [this.#re, this.#im, this.size / 2];
    for (let span = 1; span < half; span *= 2) {
      const stride = this.size / (2 * span);
      for (let k = 0; k < span; k++) {
        const c = this.#cos[k * stride]!;
        const s = sign * this.#sin[k * stride]!;
        for (let a = k; a < half; a += 2 * span) {
          const b = a + span;
          const turnedRe = c * re[b]! - s * im[b]!;
          const turnedIm = c * im[b]! + s * re[b]!;
          re[b] = re[a]! - turnedRe;
          im[b] = im[a]! - turnedIm;
          re[a] = re[a]! + turnedRe;
          im[a] = im[a]! + turnedIm;
        }
      }
    }
  }
}

/** Largest transform, of some 20 s at 48 kHz. */
const LARGEST = 2 ** 20;

/** Whether there is a transform of so many samples. */
export const isFftSize = (size: number): boolean =>
  Number.isInteger(size) && size >= 2 && size <= LARGEST && Number.isInteger(Math.log2(size));

/** The least size that holds a frame. @example fftSizeFor(400) // 512 */
export const fftSizeFor = (samples: number): number =>
  Math.min(LARGEST, Math.max(2, 2 ** Math.ceil(Math.log2(samples))));

function bitReversal(length: number): Uint32Array {
  const bits = Math.log2(length);
  return Uint32Array.from({ length }, (_, i) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
    return reversed;
  });
}
