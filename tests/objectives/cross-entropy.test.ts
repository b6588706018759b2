/** Labels told from pooled states, against plain arithmetic. */
import { describe, expect, test } from "vitest";
import { SPLIT_NAMES } from "../../src/data/dataset.ts";
import type { FieldDataset } from "../../src/data/field-dataset.ts";
import type { Fields } from "../../src/data/fields.ts";
import { memorySplits } from "../../src/data/memory-dataset.ts";
import type { MemorySequence } from "../../src/data/source.ts";
import type { LabelledText } from "../../src/data/text/label-field.ts";
import { labelledDataset, textDataset } from "../../src/data/text/text-dataset.ts";
import { input } from "../../src/graph/index.ts";
import type { ReadoutContext } from "../../src/models/model.ts";
import { PooledReadout, StepReadout } from "../../src/models/readout.ts";
import { Vrnn, type VrnnSizes } from "../../src/models/vrnn/vrnn.ts";
import type { State } from "../../src/nn/cells.ts";
import { plainNet } from "../../src/nn/net.ts";
import { objectives } from "../../src/objectives/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, scalarValue, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { batchCounts, countFeeds } from "../../src/train/counts.ts";
import type { EpochEvent } from "../../src/train/events.ts";
import { BatchFeeder } from "../../src/train/feeds.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { compile, gradientProgram } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { differences, featureMajorPasses } from "../passes/feature-major.ts";
import { errorOf } from "../run/scratch.ts";
import { expectSlopes } from "./differences.ts";

const runtime = nodeRuntime();

/** Strings of a, b and c, which are classed by whether there is a b in them; of every fifth that is not known. */
const texts = Array.from({ length: 120 }, (_, i): LabelledText => {
  const random = Random.stream(i, "text");
  const text = Array.from({ length: 2 + random.integer(5) }, () => "aaacccb"[random.integer(7)]).join("");
  return { name: `${i}`, text, ...(i % 5 > 0 && { label: text.includes("b") ? "with" : "without" }) };
});
const data = labelledDataset(texts, "strings", { unit: "characters" });
const sizes = { tokens: 7, embedding: 4, tied: true, hidden: 8, latent: 2 } as const;
const readout: NonNullable<VrnnSizes["readout"]> = { field: "label", levels: 2 };
const model = new Vrnn({ ...sizes, readout });

/** What a readout of states alone reads. */
const readoutContext = (states: State, mask = input("mask", ["T", "B", 1])): ReadoutContext => ({
  states,
  x: { values: mask, mask },
  inputs: {},
});

test("a readout is a linear layer over mean and maximum of the states that were observed", async () => {
  const layer = new PooledReadout("readout", { h: 2 }, { field: "label", levels: 2 });
  const logits = layer.logits(
    plainNet((name) => input(name, name.endsWith("bias") ? [2] : [4, 2])),
    readoutContext({ h: input("h", ["T", "B", 2]) }, input("mask", ["T", "B", 1])),
  );
  const executable = await runtime.compile(compile({ logits }));
  const weight = [0.5, -1, 2, 0.25, 1, 0, -0.5, 3]; // of the means of both states, then of their maxima
  const found = await executable.run({
    "readout.weight": float32([4, 2], Float32Array.from(weight)),
    "readout.bias": float32([2], Float32Array.of(0.1, -0.1)),
    // Of the first row all three steps, of the second one and three, of the third none.
    h: float32([3, 3, 2], Float32Array.of(1, -1, -2, 4, 9, 9, 2, -3, 90, 90, 9, 9, 6, -5, -4, 8, 9, 9)),
    mask: float32([3, 3, 1], Float32Array.of(1, 1, 0, 1, 0, 0, 1, 1, 0)),
  });
  await executable.dispose();
  const expected = [
    [3, -3, 6, -1],
    [-3, 6, -2, 8],
    [0, 0, 0, 0],
  ].flatMap((pooled) =>
    [0.1, -0.1].map((bias, l) => pooled.reduce((all, value, i) => all + value * weight[2 * i + l]!, bias)),
  );
  const numbers = Array.from((found["logits"] as TensorValue).data, Number);
  numbers.forEach((logit, i) => {
    expect(logit).toBeCloseTo(expected[i]!, 5);
  });
  expect(numbers).toHaveLength(6);
});

