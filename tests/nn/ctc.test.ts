import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import {
  type Dim,
  type DType,
  exp,
  input,
  log,
  logSoftmax,
  mul,
  sum,
  type Tensor,
} from "../../src/graph/index.ts";
import { type CtcLoss, ctc } from "../../src/nn/ctc.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue, Values } from "../../src/runtime/runtime.ts";
import { groupOf, readFixture } from "../fixtures/fixture.ts";
import { loopsOf } from "../onnx/read-model.ts";

type Float = "float32" | "float64";

const fixture = readFixture("vrnn/ctc");
const tensorsOf = (name: string, group: string) => groupOf(fixture, `${name}/${group}`);

interface Sequences {
  readonly logits: readonly number[];
  /** T, B, K. */
  readonly shape: readonly [number, number, number];
  readonly labels: readonly number[];
  readonly steps: readonly number[];
  readonly counts: readonly number[];
}

function sequencesOf(name: string): Sequences {
  const { logits, labels, steps, counts } = tensorsOf(name, "inputs");
  return {
    logits: logits!.data,
    shape: logits!.shape as unknown as Sequences["shape"],
    labels: labels!.data,
    steps: steps!.data,
    counts: counts!.data,
  };
}

const whole = (shape: readonly number[], data: readonly number[]): TensorValue => ({
  dtype: "int64",
  shape,
  data: BigInt64Array.from(data, BigInt),
});

const real = (dtype: Float, shape: readonly number[], data: readonly number[]): TensorValue =>
  dtype === "float32"
    ? { dtype, shape, data: Float32Array.from(data) }
    : { dtype, shape, data: Float64Array.from(data) };

const inputsOf = (
  { shape: [, , levels], labels, steps }: Sequences,
  dtype: DType,
  most: Dim = labels.length / steps.length,
) => ({
  logits: input("logits", ["T", "B", levels], dtype),
  labels: input("labels", ["B", most], "int64"),
  steps: input("steps", ["B"], "int64"),
  counts: input("counts", ["B"], "int64"),
});

const lossOf = ({ logits, labels, steps, counts }: ReturnType<typeof inputsOf>): CtcLoss =>
  ctc(logSoftmax(logits), labels, { steps, labels: counts });

async function run(
  outputs: Readonly<Record<string, Tensor>>,
  sequences: Sequences,
  dtype: Float,
): Promise<Values> {
  const { shape, logits, labels, steps, counts } = sequences;
  const executable = await nodeRuntime().compile(lower(outputs));
  const results = await executable.run({
    logits: real(dtype, shape, logits),
    labels: whole([shape[1], labels.length / shape[1]], labels),
    steps: whole([shape[1]], steps),
    counts: whole([shape[1]], counts),
  });
  await executable.dispose();
  return results;
}

/** Losses, feasibility and the gradient of the sum of the losses. */
async function evaluate(sequences: Sequences, dtype: Float, most?: Dim): Promise<Values> {
  const inputs = inputsOf(sequences, dtype, most);
  const { nats, feasible } = lossOf(inputs);
  const [natsOut, feasibleOut, at] = optimise([nats, feasible, inputs.logits]) as [Tensor, Tensor, Tensor];
  const [slope] = gradients(sum(natsOut), [at]) as [Tensor];
  const [first, second, third] = finish([natsOut, feasibleOut, slope]) as [Tensor, Tensor, Tensor];
  return run({ nats: first, feasible: second, slope: third }, sequences, dtype);
}

const numbers = (value: TensorValue | undefined): readonly number[] => Array.from(value?.data ?? [], Number);

const worst = (found: readonly number[], expected: readonly number[], scale = (_: number) => 1): number =>
  Math.max(...expected.map((value, i) => Math.abs((found[i] as number) - value) / scale(value)));

describe.each(["plain", "repeats", "tight", "empty", "long", "infeasible"])(
  "PyTorch's losses: %s",
  (name) => {
    const sequences = sequencesOf(name);
    const nats = tensorsOf(name, "outputs")["nats"]!.data;
    const slopes = tensorsOf(name, "gradients")["logits"]!.data;
    const relative = (value: number) => Math.max(1, Math.abs(value));

    test.each([
      ["float64", 1e-12, 1e-12],
      ["float32", 1e-6, 1e-5],
    ] as const)("in %s to %f, gradients to %f", async (dtype, exact, exactSlope) => {
      const found = await evaluate(sequences, dtype);
      expect(worst(numbers(found["nats"]), nats, relative)).toBeLessThan(exact);
      expect(worst(numbers(found["slope"]), slopes)).toBeLessThan(exactSlope);
      expect(numbers(found["feasible"])).toEqual(nats.map((value) => (value === 0 ? 0 : 1)));
    });
  },
);

