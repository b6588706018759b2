/** What a VRNN can have beyond the paper's: conditions, another prior, normalised layers, a learned beginning. */
import { describe, expect, test } from "vitest";
import type { ConditionColumn, Dataset, Sequence } from "../../src/data/dataset.ts";
import { latentWidth } from "../../src/models/model.ts";
import { stateShapes } from "../../src/models/state.ts";
import { Vrnn, type VrnnOptions } from "../../src/models/vrnn/vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import {
  emptyFloat32,
  float32,
  scalarValue,
  type TensorValue,
  type Values,
} from "../../src/runtime/runtime.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { gradientProgram, unrollProgram } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { normals, ones } from "./tensors.ts";
import "../slow.ts";

const columns = [plainColumn("a"), plainColumn("b")];
const covariate = (name: string): ConditionColumn => ({ ...plainColumn(name), role: "covariate" });
const conditions = [covariate("price"), covariate("hour")];
const usual = { columns, hidden: 6, latent: 2, cell: "gru", layers: 1, residual: true } as const;
const runtime = nodeRuntime();
const [T, B] = [5, 3];

function inputsOf(model: Vrnn, changes: Values = {}): Values {
  const conditioned = model.conditions.length > 0;
  return {
    parameters: float32([countOf(model.parameters)], initialWeights(model.parameters, 1)),
    x: normals([T, B, 2], "x"),
    mask: ones([T, B, 2]),
    noise: normals([T, B, latentWidth(model)], "noise"),
    ...(conditioned && {
      condition: normals([T, B, conditions.length], "condition"),
      "condition.mask": ones([T, B, conditions.length]),
    }),
    ...Object.fromEntries(
      Object.entries(stateShapes(model)).map(([part, shape]) => [
        `state.${part}`,
        emptyFloat32([B, ...shape]),
      ]),
    ),
    ...changes,
  };
}

type Part = Parameters<typeof unrollProgram>[1][number];

async function judged(model: Vrnn, parts: readonly Part[], changes: Values = {}): Promise<Values> {
  const executable = await runtime.compile(unrollProgram(model, parts));
  const results = await executable.run(inputsOf(model, changes));
  await executable.dispose();
  return results;
}

const numbers = (values: Values, name: string): number[] => [
  ...(values[name] as TensorValue<"float32">).data,
];

describe("gradients agree with differences along their own and random directions", () => {
  test.each<[string, Partial<VrnnOptions>]>([
    ["everything at once, GRU", { conditions, prior: "standard", layerNorm: true, initial: "learned" }],
    [
      "everything at once, LSTM",
      { conditions, layerNorm: true, initial: "learned", cell: "lstm", layers: 2 },
    ],
    ["a learned beginning without conditions", { initial: "learned" }],
  ])("%s", async (_, options) => {
    const model = new Vrnn({ ...usual, ...options });
    const executable = await runtime.compile(gradientProgram(model, plainElbo));
    const weights = initialWeights(model.parameters, 1);
    const run = (parameters: Float32Array) =>
      executable.run({
        ...inputsOf(model, { parameters: float32([parameters.length], parameters) }),
        klWeight: scalarValue(0.7),
        "count.observedSteps": scalarValue(T * B),
      });
    const gradient = numbers(await run(weights), "gradient");
    const length = Math.hypot(...gradient);
    const directions = [gradient, ...[1, 2, 3].map((k) => [...normals([weights.length], `way ${k}`).data])];
    for (const direction of directions.map((way) => way.map((part) => part / Math.hypot(...way)))) {
      const slope = gradient.reduce((all, g, i) => all + g * direction[i]!, 0);
      const loss = async (by: number) =>
        numbers(await run(weights.map((weight, i) => weight + by * direction[i]!)), "loss")[0]!;
      const difference = ((await loss(1e-3)) - (await loss(-1e-3))) / 2e-3;
      expect(Math.abs(difference - slope)).toBeLessThan(1e-3 * length);
    }
    await executable.dispose();
  });
});

test("under the standard prior the divergence is that from N(0, 1)", async () => {
  const model = new Vrnn({ ...usual, prior: "standard" });
  expect(model.parameters.some(({ name }) => name.startsWith("prior."))).toBe(false);
  const results = await judged(model, ["kl", "latent", "latentScale"]);
  const [means, scales] = [numbers(results, "latent"), numbers(results, "latentScale")];
  numbers(results, "kl").forEach((kl, i) => {
    const [mean, scale] = [means[i]!, scales[i]!];
    expect(kl).toBeCloseTo(0.5 * (scale ** 2 + mean ** 2 - 1) - Math.log(scale), 5);
  });
});

test("minus the log ratio of the drawn latent variables is the divergence in the mean", async () => {
  const model = new Vrnn({ ...usual, residual: false });
  const rows = 4000;
  const repeated = (value: TensorValue<"float32">) =>
    float32(
      [1, rows, 2],
      Float32Array.from({ length: 2 * rows }, (_, i) => value.data[i % 2]!),
    );
  const results = await judged(model, ["kl", "logPriorRatio"], {
    x: repeated(normals([2], "x")),
    mask: ones([1, rows, 2]),
    noise: normals([1, rows, 2], "draws"),
    "state.h": emptyFloat32([rows, 6]),
  });
  const mean = (name: string) => numbers(results, name).reduce((all, value) => all + value, 0) / rows;
  // The ratio has a standard deviation of about 1 in each of 8000 draws.
  expect(Math.abs(mean("kl") + mean("logPriorRatio"))).toBeLessThan(0.1);
  expect(mean("kl")).toBeGreaterThan(0.01);
});