/** A batch of the objective, half of it labelled, and what its program gives under some weights. */
async function programOf(elboWeight: number) {
  const objective = objectives["cross-entropy"].create({ elboWeight });
  const executable = await runtime.compile(gradientProgram(model, objective));
  const feeder = new BatchFeeder(model, data.fields, 1, objective);
  const levels = [-1, 0, 1, -1];
  const parts = ["abc", "ca", "b", "aabca"].map((text, i) => ({
    length: text.length,
    values: {
      x: Int32Array.from(text, (letter) => 4 + "abc".indexOf(letter)),
      label: Int32Array.of(levels[i]!),
    },
  }));
  const [batch] = feeder.feed(parts, { seed: 1, labels: [] });
  const counts = {
    klWeight: scalarValue(1),
    "count.observedSteps": scalarValue(11),
    "count.labelled": scalarValue(2),
  };
  const feeds = (weights: Float32Array): Values => {
    const parameters = float32([weights.length], weights);
    return { ...batch, ...feeder.restingStates(4)[0], ...counts, parameters };
  };
  const run = async (weights: Float32Array) => {
    const given = await executable.run(feeds(weights));
    return (name: string) => Array.from((given[name] as TensorValue).data, Number);
  };
  const layouts = async (weights: Float32Array) => {
    const exchanged = await runtime.compile(
      gradientProgram(model, objective, { passes: featureMajorPasses }),
    );
    const both = await Promise.all([executable, exchanged].map((each) => each.run(feeds(weights))));
    await exchanged.dispose();
    return both as [Values, Values];
  };
  return { run, layouts, dispose: () => executable.dispose() };
}

const weights = initialWeights(model.parameters, 1);

test("the loss is the mean over known labels and a share of the bound, and its gradient that of differences", async () => {
  const { run, dispose } = await programOf(0.3);
  const at = await run(weights);
  const [figure, nats] = [(name: string) => at(name)[0]!, at("crossEntropy")[0]!];
  const bound = figure("logLikelihood") - figure("kl");
  expect(figure("loss")).toBeCloseTo(nats / 2 - (0.3 * bound) / 11, 4);
  const gradient = at("gradient");
  const random = Random.stream(2, "way");
  const loss = async (near: Float32Array) => (await run(near))("loss")[0]!;
  const others = [gradient.map(() => random.normal()), gradient.map(() => random.normal())];
  await expectSlopes(gradient, weights, loss, [gradient, ...others]);
  await dispose();
});

test("a feature-major program tells the same", async () => {
  const { layouts, dispose } = await programOf(0.3);
  expect(differences(model, ...(await layouts(weights)))).toEqual([]);
  await dispose();
});

test("cross-entropy and accuracy are those of the logits, over the rows whose label is known", async () => {
  const { run, dispose } = await programOf(0);
  // Without weights a readout says its bias of every sequence: 0.2 and 0.7 for one label of each level.
  const start = model.parameters.findIndex(({ name }) => name === "readout.bias");
  const before = model.parameters
    .slice(0, start)
    .reduce((all, { shape }) => all + shape.reduce((a, b) => a * b, 1), 0);
  const own = weights.map((each, i) => (i >= before - 32 && i < before ? 0 : each));
  own.set([0.2, 0.7], before);
  const at = await run(own);
  const total = Math.log(Math.exp(0.2) + Math.exp(0.7));
  expect(at("crossEntropy")[0]).toBeCloseTo(2 * total - 0.9, 5);
  expect(at("loss")[0]).toBeCloseTo(total - 0.45, 5);
  expect(at("accuracy")).toEqual([1]);
  await dispose();
});

const options = trainingOptions.parse({
  objective: "cross-entropy",
  epochs: 25,
  learningRate: 0.03,
  shards: 2,
});