/** −log of the summed shares of all paths that read as the labels, path by path. */
function enumerated({ logits, shape: [steps, , levels] }: Sequences, labels: readonly number[]): number {
  const rows = Array.from({ length: steps }, (_, t) => logits.slice(t * levels, (t + 1) * levels));
  const shares = rows.map((row) => {
    const total = row.reduce((all, logit) => all + Math.exp(logit), 0);
    return row.map((logit) => Math.exp(logit) / total);
  });
  const total = (path: readonly number[], share: number): number => {
    if (path.length < steps)
      return shares[path.length]!.reduce((all, own, level) => all + total([...path, level], share * own), 0);
    const read = path.filter((level, t) => level !== 0 && level !== path[t - 1]);
    return `${read}` === `${labels}` ? share : 0;
  };
  return -Math.log(total([], 1));
}

test.each([[[1, 2]], [[1, 1]], [[2]], [[]], [[1, 2, 1]]])("all paths that read as %j", async (labels) => {
  const logits = Array.from({ length: 5 * 3 }, (_, i) => Math.sin(7 * i));
  const padded = [...labels, 0, 0, 0].slice(0, 3);
  const sequences: Sequences = {
    logits,
    shape: [5, 1, 3],
    labels: padded,
    steps: [5],
    counts: [labels.length],
  };
  const found = await evaluate(sequences, "float64");
  expect(numbers(found["nats"])[0]).toBeCloseTo(enumerated(sequences, labels), 12);
});

test("how many labels there are may be known only at run time", async () => {
  const sequences = sequencesOf("repeats");
  const [known, named] = [await evaluate(sequences, "float64"), await evaluate(sequences, "float64", "S")];
  expect(numbers(named["nats"])).toEqual(numbers(known["nats"]));
  expect(numbers(named["slope"])).toEqual(numbers(known["slope"]));
});

describe("what lies beyond a sequence", () => {
  const clean = sequencesOf("plain");
  const [steps, batch, levels] = clean.shape;

  test("has no effect: steps that are no numbers, labels that are no levels", async () => {
    const count = clean.labels.length / batch;
    const spoilt: Sequences = {
      ...clean,
      logits: clean.logits.map((logit, i) => {
        const [t, row] = [Math.floor(i / (batch * levels)), Math.floor(i / levels) % batch];
        return t < clean.steps[row]! ? logit : Number.NaN;
      }),
      labels: clean.labels.map((label, i) => (i % count < clean.counts[Math.floor(i / count)]! ? label : 99)),
    };
    const [expected, found] = [await evaluate(clean, "float64"), await evaluate(spoilt, "float64")];
    expect(numbers(found["nats"])).toEqual(numbers(expected["nats"]));
    const beyond = (i: number) =>
      Math.floor(i / (batch * levels)) >= clean.steps[Math.floor(i / levels) % batch]!;
    numbers(found["slope"]).forEach((slope, i) => {
      if (!beyond(i)) expect(slope).toBe(numbers(expected["slope"])[i]);
    });
    expect(steps).toBe(9);
  });
});

test("a level that cannot occur makes labels infeasible that need it, and moves nothing else", async () => {
  const sequences = sequencesOf("plain");
  const inputs = inputsOf(sequences, "float64");
  const possible = exp(inputs.logits);
  const never = mul(possible, input("allowed", [sequences.shape[2]], "float64"));
  const { nats, feasible } = lossOf({ ...inputs, logits: log(never) });
  const { shape, logits, labels, steps, counts } = sequences;
  const executable = await nodeRuntime().compile(lower({ nats, feasible }));
  const results = await executable.run({
    logits: real("float64", shape, logits),
    allowed: real("float64", [5], [1, 1, 0, 1, 1]),
    labels: whole([3, 3], labels),
    steps: whole([3], steps),
    counts: whole([3], counts),
  });
  await executable.dispose();
  expect(numbers(results["feasible"])).toEqual([0, 1, 0]); // labels 1 3 2, 4 1, 2 4 3
  expect(numbers(results["nats"])[1]).toBeGreaterThan(0);
  expect(numbers(results["nats"])[0]).toBe(0);
});

test("the gradient needs no loop of its own", () => {
  const inputs = inputsOf(sequencesOf("plain"), "float32");
  const [loss, at] = optimise([sum(lossOf(inputs).nats), inputs.logits]) as [Tensor, Tensor];
  const outputs = finish([loss, ...gradients(loss, [at])]);
  const program = lower(Object.fromEntries(outputs.map((each, i) => [`y${i}`, each])));
  expect(loopsOf(program).map((ops) => ops.length)).toEqual([19]);
});
