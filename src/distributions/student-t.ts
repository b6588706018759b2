import {
  add,
  cos,
  div,
  excessOverLog,
  expm1,
  log,
  log1p,
  mul,
  neg,
  softplus,
  split,
  sqrt,
  square,
  stirlingError,
  sub,
  type Tensor,
} from "../graph/index.ts";
import type { Family } from "./emission.ts";
import { gridded, gridOf, inverseSoftplus, scaleOf, unitScale, vector } from "./gaussian.ts";
import { dividedBy } from "./per-column.ts";

/** Degrees of freedom are above 1, so that the expected value exists: the tails are lighter than Cauchy's. */
const leastFreedom = 1;
const startingFreedom = 6;

/** log Γ(a + ½) − log Γ(a), without subtracting large numbers: by Stirling's formula, whose parts cancel on paper. */
const logGammaHalfStep = (a: Tensor): Tensor => {
  const u = div(0.5, a);
  const stirling = sub(stirlingError(add(a, 0.5)), stirlingError(a));
  return add(sub(mul(log(a), 0.5), mul(a, excessOverLog(u, add(u, 1)))), stirling);
};

/** log density of μ + σT, T of Student's t distribution with ν degrees of freedom. Shapes broadcast. */
export function studentTLogDensity(x: Tensor, mean: Tensor, scale: Tensor, freedom: Tensor): Tensor {
  const half = mul(freedom, 0.5);
  const distance = div(square(div(sub(x, mean), scale)), freedom);
  const normaliser = sub(logGammaHalfStep(half), mul(log(mul(freedom, Math.PI)), 0.5));
  return sub(sub(normaliser, log(scale)), mul(add(half, 0.5), log1p(distance)));
}

/**
 * Independent columns with Student's t distribution: a location, a scale and degrees of freedom ν > 1 each; outliers cost
 * only the logarithm of their distance. `raw` is [locations | scales | freedoms].
 *
 * On a grid of width δ the score is density times δ as for a normal distribution (`resolution.ts`), but with σ ≥ δ: by
 * Poisson summation the masses add up to 1 + 2Σₖ φ(2πk/δ), φ the characteristic function, which for ν = 1, the slowest
 * to fall, is e^(−σt): 8.6 % too much at σ = δ/2 and 0.4 % at σ = δ. The likeliest cell then has a mass of at most 0.4.
 *
 * @see Bailey, "Polar Generation of Random Variates with the t-Distribution", Mathematics of Computation 62, 1994, for
 * the draws: √(ν(u₁^(−2/ν) − 1)) cos 2πu₂.
 */
export const studentT: Family = gridded((columns, { floors: normalFloors, offsets }) => {
  const floors = dividedBy(normalFloors, 0.5);
  const size = columns.length;
  const parts = (raw: Tensor): [Tensor, Tensor, Tensor] => {
    const [mean, scale, freedom] = split(raw, [size, size, size]) as [Tensor, Tensor, Tensor];
    return [mean, scaleOf(scale, floors), add(softplus(freedom), leastFreedom)]; // [..., D] each
  };
  return {
    width: 3 * size,
    uniforms: 2 * size,
    normals: 0,
    missing: "exact",
    initialBias: [
      ...columns.map(() => 0),
      ...unitScale(
        dividedBy(gridOf(columns).floors, 0.5),
        Math.sqrt((startingFreedom - 2) / startingFreedom),
      ),
      ...columns.map(() => inverseSoftplus(startingFreedom - leastFreedom)),
    ],
    logProbability: (raw, x) => add(studentTLogDensity(x, ...parts(raw)), vector(offsets)),
    sample: (raw, { uniform }, temperature) => {
      const [mean, scale, freedom] = parts(raw);
      const [radius, angle] = split(uniform, [size, size]) as [Tensor, Tensor];
      const length = sqrt(mul(freedom, expm1(div(mul(neg(log(radius)), 2), freedom))));
      const drawn = mul(length, cos(mul(angle, 2 * Math.PI)));
      return add(mean, mul(mul(scale, drawn), temperature));
    },
    mean: (raw) => parts(raw)[0],
  };
});
