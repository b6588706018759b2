/** How features change: slopes beside the features themselves. */
import { checkCount } from "./frames.ts";
import { type MakeStage, stageOf } from "./stages.ts";

/** Which slopes are put beside features. */
export interface DeltaOptions {
  /** 1 for Δ, 2 for Δ and ΔΔ; 2 unless told. */
  readonly order?: number;
  /** Rows on either side that a slope is fitted to; 2 unless told, as in HTK and Kaldi. */
  readonly window?: number;
}

/**
 * Puts slopes beside rows: Δ_t = Σ_n n (c_{t+n} - c_{t-n}) / (2 Σ_n n²), n from 1 to the window, the least-squares slope of a
 * line through 2 · window + 1 rows; ΔΔ is the slope of Δ. Before the first row and after the last these are repeated, for ΔΔ
 * too (Kaldi's `add-deltas`; HTK repeats Δ instead, which differs at the first and last rows of ΔΔ alone).
 *
 * A row comes out `order` · `window` rows after it went in.
 *
 * @throws VrnnError `data/front-end` for an order that is not 1, 2 or 3, or a window that is not from 1 to 100
 * @example
 * throughStage(deltas(), cepstra).width; // 39 of 13
 * @see The HTK Book, §5.9; Kaldi, feat/feature-functions.h, `DeltaFeatures`
 */
export const deltas =
  ({ order = 2, window = 2 }: DeltaOptions = {}): MakeStage =>
  (inWidth) => {
    checkCount(order, "an order of slopes", 3);
    checkCount(window, "a window of slopes", 100);
    const reach = order * window;
    const kernels = Array.from({ length: order + 1 }, (_, k) => slopeKernel(k, window));
    const [width, span] = [inWidth * (order + 1), 2 * reach + 1];
    const ring = new Float64Array(span * inWidth);
    const out = new Float64Array(width);
    let seen = 0;
    const slotOf = (t: number) => ((t % span) + span) % span;
    const put = (row: ArrayLike<number>, t: number) => ring.set(row, slotOf(t) * inWidth);
    const emitAt = (t: number, emit: (row: ArrayLike<number>) => void) => {
      for (let k = 0; k <= order; k++)
        slopes(ring, kernels[k]!, { t, span, inWidth }, out.subarray(k * inWidth, (k + 1) * inWidth));
      emit(out);
    };
    return stageOf(inWidth, {
      width,
      onRow: (row, emit) => {
        if (seen === 0) for (let t = -reach; t < 0; t++) put(row, t);
        put(row, seen);
        seen += 1;
        if (seen > reach) emitAt(seen - 1 - reach, emit);
      },
      onEnd: (emit) => {
        if (seen === 0) return;
        const last = ring.slice(slotOf(seen - 1) * inWidth, (slotOf(seen - 1) + 1) * inWidth);
        for (let t = seen; t < seen + reach; t++) {
          put(last, t);
          if (t >= reach) emitAt(t - reach, emit);
        }
      },
    });
  };

interface Place {
  readonly t: number;
  readonly span: number;
  readonly inWidth: number;
}

/** The sum of the rows around t, each times its weight. */
function slopes(
  ring: Float64Array,
  kernel: Float64Array,
  { t, span, inWidth }: Place,
  out: Float64Array,
): void {
  const reach = (kernel.length - 1) / 2;
  out.fill(0);
  for (const [j, weight] of kernel.entries()) {
    if (weight === 0) continue;
    const start = ((((t + j - reach) % span) + span) % span) * inWidth;
    for (let i = 0; i < inWidth; i++) out[i]! += weight * ring[start + i]!;
  }
}

/** The weights of rows in a slope of some order: the weights of one slope, folded with themselves. `[2 · order · window + 1]` */
function slopeKernel(order: number, window: number): Float64Array {
  const squares = Array.from({ length: window }, (_, i) => (i + 1) ** 2).reduce((sum, each) => sum + each, 0);
  const once = Float64Array.from({ length: 2 * window + 1 }, (_, i) => (i - window) / (2 * squares));
  let kernel = Float64Array.of(1);
  for (let k = 0; k < order; k++) kernel = folded(kernel, once);
  return kernel;
}

function folded(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(a.length + b.length - 1);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) out[i + j]! += x * y;
  return out;
}
