import {
  cast,
  gatherAlong,
  greater,
  logSoftmax,
  mul,
  neg,
  squeeze,
  sum,
  type Tensor,
  transpose,
  where,
} from "../../graph/index.ts";

/** −log p of all tokens of sequences, whatever their order. @param bag the logits of tokens, `[B, V]` @param x and its mask `[T, B, 1]` */
export function bagNats(bag: Tensor, { x, mask }: { readonly x: Tensor; readonly mask: Tensor }): Tensor {
  const logProb = logSoftmax(bag); // [B, V]
  const [ids, there] = [x, mask].map((each) => transpose(squeeze(each, -1), [1, 0])) as [Tensor, Tensor]; // [B, T]
  const tokens = cast(where(greater(there, 0), ids, 0), "int64"); // [B, T]
  return neg(sum(mul(gatherAlong(logProb, tokens, -1), there)));
}
