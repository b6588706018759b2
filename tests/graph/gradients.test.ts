import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { nodesBelow } from "../../src/graph/traverse.ts";
import { type GradientCase, gradientError } from "../finite-differences.ts";
import * as g from "./ops.ts";

const positive = (x: number) => Math.abs(x) + 0.3;
const indices = (values: number[], shape: number[]) => g.constant(values, shape, "int64");

/** Parts of unknown size one after the other, each row weighed by the running sum of what stands before it. */
const joinedAndWeighed = (parts: readonly g.Tensor[]): g.Tensor => {
  const joined = g.concat(parts, 0);
  return g.mul(g.sin(joined), g.cumsum(joined, 0));
};

/** Every differentiable op, by name; words after a comma or a space tell several cases of one op apart. */
const cases: Record<string, GradientCase> = {
  add: { shapes: [[2, 3], [3]], build: g.add },
  sub: {
    shapes: [
      [2, 1],
      [2, 3],
    ],
    build: g.sub,
  },
  mul: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: g.mul,
  },
  "mul by itself": { shapes: [[4]], build: (x) => g.mul(x, x) },
  div: { shapes: [[2, 3], [3]], build: g.div, domain: positive },
  neg: { shapes: [[3]], build: g.neg },
  boundedBelow: { shapes: [[6]], build: (x) => g.sin(g.boundedBelow(x)) },
  addAll: { shapes: [[3], [1], [2, 3]], build: (...terms) => g.addAll(terms) },
  sum: { shapes: [[2, 3, 2]], build: (x) => g.sum(x, [0, 2]) },
  mean: { shapes: [[2, 3]], build: (x) => g.mean(x, [-1], { keepDims: true }) },
  expand: { shapes: [[3, 1]], build: (x) => g.expand(x, [2, 3, 4]) },
  reshape: { shapes: [[2, 6]], build: (x) => g.reshape(x, [3, 4]) },
  flattenRows: { shapes: [[2, 3, 2]], build: (x) => g.sin(g.flattenRows(x)) },
  named: { shapes: [[2, 3]], build: (x) => g.sin(g.named(x, "x")) },
  unsqueeze: { shapes: [[2, 3]], build: (x) => g.mul(g.unsqueeze(x, 1), x) },
  squeeze: { shapes: [[2, 1, 3]], build: (x) => g.sin(g.squeeze(x, 1)) },
  transpose: { shapes: [[2, 3, 4]], build: (x) => g.transpose(x, [2, 0, 1]) },
  "transpose, counted from behind": { shapes: [[2, 3, 4]], build: (x) => g.transpose(x, [-1, -3, -2]) },
  cast: { shapes: [[3]], build: (x) => g.cast(g.mul(x, 2), "float64") },
  matmul: {
    shapes: [
      [2, 3],
      [3, 4],
    ],
    build: (a, b) => g.matmul(a, b),
  },
  "matmul AᵀB": {
    shapes: [
      [3, 2],
      [3, 4],
    ],
    build: (a, b) => g.matmul(a, b, { transposeA: true }),
  },
  "matmul ABᵀ": {
    shapes: [
      [2, 3],
      [4, 3],
    ],
    build: (a, b) => g.matmul(a, b, { transposeB: true }),
  },
  "matmul AᵀBᵀ": {
    shapes: [
      [3, 2],
      [4, 3],
    ],
    build: (a, b) => g.matmul(a, b, { transposeA: true, transposeB: true }),
  },
  "matmul of rows": {
    shapes: [
      [2, 2, 3],
      [3, 4],
    ],
    named: [
      ["T", "B", 3],
      [3, 4],
    ],
    build: (a, b) => g.matmul(a, b),
  },
  attention: {
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 3],
    ],
    build: (q, k, v) => g.matmul(g.softmax(g.matmul(q, k, { transposeB: true })), v),
  },
  exp: { shapes: [[4]], build: g.exp },
  log: { shapes: [[4]], build: g.log, domain: positive },
  sqrt: { shapes: [[4]], build: g.sqrt, domain: positive },
  reciprocal: { shapes: [[4]], build: g.reciprocal, domain: positive },
  abs: { shapes: [[4]], build: g.abs },
  tanh: { shapes: [[4]], build: g.tanh },
  sigmoid: { shapes: [[4]], build: g.sigmoid },
  relu: { shapes: [[6]], build: g.relu },
  leakyRelu: { shapes: [[6]], build: (x) => g.leakyRelu(x, 0.3) },
  maxPool: { shapes: [[2, 5, 4]], build: (x) => g.maxPool(x, 2) },
  log1p: { shapes: [[6]], build: g.log1p, domain: (x) => x * 0.8 },
  expm1: { shapes: [[4]], build: g.expm1 },
  log1mExp: { shapes: [[4]], build: g.log1mExp, domain: positive },
  excessOverLog: { shapes: [[6]], build: (x) => g.excessOverLog(x, g.add(x, 1)), domain: (x) => x * 0.8 },
  lgamma: { shapes: [[4]], build: g.lgamma, domain: positive },
  digamma: { shapes: [[4]], build: g.digamma, domain: positive },
  stirlingError: { shapes: [[4]], build: g.stirlingError, domain: positive },
  "averagePool of a named batch": {
    shapes: [[2, 3, 5, 7]],
    named: [["N", 3, 5, 7]],
    build: (x) => g.sin(g.averagePool(x, [2, 3])),
  },
  softplus: { shapes: [[4]], build: g.softplus },
  sin: { shapes: [[4]], build: g.sin },
  cos: { shapes: [[4]], build: g.cos },
  square: { shapes: [[4]], build: g.square },
  logSigmoid: { shapes: [[4]], build: g.logSigmoid },
  logAddExp: { shapes: [[4], [4]], build: g.logAddExp },
  "logAddExp of equals": { shapes: [[4], [4]], build: g.logAddExp, domain: () => 0.5 },
  pow: { shapes: [[4], [4]], build: g.pow, domain: positive },
  maximum: { shapes: [[6], [6]], build: g.maximum },
  minimum: { shapes: [[6], [6]], build: g.minimum },
  clamp: { shapes: [[6]], build: (x) => g.clamp(x, -0.4, 0.5) },
  where: { shapes: [[2, 3], [3]], build: (a, b) => g.where(g.greater(a, 0), a, b) },
  max: { shapes: [[3, 4]], build: (x) => g.max(x, [-1]) },
  logSumExp: { shapes: [[3, 4]], build: (x) => g.logSumExp(x, [0]) },
  "logSumExp of many": { shapes: [[2, 70]], build: (x) => g.logSumExp(x, [-1]) },
  "logSumExp over several axes": {
    shapes: [[2, 3, 4]],
    build: (x) => g.logSumExp(x, [0, 2], { keepDims: true }),
  },
  softmax: { shapes: [[3, 4]], build: (x) => g.softmax(x, 0) },
  logSoftmax: { shapes: [[3, 4]], build: (x) => g.logSoftmax(x) },
  cumsum: { shapes: [[3, 4]], build: (x) => g.cumsum(x, 1, { exclusive: true }) },
  topK: { shapes: [[3, 5]], build: (x) => g.topK(x, 2).values },
  "topK along another axis": { shapes: [[5, 3]], build: (x) => g.sin(g.topK(x, 3, 0).values) },
  reverseWithin: {
    shapes: [[4, 3, 2]],
    named: [["T", 3, 2]],
    build: (x) => g.mul(g.reverseWithin(x, indices([2, 4, 0], [3])), g.cumsum(x, 0)),
  },
  concat: {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (a, b) => g.concat([a, b, a]),
  },
  "concat along a named axis, in the middle": {
    shapes: [
      [2, 3],
      [4, 3],
      [1, 3],
      [3, 3],
    ],
    named: [
      [2, 3],
      ["T", 3],
      [1, 3],
      [3, 3],
    ],
    build: (...parts) => joinedAndWeighed(parts),
  },
  "concat along a named axis, at the end": {
    shapes: [
      [2, 3],
      [4, 3],
    ],
    named: [
      [2, 3],
      ["T", 3],
    ],
    build: (...parts) => joinedAndWeighed(parts),
  },
  shift: {
    shapes: [[4, 2]],
    named: [["T", 2]],
    build: (x) => g.mul(g.shift(x), g.sin(x)),
  },
  "shift with a first step": {
    shapes: [[4, 2], [2]],
    named: [["T", 2], [2]],
    build: (x, fill) => g.mul(g.shift(x, 1, { fill }), g.sin(x)),
  },
  "shift by more than one step, backwards, along another axis": {
    shapes: [[2, 5], [2]],
    named: [["B", "T"], ["B"]],
    build: (x, fill) => g.mul(g.shift(x, -2, { axis: 1, fill }), g.sin(x)),
  },
  "shift by all steps and more": {
    shapes: [[2, 3], [3]],
    named: [["T", 3], [3]],
    build: (x, fill) => g.mul(g.shift(x, 3, { fill }), x),
  },
  stack: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: (a, b) => g.stack([a, b], 1),
  },
  split: {
    shapes: [[2, 5]],
    build: (x) => g.mul(...(g.split(g.concat([x, x]), [5, 5]) as [g.Tensor, g.Tensor])),
  },
  "split, one part unused": { shapes: [[2, 5]], build: (x) => g.split(x, [2, 3])[1] as g.Tensor },
  slice: { shapes: [[5, 3]], build: (x) => g.slice(x, 0, 1, -1) },
  "slice from behind, beyond the end": { shapes: [[5, 3]], build: (x) => g.slice(x, 0, -3, 9) },
  "last entries of a named axis, which axes are exchanged before": {
    shapes: [
      [2, 3],
      [1, 3],
    ],
    named: [
      ["B", 3],
      [1, 3],
    ],
    build: (x, w) => g.mul(g.slice(g.sin(g.transpose(x)), 1, -1), g.transpose(w)),
  },
  "slice of a named axis": { shapes: [[5, 3]], named: [["T", 3]], build: (x) => g.slice(x, 0, 1) },
  "the first steps of a named axis": {
    shapes: [[5, 3]],
    named: [["T", 3]],
    build: (x) => g.mul(g.sin(g.slice(x, 0, 1, 3)), g.slice(x, 0, -2)),
  },
  "a step from behind of a named axis": {
    shapes: [[2, 5]],
    named: [["B", "T"]],
    build: (x) => g.sin(g.slice(x, 1, -3, -1)),
  },
  pad: { shapes: [[3, 2]], named: [["T", 2]], build: (x) => g.pad(x, 0, 1, 2) },
  gatherRows: { shapes: [[4, 3]], build: (x) => g.gatherRows(x, indices([0, 2, 2, 3], [2, 2])) },
  "gatherRows from a table of each place": {
    shapes: [[2, 3, 2]],
    build: (x) => g.gatherRows(x, indices([0, 2, 2, 1], [2, 2]), { batch: 1 }),
  },
  "scatterAddRows to a table of each place": {
    shapes: [
      [2, 3, 2],
      [2, 2, 2, 2],
    ],
    build: (x, rows) =>
      g.sin(g.scatterAddRows(x, indices([1, 1, 0, 2, 2, 0, 1, 2], [2, 2, 2]), rows, { batch: 1 })),
  },
  scatterAddRows: {
    shapes: [
      [4, 3],
      [2, 3],
    ],
    build: (x, rows) => g.scatterAddRows(x, indices([1, 1], [2]), rows),
  },
  gatherAlong: { shapes: [[2, 4]], build: (x) => g.gatherAlong(x, indices([0, 3, 3, 1], [2, 2]), 1) },
  scatterAddAlong: {
    shapes: [
      [2, 4],
      [2, 2],
    ],
    build: (x, u) => g.scatterAddAlong(x, indices([0, 3, 1, 1], [2, 2]), u, 1),
  },
  withSlope: {
    shapes: [[3, 2]],
    build: (x) => g.withSlope(g.sum(g.square(x), [1], { keepDims: true }), x, g.mul(x, 2)),
  },
  scan: {
    shapes: [
      [4, 3],
      [3, 3],
      [2, 3],
    ],
    build: (x, w, h) => {
      const step = ({ h }: { h: g.Tensor }, { x }: { x: g.Tensor }) => {
        const next = g.tanh(g.add(g.matmul(h, w), x));
        return { state: { h: next }, outputs: { y: g.mul(next, h) } };
      };
      return g.scan({ state: { h }, over: { x }, step }).outputs.y;
    },
  },
};

