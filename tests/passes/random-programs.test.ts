/**
 * Random loops, run as they are written and after all passes: values and gradients have to agree, and the gradients
 * with finite differences. Every value of a loop broadcasts to `[B, 3]`, so that any two can be combined.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Values } from "../../src/runtime/runtime.ts";
import { someNumbers } from "../finite-differences.ts";
import { featureMajorPasses } from "./feature-major.ts";

/** Everything that a program takes, by name. */
const shapes: Readonly<Record<string, readonly g.Dim[]>> = {
  x: ["T", "B", 3],
  row: ["T", 3],
  perRow: ["T", "B", 1],
  step: ["T"],
  inner: ["S", 3],
  matrix: [3, 3],
  table: ["B", 3],
  vector: [3],
  number: [],
  h: ["B", 3],
  k: [3],
  n: [],
};
const sizes: Readonly<Record<string, number>> = { T: 3, B: 2, S: 2 };
const sequences = ["x", "row", "perRow", "step"];
const states = ["h", "k", "n"];
const captured = ["table", "vector", "number"];

type Named = Readonly<Record<string, g.Tensor>>;

const wide: g.Shape = ["B", 3];
const positive = (a: g.Tensor) => g.add(g.square(a), 0.5);
/** One row for each batch row, whatever the shape was. */
const rows = (a: g.Tensor) => g.expand(a, wide);

/** 0 or 1 for each batch row, whatever the shape was. */
const signOf = (a: g.Tensor) => g.cast(g.greater(g.sum(rows(a), [1]), 0.0321), "int64");

/** A loop in the loop, over a sequence from outside, that uses two values of the step. */
function innerLoop(a: g.Tensor, b: g.Tensor, { inner }: Named): g.Tensor {
  const { state, outputs } = g.scan({
    state: { s: rows(a) },
    over: { y: inner as g.Tensor },
    step: ({ s }, { y }) => ({
      state: { s: g.tanh(g.add(g.mul(s, b), g.mul(y, 0.5))) },
      outputs: { s: g.mul(s, g.sin(b)) },
    }),
  });
  return g.add(state.s, g.sum(outputs.s, [0]));
}

type Instruction = (a: g.Tensor, b: g.Tensor, c: g.Tensor, outside: Named) => g.Tensor;

