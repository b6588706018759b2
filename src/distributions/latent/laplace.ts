import { add, mul, sqrt, square, type Tensor } from "../../graph/index.ts";
import { laplaceDivergence, laplaceLogDensity } from "../laplace.ts";
import { type LatentFamily, type LatentMoments, latentFamily, rawUnitScale, scaleOfRaw } from "./family.ts";

/** What is a Laplace distribution's own. */
interface LaplaceMoments extends LatentMoments {
  readonly scale: Tensor;
}

/**
 * Laplace distributions of latent variables, density e^(−|z − μ|/b) / 2b: steps that are small or far. A normal number
 * whose variance is 2b² times an exponential one, b·ε₁·√(ε₂² + ε₃²), is a draw.
 */
export const laplaceFamily: LatentFamily = latentFamily<LaplaceMoments>({
  normals: 3,
  standard: [rawUnitScale],
  of: (mean, rawScale) => {
    const scale = scaleOfRaw(rawScale);
    return {
      scale,
      standardDeviation: mul(scale, Math.SQRT2),
      deviate: (a, b, c) => mul(mul(scale, a), sqrt(add(square(b), square(c)))),
      logProb: (z) => laplaceLogDensity(z, mean, scale),
    };
  },
  kl: (first, second) => laplaceDivergence(first.mean, first.scale, second.mean, second.scale),
});