const slopeOf = (build: (x: g.Tensor) => g.Tensor) => (x: g.Tensor) =>
  gradients(g.sum(build(x)), [x])[0] as g.Tensor;

describe("gradients of gradients agree with finite differences", () => {
  test.each([
    ["a square of relu", (x: g.Tensor) => g.square(g.relu(x))],
    ["relu of a product", (x: g.Tensor) => g.relu(g.mul(g.tanh(x), x))],
  ])("%s, of which a part is 0", async (_, build) => {
    expect(await gradientError({ shapes: [[8]], build: slopeOf(build) })).toBeLessThan(1e-6);
  });
});

describe("gradients agree with finite differences", () => {
  for (const [name, each] of Object.entries(cases)) {
    test(name, async () => expect(await gradientError(each)).toBeLessThan(1e-6));
  }
});

/** Ops without a float64 kernel in ONNX Runtime: their gradients are held against definitions in float32, in this file. */
const inFloat32 = { file: "convolution.test.ts", ops: ["convolution", "transposedConvolution", "erf"] };

const x = g.input("x", [3]);
const yes = g.greater(x, 0);

/** What lets no gradient through: answers of yes or no, indices, steps, and what has no inputs. */
const stopping: Record<string, () => g.Tensor> = {
  greater: () => yes,
  greaterEqual: () => g.greaterEqual(x, 0),
  less: () => g.less(x, 0),
  lessEqual: () => g.lessEqual(x, 0),
  equal: () => g.equal(x, 0),
  isNaN: () => g.isNaN(x),
  isInf: () => g.isInf(x),
  not: () => g.not(yes),
  and: () => g.and(yes, yes),
  or: () => g.or(yes, yes),
  argmax: () => g.argmax(x),
  oneHot: () => g.oneHot(g.argmax(x), 3),
  sign: () => g.sign(x),
  floor: () => g.floor(x),
  round: () => g.round(x),
  stopGradient: () => g.stopGradient(x),
  input: () => x,
  constant: () => g.constant([1], [1]),
  scalar: () => g.scalar(1, "float32"),
  filledLike: () => g.filledLike(x, 1),
};

