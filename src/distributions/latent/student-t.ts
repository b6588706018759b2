import { VrnnError } from "../../errors.ts";
import {
  add,
  div,
  expm1,
  filledLike,
  greater,
  mul,
  softplus,
  sqrt,
  square,
  sub,
  type Tensor,
  where,
} from "../../graph/index.ts";
import { inverseSoftplus } from "../gaussian.ts";
import { studentTLogDensity } from "../student-t.ts";
import { type LatentFamily, type LatentMoments, latentFamily, rawUnitScale, scaleOfRaw } from "./family.ts";

/** Degrees of freedom that are learned are above this, so that the variance exists: σ_z ≤ 4.6 σ. */
const LEAST_FREEDOM = 2.1;
const STARTING_FREEDOM = 6;
const rawStartingFreedom = inverseSoftplus(STARTING_FREEDOM - LEAST_FREEDOM);

/**
 * Student's t distributions of latent variables, μ + σT with ν degrees of freedom: most steps are small, some are jumps
 * that a normal distribution would rule out. There is no closed divergence, so that is told by the draw.
 *
 * A draw is Bailey's √(ν(u^(−2/ν) − 1)) cos θ with u and θ of two normal numbers, −2 log u = r² = ε₁² + ε₂² and
 * cos θ = ε₁/r: T = ε₁ √((e^(r²/ν) − 1) / (r²/ν)), which is ε₁ itself as ν grows.
 *
 * @param freedom ν > 2 of all variables; absent: learned, a number of the network for each variable, above 2.1
 * @throws VrnnError `distribution/freedom` at ν ≤ 2, of which the variance is infinite
 * @see Bailey, "Polar Generation of Random Variates with the t-Distribution", Mathematics of Computation 62, 1994.
 *
 * @example
 * studentTFamily(4).of(mean, rawScale).sample(noise); // [..., Z] of noise [..., 2·Z]
 * studentTFamily().parameters; // 3: mean, scale, degrees of freedom
 */
export function studentTFamily(freedom?: number): LatentFamily {
  if (freedom === undefined)
    return latentFamily({
      normals: 2,
      standard: [rawUnitScale, 0],
      of: (mean, rawScale, rawFreedom) =>
        momentsOf(mean, rawScale, add(softplus(add(rawFreedom, rawStartingFreedom)), LEAST_FREEDOM)),
    });
  if (!(freedom > 2)) throw infiniteVariance(freedom);
  return latentFamily({
    normals: 2,
    standard: [rawUnitScale],
    of: (mean, rawScale) => momentsOf(mean, rawScale, filledLike(rawScale, freedom)),
  });
}

function momentsOf(mean: Tensor, rawScale: Tensor, freedom: Tensor): LatentMoments {
  const scale = scaleOfRaw(rawScale);
  return {
    standardDeviation: mul(scale, sqrt(div(freedom, sub(freedom, 2)))),
    deviate: (a, b) => mul(mul(scale, a), stretch(div(add(square(a), square(b)), freedom))),
    logProb: (z) => studentTLogDensity(z, mean, scale, freedom),
  };
}

/** √((eʸ − 1)/y), 1 at 0. */
function stretch(y: Tensor): Tensor {
  const isPositive = greater(y, 0);
  const safe = where(isPositive, y, 1);
  return sqrt(where(isPositive, div(expm1(safe), safe), 1));
}

const infiniteVariance = (freedom: number): VrnnError =>
  new VrnnError(
    "distribution/freedom",
    `${freedom} degrees of freedom give latent variables of infinite variance`,
    {
      at: "a Student-t distribution of latent variables",
      remedy: "give more than 2, or none to have them learned",
    },
  );
