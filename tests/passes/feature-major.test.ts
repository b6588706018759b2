/** Programs with rows and features exchanged: what they look like, what they compute, and which models get one. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { firstOf, paired } from "../../src/collections.ts";
import { tableFields } from "../../src/data/field-dataset.ts";
import { retyped } from "../../src/graph/ops/layout.ts";
import * as g from "../../src/graph/public.ts";
import { isScan } from "../../src/graph/scan.ts";
import { bodyNodes, nodesBelow } from "../../src/graph/traverse.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { lower } from "../../src/onnx/lower.ts";
import { rules } from "../../src/passes/feature-major.ts";
import { layoutFor } from "../../src/passes/layout.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { processorPasses } from "../../src/passes/processor.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type Runtime, scalarValue, type TensorValue } from "../../src/runtime/runtime.ts";
import { BatchFeeder } from "../../src/train/feeds.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { gradientProgram } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { someNumbers } from "../finite-differences.ts";
import { differences, featureMajorPasses } from "./feature-major.ts";

/** The loss of a recurrent layer, h ← tanh(h·A + x·W + b), and its gradients by A, W and b. */
function recurrent(hidden = 5): readonly g.Tensor[] {
  const x = g.input("x", ["T", "B", 3]);
  const weights = [
    g.input("A", [hidden, hidden]),
    g.input("W", [3, hidden]),
    g.input("b", [hidden]),
  ] as const;
  const [a, w, b] = weights;
  const { state, outputs } = g.scan({
    state: { h: g.input("h", ["B", hidden]) },
    over: { x },
    step: ({ h }, { x }) => {
      const after = g.tanh(g.add(g.add(g.matmul(h, a), g.matmul(x, w)), b));
      return { state: { h: after }, outputs: { after } };
    },
  });
  const [loss, last, ...parameters] = optimise([g.sum(g.square(outputs.after)), state.h, ...weights]);
  return [loss as g.Tensor, last as g.Tensor, ...gradients(loss as g.Tensor, parameters)];
}

/** The ops of each loop of a graph. */
const loopOps = (outputs: readonly g.Tensor[]): readonly (readonly string[])[] =>
  nodesBelow(outputs)
    .filter(isScan)
    .map(({ attrs }) => bodyNodes(attrs.body).map(({ op }) => op.name));

describe("a recurrent layer", () => {
  const [rows, columns] = [finish(recurrent()), finish(recurrent(), featureMajorPasses)];

  test("keeps its ops: axes are exchanged outside of loops alone", () => {
    expect(loopOps(columns)).toEqual(loopOps(rows));
  });

  test("has its weights on the left and its state across", () => {
    const text = g.printGraph(columns);
    expect(text).toMatch(/carry %\d+: float32\[5, B\]/);
    expect(text).toMatch(/laidOut\(A\)/);
    expect(text).toMatch(/: float32\[5, B\*T\] = reshape/);
    expect(text).toMatch(/: float32\[5, 5\] = matmul\(%\d+, %\d+\) transposeA=false transposeB=true/);
  });

  test("takes and gives what it did", () => {
    expect(columns.map(String)).toEqual(rows.map(String));
  });
});

