import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue } from "../../src/runtime/runtime.ts";
import { type GradientCase, gradientError, someNumbers } from "../finite-differences.ts";
import { scansBelow } from "./inspect.ts";

type One = Record<"h", g.Tensor>;

/** h' = tanh(hU + x), with everything that a recurrence can ask of a scan. */
const recurrence = (x: g.Tensor, u: g.Tensor, h0: g.Tensor, reverse = false) =>
  g.scan({
    state: { h: h0 } as One,
    over: { x },
    reverse,
    step: ({ h }, { x: now }) => {
      const next = g.tanh(g.add(g.matmul(h, u), now as g.Tensor));
      return {
        state: { h: next } as One,
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
        state: { kept, forgotten } as Record<"kept" | "forgotten", g.Tensor>,
        over: { x } as { x: g.Tensor },
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
        state: { h: h0 } as One,
        over: { x } as { x: g.Tensor },
        step: ({ h }, { x: now }) => {
          const [left, right] = g.split(g.where(g.greater(now, 0), h, g.mul(h, now)), [1, 3]) as [
            g.Tensor,
            g.Tensor,
          ];
          return { state: { h: g.concat([right, g.sigmoid(left)]) } as One, outputs: { left } };
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
        state: { h: h0 } as One,
        over: { x } as { x: g.Tensor },
        step: ({ h }, { x: now }) => {
          const inner = g.scan({
            state: { k: h } as Record<"k", g.Tensor>,
            over: { y } as { y: g.Tensor },
            step: ({ k }, { y: each }) => {
              const next = g.tanh(g.add(g.add(g.matmul(k, u as g.Tensor), each), now));
              return { state: { k: next }, outputs: { k: g.mul(next, h) } };
            },
          });
          return { state: { h: inner.state.k } as One, outputs: { inner: g.sum(inner.outputs.k, [0]) } };
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
    state: { h: h0 } as One,
    over: { x },
    step: ({ h }, { x: now }) => ({
      state: { h: g.add(h, g.matmul(now, w)) } as One,
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
      state: { h: h0 } as One,
      over: { x },
      step: (_, { x: now }) => ({ state: { h: now as g.Tensor } as One, outputs: {} }),
    }),
  ).toThrow(/scan\.test\.ts:\d+:\d+: scan\(.*float32\[B, 3\] before a step and float32\[B, 4\] after it/);
});

test("a value of one loop is no value of another", () => {
  const x = g.input("x", ["T", 2]);
  let stolen: g.Tensor | undefined;
  const run = (use: (h: g.Tensor) => g.Tensor) =>
    g.scan({
      state: { h: g.constant([0, 0], [2]) } as One,
      over: { x },
      step: ({ h }) => ({ state: { h: use(h) } as One, outputs: {} }),
    });
  run((h) => {
    stolen = h;
    return h;
  });
  expect(() => run((h) => g.add(h, stolen as g.Tensor))).toThrow(/used inside another/);
});