test("a trainer learns labels, tells how many are right, and keeps the epoch that tells most rightly, or surest", async () => {
  const trainer = await Trainer.create({ model, data, options, runtime });
  const epochs: EpochEvent[] = [];
  for await (const event of trainer.fit()) if (event.type === "epoch") epochs.push(event);
  const test = await trainer.evaluate(data.splits.test);
  await trainer.dispose();
  expect(test["accuracy"]).toBeGreaterThan(0.9);
  let most = Number.NEGATIVE_INFINITY;
  for (const { valid, best } of epochs) {
    const merit = valid["labelMerit"]!;
    expect(merit).toBeCloseTo(valid["accuracy"]! - valid["crossEntropy"]! / 100, 5);
    expect(best).toBe(merit > most);
    most = Math.max(most, merit);
  }
  expect(trainer.state.cursor.bestValid).toBe(most);
  expect(most).toBeGreaterThan(0.9);
});

test("a readout asks for no labels, and learns nothing, where another objective is made small", async () => {
  const unlabelled = textDataset(texts.map(({ text }) => text).join("\n"), "strings", {
    unit: "characters",
    per: "line",
  });
  const settings = { options: { ...options, objective: "elbo", epochs: 1 }, runtime } as const;
  const trainer = await Trainer.create({ model, data: unlabelled, ...settings });
  for await (const _ of trainer.fit()) void _;
  await trainer.dispose();
  const first = initialWeights(model.parameters, options.seed);
  expect(trainer.weights.slice(-34)).toEqual(first.slice(-34));
  expect(trainer.weights.slice(0, 34)).not.toEqual(first.slice(0, 34));
});

test("refuses a model without a readout, and windows that cut a sequence", async () => {
  const plain = new Vrnn(sizes);
  const create = (own: Partial<Parameters<typeof Trainer.create>[0]>) =>
    Trainer.create({ model, data, options, runtime, ...own });
  await expect(create({ model: plain })).rejects.toMatchObject({ code: "objective/readout" });
  const short = { ...options, window: 4 };
  await expect(create({ options: short })).rejects.toMatchObject({ code: "train/whole-sequences" });
  const objective = objectives["cross-entropy"].create(options);
  expect(errorOf(() => gradientProgram(plain, objective))).toMatchObject({ code: "objective/readout" });
});

/** Strings of a, b and c; each letter is classed by whether the number of a up to it is even. */
const parities = (): FieldDataset => {
  const fields: Fields = {
    x: data.fields.x,
    label: { kind: "label", role: "label", axis: "T", levels: ["even", "odd"] },
  };
  const sequences = Array.from({ length: 60 }, (_, i): MemorySequence => {
    const random = Random.stream(i, "parity");
    const x = Int32Array.from({ length: 5 + random.integer(4) }, () => 4 + random.integer(2));
    let seen = 0;
    const label = x.map((id) => {
      if (id === 4) seen += 1;
      return seen % 2;
    });
    label[0] = -1; // of each first letter it is not known
    return { name: `${i}`, length: x.length, values: { x, label } };
  });
  const parts = sequences.map(({ length }, index) => ({
    index,
    split: SPLIT_NAMES[Math.floor(index / 40) + Number(index >= 50)]!,
    start: 0,
    end: length,
  }));
  return { modality: { name: "text" }, fields, splits: memorySplits(sequences, parts, fields), notes: [] };
};

