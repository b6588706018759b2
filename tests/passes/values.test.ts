/** What passes once got wrong, or could easily. */
import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { processorPasses } from "../../src/passes/processor.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";

type Shapes = Readonly<Record<string, readonly g.Dim[]>>;
type Named = Readonly<Record<string, g.Tensor>>;
type Numbers = Readonly<Record<string, readonly number[]>>;

interface Case {
  readonly shapes: Shapes;
  readonly sizes?: Readonly<Record<string, number>>;
  readonly feeds: Numbers;
  readonly build: (inputs: Named) => Named;
  readonly expected: Numbers;
}

/** h' = step(h, slices), from an input `h`; collects what `look` makes of h. */
function loop(
  { h, ...over }: Named,
  step: (h: g.Tensor, slices: Named) => g.Tensor,
  look: (h: g.Tensor) => Named = () => ({}),
): Named {
  const { state, outputs } = g.scan({
    state: { h: h as g.Tensor },
    over,
    step: ({ h: now }, slices: Named) => ({ state: { h: step(now, slices) }, outputs: look(now) }),
  });
  return { last: state.h, ...outputs };
}

const cases: Readonly<Record<string, Case>> = {
  "constants that JSON cannot write are not the same": {
    shapes: { x: [2] },
    feeds: { x: [1, 2] },
    build: ({ x }) => ({
      above: g.minimum(x as g.Tensor, Number.POSITIVE_INFINITY),
      below: g.minimum(x as g.Tensor, Number.NEGATIVE_INFINITY),
    }),
    expected: { above: [1, 2], below: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] },
  },
  "a sum over no axes stays one per step": {
    shapes: { h: [], x: ["T"] },
    feeds: { h: [1], x: [1, 2, 3] },
    build: (inputs) =>
      loop(
        inputs,
        (h, { x }) => g.add(h, x as g.Tensor),
        (h) => ({ sum: g.sum(g.mul(h, 2)), max: g.max(h), logSumExp: g.logSumExp(h), mean: g.mean(h) }),
      ),
    expected: { last: [7], sum: [2, 4, 8], max: [1, 2, 4], logSumExp: [1, 2, 4], mean: [1, 2, 4] },
  },
  "what a choice leaves out has no effect, not even as infinity": {
    shapes: { h: [2], x: ["T", 2], open: ["T", 2] },
    feeds: { h: [0, 1000], x: [1, 2], open: [1, 0] },
    build: (inputs) =>
      loop(inputs, (h, { x, open }) => {
        const chosen = g.where(g.greater(open as g.Tensor, 0), g.exp(h), 0);
        return g.add(1, g.mul(g.mul(chosen, x as g.Tensor), g.sin(x as g.Tensor)));
      }),
    expected: { last: [1 + Math.sin(1), 1] },
  },
  "two choices of one value": {
    shapes: { h: [4], a: ["T", 4], b: ["T", 4] },
    feeds: { h: [1, 2, 3, 400], a: [1, 1, -1, -1], b: [1, -1, 1, -1] },
    build: (inputs) =>
      loop(inputs, (h, { a, b }) => {
        const big = g.mul(g.exp(g.mul(h, 0)), g.where(g.less(h, 100), h, Number.POSITIVE_INFINITY));
        const left = g.where(g.greater(a as g.Tensor, 0), big, 0);
        const right = g.where(g.greater(b as g.Tensor, 0), g.mul(big, 10), 0);
        return g.sub(left, right);
      }),
    expected: { last: [-9, 2, -30, 0] },
  },
  "a matrix of unknown width stays a product of its own": {
    shapes: { h: ["B", 2], x: ["T", "B", 2], memory: ["S", 2] },
    sizes: { S: 2 },
    feeds: { h: [0, 1], x: [1, 2], memory: [1, 0, 0, 1] },
    build: ({ memory, ...inputs }) =>
      loop(inputs, (h, { x }) => {
        const scores = g.matmul(h, memory as g.Tensor, { transposeB: true }); // [B, S]
        return g.add(x as g.Tensor, g.matmul(scores, memory as g.Tensor));
      }),
    expected: { last: [1, 3] },
  },
  "a layer whose product is used twice keeps it": {
    shapes: { h: [1, 2], x: ["T", 1, 2], u: [2, 2], bias: [2] },
    feeds: { h: [1, 2], x: [0, 0], u: [1, 2, 3, 4], bias: [10, 20] },
    build: ({ u, bias, ...inputs }) =>
      loop(inputs, (h) => {
        const product = g.matmul(h, u as g.Tensor);
        return g.sub(g.add(product, bias as g.Tensor), g.mul(product, product));
      }),
    expected: { last: [7 + 10 - 49, 10 + 20 - 100] },
  },
  "cuts of joined tensors at the seams, and beside them": {
    shapes: { a: [2], b: [1], c: [2] },
    feeds: { a: [1, 2], b: [3], c: [4, 5] },
    build: ({ a, b, c }) => {
      const joined = g.concat([a, b, c] as g.Tensor[]);
      const [left, right] = g.split(joined, [3, 2]) as [g.Tensor, g.Tensor];
      return { left, right, middle: g.slice(joined, 0, 2, 3), beside: g.slice(joined, 0, 1, 3) };
    },
    expected: { left: [1, 2, 3], right: [4, 5], middle: [3], beside: [2, 3] },
  },
  "cuts along another axis than the joint": {
    shapes: { a: [1, 2], b: [1, 2] },
    feeds: { a: [1, 2], b: [3, 4] },
    build: ({ a, b }) => ({ cut: g.slice(g.concat([a, b] as g.Tensor[], 0), 1, 0, 1) }),
    expected: { cut: [1, 3] },
  },
};

