/** Pooling over windows that lie side by side, on the last two axes; those in front are the batch. */
import { normaliseAxis, numeric, type Shape } from "../dims.ts";
import { GraphError } from "../error.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./algebra.ts";
import { slice } from "./layout.ts";
import { max, mean } from "./reduction.ts";

/** The height and the width of a window, or both as one number. */
export type WindowSize = number | readonly [height: number, width: number];

/** The axis cut into windows, `[..., size, ...]` to `[..., size / window, window, ...]`; what fills none is cut off. */
function windows(x: Tensor, axis: number, window: number): Tensor {
  const at = normaliseAxis(axis, x.rank);
  const size = numeric(x.shape[at], "the size of a pooled axis");
  const count = Math.floor(size / window);
  if (!Number.isInteger(window) || window < 1 || count < 1)
    throw new GraphError(`no window of ${window} fits axis ${at} of ${x}`);
  const shape: Shape = [...x.shape.slice(0, at), count, window, ...x.shape.slice(at + 1)];
  return reshape(size === count * window ? x : slice(x, at, 0, count * window), shape);
}

/** One axis after the other, which the runtime reduces faster than both at once. */
function pooled(x: Tensor, size: WindowSize, reduce: (x: Tensor, axes: readonly number[]) => Tensor): Tensor {
  if (x.rank < 2) throw new GraphError(`pooling needs two axes, not ${x}`);
  const [height, width] = typeof size === "number" ? [size, size] : size;
  const rows = reduce(windows(x, -1, width), [-1]); // [..., H, W / width]
  return reduce(windows(rows, -2, height), [-2]); // [..., H / height, W / width]
}

/**
 * The largest entry of each window; ties share the gradient. Windows lie side by side; what fills none at the end of an
 * axis is left out.
 *
 * @param x `[..., H, W]`
 * @throws GraphError when no window fits.
 * @example
 * maxPool(input("x", ["N", 8, 28, 28]), 2).toString() // 'float32[N, 8, 14, 14]'
 */
export const maxPool = (x: Tensor, size: WindowSize): Tensor => pooled(x, size, max);

/**
 * The mean of each window; windows as in `maxPool`.
 *
 * @param x `[..., H, W]`
 * @throws GraphError when no window fits.
 * @example
 * averagePool(input("x", ["N", 8, 28, 28]), [4, 2]).toString() // 'float32[N, 8, 7, 14]'
 */
export const averagePool = (x: Tensor, size: WindowSize): Tensor => pooled(x, size, mean);
