/** Loops over values so large that passes treat them otherwise: against the graph as it was written. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { paired } from "../../src/collections.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { carrySums } from "../../src/passes/carry-sums.ts";
import { isLarge } from "../../src/passes/cost.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { processorPasses } from "../../src/passes/processor.ts";
import { sinkLarge } from "../../src/passes/sink.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Values } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";

/** Wide enough that `[B, S, WIDE]` counts as large; S and B are small when it runs. */
const WIDE = 300;
const sizes: Readonly<Record<string, number>> = { T: 4, B: 2, S: 3 };

const shapes = {
  x: ["T", "B", WIDE],
  h: ["B", WIDE],
  memory: ["B", "S", WIDE],
  weight: [WIDE, WIDE],
  wide: ["T", "B", "S", WIDE],
} as const;
type Inputs = { readonly [Name in keyof typeof shapes]: g.Tensor };

const inputs = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, g.input(name, shape, "float64")]),
) as Inputs;

const feeds: Values = Object.fromEntries(
  Object.entries(shapes).map(([name, dims], i) => {
    const shape = dims.map((dim) => (typeof dim === "number" ? dim : (sizes[dim] as number)));
    const data = someNumbers(
      shape.reduce((all, size) => all * size, 1),
      i + 1,
    );
    return [name, { dtype: "float64", shape, data: name === "weight" ? data.map((v) => v / WIDE) : data }];
  }),
);

async function valuesOf(outputs: readonly g.Tensor[]): Promise<readonly Float64Array[]> {
  const named = Object.fromEntries(outputs.map((output, i) => [`y${i}`, output]));
  const executable = await nodeRuntime().compile(lower(named));
  const results = await executable.run(feeds);
  await executable.dispose();
  return outputs.map((_, i) => results[`y${i}`]?.data as Float64Array);
}

/** Whether two graphs give the same numbers, up to the order in which sums are made. */
async function expectSame(one: readonly g.Tensor[], other: readonly g.Tensor[]): Promise<void> {
  for (const [a, b] of paired(await valuesOf(one), await valuesOf(other))) {
    const most = b.reduce((all, value) => Math.max(all, Math.abs(value)), 1e-9);
    expect(a.length).toBe(b.length);
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i]!) / most).toBeLessThan(1e-12);
    });
  }
}

const ofAllSteps = (outputs: readonly g.Tensor[]): number =>
  g.printGraph(outputs).split(`float64[T, B, S, ${WIDE}]`).length - 1;

/** Additive attention to a memory, with a state that what was read is added to. */
function attend({ x, h, memory, weight }: Inputs, { reverse = false } = {}): g.Tensor {
  const { state, outputs } = g.scan({
    state: { h },
    over: { x },
    reverse,
    step: (before, slices) => {
      const query = g.unsqueeze(g.matmul(before.h, weight), 1); // [B, 1, W]
      const scores = g.sum(g.tanh(g.add(memory, query)), [2]); // [B, S]
      const shares = g.unsqueeze(g.softmax(scores), 1); // [B, 1, S]
      const context = g.squeeze(g.matmul(shares, memory), 1); // [B, W]
      const after = g.tanh(g.add(g.add(context, slices.x), g.mul(before.h, 0.5)));
      return { state: { h: after }, outputs: { after } };
    },
  });
  return g.add(g.sum(g.square(outputs.after)), g.sum(g.sin(state.h)));
}

describe("the gradient of a memory that every step reads", () => {
  test.each([false, true])("is carried and not stacked (backwards: %s)", async (reverse) => {
    const wrt = [inputs.memory, inputs.weight, inputs.h, inputs.x];
    const loss = attend(inputs, { reverse });
    const plain = gradients(loss, wrt);
    const [better, ...own] = optimise([loss, ...wrt]) as [g.Tensor, ...g.Tensor[]];
    const finished = finish(gradients(better, own), processorPasses());
    await expectSame(finished, plain);
    // The tanh of the forward loop, which the reverse one reads, is left.
    expect(g.printGraph(finished).match(/carry .*\[B, S, 300\]/g)).toHaveLength(1);
    expect(ofAllSteps(finished)).toBe(1);
  });
});

test("a weight that a loop uses twice has its gradient by products of all steps", async () => {
  const { x, h, weight } = inputs;
  const { state } = g.scan({
    state: { h },
    over: { x },
    step: (before, slices) => {
      const once = g.tanh(g.matmul(before.h, weight));
      return { state: { h: g.add(g.tanh(g.matmul(once, weight)), slices.x) }, outputs: {} };
    },
  });
  const loss = g.sum(g.square(state.h));
  const [better, own] = optimise([loss, weight]) as [g.Tensor, g.Tensor];
  const finished = finish(gradients(better, [own]), processorPasses());
  await expectSame(finished, gradients(loss, [weight]));
  expect(g.printGraph(finished)).not.toContain(`[T, ${WIDE}, ${WIDE}]`);
});

