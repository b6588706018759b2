/** Values moved along time. */
import { describeType, normaliseAxis, sameShape } from "../dims.ts";
import { GraphError } from "../error.ts";
import type { Tensor } from "../tensor.ts";
import { expand, filledLike, unsqueeze } from "./algebra.ts";
import { concat, retyped, slice, withAxis } from "./layout.ts";
import type { Operand } from "./leaves.ts";

/** Where a shift goes, and what comes in. */
export interface ShiftOptions {
  /** The first axis, time, unless said. */
  readonly axis?: number;
  /** What stands in the places that become free: a number, or a tensor of the shape of one step; zeros unless said. */
  readonly fill?: Operand;
}

/**
 * x moved along time: what stood at step t stands at step t + by, and what leaves the axis is gone. The type stays, so
 * that each step can see the one before it beside its own: teacher forcing needs no loop.
 *
 * @param by how many steps; negative ones move towards the beginning
 * @throws GraphError when the fill is no step of x.
 * @example
 * shift(input("x", ["T", "B", 3])).toString() // 'float32[T, B, 3]'
 * shift(tokens, 1, { fill: 0 }) // [7, 8, 9] becomes [0, 7, 8]
 */
export function shift(x: Tensor, by = 1, { axis = 0, fill = 0 }: ShiftOptions = {}): Tensor {
  if (!Number.isInteger(by)) throw new GraphError(`shift: ${by} is no number of steps`);
  if (by === 0) return x;
  const at = normaliseAxis(axis, x.rank);
  const places = Math.abs(by);
  const free = steps(x, at, places, fill);
  // Longer first, then cut: so it holds for fewer steps than places, too.
  const moved =
    by > 0 ? slice(concat([free, x], at), at, 0, -places) : slice(concat([x, free], at), at, places);
  return retyped(moved, x.shape);
}

/** Copies of one step beside each other. */
function steps(x: Tensor, axis: number, count: number, fill: Operand): Tensor {
  const one = { dtype: x.dtype, shape: x.shape.filter((_, i) => i !== axis) };
  const step = typeof fill === "number" ? filledLike(one, fill) : fill;
  if (step.dtype !== one.dtype || !sameShape(step.shape, one.shape))
    throw new GraphError(`shift: the fill has to be ${describeType(one)}, not ${step}`);
  return expand(unsqueeze(step, axis), withAxis(x.shape, axis, count));
}