describe("a label of each step", () => {
  const stepwise = new Vrnn({ ...sizes, readout: { ...readout, over: "step" } });

  test("is told by a linear layer over the state after the step", async () => {
    const layer = new StepReadout("readout", { h: 2, c: 1 }, { field: "label", levels: 2 });
    const shapes: Record<string, number[]> = { "readout.h.weight": [2, 2], "readout.c.weight": [1, 2] };
    const logits = layer.logits(
      plainNet((name) => input(name, shapes[name] ?? [2])),
      readoutContext({ h: input("h", ["T", "B", 2]), c: input("c", ["T", "B", 1]) }),
    );
    const executable = await runtime.compile(compile({ logits }));
    const found = await executable.run({
      "readout.h.weight": float32([2, 2], Float32Array.of(0.5, -1, 2, 0.25)),
      "readout.c.weight": float32([1, 2], Float32Array.of(3, 0)),
      "readout.bias": float32([2], Float32Array.of(0.1, -0.1)),
      h: float32([2, 1, 2], Float32Array.of(1, -1, 2, 3)),
      c: float32([2, 1, 1], Float32Array.of(4, -5)),
    });
    await executable.dispose();
    const { shape, data: numbers } = found["logits"] as TensorValue;
    expect(shape).toEqual([2, 1, 2]);
    [0.5 - 2 + 12 + 0.1, -1 - 0.25 - 0.1, 1 + 6 - 15 + 0.1, -2 + 0.75 - 0.1].forEach((logit, i) => {
      expect(Number(numbers[i])).toBeCloseTo(logit, 5);
    });
  });

  test("has a loss over the labelled steps, and its gradient is that of differences", async () => {
    const objective = objectives["cross-entropy"].create({ elboWeight: 0.3 });
    const executable = await runtime.compile(gradientProgram(stepwise, objective));
    const feeder = new BatchFeeder(stepwise, parities().fields, 1, objective);
    const parts = [
      { length: 3, values: { x: Int32Array.of(4, 5, 6), label: Int32Array.of(1, -1, 0) } },
      { length: 1, values: { x: Int32Array.of(5), label: Int32Array.of(1) } },
    ];
    const counts = batchCounts(parts, 3, parities().fields, stepwise);
    expect(counts).toMatchObject({ labelled: 3, observedSteps: 4, sequences: 0 });
    const [batch] = feeder.feed(parts, { seed: 1, labels: [] });
    const own = initialWeights(stepwise.parameters, 2);
    const run = async (at: Float32Array) => {
      const parameters = float32([at.length], at);
      const states = feeder.restingStates(2)[0];
      const shared = { klWeight: scalarValue(1), ...countFeeds(counts) };
      const given = await executable.run({ ...batch, ...states, ...shared, parameters });
      return (name: string) => Array.from((given[name] as TensorValue).data, Number);
    };
    const at = await run(own);
    const bound = at("logLikelihood")[0]! - at("kl")[0]!;
    expect(at("loss")[0]).toBeCloseTo(at("crossEntropy")[0]! / 3 - (0.3 * bound) / 4, 4);
    const gradient = at("gradient");
    const random = Random.stream(3, "way");
    const loss = async (near: Float32Array) => (await run(near))("loss")[0]!;
    await expectSlopes(gradient, own, loss, [gradient, gradient.map(() => random.normal())]);
    await executable.dispose();
  });

  test("is learned in windows that cut sequences", async () => {
    const settings = { ...options, window: 4, epochs: 40, learningRate: 0.02, shards: 1 };
    const wider = new Vrnn({ ...sizes, hidden: 32, readout: { ...readout, over: "step" } });
    const trainer = await Trainer.create({ model: wider, data: parities(), options: settings, runtime });
    for await (const _ of trainer.fit()) void _;
    const { accuracy, crossEntropy } = await trainer.evaluate(parities().splits.test);
    await trainer.dispose();
    expect(accuracy).toBeGreaterThan(0.95);
    expect(crossEntropy).toBeLessThan(0.2);
  });
});

test("refuses data by whose labels no epoch can be chosen, and learns where there is no validation split", async () => {
  const without = (split: "train" | "valid") =>
    labelledDataset(
      texts.map((text, i) => {
        const own = SPLIT_NAMES[i < 90 ? 0 : 1]!;
        return { ...text, split: own, ...(own === split && { label: undefined }) };
      }),
      "strings",
      { unit: "characters", levels: ["with", "without"] },
    );
  for (const split of ["train", "valid"] as const)
    await expect(Trainer.create({ model, data: without(split), options, runtime })).rejects.toMatchObject({
      code: "train/nothing-counted",
      message: expect.stringContaining(`the ${split} split has no known labels`),
    });
  const whole = labelledDataset(texts, "strings", { unit: "characters", split: [1, 0, 0] });
  const trainer = await Trainer.create({ model, data: whole, options: { ...options, epochs: 1 }, runtime });
  const ends: EpochEvent[] = [];
  for await (const event of trainer.fit()) if (event.type === "epoch") ends.push(event);
  await trainer.dispose();
  expect(ends[0]!.valid).toEqual(ends[0]!.train);
  expect(trainer.state.cursor.bestValid).toBe(ends[0]!.train["labelMerit"]);
});
