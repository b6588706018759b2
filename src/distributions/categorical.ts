import type { Column } from "../data/dataset.ts";
import {
  add,
  argmax,
  cast,
  constant,
  div,
  exp,
  lessEqual,
  logSoftmax,
  mul,
  oneHot,
  softmax,
  squeeze,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";
import type { Emission, Family } from "./emission.ts";
import { gumbel } from "./mixture.ts";
import { sideBySide } from "./product.ts";

/** A level that never occurs in training begins at this share. */
const rarest = 1e-3;

const asValue = (index: Tensor): Tensor => unsqueeze(cast(index, "float32"), -1);

/** One column of K levels, from K logits. Values are the index of the level, and P(X ≤ x) goes by their order. */
function oneCategorical({ levels, shares }: Column): Emission {
  const size = levels.length;
  return {
    width: size,
    uniforms: size,
    normals: 0,
    initialBias: shares.map((share) => Math.log(Math.max(share, rarest))),
    logProbability: (logits, x) => {
      const chosen = oneHot(cast(squeeze(x, -1), "int64"), size); // [..., K]
      return sum(mul(logSoftmax(logits), chosen), [-1], { keepDims: true }); // [..., 1]
    },
    sample: (logits, { uniform }, temperature) =>
      asValue(argmax(add(div(logits, temperature), gumbel(uniform)))),
    mean: (logits) => asValue(argmax(logits)),
    cdf: (logits, x) => {
      const upTo = cast(lessEqual(constant([...levels.keys()], [size]), x), "float32"); // [..., K]
      return sum(mul(softmax(logits), upTo), [-1], { keepDims: true });
    },
    divergence: (first, second) => {
      const [p, q] = [logSoftmax(first), logSoftmax(second)]; // [..., K]
      return sum(mul(exp(p), sub(p, q)), [-1], { keepDims: true });
    },
  };
}

/** Independent categorical columns, each with its own number of levels. */
export const categorical: Family = (columns) =>
  sideBySide(
    columns.map(oneCategorical),
    columns.map(() => 1),
  );
