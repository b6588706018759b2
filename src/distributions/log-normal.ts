import type { Column } from "../data/dataset.ts";
import {
  add,
  div,
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  softplus,
  square,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Emission, EmissionUnits, Family } from "./emission.ts";
import { halvesOf, inverseSoftplus, normalCdf, normalLogDensity, unitVectors, vector } from "./gaussian.ts";
import { DEVIATION_FLOOR } from "./resolution.ts";

/**
 * Sizes, which are above 0 and vary in proportion: x = e^y, y ~ N(μ, σ), density p(y)/x. A value of 0 or below, which it
 * cannot have, counts as a thousandth of the least one of training (of the mean, where that is none).
 *
 * On a grid of width δ the score is density times δ, with σ ≥ δ/2x̃ at the median x̃ = e^μ, as for a normal distribution
 * (`resolution.ts`). `raw` is [μ | σ before softplus].
 */
export const logNormal: Family = (columns) => logNormalUnder(columns, unitVectors(columns));

/** Draws stay within so many of the largest value of training: forecasts of sizes that grow without end overflow nothing. */
const MOST = 1e4;
/** Above 0 in single precision: a median that underflows is none to divide by. */
const TINY = 1e-30;

function logNormalUnder(columns: readonly Column[], units: EmissionUnits): Emission {
  const { shift, scale, cell } = units;
  const width = mul(cell, scale); // of a recorded cell, in the units of the data
  const least = columns.map(({ minimum, mean }) => 1e-3 * (minimum > 0 ? minimum : 1e-3 * positive(mean)));
  const most = columns.map(({ maximum }) => MOST * maximum);
  const sizeOf = (x: Tensor) => maximum(add(mul(x, scale), shift), vector(least)); // [..., D]
  const scaled = (size: Tensor) => div(sub(minimum(size, vector(most)), shift), scale);
  const parts = (raw: Tensor): readonly [Tensor, Tensor] => {
    const [mean, spread] = halvesOf(raw);
    const floor = maximum(mul(div(width, maximum(exp(mean), TINY)), 0.5), DEVIATION_FLOOR);
    return [mean, add(softplus(spread), floor)];
  };
  const isRecorded = greater(width, 0);
  return {
    width: 2 * columns.length,
    uniforms: 0,
    normals: columns.length,
    missing: "exact",
    link: {
      at: 0,
      beside: (x) => sub(log(sizeOf(x)), vector(columns.map(({ mean }) => Math.log(positive(mean))))),
    },
    initialBias: [
      ...columns.map(({ mean }) => Math.log(positive(mean))),
      ...columns.map(({ mean, standardDeviation: deviation }) =>
        inverseSoftplus(Math.min(3, Math.max(1e-3, deviation / positive(mean)))),
      ),
    ],
    under: (own) => logNormalUnder(columns, own),
    logProbability: (raw, x) => {
      const size = log(sizeOf(x));
      return add(sub(normalLogDensity(size, ...parts(raw)), size), log(where(isRecorded, width, 1)));
    },
    sample: (raw, { normal }, temperature) => {
      const [mean, spread] = parts(raw);
      return scaled(exp(add(mean, mul(mul(spread, normal), temperature))));
    },
    mean: (raw) => {
      const [mean, spread] = parts(raw);
      return scaled(exp(add(mean, mul(square(spread), 0.5))));
    },
    cdf: (raw, x) => normalCdf(log(add(sizeOf(x), mul(width, 0.5))), ...parts(raw)),
  };
}

const positive = (mean: number): number => (mean > 0 ? mean : 1);