const notOps = ["describeType", "printGraph"];

describe("the table is complete", () => {
  const exported = Object.entries(g)
    .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name) && !notOps.includes(name))
    .map(([name]) => name);
  const shown = new Set(Object.keys(cases).map((name) => name.split(/[ ,]/)[0]));

  test("every exported op has a case, or lets no gradient through", () => {
    const known = new Set([...shown, ...inFloat32.ops, ...Object.keys(stopping)]);
    expect(exported.filter((name) => !known.has(name))).toEqual([]);
  });

  test("an op stands in one list only", () => {
    const elsewhere = [...inFloat32.ops, ...Object.keys(stopping)];
    expect(elsewhere.filter((name) => shown.has(name))).toEqual([]);
    expect(elsewhere.filter((name) => !exported.includes(name))).toEqual([]);
  });

  test.each(inFloat32.ops)("%s is tested in float32", (name) => {
    const text = readFileSync(new URL(inFloat32.file, import.meta.url), "utf8");
    expect(text).toContain(`g.${name}(`);
  });

  test.each(Object.entries(stopping))("%s lets no gradient through", (_, build) => {
    const tensor = build();
    const through = nodesBelow([tensor]).filter(({ inputs }) => inputs.includes(x));
    expect(through.filter(({ op }) => op.gradient !== undefined)).toEqual([]);
  });
});