test("products of whole numbers in a loop, of which kernels are fewer", async () => {
  const whole = (name: string, shape: readonly g.Dim[]) => g.input(name, shape, "int64");
  const [w, bias] = [whole("w", [2, 2]), whole("bias", [2])];
  const { state } = g.scan({
    state: { h: whole("h", [1, 2]) },
    over: { x: whole("x", ["T", 1, 2]) },
    step: ({ h }, { x }) => ({ state: { h: g.add(g.add(g.matmul(h, w), bias), x) }, outputs: {} }),
  });
  const [last] = finish([state.h], processorPasses()) as [g.Tensor];
  const executable = await nodeRuntime().compile(lower({ last }));
  const value = (shape: readonly number[], numbers: readonly bigint[]) =>
    ({ dtype: "int64", shape, data: BigInt64Array.from(numbers) }) as const;
  const results = await executable.run({
    w: value([2, 2], [1n, 2n, 3n, 4n]),
    bias: value([2], [10n, 20n]),
    h: value([1, 2], [1n, 1n]),
    x: value([2, 1, 2], [0n, 1n, 2n, 3n]),
  });
  await executable.dispose();
  // [1 1]·W = [4 6], + [10 20] + [0 1] = [14 27]; ·W = [95 136], + [10 20] + [2 3]
  expect(results["last"]?.data).toEqual(BigInt64Array.of(107n, 159n));
});

test("what is cut out of joined tensors is not joined first", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => g.input(name, ["B", 2])) as [g.Tensor, g.Tensor, g.Tensor];
  const front = g.slice(g.concat([a, b, c]), 1, 0, 4); // [B, 4]
  const [first, second] = g.split(front, [2, 2]) as [g.Tensor, g.Tensor];
  expect(finish([first, second])).toEqual([a, b]);
});

describe("passes change no value", () => {
  for (const [name, { shapes, sizes = {}, feeds, build, expected }] of Object.entries(cases)) {
    test(name, async () => {
      const inputs = Object.fromEntries(
        Object.entries(shapes).map(([each, shape]) => [each, g.input(each, shape, "float64")]),
      );
      const outputs = build(inputs);
      const names = Object.keys(outputs);
      const finished = finish(Object.values(outputs));
      const program = lower(Object.fromEntries(names.map((each, i) => [each, finished[i] as g.Tensor])));
      const executable = await nodeRuntime().compile(program);
      const results = await executable.run(
        Object.fromEntries(
          Object.entries(shapes).map(([each, dims]) => {
            const data = Float64Array.from(feeds[each] as number[]);
            const known = dims.map((dim) => (typeof dim === "number" ? dim : (sizes[dim] ?? 1)));
            // Time takes what the other axes leave.
            const rest = known.reduce((all, size) => all * size, 1);
            const shape = known.map((size, i) => (dims[i] === "T" ? data.length / rest : size));
            return [each, { dtype: "float64" as const, shape, data }];
          }),
        ),
      );
      await executable.dispose();
      for (const [each, numbers] of Object.entries(expected)) {
        const found = results[each]?.data as Float64Array;
        expect(found).toHaveLength(numbers.length);
        numbers.forEach((number, i) => {
          if (Number.isFinite(number)) expect(found[i]).toBeCloseTo(number, 12);
          else expect(found[i]).toBe(number);
        });
      }
    });
  }
});
