import {
  add,
  concat,
  mul,
  reshape,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";
import type { Emission, EmissionUnits, Family } from "./emission.ts";
import { mixture } from "./mixture.ts";

/**
 * Mixtures of normals for columns that often stay as they are: between a mean of its own and the value last seen, each
 * component has a gate, mean + g·(last − mean) with 0 < g < 1. One component may hold a value to the digit while the
 * others say where it goes when it moves. As a mean never lies beyond both, what the model makes up stays bounded.
 *
 * The network gives [weights | means | scales | gates], each `[D·K]`, column by column.
 */
export const persistent =
  (components: number): Family =>
  (columns) =>
    gated(mixture(components)(columns), columns.length, components);

function gated(own: Emission, columns: number, components: number): Emission {
  const size = columns * components;
  const { cdf, under } = own;
  const ungated = (raw: Tensor) => slice(raw, raw.rank - 1, 0, own.width);
  return {
    ...own,
    width: own.width + size,
    initialBias: [...own.initialBias, ...Array<number>(size).fill(0)],
    recall: (output, { value }) => {
      const perComponent = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), columns, components]);
      const [weights, mean, scale, gate] = split(output, [size, size, size, size]) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const way = sub(unsqueeze(value, -1), perComponent(mean)); // [..., D, K]
      const gone = mul(perComponent(sigmoid(gate)), way); // [..., D, K]
      return concat([weights, add(mean, reshape(gone, mean.shape)), scale, gate]);
    },
    logProbability: (raw, x, seen) => own.logProbability(ungated(raw), x, seen),
    sample: (raw, draws, temperature) => own.sample(ungated(raw), draws, temperature),
    mean: (raw) => own.mean(ungated(raw)),
    ...(cdf && { cdf: (raw: Tensor, x: Tensor) => cdf(ungated(raw), x) }),
    ...(under && { under: (units: EmissionUnits) => gated(under(units), columns, components) }),
  };
}
