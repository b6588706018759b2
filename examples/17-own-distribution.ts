/**
 * An output distribution of one's own in a page: Gumbel's, for columns that are the largest of many, such as peaks of a
 * load. Values come in deviations from their mean; the density is per unit of the column, so its deviation comes in.
 */
import { type Family, graph as g } from "vrnn";

const leastScale = 1e-3;
const eulersConstant = 0.5772156649;

export const gumbel: Family = (columns) => {
  const size = columns.length;
  const logDeviations = g.constant(
    columns.map(({ standardDeviation }) => Math.log(standardDeviation)),
    [size],
  );
  const parts = (raw: g.Tensor): [g.Tensor, g.Tensor] => {
    const [location, scale] = g.split(raw, [size, size]) as [g.Tensor, g.Tensor];
    return [location, g.add(g.softplus(scale), leastScale)]; // [..., D], [..., D]
  };
  const standardised = (raw: g.Tensor, x: g.Tensor) => g.div(g.sub(x, parts(raw)[0]), parts(raw)[1]);
  return {
    width: 2 * size,
    uniforms: size,
    normals: 0,
    missing: "exact", // entries are independent
    initialBias: [...columns.map(() => -0.45), ...columns.map(() => 0.166)], // mean 0, deviation 1
    logProbability: (raw, x) => {
      const z = standardised(raw, x);
      const nats = g.neg(g.addAll([z, g.exp(g.neg(z)), g.log(parts(raw)[1])]));
      return g.sub(nats, logDeviations);
    },
    sample: (raw, { uniform }, temperature) => {
      const [location, scale] = parts(raw);
      const noise = g.neg(g.log(g.neg(g.log(uniform))));
      return g.add(location, g.mul(g.mul(scale, noise), temperature));
    },
    mean: (raw) => g.add(parts(raw)[0], g.mul(parts(raw)[1], eulersConstant)),
    cdf: (raw, x) => g.exp(g.neg(g.exp(g.neg(standardised(raw, x))))),
  };
};
