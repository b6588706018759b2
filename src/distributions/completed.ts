import { type Tensor, where } from "../graph/index.ts";
import type { Draws, Emission } from "./emission.ts";

/**
 * A row whose missing entries are drawn, given those that were observed.
 *
 * @param x `[..., D]`; any value of the support where nothing was observed @param seen `[..., D]` bool
 * @returns `[..., D]`
 */
export function completed(
  emission: Emission,
  raw: Tensor,
  { x, seen }: { readonly x: Tensor; readonly seen: Tensor },
  draws: Draws,
  temperature: Tensor,
): Tensor {
  const drawn = emission.complete?.(raw, x, seen, draws, temperature);
  return where(seen, x, drawn ?? emission.sample(raw, draws, temperature));
}
