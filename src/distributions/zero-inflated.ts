import type { Column } from "../data/dataset.ts";
import {
  add,
  div,
  equal,
  less,
  logSigmoid,
  mul,
  neg,
  sigmoid,
  split,
  type Tensor,
  where,
} from "../graph/index.ts";
import { logAddExp } from "../graph/ops/log-add-exp.ts";
import { bernoulliDivergence, logit } from "./bernoulli.ts";
import type { Emission, Family } from "./emission.ts";

/** The statistics do not tell how many entries are 0: so many begin as extra zeros. */
const startingShare = 0.1;

/** What remains of a column's statistics when its extra zeros are taken away. */
function withoutZeros(column: Column): Column {
  const mean = column.mean / (1 - startingShare);
  const square = (column.mean ** 2 + column.standardDeviation ** 2) / (1 - startingShare);
  return { ...column, mean, standardDeviation: Math.sqrt(Math.max(0, square - mean ** 2)) };
}

/**
 * A family with extra zeros: with probability p an entry is 0, otherwise it comes from the family. `raw` is
 * [logits of p | the family's].
 *
 * @param zeros `"shared"` where the family itself has a probability of 0, as counts have (a zero then comes from either
 * side); `"apart"` where it has a density, so that only the extra zeros are 0.
 */
export const zeroInflated =
  (family: Family, zeros: "shared" | "apart"): Family =>
  (columns) => {
    const size = columns.length;
    const own = family(columns.map(withoutZeros));
    const parts = (raw: Tensor) => split(raw, [size, own.width]) as [Tensor, Tensor];
    const zeroScore = {
      shared: (gate: Tensor, nats: Tensor) => logAddExp(logSigmoid(gate), nats),
      apart: (gate: Tensor) => logSigmoid(gate),
    }[zeros];
    return {
      width: size + own.width,
      uniforms: size + own.uniforms,
      normals: own.normals,
      missing: own.missing,
      ...(own.link && { link: { ...own.link, at: size + own.link.at } }),
      initialBias: [...columns.map(() => logit(startingShare)), ...own.initialBias],
      logProbability: (raw, x, seen) => {
        const [gate, rest] = parts(raw);
        const nats = add(logSigmoid(neg(gate)), own.logProbability(rest, x, seen));
        return where(equal(x, 0), zeroScore(gate, nats), nats);
      },
      sample: (raw, { uniform, normal }, temperature) => {
        const [gate, rest] = parts(raw);
        const [ofGate, ofRest] = split(uniform, [size, own.uniforms]) as [Tensor, Tensor];
        const drawn = own.sample(rest, { uniform: ofRest, normal }, temperature);
        return where(less(ofGate, sigmoid(div(gate, temperature))), 0, drawn);
      },
      mean: (raw) => {
        const [gate, rest] = parts(raw);
        return mul(sigmoid(neg(gate)), own.mean(rest));
      },
      ...(zeros === "apart" && divergenceOf(own, parts)),
    };
  };

/** KL where zeros stand apart: that of the zeros, and that of the rest as often as there is a rest. */
function divergenceOf({ kl }: Emission, parts: (raw: Tensor) => [Tensor, Tensor]): Pick<Emission, "kl"> {
  if (kl === undefined) return {};
  return {
    kl: (first, second) => {
      const [[gate1, rest1], [gate2, rest2]] = [parts(first), parts(second)];
      return add(bernoulliDivergence(gate1, gate2), mul(sigmoid(neg(gate1)), kl(rest1, rest2)));
    },
  };
}
