/** Sums of numbers that are told by their logarithms. */
import type { Tensor } from "../tensor.ts";
import { add, cast, sub } from "./algebra.ts";
import { boundedBelow, exp, less, log, maximum, stopGradient } from "./pointwise.ts";

/** log(eᵃ + eᵇ) without overflow; smooth where both are equal, and −∞ (with no gradient) where both are. */
export function logAddExp(a: Tensor, b: Tensor): Tensor {
  const top = stopGradient(maximum(a, b));
  const base = boundedBelow(top);
  const none = cast(less(top, base), top.dtype); // 1 where both are −∞: the logarithm has a slope there
  return add(top, log(add(add(exp(sub(a, base)), exp(sub(b, base))), none)));
}