const instructions: Readonly<Record<string, Instruction>> = {
  add: (a, b) => g.add(a, b),
  sub: (a, b) => g.sub(a, b),
  mul: (a, b) => g.mul(a, b),
  div: (a, b) => g.div(a, positive(b)),
  neg: (a) => g.neg(a),
  tanh: (a) => g.tanh(a),
  sigmoid: (a) => g.sigmoid(a),
  softplus: (a) => g.softplus(a),
  copy: (a) => g.mul(a, 1),
  "a u + b (1 - u)": (a, b, c) => g.add(g.mul(a, g.sigmoid(c)), g.mul(b, g.sub(1, g.sigmoid(c)))),
  choice: (a, b, c) => g.where(g.greater(c, 0.1234), a, b),
  "choice or 0": (a, b) => g.where(g.greater(b, 0.1234), a, 0),
  "0 or choice": (a, b) => g.where(g.greater(b, 0.1234), 0, a),
  maximum: (a) => g.maximum(a, 0.0777),
  "sum of all": (a) => g.sum(a),
  "sum of batch rows": (a) => g.sum(rows(a), [0]),
  "sum of columns": (a) => g.sum(rows(a), [-1], { keepDims: true }),
  "log-sum-exp": (a) => g.logSumExp(rows(a), [1], { keepDims: true }),
  softmax: (a) => g.softmax(rows(a)),
  cumsum: (a) => g.cumsum(rows(a), 1, { reverse: true }),
  "split and join": (a, b) => {
    const [left, right] = g.split(rows(a), [1, 2]) as [g.Tensor, g.Tensor];
    return g.concat([right, g.mul(left, b.shape.at(-1) === 3 ? g.slice(rows(b), 1, 2, 3) : b)]);
  },
  "a new axis": (a, b) => g.sum(g.mul(g.unsqueeze(rows(a), 1), g.unsqueeze(rows(b), 0)), [1]),
  reshape: (a) => g.reshape(g.sin(g.reshape(rows(a), ["3*B"])), wide),
  transpose: (a) => g.transpose(g.cumsum(g.transpose(rows(a)), 1)),
  "a layer": (a, b, _, { matrix, vector }) => {
    const whole = g.add(g.matmul(rows(a), matrix as g.Tensor), vector as g.Tensor);
    const [left, right] = g.split(whole, [2, 1]) as [g.Tensor, g.Tensor];
    return g.concat([g.mul(left, right), g.sum(rows(b), [1], { keepDims: true })]);
  },
  gates: (a, b, c, { matrix, vector }) => {
    const products = [a, b].map((each) => g.matmul(rows(each), matrix as g.Tensor));
    const whole = g.addAll([...products, vector as g.Tensor, c]);
    const [gate, value] = g.split(g.expand(whole, wide), [1, 2]) as [g.Tensor, g.Tensor];
    return g.concat([g.mul(g.sigmoid(gate), g.tanh(value)), g.relu(gate)]);
  },
  "a layer cut in two and used whole": (a, _b, _c, { matrix, vector }) => {
    const product = g.matmul(rows(a), matrix as g.Tensor);
    const [left, right] = g.split(g.add(product, vector as g.Tensor), [2, 1]) as [g.Tensor, g.Tensor];
    return g.add(product, g.concat([right, left]));
  },
  "a transposed layer": (a, _b, _c, { matrix }) =>
    g.matmul(rows(a), matrix as g.Tensor, { transposeB: true }),
  "a layer and more": (a, b, _, { matrix }) => g.add(g.matmul(rows(a), matrix as g.Tensor), b),
  "attention in the step": (a, b, c) =>
    g.matmul(g.softmax(g.matmul(rows(a), rows(b), { transposeB: true })), rows(c)),
  "attention to the outside": (a, _b, _c, { inner }) =>
    g.matmul(g.softmax(g.matmul(rows(a), inner as g.Tensor, { transposeB: true })), inner as g.Tensor),
  "a product of batches": (a, b) => {
    const whole = g.matmul(g.unsqueeze(rows(a), 2), g.unsqueeze(rows(b), 1)); // [B, 3, 3]
    return g.sum(g.tanh(whole), [1]);
  },
  "rows of a table": (a, b, _, { matrix }) => g.mul(rows(a), g.gatherRows(matrix as g.Tensor, signOf(b))),
  "rows of tables": (a, b, c) => {
    const tables = g.mul(g.unsqueeze(rows(a), 2), g.unsqueeze(rows(b), 1)); // [B, 3, 3]
    return g.squeeze(g.gatherRows(tables, g.unsqueeze(signOf(c), 1), { batch: 1 }), 1);
  },
  "rows added": (a, b, _, { matrix }) =>
    g.matmul(rows(a), g.scatterAddRows(matrix as g.Tensor, signOf(b), rows(b))),
  "first and last batch rows": (a, b) =>
    g.add(a, g.mul(g.slice(rows(a), 0, 0, 1), g.slice(g.sin(rows(b)), 0, -1))),
  "a loop": (a, b, _, outside) => innerLoop(a, b, outside),
};

/** An instruction and the places of its operands among the values so far. */
interface Line {
  readonly name: string;
  readonly operands: readonly [number, number, number];
}

interface RandomProgram {
  readonly lines: readonly Line[];
  readonly reverse: boolean;
}

/** A value in the shape of a state, small enough to be fed back. */
function narrowed(value: g.Tensor, shape: g.Shape): g.Tensor {
  // Factors are powers of two: ONNX Runtime merges scales into products as float32 attributes.
  const small = g.mul(rows(value), 0.25);
  if (shape.length === 0) return g.sin(g.sum(small));
  return shape.length === 1 ? g.sum(small, [0]) : small;
}

/** The loss and the parts it is made of. The last values of the step become its state and its outputs. */
function build({ lines, reverse }: RandomProgram, inputs: Named): Named {
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, inputs[name] as g.Tensor]));
  const { state, outputs } = g.scan({
    state: pick(states),
    over: pick(sequences),
    reverse,
    step: (before: Named, slices: Named) => {
      const values = [...Object.values(slices), ...Object.values(before), ...Object.values(pick(captured))];
      const at = (place: number) => values[values.length - 1 - (place % values.length)] as g.Tensor;
      for (const { name, operands } of lines) {
        const [a, b, c] = operands.map(at) as [g.Tensor, g.Tensor, g.Tensor];
        values.push((instructions[name] as Instruction)(a, b, c, inputs));
      }
      const after = states.map((name, i) => [name, narrowed(at(i), (before[name] as g.Tensor).shape)]);
      return {
        state: Object.fromEntries(after) as Record<string, g.Tensor>,
        outputs: { y: at(0), z: at(3), before: before["h"] as g.Tensor },
      };
    },
  });
  const last = Object.entries(state).map(([name, value]) => [`last ${name}`, value]);
  const parts: Named = { ...Object.fromEntries(last), ...outputs };
  const terms = Object.values(parts).map((part, i) => g.mul(g.sum(g.mul(part, g.sin(part))), 2 ** -i));
  // Every input counts, so that every named size can be read.
  const own = Object.values(inputs).map((each) => g.sum(g.square(each)));
  return { loss: g.addAll([...terms, ...own]), ...parts };
}

