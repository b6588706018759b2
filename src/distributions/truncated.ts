/** Samples of tokens without the unlikely ones, of which a vocabulary has so many that one comes every now and then. */
import {
  cumsum,
  div,
  greaterEqual,
  topK as largest,
  less,
  max,
  neg,
  slice,
  softmax,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Emission } from "./emission.ts";

/** Which tokens are drawn from; all unless told. */
export interface Truncation {
  /** The k likeliest (Fan, Lewis and Dauphin 2018). */
  readonly topK?: number | undefined;
  /** The fewest that have this share of the probability together (Holtzman et al. 2020). */
  readonly topP?: number | undefined;
}

/** No draw comes to a token of this logit. */
const NEVER = -1e30;

/**
 * The logits with those of unlikely tokens so low that they are never drawn; the likeliest always stays. Of both, what the k
 * likeliest are is taken first, and the share is one of what they have.
 *
 * @param logits `[..., V]` @returns `[..., V]`
 */
export function truncated(logits: Tensor, temperature: Tensor, { topK, topP = 1 }: Truncation): Tensor {
  const size = logits.shape.at(-1) as number;
  const among = Math.min(topK ?? size, size);
  if (among === size && topP >= 1) return logits;
  const { values } = largest(logits, among); // [..., k], in falling order
  const shares = softmax(div(values, temperature)); // [..., k]
  const before = sub(cumsum(shares, -1), shares); // what likelier ones have together
  const highest = slice(values, values.rank - 1, 0, 1); // [..., 1]
  const least = neg(max(neg(where(less(before, topP), values, highest)), [-1], { keepDims: true })); // [..., 1]
  return where(greaterEqual(logits, least), logits, NEVER);
}

/** An emission of logits that draws from the likelier ones alone; what it says of data stays as it is. */
export const truncatedEmission = (emission: Emission, truncation: Truncation): Emission => ({
  ...emission,
  sample: (logits, draws, temperature) =>
    emission.sample(truncated(logits, temperature, truncation), draws, temperature),
});
