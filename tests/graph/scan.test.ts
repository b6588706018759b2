import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue } from "../../src/runtime/runtime.ts";
import { type GradientCase, gradientError, someNumbers } from "../finite-differences.ts";
import { scansBelow } from "./inspect.ts";

/** h' = tanh(hU + x), with everything that a recurrence can ask of a scan. */
const recurrence = (x: g.Tensor, u: g.Tensor, h0: g.Tensor, reverse = false) =>
  g.scan({
    state: { h: h0 },
    over: { x },
    reverse,
    step: ({ h }, { x: now }) => {
      const next = g.tanh(g.add(g.matmul(h, u), now));
      return {
        state: { h: next },
        outputs: { before: h, after: next, energy: g.sum(g.square(next), [-1]) },
      };
    },
  });

const shapes = [
  [4, 2, 3],
  [3, 3],
  [2, 3],
];
const named = [
  ["T", "B", 3],
  [3, 3],
  ["B", 3],
];

/** A scalar over several outputs, each of which counts. */
const total = (...outputs: readonly g.Tensor[]): g.Tensor =>
  outputs.map((y, i) => g.mul(g.sum(g.mul(y, g.sin(y))), i + 1)).reduce(g.add);

const cases: Record<string, GradientCase> = {
  "every kind of output": {
    shapes,
    named,
    build: (x, u, h0) => {
      const { state, outputs } = recurrence(x as g.Tensor, u as g.Tensor, h0 as g.Tensor);
      return total(state.h, outputs.before, outputs.after, outputs.energy);
    },
  },
  "backwards in time": {
    shapes,
    named,
    build: (x, u, h0) => {
      const { state, outputs } = recurrence(x as g.Tensor, u as g.Tensor, h0 as g.Tensor, true);
      return total(state.h, outputs.after);
    },
  },
  "only the last state": {
    shapes,
    named,
    build: (x, u, h0) => total(recurrence(x as g.Tensor, u as g.Tensor, h0 as g.Tensor).state.h),
  },
  "a state that nothing changes, and one that forgets": {
    shapes: [[4, 3], [3], [3]],
    named: [["T", 3], [3], [3]],
    build: (x, kept, forgotten) => {
      const { state, outputs } = g.scan({
        state: { kept, forgotten },
        over: { x },
        step: (s, { x: now }) => ({
          state: { kept: s.kept, forgotten: g.mul(now, 2) },
          outputs: { y: g.mul(g.mul(s.kept, s.forgotten), now) },
        }),
      });
      return total(state.kept, state.forgotten, outputs.y);
    },
  },
  "a choice and a split inside": {
    shapes: [
      [5, 2, 4],
      [2, 4],
    ],
    named: [
      ["T", "B", 4],
      ["B", 4],
    ],
    build: (x, h0) => {
      const { outputs } = g.scan({
        state: { h: h0 },
        over: { x },
        step: ({ h }, { x: now }) => {
          const [left, right] = g.split(g.where(g.greater(now, 0), h, g.mul(h, now)), [1, 3]) as [
            g.Tensor,
            g.Tensor,
          ];
          return { state: { h: g.concat([right, g.sigmoid(left)]) }, outputs: { left } };
        },
      });
      return total(outputs.left);
    },
  },
  "a scan in a scan, with values from both levels": {
    shapes: [
      [3, 2, 2],
      [2, 2],
      [4, 2, 2],
      [2, 2],
    ],
    named: [
      ["T", "B", 2],
      [2, 2],
      ["S", "B", 2],
      ["B", 2],
    ],
    build: (x, u, y, h0) => {
      const { state, outputs } = g.scan({
        state: { h: h0 },
        over: { x },
        step: ({ h }, { x: now }) => {
          const inner = g.scan({
            state: { k: h },
            over: { y },
            step: ({ k }, { y: each }) => {
              const next = g.tanh(g.add(g.add(g.matmul(k, u as g.Tensor), each), now));
              return { state: { k: next }, outputs: { k: g.mul(next, h) } };
            },
          });
          return { state: { h: inner.state.k }, outputs: { inner: g.sum(inner.outputs.k, [0]) } };
        },
      });
      return total(state.h, outputs.inner);
    },
  },
};

describe("gradients of scans agree with finite differences", () => {
  for (const [name, each] of Object.entries(cases)) {
    test(name, async () => expect(await gradientError(each)).toBeLessThan(1e-6));
  }
});

/** Runs a graph as it was written, and after all passes. */
async function bothWays(outputs: Record<string, g.Tensor>, feeds: Record<string, TensorValue>) {
  const names = Object.keys(outputs);
  const finished = finish(Object.values(outputs));
  const programs = [
    lower(outputs),
    lower(Object.fromEntries(names.map((name, i) => [name, finished[i] as g.Tensor]))),
  ];
  return Promise.all(programs.map(async (program) => (await nodeRuntime().compile(program)).run(feeds)));
}

