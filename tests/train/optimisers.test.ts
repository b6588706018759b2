import { describe, expect, test } from "vitest";
import { klWeightAt } from "../../src/objectives/kl-schedule.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, scalarValue, type TensorValue } from "../../src/runtime/runtime.ts";
import {
  adam,
  chain,
  clipByGlobalNorm,
  decayWeights,
  descend,
  type Transformation,
} from "../../src/train/optimisers.ts";
import { updateProgram } from "../../src/train/programs.ts";
import { learningRateAt } from "../../src/train/schedules.ts";
import { type FixtureTensor, readFixture } from "../fixtures/fixture.ts";

const fixture = readFixture("vrnn/optimisers");
const size = 8;
const steps = 5;

const optimisers: Record<string, Transformation> = {
  adam: chain(adam(), descend),
  "adam.clipped": chain(clipByGlobalNorm(5), adam(), descend),
  adamw: chain(adam(), decayWeights, descend),
  "adamw.clipped": chain(clipByGlobalNorm(5), adam(), decayWeights, descend),
};

const flat = (prefix: string): Float32Array =>
  Float32Array.from(
    ["weight", "bias"].flatMap((name) => (fixture.tensors[`${prefix}/${name}`] as FixtureTensor).data),
  );

/** Five steps from the fixture's start; the gradient may be cut into several shards that add up. */
async function run(optimiser: Transformation, shards: number): Promise<Float32Array[]> {
  const executable = await nodeRuntime().compile(updateProgram(size, optimiser, shards));
  let parameters = float32([size], flat("initial"));
  let state: Record<string, TensorValue> = Object.fromEntries(
    Object.entries(optimiser.state).map(([name, kind]) => [
      `optimiser.${name}`,
      emptyFloat32(kind === "vector" ? [size] : []),
    ]),
  );
  const reached: Float32Array[] = [];
  for (let step = 0; step < steps; step++) {
    const part = flat(`gradients/${step}`).map((slope) => slope / shards);
    const gradients = Object.fromEntries(
      Array.from({ length: shards }, (_, i) => [`gradient.${i}`, float32([size], part)]),
    );
    const decays = float32([size], new Float32Array(size).fill(0.01));
    const results = await executable.run({
      parameters,
      learningRate: scalarValue(1e-3),
      decays,
      ...gradients,
      ...state,
    });
    parameters = results["parameters.next"] as TensorValue<"float32">;
    state = Object.fromEntries(
      Object.keys(state).map((name) => [name, results[`${name}.next`] as TensorValue]),
    );
    reached.push(parameters.data);
  }
  return reached;
}

describe("the compiled update agrees with torch.optim over five steps", () => {
  test.each(Object.entries(optimisers))("%s", async (name, optimiser) => {
    for (const shards of [1, 2]) {
      for (const [step, parameters] of (await run(optimiser, shards)).entries()) {
        flat(`${name}/${step}`).forEach((expected, i) => void expect(parameters[i]).toBeCloseTo(expected, 6));
      }
    }
  });
});

test("learning rates rise through the warm-up and end as the schedule says", () => {
  const options = { learningRate: 1, warmupSteps: 10, totalSteps: 110 };
  expect(learningRateAt("constant", options, 0)).toBeCloseTo(0.1);
  expect(learningRateAt("constant", options, 109)).toBe(1);
  expect(learningRateAt("cosine", options, 60)).toBeCloseTo(0.5);
  expect(learningRateAt("cosine", options, 110)).toBeCloseTo(0);
  expect(learningRateAt("linear", options, 35)).toBeCloseTo(0.75);
});

test("the weight of the divergence rises from nearly 0 to 1", () => {
  expect(klWeightAt(0, 0)).toBe(1);
  expect(klWeightAt(100, 0)).toBeCloseTo(0.01);
  expect(klWeightAt(100, 49)).toBeCloseTo(0.5);
  expect(klWeightAt(100, 500)).toBe(1);
});