/** What is done to rows `[T, B, 4]` without going back to them. */
const onColumns: Readonly<Record<string, (x: g.Tensor) => g.Tensor>> = {
  ...{ abs: g.abs, cos: g.cos, erf: g.erf, exp: g.exp, floor: g.floor, leakyRelu: g.leakyRelu, log: g.log },
  ...{ neg: g.neg, reciprocal: g.reciprocal, relu: g.relu, round: g.round, sigmoid: g.sigmoid, sign: g.sign },
  ...{ sin: g.sin, softplus: g.softplus, sqrt: g.sqrt, stopGradient: g.stopGradient, tanh: g.tanh },
  named: (x) => g.named(x, "x"),
  "add, mul, sub, div": (x) => g.div(g.sub(g.mul(g.add(x, x), 2), g.exp(x)), 3),
  "pow, maximum, minimum": (x) => g.minimum(g.maximum(g.pow(g.exp(x), 2), x), 1),
  "comparisons and choices": (x) =>
    g.where(g.and(g.or(g.less(x, 0), g.greater(x, 1)), g.not(g.equal(x, 2))), x, g.exp(x)),
  "or equal": (x) => g.where(g.lessEqual(x, 0), g.cast(g.greaterEqual(x, -1), "float32"), x),
  "isNaN, isInf": (x) => g.where(g.isNaN(x), 0, g.where(g.isInf(x), 1, x)),
  "split, concat": (x) => g.concat([...g.split(x, [1, 3])].toReversed()),
  slice: (x) => g.slice(x, 2, 1, 3),
  "slice of steps": (x) => g.slice(x, 0, 1, -1),
  pad: (x) => g.pad(x, 2, 1, 2),
  "pad of steps": (x) => g.pad(x, 0, 1, 0),
  "first step last": (x) => retyped(g.concat([g.slice(x, 0, 1), g.slice(x, 0, 0, 1)], 0), x.shape),
  cumsum: (x) => g.cumsum(x, 2),
  "cumsum of steps": (x) => g.cumsum(x, 0, { reverse: true, exclusive: true }),
  softmax: (x) => g.softmax(x),
  logSoftmax: (x) => g.logSoftmax(x),
  topK: (x) => g.topK(x, 2).values,
  "topK's places": (x) => g.cast(g.topK(x, 3).indices, "float32"),
  gatherAlong: (x) => g.gatherAlong(g.exp(x), g.topK(x, 2).indices, 2),
  scatterAddAlong: (x) => {
    const { values, indices } = g.topK(x, 2);
    return g.scatterAddAlong(g.exp(x), indices, values, 2);
  },
  retyped: (x) => g.shift(x, 1),
  placed: (x) => gradientOf(x, (own) => g.square(g.slice(own, 0, -2))),
  transpose: (x) => g.exp(g.transpose(x, [0, 2, 1])),
  sum: (x) => g.add(g.sum(x, [2], { keepDims: true }), g.sum(x, [0])),
  "max, logSumExp": (x) => g.add(g.max(x, [2], { keepDims: true }), g.logSumExp(x, [2], { keepDims: true })),
  expand: (x) => g.mul(x, g.expand(g.sum(x, [2], { keepDims: true }), x.shape)),
  flattenRows: (x) => g.matmul(g.flattenRows(x), g.flattenRows(g.exp(x)), { transposeA: true }),
};

/** The gradient by x of the sum of what is made of it. */
const gradientOf = (x: g.Tensor, make: (x: g.Tensor) => g.Tensor): g.Tensor =>
  gradients(g.sum(make(x)), [x])[0] as g.Tensor;

/** Rows `[T, B, 4]` that a product makes, which has a rule: so they come exchanged. */
const product = g.matmul(g.input("x", ["T", "B", 3]), g.input("W", [3, 4]));

test.each(Object.entries(onColumns))("%s: no rows in between", (_, op) => {
  const [total] = finish([g.sum(op(product))], featureMajorPasses);
  const exchanges = nodesBelow([total as g.Tensor]).filter(({ op, attrs }) => {
    return op.name === "transpose" && (attrs["axes"] as readonly number[]).join() === "0,2,1";
  });
  const ofRows = exchanges.map(({ input }) => input).filter(({ shape }) => shape.includes("B"));
  expect(ofRows.map(String)).toEqual(["float32[T, B, 3]"]);
});

/** Numbers of both signs, the same at each call. */
const feeds = {
  x: float32([3, 2, 3], Float32Array.from(someNumbers(18, 1))),
  W: float32([3, 4], Float32Array.from(someNumbers(12, 2))),
};

async function valuesOf(tensors: readonly g.Tensor[]): Promise<readonly TensorValue[]> {
  const executable = await nodeRuntime().compile(
    lower(Object.fromEntries(tensors.map((tensor, i) => [`y${i}`, tensor]))),
  );
  const values = await executable.run(feeds);
  await executable.dispose();
  return tensors.map((_, i) => values[`y${i}`] as TensorValue);
}