test("the passes change no value", async () => {
  const [x, u, h0] = [
    g.input("x", ["T", "B", 3], "float64"),
    g.input("u", [3, 3], "float64"),
    g.input("h0", ["B", 3], "float64"),
  ];
  const { state, outputs } = recurrence(g.add(g.relu(x), 1), u, h0);
  const value = (shape: number[], seed: number): TensorValue => ({
    dtype: "float64",
    shape,
    data: someNumbers(
      shape.reduce((a, b) => a * b),
      seed,
    ),
  });
  const feeds = { x: value([6, 2, 3], 1), u: value([3, 3], 2), h0: value([2, 3], 3) };
  const [plain, optimised] = await bothWays({ last: state.h, ...outputs }, feeds);
  for (const name of Object.keys(plain ?? {})) {
    const [a, b] = [plain?.[name]?.data as Float64Array, optimised?.[name]?.data as Float64Array];
    expect(a.length).toBeGreaterThan(0);
    a.forEach((entry, i) => void expect(b[i]).toBeCloseTo(entry, 12));
  }
});

test("what does not recur leaves the loop", () => {
  const [x, w, h0] = [g.input("x", ["T", "B", 3]), g.input("w", [3, 3]), g.input("h0", ["B", 3])];
  const { outputs } = g.scan({
    state: { h: h0 },
    over: { x },
    step: ({ h }, { x: now }) => ({
      state: { h: g.add(h, g.matmul(now, w)) },
      outputs: { after: g.exp(g.matmul(h, w)) },
    }),
  });
  const [finished] = finish([outputs.after]);
  const scans = scansBelow(finished as g.Tensor);
  expect(scans).toHaveLength(1);
  expect(scans[0]).toEqual(["add"]);
});

test("a state that changes its shape is refused, with the shapes and the line of model code", () => {
  const h0 = g.input("h0", ["B", 3]);
  const x = g.input("x", ["T", "B", 4]);
  expect(() =>
    g.scan({
      state: { h: h0 },
      over: { x },
      step: (_, { x: now }) => ({ state: { h: now }, outputs: {} }),
    }),
  ).toThrow(/scan\.test\.ts:\d+:\d+: scan\(.*float32\[B, 3\] before a step and float32\[B, 4\] after it/);
});

/** Several parts at several levels, one of them absent. */
interface Memory {
  readonly cell: { readonly h: g.Tensor; readonly c: g.Tensor };
  readonly past: readonly g.Tensor[];
  readonly last?: g.Tensor;
}

test("states, sequences and outputs are records of any depth, under their own types", async () => {
  const over = {
    x: g.input("x", ["T", 2], "float64"),
    known: { a: g.input("a", ["T", 2], "float64"), b: undefined },
  };
  const zero = g.constant([0, 0], [2], "float64");
  const start: Memory = { cell: { h: zero, c: g.add(zero, 1) }, past: [zero, zero] };
  const { state, outputs } = g.scan({
    state: start,
    over,
    step: ({ cell, past, ...absent }, { x, known: { a, b } }) => {
      expect([b, absent.last]).toEqual([undefined, undefined]);
      const h = g.add(g.mul(cell.h, 2), x);
      return {
        state: { past: [x, ...past.slice(0, 1)], cell: { c: g.mul(cell.c, a), h } },
        outputs: { seen: [h, { twice: g.mul(h, 2) }] as const, c: cell.c },
      };
    },
  });
  expect(state.last).toBeUndefined();
  const all = {
    h: state.cell.h,
    c: state.cell.c,
    before: state.past[1] as g.Tensor,
    seen: outputs.seen[0],
    twice: outputs.seen[1].twice,
    memory: outputs.c,
  };
  const value = (data: readonly number[]): TensorValue => ({
    dtype: "float64",
    shape: [data.length / 2, 2],
    data: Float64Array.from(data),
  });
  const [plain, optimised] = await bothWays(all, { x: value([1, 2, 3, 4]), a: value([5, 6, 7, 8]) });
  const expected = {
    h: [5, 8],
    c: [35, 48],
    before: [1, 2],
    seen: [1, 2, 5, 8],
    twice: [2, 4, 10, 16],
    memory: [1, 1, 5, 6],
  };
  for (const results of [plain, optimised])
    for (const [name, numbers] of Object.entries(expected))
      expect(Array.from(results?.[name]?.data ?? [], Number)).toEqual(numbers);
});

test("a step that leaves out a part of the state is refused by the compiler, and by its name", () => {
  const over = { x: g.input("x", ["T", 2]) };
  const state = { cell: { h: g.constant([0, 0], [2]), c: g.constant([0, 0], [2]) } };
  expect(() =>
    // @ts-expect-error: c is missing.
    g.scan({ state, over, step: ({ cell }) => ({ state: { cell: { h: cell.h } }, outputs: {} }) }),
  ).toThrow(/the state\.cell\.c is float32\[2\] before a step and missing after it/);
});

test("a number is no output", () => {
  const options = { state: {}, over: { x: g.input("x", ["T", 2]) } };
  // @ts-expect-error: scalar(1) is a tensor.
  const run = () => g.scan({ ...options, step: () => ({ state: {}, outputs: { one: 1 } }) });
  expect(run).toThrow(/scan: 1 is no tensor/);
});

test("a value of one loop is no value of another", () => {
  const x = g.input("x", ["T", 2]);
  let stolen: g.Tensor | undefined;
  const run = (use: (h: g.Tensor) => g.Tensor) =>
    g.scan({
      state: { h: g.constant([0, 0], [2]) },
      over: { x },
      step: ({ h }) => ({ state: { h: use(h) }, outputs: {} }),
    });
  run((h) => {
    stolen = h;
    return h;
  });
  expect(() => run((h) => g.add(h, stolen as g.Tensor))).toThrow(/used inside another/);
});