describe("sums over the steps of a loop", () => {
  /** Two values of each step, the large one as many times as asked. */
  const looped = ({ x, h, memory }: Inputs) =>
    g.scan({
      state: { h },
      over: { x },
      step: (before, slices) => {
        const after = g.tanh(g.add(before.h, slices.x));
        const large = g.mul(g.sin(memory), g.unsqueeze(after, 1)); // [B, S, W]
        return { state: { h: g.mul(after, g.sum(large)) }, outputs: { large, after } };
      },
    }).outputs;

  test("are carried where nothing else uses the steps, others stay as they are", async () => {
    const { large, after } = looped(inputs);
    const written = [g.sum(large, [0]), g.sum(after, [0]), after];
    const carried = carrySums(written);
    await expectSame(carried, written);
    expect(ofAllSteps(written)).toBe(1);
    expect(ofAllSteps(carried)).toBe(0);
    expect(g.printGraph(carried)).toContain(`sum(`); // the small one
  });

  test("are carried beside the stack of the same values, where a loop collects these under more names", async () => {
    const { x, h, memory } = inputs;
    const { outputs } = g.scan({
      state: { h },
      over: { x },
      step: (before, slices) => {
        const large = g.mul(g.sin(memory), g.unsqueeze(g.tanh(g.add(before.h, slices.x)), 1)); // [B, S, W]
        const after = g.mul(before.h, g.sum(large));
        return { state: { h: after }, outputs: { one: large, after, other: large, third: large } };
      },
    });
    const written = [g.sum(outputs.one, [0]), outputs.after, outputs.other, g.sum(outputs.third, [0])];
    const carried = carrySums(written);
    await expectSame(carried, written);
    expect(ofAllSteps(carried)).toBe(1);
    expect(g.printGraph(carried).match(/carry .*\[B, S, 300\]/g)).toHaveLength(1);
  });

  test.each([
    ["asked for", (large: g.Tensor) => [g.sum(large, [0]), large]],
    ["used otherwise", (large: g.Tensor) => [g.sum(large, [0]), g.sum(g.square(large))]],
    ["summed over another axis", (large: g.Tensor) => [g.sum(large, [1])]],
    ["summed over more axes", (large: g.Tensor) => [g.sum(large, [0, 1])]],
    ["summed with an axis kept", (large: g.Tensor) => [g.sum(large, [0], { keepDims: true })]],
  ])("stay sums of stacks where these are %s", (_, use) => {
    const written = use(looped(inputs).large);
    expect(carrySums(written)).toBe(written);
  });
});

describe("large sequences that a loop reads", () => {
  const read = ({ x, h }: Inputs, sequence: g.Tensor) =>
    g.scan({
      state: { h },
      over: { x, sequence },
      step: (before, slices) => ({
        state: { h: g.tanh(g.add(g.sum(g.mul(slices.sequence, g.unsqueeze(before.h, 1)), [1]), slices.x)) },
        outputs: { h: before.h },
      }),
    }).outputs.h;

  test("are made in it, as far as they are cheap arithmetic of others", async () => {
    const { wide, memory } = inputs;
    const made = g.sub(1, g.mul(g.mul(wide, wide), g.sin(memory)));
    const written = [read(inputs, made)];
    const sunk = sinkLarge(written);
    await expectSame(sunk, written);
    expect(ofAllSteps(written)).toBe(4); // the input, two products and a difference
    expect(ofAllSteps(sunk)).toBe(1);
  });

  test("stay outside where something else uses them too", async () => {
    const { wide } = inputs;
    const square = g.mul(wide, wide);
    const made = g.sub(1, square);
    const shared = [read(inputs, made), made];
    expect(sinkLarge(shared)).toBe(shared);
    const half = [read(inputs, made), g.sum(square)];
    const sunk = sinkLarge(half);
    await expectSame(sunk, half);
    expect(ofAllSteps(sunk)).toBe(2); // the input and its square
  });

  test("stay outside where an axis of one step stands for all of them", () => {
    const oneStep = g.unsqueeze(inputs.memory, 0); // [1, B, S, W]
    const written = [read(inputs, g.mul(inputs.wide, oneStep))];
    expect(sinkLarge(written)).toBe(written);
  });
});

test.each([
  [[16, 4096], true],
  [["B", "S", WIDE], true],
  [["B", 2048], false],
  [["B*S", 256], true],
  [[], false],
] as const)("a value of %j is large: %s", (shape, large) => {
  expect(isLarge({ shape })).toBe(large);
});
