/** Weights that stay as they are, inside the programs that use them. */
import type { LowerOptions } from "../onnx/lower.ts";

/**
 * Bytes of weights from which a program has them inside. ONNX Runtime then lays them out for its matrix products once:
 * models of 7 MB score 1.35 and sample 1.6 times as fast, of 25 MB 1.65 times, of 1.6 MB 1.1 to 1.25 times. In a
 * model of 100 kB its kernel for laid-out weights is slower by a tenth (docs/speed.md).
 */
const LEAST = 2 ** 20;

/**
 * How a program with the input `parameters` is lowered when these are its weights for good: where they are inside, whoever
 * feeds `parameters` beside feeds it for nothing.
 *
 * @param weights `[P]`
 * @example
 * runtime.compile(unrollProgram(model, ["kl"], frozen(weights)));
 */
export const frozen = (weights: Float32Array): LowerOptions =>
  weights.byteLength < LEAST ? {} : { stored: { parameters: weights } };
