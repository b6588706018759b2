/** How much latent variables are used, against what is known of a model made by hand. */
import { expect, test } from "vitest";
import { tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import { memorySource } from "../../src/data/source.ts";
import { latentFamilies } from "../../src/distributions/latent/families.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { concat, filledLike, mul, type Tensor } from "../../src/graph/index.ts";
import { latentUse } from "../../src/inference/latent-use.ts";
import type { LatentModel } from "../../src/models/model.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";

const column = plainColumn("a", { minimum: -9, maximum: 9 });
const fields = tableFields({ columns: [column] });
const SCALE = 0.5;

/** Two latent variables of a step: q(z₁ | x) = N(gain · x, ½²), and z₂, whose posterior is its prior N(0, 1). */
function handMade(gain: number): LatentModel {
  const rawOf = (scale: number) => Math.log(Math.expm1(scale - 1e-4));
  const normal = (mean: Tensor, scales: readonly Tensor[]) =>
    latentFamilies.normal.of(mean, concat([...scales]));
  const { emission, like } = { emission: emissionOf([column]), like: filledLike };
  return {
    parameters: [{ name: "unused", shape: [1], initialise: () => {} }],
    width: 1,
    state: { h: [1] },
    latents: [
      {
        name: "z",
        shape: [2],
        at: "step",
        normals: latentFamilies.normal.normals,
        prior: (_, { state }) => {
          const one = like(state["h"]!, rawOf(1));
          const zero = like(state["h"]!, 0);
          return normal(concat([zero, zero]), [one, one]);
        },
        posterior: (_, { x }) => {
          const own = x["x"]!;
          const scales = [like(own, rawOf(SCALE)), like(own, rawOf(1))];
          return normal(concat([mul(own, gain), like(own, 0)]), scales);
        },
      },
    ],
    emission,
    dropoutSites: {},
    features: (_, { values }) => ({ x: values }),
    emissionParameters: (_, { z }) => like(concat([z["z"]!]), 0),
    transition: (_, { state }) => state,
  };
}

const random = Random.stream(1, "values");
const steps = 4000;
const values = Float64Array.from({ length: steps }, () => random.normal());
const sequences = [0, 1].map((half) =>
  tableSequence({
    name: `${half}`,
    length: steps / 2,
    values: values.slice((half * steps) / 2, ((half + 1) * steps) / 2),
  }),
);
const use = (model: LatentModel) =>
  latentUse({
    runtime: nodeRuntime(),
    model,
    weights: initialWeights(model.parameters, 1),
    fields,
    sequences,
    seed: 1,
  });

test("of a channel with normal noise it is what that channel carries", async () => {
  const told = (await use(handMade(2)))!;
  // Scaled values have deviation 1: z₁ is 2·x + ½·ε, of which ½ log(1 + (2 / ½)²) nats tell of x.
  expect(told.mutualInformation).toBeGreaterThan(0.9 * 0.5 * Math.log(17));
  expect(told.mutualInformation).toBeLessThan(1.1 * 0.5 * Math.log(17));
  expect(told).toMatchObject({ latents: 2, activeUnits: 1 });
  const kl = 0.5 * (4 + SCALE ** 2 - 1) - Math.log(SCALE); // E KL(N(2x, ½²) ‖ N(0, 1))
  expect(told.kl / kl).toBeGreaterThan(0.95);
  expect(told.kl / kl).toBeLessThan(1.05);
});

test("where posteriors are all alike nothing is told, however far they lie from the prior", async () => {
  const told = (await use(handMade(0)))!;
  expect(told.activeUnits).toBe(0);
  expect(told.mutualInformation).toBeLessThan(1e-6);
  expect(told.kl).toBeCloseTo(0.5 * (SCALE ** 2 - 1) - Math.log(SCALE), 5);
});

test("a model without latent variables uses none", async () => {
  expect(await use(new Vrnn({ columns: [column], hidden: 3, latent: 0 }))).toBeUndefined();
});

test("of a whole text is what a posterior knows that has read all of it", async () => {
  const sizes = { hidden: 4, latent: 2, latentScope: "sequence" } as const;
  const model = new Vrnn({ columns: [column], ...sizes });
  const weights = initialWeights(model.parameters, 1);
  const runtime = nodeRuntime();
  const source = memorySource(sequences, fields);
  const settings = { runtime, model, weights, fields, seed: 1 };
  const evaluator = await Evaluator.create(runtime, model, fields, plainElbo, trainingOptions.parse({}));
  const { kl } = (await evaluator.bound(weights, source)) as unknown as { kl: number };
  await evaluator.dispose();
  expect((await latentUse({ ...settings, sequences }))!.kl).toBeCloseTo(kl, 6);
});
