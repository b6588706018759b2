import type { Tensor } from "../graph/tensor.ts";
import { clean } from "./clean.ts";
import { collect } from "./collect.ts";
import { fuseGemm } from "./gemm.ts";
import { hoist } from "./hoist.ts";
import { mergeProducts } from "./products.ts";
import { tileProducts } from "./tile.ts";

/**
 * Makes a graph faster without changing what it computes: only what recurs stays in its loops. Done before
 * `gradients`, it makes the reverse loops small too; done after, it cleans them.
 */
export function optimise(outputs: readonly Tensor[]): readonly Tensor[] {
  const gathered = clean(clean(clean(outputs, hoist), collect), tileProducts);
  return clean(clean(clean(gathered, hoist), mergeProducts));
}

/** The last passes before lowering; after them there are no gradients. */
export const finish = (outputs: readonly Tensor[]): readonly Tensor[] => fuseGemm(optimise(outputs));
