import { broadcast } from "../graph/dims.ts";
import {
  argmax,
  cast,
  constant,
  cumsum,
  div,
  exp,
  expand,
  gatherAlong,
  lessEqual,
  logSoftmax,
  minimum,
  mul,
  softmax,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";
import type { Emission, Family } from "./emission.ts";
import { productEmission } from "./product.ts";

/** A level that never occurs in training begins at this share. */
const rarest = 1e-3;

const asValue = (index: Tensor): Tensor => unsqueeze(cast(index, "float32"), -1);

/** log p of the level of each row, picked out of those of all levels. @param logits `[..., K]` @param x `[..., 1]` @returns `[..., 1]` */
function logShare(logits: Tensor, x: Tensor): Tensor {
  const lead = broadcast(logits.shape.slice(0, -1), x.shape.slice(0, -1));
  const all = logSoftmax(logits); // [..., K]
  const levels = expand(all, [...lead, all.shape[all.rank - 1]!]); // [..., K]
  return gatherAlong(levels, cast(expand(x, [...lead, 1]), "int64"), -1);
}

/**
 * One of K levels, from K logits: a column, or a token. Values are the index of the level, `[..., 1]`, and P(X ≤ x) goes
 * by their order.
 *
 * @param shares how often each level occurs in training
 */
export function categoricalOver(shares: readonly number[]): Emission {
  const size = shares.length;
  return {
    width: size,
    uniforms: 1,
    normals: 0,
    missing: "exact",
    initialBias: shares.map((share) => Math.log(Math.max(share, rarest))),
    logProbability: logShare,
    sample: (logits, { uniform }, temperature) => {
      const ends = cumsum(softmax(div(logits, temperature)), -1); // [..., K]
      const passed = sum(cast(lessEqual(ends, uniform), "float32"), [-1], { keepDims: true }); // [..., 1]
      return minimum(passed, size - 1); // rounding may leave the last end below 1
    },
    mean: (logits) => asValue(argmax(logits)),
    cdf: (logits, x) => {
      const upTo = cast(lessEqual(constant([...shares.keys()], [size]), x), "float32"); // [..., K]
      return sum(mul(softmax(logits), upTo), [-1], { keepDims: true });
    },
    kl: (first, second) => {
      const [p, q] = [logSoftmax(first), logSoftmax(second)]; // [..., K]
      return sum(mul(exp(p), sub(p, q)), [-1], { keepDims: true });
    },
  };
}

/** Independent categorical columns, each with its own number of levels. */
export const categorical: Family = (columns) =>
  productEmission(
    columns.map(({ shares }) => categoricalOver(shares)),
    columns.map(() => 1),
  );