test.each(Object.entries(onColumns))("%s: the same values, and gradients", async (_, op) => {
  const written = [op(product), gradientOf(product, (x) => g.sin(op(x)))];
  const [rows, columns] = await Promise.all([
    valuesOf(written),
    valuesOf(finish(written, featureMajorPasses)),
  ]);
  expect(columns.map(({ shape }) => shape)).toEqual(rows.map(({ shape }) => shape));
  for (const [row, column] of paired(rows, columns)) {
    const numbers = Array.from(row.data, Number);
    expect(numbers.some((value) => Number.isFinite(value))).toBe(true);
    numbers.forEach((value, i) => {
      const other = Number(column.data[i]);
      if (!Number.isFinite(value)) expect(other).toBe(value);
      else expect(Math.abs(other - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
    });
  }
});

test("each rule is for an op that there is, and each is tried", () => {
  const tried = Object.values(onColumns).flatMap((op) => nodesBelow([op(product)]));
  const names = new Set(tried.map(({ op }) => op.name));
  expect([...rules.keys()].filter((name) => !names.has(name))).toEqual([]);
});

describe("the layout", () => {
  const graph = optimise(recurrent(600));

  test.each([{}, { B: 24 }, { B: 8 }, { T: 32 }, { S: 16 }])("stays with sizes %o", (sizes) => {
    expect(layoutFor(sizes).run(graph)).toBe(graph);
  });

  test("stays with a small model", () => {
    const small = optimise(recurrent(400));
    expect(layoutFor({ B: 16 }).run(small)).toBe(small);
  });

  test("changes with a large model and rows that fill the kernels", () => {
    expect(g.printGraph(layoutFor({ B: 16 }).run(graph))).toMatch(/carry %\d+: float32\[600, B\]/);
  });
});

const columns = Array.from({ length: 40 }, (_, i) => plainColumn(`c${i}`));
const vrnn = (hidden: number, latent: number) =>
  new Vrnn({ columns, hidden, latent, cell: "gru", layers: 1, residual: true });

/** Normal values with missing entries and missing steps. */
function holey(rows: number, length: number) {
  const random = Random.stream(1, "holey");
  return Array.from({ length: rows }, (_, row) => ({
    length,
    values: {
      x: Float64Array.from({ length: length * columns.length }, (_, i) => {
        const isUnseen = (Math.floor(i / columns.length) + row) % 4 === 0;
        return isUnseen || random.uniform() < 0.1 ? Number.NaN : random.normal();
      }),
    },
  }));
}

test.each([
  [256, 64],
  [512, 128],
] as const)("a VRNN of width %i has the same gradients", async (hidden, latent) => {
  const [model, rows, length] = [vrnn(hidden, latent), 16, 5];
  const feeder = new BatchFeeder(model, tableFields({ columns }), 1);
  const [batch] = feeder.feed(holey(rows, length), { seed: 1, labels: [] });
  const weights = initialWeights(model.parameters, 1);
  const feeds = {
    ...batch,
    ...feeder.restingStates(rows)[0],
    parameters: float32([weights.length], weights),
    klWeight: scalarValue(1),
    "count.observedSteps": scalarValue(rows * length),
  };
  const programs = [
    gradientProgram(model, plainElbo),
    gradientProgram(model, plainElbo, { passes: processorPasses({ B: rows }) }),
  ] as const;
  expect(programs[1].model).toEqual(gradientProgram(model, plainElbo, { passes: featureMajorPasses }).model);
  const executables = await Promise.all(programs.map((program) => nodeRuntime().compile(program)));
  const [one, other] = await Promise.all(executables.map((executable) => executable.run(feeds)));
  expect(differences(model, one ?? {}, other ?? {})).toEqual([]);
  await Promise.all(executables.map((executable) => executable.dispose()));
});

/** The gradient program that a trainer has compiled; that of its evaluator comes after it. */
async function trainersProgram(batchSize: number, runtime = nodeRuntime()): Promise<Uint8Array> {
  const compiled: Uint8Array[] = [];
  const watched: Runtime = {
    ...runtime,
    compileShards: (program, shards) => {
      compiled.push(program.model);
      return runtime.compileShards(program, shards);
    },
  };
  const train = [{ name: "a", length: 4, values: new Float64Array(4 * columns.length) }];
  const data = { columns, splits: { train, valid: train, test: train }, notes: [] };
  const options = trainingOptions.parse({ batchSize, shards: 2 });
  const trainer = await Trainer.create({ model: vrnn(256, 64), data, options, runtime: watched });
  await trainer.dispose();
  return firstOf(compiled);
}

test("a trainer has its program laid out for the rows of a shard, where the runtime has a layout", async () => {
  const [rowMajor, featureMajor] = [processorPasses(), processorPasses({ B: 16 })].map(
    (passes) => gradientProgram(vrnn(256, 64), plainElbo, { passes }).model,
  );
  expect(featureMajor).not.toEqual(rowMajor);
  expect(await trainersProgram(32)).toEqual(featureMajor);
  expect(await trainersProgram(16)).toEqual(rowMajor);
  const { passesFor: _, ...elsewhere } = nodeRuntime();
  const bare = gradientProgram(vrnn(256, 64), plainElbo).model;
  expect(bare).not.toEqual(rowMajor);
  expect(await trainersProgram(32, elsewhere)).toEqual(bare);
});
