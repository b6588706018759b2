/** What goes wrong at run time is said in our words: the input, the sizes, the table; never in C++. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import "../built.ts";
import { VrnnError } from "../../src/errors.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { ortReason } from "../../src/runtime/ort-errors.ts";
import { emptyFloat32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";

const [x, h0] = [g.input("x", ["T", "B", 2]), g.input("h0", ["B", 2])];
const loop = g.scan({
  state: { h: h0 },
  over: { x },
  step: ({ h }, { x: now }) => {
    const next = g.tanh(g.add(g.matmul(h, g.input("w", [2, 2])), now));
    return { state: { h: next }, outputs: { next } };
  },
});
const program = lower({ last: loop.state.h, all: loop.outputs.next });
const [table, tokens] = [g.input("embedding.weight", [5, 2]), g.input("tokens", ["T"], "int64")];

const whole = (...numbers: number[]): TensorValue => ({
  dtype: "int64",
  shape: [numbers.length],
  data: BigInt64Array.from(numbers, BigInt),
});

async function failure(failing: ReturnType<typeof lower>, feeds: Values): Promise<VrnnError> {
  const executable = await nodeRuntime().compile(failing);
  try {
    await executable.run(feeds);
  } catch (error) {
    if (error instanceof VrnnError) return error;
    throw error;
  } finally {
    await executable.dispose();
  }
  throw new Error("nothing was thrown");
}

const fed = (sizes: Readonly<Record<string, readonly number[]>>): Values =>
  Object.fromEntries(Object.entries(sizes).map(([name, shape]) => [name, emptyFloat32(shape)]));
const good = { x: [3, 4, 2], h0: [4, 2], w: [2, 2] };

describe("a loop is fed", () => {
  const cases: Readonly<Record<string, readonly [Values, RegExp]>> = {
    "another size": [
      fed({ ...good, x: [3, 4, 5] }),
      /^the input x is float32\[3, 4, 5\], not float32\[T, B, 2\]$/,
    ],
    "another rank": [fed({ ...good, w: [4] }), /^the input w is float32\[4\], not float32\[2, 2\]$/],
    "another type": [
      { ...fed(good), h0: { dtype: "float64", shape: [4, 2], data: new Float64Array(8) } },
      /^the input h0 is float64\[4, 2\], not float32\[B, 2\]$/,
    ],
    "too few numbers": [
      { ...fed(good), h0: { dtype: "float32", shape: [4, 2], data: new Float32Array(7) } },
      /^the input h0 is float32\[4, 2\], but has 7 entries$/,
    ],
    nothing: [fed({ x: [3, 4, 2], w: [2, 2] }), /^the input h0 is missing \(feed h0, x, w\)$/],
    "no steps": [
      fed({ ...good, x: [0, 4, 2] }),
      /^the input x is empty along T, and a loop takes at least one/,
    ],
    "batches that differ": [
      fed({ ...good, h0: [3, 2] }),
      /^B is 3 in h0 and 4 in x: |^B is 4 in x and 3 in h0: /,
    ],
  };
  test.each(Object.keys(cases))("%s", async (name) => {
    const [feeds, message] = cases[name] as readonly [Values, RegExp];
    const error = await failure(program, feeds);
    expect(error.code).toBe("runtime/run");
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/::|onnxruntime|<T>|\n/);
  });
});

test("a loop over sequences that are known to be empty is refused when it is built", () => {
  const over = { x: g.input("x", [0, 2]) };
  expect(() => g.scan({ state: {}, over, step: () => ({ state: {}, outputs: {} }) })).toThrow(
    /errors\.test\.ts:\d+:\d+: scan: float32\[0, 2\] has no steps/,
  );
});

test("axes of no entries that no loop goes over are fine", async () => {
  const executable = await nodeRuntime().compile(program);
  const { all } = await executable.run(fed({ ...good, x: [3, 0, 2], h0: [0, 2] }));
  expect(all?.shape).toEqual([3, 0, 2]);
  await executable.dispose();
});

describe("an index out of range names the table", () => {
  const rows = g.gatherRows(table, tokens);
  const cases: Readonly<Record<string, g.Tensor>> = {
    "looked up": g.mul(rows, 2),
    "in a loop": g.scan({
      state: { h: g.constant([0, 0], [2]) },
      over: { token: tokens },
      step: ({ h }, { token }) => ({
        state: { h: g.tanh(g.add(h, g.gatherRows(table, token))) },
        outputs: {},
      }),
    }).state.h,
    "along an axis": g.gatherAlong(table, g.unsqueeze(tokens, -1), 0),
    "added to": g.scatterAddRows(table, tokens, g.filledLike(rows, 1)),
  };
  test.each(Object.keys(cases))("%s", async (name) => {
    const feeds = { ...fed({ "embedding.weight": [5, 2] }), tokens: whole(1, 9) };
    const error = await failure(lower({ o: cases[name] as g.Tensor }), feeds);
    expect(error.message).toMatch(/ embedding\.weight\[|= embedding\.weight\[/);
    expect(error.message).toMatch(/out of data bounds|Out of range|invalid indice/);
    expect(error.message).not.toMatch(/::|onnxruntime_src|\n/);
  });
});

test("a table that is a part of something is known by its name", async () => {
  const flat = g.split(g.input("parameters", [13]), [10, 3])[0] as g.Tensor;
  const cut = g.named(g.reshape(flat, [5, 2]), "embedding.weight");
  const [o] = finish([g.mul(g.gatherRows(cut, tokens), 2)]) as [g.Tensor];
  const error = await failure(lower({ o }), { ...fed({ parameters: [13] }), tokens: whole(1, 9) });
  expect(error.message).toMatch(/^Gather \S+ = embedding\.weight\[tokens\]: .*idx=9/);
});

test("both lines of a message count, and its place in C++ does not", () => {
  const shape = "Got invalid dimensions for input: E\n index: 1 Got: 3 Expected: 4";
  expect(ortReason(new Error(shape))).toBe(
    "Got invalid dimensions for input: E, index: 1 Got: 3 Expected: 4",
  );
  const templates =
    "Non-zero status code returned while running Scan node. Name:'last' Status Message: /onnxruntime_src/a/b.cc:28 " +
    "static onnxruntime::Slicer<T> onnxruntime::Slicer<T>::Create(T&, int64_t) [with T = const OrtValue] x < y was false.";
  expect(ortReason(new Error(templates))).toBe("Scan last: x < y was false.");
  expect(ortReason("no error at all")).toBe("no error at all");
});

test("the runtime prints nothing of its own", () => {
  const script = `
    import { graph as g, lower } from "vrnn";
    import { nodeRuntime } from "vrnn/node";
    const o = g.gatherRows(g.input("table", [5, 2]), g.input("tokens", ["T"], "int64"));
    const executable = await nodeRuntime().compile(lower({ o }));
    const table = { dtype: "float32", shape: [5, 2], data: new Float32Array(10) };
    const tokens = { dtype: "int64", shape: [1], data: BigInt64Array.of(9n) };
    await executable.run({ table, tokens }).catch(({ message }) => console.log(message));
  `;
  const options = { encoding: "utf8", cwd: new URL("../..", import.meta.url) } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], options);
  expect(stdout).toMatch(/^Gather o = table\[tokens\]: .*idx=9/);
  expect(stderr).toBe("");
});
