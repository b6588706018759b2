/** Windows: what the samples of a frame count, so that its ends do not sound like clicks. */

/** The share of the way through a frame, from 0 to 1, to a weight. */
type Shape = (share: number) => number;

const cosine = (share: number): number => Math.cos(2 * Math.PI * share);

/** What shapes are called. */
export type WindowName = "hann" | "hamming" | "povey" | "rectangular";

/** Shapes by name, and whether both ends are the same sample of a period (`N`, for overlapping sums) or not (`N - 1`). */
const SHAPES = {
  /** The periodic Hann window of librosa and scipy: shifted by half, two add up to 1. */
  hann: { at: (share) => 0.5 - 0.5 * cosine(share), isPeriodic: true },
  /** Symmetric, as HTK and Kaldi have it. */
  hamming: { at: (share) => 0.54 - 0.46 * cosine(share), isPeriodic: false },
  /** Kaldi's own: like Hamming's, but 0 at the ends. */
  povey: { at: (share) => (0.5 - 0.5 * cosine(share)) ** 0.85, isPeriodic: false },
  rectangular: { at: () => 1, isPeriodic: false },
} as const satisfies Record<WindowName, { readonly at: Shape; readonly isPeriodic: boolean }>;

export const WINDOW_NAMES = Object.keys(SHAPES) as readonly WindowName[];

/**
 * The weights of a frame's samples.
 *
 * @returns `[length]`, from 0 to 1
 * @example
 * windowOf("hann", 4); // Float64Array [0, 0.5, 1, 0.5]
 */
export function windowOf(name: WindowName, length: number): Float64Array {
  const { at, isPeriodic } = SHAPES[name];
  const period = Math.max(1, isPeriodic ? length : length - 1);
  return Float64Array.from({ length }, (_, i) => at(i / period));
}

/**
 * The modified Bessel function of the first kind and order 0, I₀(x) = Σ_k ((x/2)^k / k!)², to the last bit or so.
 *
 * @example
 * besselI0(0); // 1
 */
export function besselI0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
