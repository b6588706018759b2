import { describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import {
  emptyFloat32,
  float32,
  scalarValue,
  type TensorValue,
  type Values,
} from "../../src/runtime/runtime.ts";
import { blockwiseUpdate } from "../../src/train/blockwise-update.ts";
import {
  adam,
  averageWeights,
  chain,
  clipByGlobalNorm,
  decayWeights,
  descend,
} from "../../src/train/optimisers.ts";
import { updateProgram } from "../../src/train/programs.ts";

const runtime = nodeRuntime();
const size = 2 ** 18 * 2 + 777; // two blocks and a part of one
const random = Random.stream(3, "gradients");
const drawn = (scale: number) =>
  float32(
    [size],
    Float32Array.from({ length: size }, () => scale * random.normal()),
  );

const optimiser = chain(clipByGlobalNorm(0.5), adam(), decayWeights, descend, averageWeights(0.9));
const first = drawn(1);
const decays = drawn(0.01);
const gradients = Array.from({ length: 3 }, () => [drawn(0.1), drawn(0.1)] as const);

/** What three updates come to, each written to memory of its own. */
async function updated(fewest: number) {
  const executable = await blockwiseUpdate(runtime, { size, optimiser, shards: 2 }, fewest);
  const states = Object.entries(optimiser.state).map(
    ([name, kind]) => [`optimiser.${name}`, emptyFloat32(kind === "vector" ? [size] : [])] as const,
  );
  let current: Record<string, TensorValue> = { parameters: first, ...Object.fromEntries(states) };
  const norms: number[] = [];
  for (const [one, other] of gradients) {
    const next = Object.fromEntries(
      Object.entries(current).map(([name, { shape }]) => [name, emptyFloat32(shape)]),
    );
    const into = Object.fromEntries(Object.entries(next).map(([name, value]) => [`${name}.next`, value]));
    const inputs: Values = { ...current, decays, "gradient.0": one, "gradient.1": other };
    const { gradientNorm } = await executable.run({ ...inputs, learningRate: scalarValue(0.01) }, into);
    norms.push(Number(gradientNorm?.data[0]));
    current = next;
  }
  await executable.dispose();
  return { current, norms };
}

describe("an update block by block", () => {
  test("is the one of the whole, to the rounding of the gradient's norm", async () => {
    const [blocks, whole] = [await updated(1), await updated(Number.POSITIVE_INFINITY)];
    blocks.norms.forEach((norm, i) => void expect(norm / whole.norms[i]!).toBeCloseTo(1, 5));
    for (const [name, { data }] of Object.entries(whole.current)) {
      const own = blocks.current[name]!.data as Float32Array;
      let most = 0;
      (data as Float32Array).forEach((each, i) => {
        most = Math.max(most, Math.abs(each - own[i]!));
      });
      expect(most, name).toBeLessThan(2e-6);
    }
  });

  test("tells the norm of the gradient of all shards", async () => {
    const { norms } = await updated(1);
    gradients.forEach(([one, other], i) => {
      const squares = one.data.reduce((all, each, p) => all + (each + other.data[p]!) ** 2, 0);
      expect(norms[i]! / Math.sqrt(squares)).toBeCloseTo(1, 5);
    });
  });

  test("is left to whole vectors where there are few parameters", async () => {
    const few = { size: 10, optimiser: chain(adam(), descend), shards: 1 };
    const executable = await blockwiseUpdate(runtime, few);
    const whole = await runtime.compile(updateProgram(10, few.optimiser, 1));
    expect(executable.constructor).toBe(whole.constructor);
    await Promise.all([executable.dispose(), whole.dispose()]);
  });
});
