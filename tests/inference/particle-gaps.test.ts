/** Particles over rows of which a part is missing, against the exact likelihood of what was seen. */
import { expect, test } from "vitest";
import { gaussian, inverseSoftplus } from "../../src/distributions/gaussian.ts";
import { normalFamily } from "../../src/distributions/latent/normal.ts";
import { DEVIATION_FLOOR } from "../../src/distributions/resolution.ts";
import { add, concat, filledLike, mul, slice, sub, type Tensor } from "../../src/graph/index.ts";
import { scoreByParticles } from "../../src/inference/particle-scores.ts";
import type { LatentModel } from "../../src/models/model.ts";
import { part } from "../../src/nn/parts.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { plainColumn } from "../data/temporary.ts";

const [STAYS, NOISE, LEANS, SURE] = [0.9, 1, 0.25, 0.8];
const columns = [plainColumn("a"), plainColumn("b")];

/** z_t = 0.9 z_{t−1} + w, both columns z + v; its posterior leans on both, also on the one that is missing. */
const model: LatentModel = {
  parameters: [],
  width: 2,
  state: { z: [1] },
  dropoutSites: {},
  emission: gaussian(columns),
  features: (_, { values }) => ({ x: values }),
  latents: [
    {
      name: "z",
      shape: [1],
      at: "step",
      normals: normalFamily.normals,
      prior: (_, { state }) => around(mul(part(state, "z"), STAYS), 1),
      posterior: (_, { x: { x }, prior }) => {
        const way = (d: number) => mul(sub(slice(x!, x!.rank - 1, d, d + 1), prior.mean), LEANS);
        return around(add(prior.mean, add(way(0), way(1))), SURE);
      },
    },
  ],
  emissionParameters: (_, { z }) => {
    const mean = part(z, "z");
    const raw = filledLike(mean, inverseSoftplus(NOISE - DEVIATION_FLOOR));
    return concat([mean, mean, raw, raw]);
  },
  transition: (_, { z }) => ({ z: part(z, "z") }),
};

const around = (mean: Tensor, deviation: number) =>
  normalFamily.of(mean, filledLike(mean, inverseSoftplus(deviation - 1e-4)));

/** log p of the first column, by a Kalman filter in float64. */
function exact(seen: readonly number[]): number {
  let [mean, variance, nats] = [0, 0, 0];
  for (const x of seen) {
    mean *= STAYS;
    variance = STAYS ** 2 * variance + 1;
    const spread = variance + NOISE ** 2;
    nats -= 0.5 * (Math.log(2 * Math.PI * spread) + (x - mean) ** 2 / spread);
    mean += (variance / spread) * (x - mean);
    variance *= NOISE ** 2 / spread;
  }
  return nats;
}

test("the pair that is weighed goes on: the likelihood of what was seen is met, not exceeded", async () => {
  const seen = Array<number>(10).fill(6); // they stay away from 0, where the model draws back to
  const values = Float64Array.from(seen.flatMap((x) => [x, Number.NaN]));
  const sequence = { name: "half", length: seen.length, values };
  const given = {
    runtime: nodeRuntime(),
    model,
    weights: new Float32Array(0),
    columns,
    sequences: [sequence],
  };
  const found: number[] = [];
  for (const seed of [1, 2, 3]) {
    const [scores] = await scoreByParticles({ ...given, particles: 4000, seed });
    found.push(scores!.total.reduce((sum, nats) => sum + nats, 0));
  }
  // Σ w / N is right on average, so its logarithm lies below but for chance.
  const off = found.reduce((sum, nats) => sum + (nats - exact(seen)) / found.length, 0);
  expect(off).toBeLessThan(0.15);
  expect(off).toBeGreaterThan(-0.8);
});