const symbols = (): Named =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, g.input(name, shape, "float64")]));

/** Numbers for all inputs; `far` steps along a direction of their own. */
const values = (far = 0): Values =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, dims], i) => {
      const shape = dims.map((dim) => (typeof dim === "number" ? dim : (sizes[dim] as number)));
      const count = shape.reduce((all, size) => all * size, 1);
      const direction = someNumbers(count, i + 100);
      const data = someNumbers(count, i + 1).map((value, at) => value + far * (direction[at] as number));
      return [name, { dtype: "float64", shape, data }];
    }),
  );

const renamed = (names: readonly string[], tensors: readonly g.Tensor[]): Named =>
  Object.fromEntries(names.map((name, i) => [name, tensors[i] as g.Tensor]));

type Passes = (outputs: readonly g.Tensor[]) => readonly g.Tensor[];

/** Compiles a program and its gradients, with passes before and after differentiating. */
async function compiled(program: RandomProgram, before: Passes, after: Passes) {
  const inputs = symbols();
  const named = build(program, inputs);
  const names = Object.keys(named);
  const outputs = before(Object.values(named));
  const slopes = gradients(outputs[0] as g.Tensor, Object.values(inputs));
  const all = [...names, ...Object.keys(inputs).map((name) => `d ${name}`)];
  const executable = await nodeRuntime().compile(lower(renamed(all, after([...outputs, ...slopes]))));
  return { run: (far?: number) => executable.run(values(far)), dispose: () => executable.dispose() };
}

const numbersOf = (results: Values, name: string): readonly number[] =>
  Array.from((results[name]?.data ?? []) as Float64Array);

/** Differences relative to the largest number of a tensor, or to 1. */
function difference(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(1, ...a.map(Math.abs));
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number)) / scale));
}

const same: Passes = (outputs) => outputs;

/** Before and after differentiating. */
const passes: readonly (readonly [Passes, Passes])[] = [
  [same, finish],
  [optimise, finish],
  [optimise, (outputs) => finish(outputs, featureMajorPasses)],
];

async function check(program: RandomProgram): Promise<void> {
  const plain = await compiled(program, same, same);
  const expected = await plain.run();
  for (const [before, after] of passes) {
    const fast = await compiled(program, before, after);
    const found = await fast.run();
    const odd = Object.keys(expected).filter(
      (name) => !(difference(numbersOf(expected, name), numbersOf(found, name)) < 1e-9),
    );
    expect(odd).toEqual([]);
    await fast.dispose();
  }
  const slope = Object.keys(shapes).reduce((all, name, i) => {
    const along = numbersOf(expected, `d ${name}`);
    const direction = someNumbers(along.length, i + 100);
    return all + along.reduce((part, d, at) => part + d * (direction[at] as number), 0);
  }, 0);
  const far = 1e-6;
  const [above, below] = [await plain.run(far), await plain.run(-far)].map(
    (results) => numbersOf(results, "loss")[0] as number,
  ) as [number, number];
  const level = numbersOf(expected, "loss")[0] as number;
  const scale = Math.max(1, Math.abs(slope), Math.abs(level));
  expect(Math.abs((above - below) / (2 * far) - slope) / scale).toBeLessThan(1e-5);
  await plain.dispose();
}

const place = fc.nat({ max: 14 });
const line: fc.Arbitrary<Line> = fc.record({
  name: fc.constantFrom(...Object.keys(instructions)),
  operands: fc.tuple(place, place, place),
});
const programs: fc.Arbitrary<RandomProgram> = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 9 }),
  reverse: fc.boolean(),
});

test("passes change neither values nor gradients of random loops", async () => {
  await fc.assert(fc.asyncProperty(programs, check), { numRuns: 30 });
});