describe("conditions", () => {
  const model = new Vrnn({ ...usual, conditions, initial: "learned" });

  test("have an effect where they are given, and none where they are withheld, whatever they are", async () => {
    const other = normals([T, B, 2], "other");
    const total = async (changes: Values) =>
      numbers(await judged(model, ["logLikelihood"], changes), "logLikelihood");
    expect(await total({ condition: other })).not.toEqual(await total({}));
    const mask = emptyFloat32([T, B, 2]);
    const withheld = await total({ "condition.mask": mask });
    expect(await total({ condition: other, "condition.mask": mask })).toEqual(withheld);
    const unread = float32([T, B, 2], new Float32Array(T * B * 2).fill(Number.NaN));
    expect(await total({ condition: unread, "condition.mask": mask })).toEqual(withheld);
  });

  test("are an input that models without them do not have", () => {
    const names = (given: Vrnn) => Object.keys(unrollProgram(given, ["logLikelihood"]).inputs);
    expect(names(model)).toEqual(expect.arrayContaining(["condition", "condition.mask"]));
    expect(names(new Vrnn(usual))).not.toContain("condition");
  });
});

test("a learned beginning stands in for zeros at the first step of a sequence, and only there", async () => {
  const model = new Vrnn({ ...usual, initial: "learned" });
  const drawn = normals([countOf(model.parameters)], "weights");
  const weights = float32(
    drawn.shape,
    drawn.data.map((weight) => 0.3 * weight),
  );
  const bias = weights.data.slice(-6); // `initial.bias` is the last parameter
  const start = float32(
    [B, 6],
    Float32Array.from({ length: 6 * B }, (_, i) => Math.tanh(bias[i % 6]!)),
  );
  const run = (changes: Values) => judged(model, ["logLikelihood"], { parameters: weights, ...changes });
  const fresh = await run({});
  const told = await run({ "state.h": start, "state.begun": ones([B, 1]) });
  numbers(told, "logLikelihood").forEach((nats, i) => {
    expect(nats).toBeCloseTo(numbers(fresh, "logLikelihood")[i]!, 4);
  });
  expect(numbers(fresh, "state.begun.next")).toEqual([1, 1, 1]);
  const zeros = await run({ "state.begun": ones([B, 1]) });
  expect(numbers(zeros, "logLikelihood")).not.toEqual(numbers(fresh, "logLikelihood"));
});

describe("on data that a covariate explains, x = c + ε/5", () => {
  const noise = 0.2;
  const made = (count: number, label: string): Sequence[] =>
    Array.from({ length: count }, (_, k) => {
      const random = Random.stream(8, label, k);
      const known = Float64Array.from({ length: 40 }, () => random.normal());
      return {
        name: `${label} ${k}`,
        length: 40,
        conditions: known,
        values: known.map((c) => c + noise * random.normal()),
      };
    });
  const [x, c] = [plainColumn("x"), covariate("c")];
  const splits = { train: made(40, "train"), valid: made(10, "valid"), test: made(10, "test") };
  const data: Dataset = { columns: [x], conditions: [c], splits, notes: [] };
  const entropy = (deviation: number) => 0.5 * Math.log(2 * Math.PI * Math.E * deviation ** 2);

  async function bounds(
    conditioned: boolean,
    conditionDropout = 0,
  ): Promise<[given: number, withheld: number]> {
    const model = new Vrnn({ ...usual, columns: [x], hidden: 16, conditions: conditioned ? [c] : [] });
    const options = trainingOptions.parse({ epochs: 30, batchSize: 8, learningRate: 5e-3, conditionDropout });
    const trainer = await Trainer.create({ model, data, options, runtime });
    for await (const event of trainer.fit()) void event;
    const unknown = (sequence: Sequence) => ({
      ...sequence,
      conditions: sequence.values.map(() => Number.NaN),
    });
    const given = await trainer.evaluate(splits.test);
    const withheld = await trainer.evaluate(splits.test.map(unknown));
    await trainer.dispose();
    return [given.natsPerStep, withheld.natsPerStep];
  }

  test("a model that is given it comes close to the entropy of the rest; withheld, to that of the whole", async () => {
    const [plain] = await bounds(false);
    expect(Math.abs(plain + entropy(Math.hypot(1, noise)))).toBeLessThan(0.1);
    const [given] = await bounds(true);
    expect(Math.abs(given + entropy(noise))).toBeLessThan(0.1);
    const [known, withheld] = await bounds(true, 0.3);
    expect(Math.abs(known + entropy(noise))).toBeLessThan(0.15);
    expect(Math.abs(withheld - plain)).toBeLessThan(0.15);
  });
});

test("unless told, a model has one layer of GRU cells", () => {
  const [usual, told] = [{}, { cell: "gru", layers: 1 } as const].map(
    (options) => new Vrnn({ columns, hidden: 8, latent: 2, ...options }),
  );
  expect(usual!.parameters.map(({ name, shape }) => [name, shape])).toEqual(
    told!.parameters.map(({ name, shape }) => [name, shape]),
  );
  expect(usual!.state).toEqual({ h: [8] });
});
