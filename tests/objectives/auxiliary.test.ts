/** What training makes small beside its objective, against sums written by hand. */
import { describe, expect, test } from "vitest";
import type { Part } from "../../src/data/source.ts";
import { textDataset } from "../../src/data/text/text-dataset.ts";
import type { Model } from "../../src/models/model.ts";
import { Translator } from "../../src/models/translate/translator.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { activationPenalty, temporalPenalty, withAuxiliaries } from "../../src/objectives/auxiliary.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { objectives } from "../../src/objectives/index.ts";
import type { Objective } from "../../src/objectives/objective.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, scalarValue, type Values } from "../../src/runtime/runtime.ts";
import { BatchFeeder } from "../../src/train/feeds.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { gradientProgram, statesProgram } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { eachParameter, initialWeights } from "../../src/train/weights.ts";
import { errorOf } from "../run/scratch.ts";

const runtime = nodeRuntime();
const data = textDataset("abba\nbaab\nab\naab\nbbb\n".repeat(4), "letters", {
  unit: "characters",
  per: "line",
  split: [0.8, 0.2, 0],
});
const tokens = data.fields.x.vocabulary.tokens.length + 4;
const sizes = { tokens, embedding: 3, tied: false, hidden: 4 };
const layered = new Vrnn({ ...sizes, latent: 0, layers: 2, cell: "lstm" });
const bagged = new Vrnn({ ...sizes, latent: 2, latentScope: "sequence", bagOfWords: true });

const lengths = [4, 2]; // with the end: 5 and 3 tokens
async function partsOf(): Promise<Part[]> {
  const index = await data.splits.train.index();
  const spans = lengths.map((length) => {
    const i = index.findIndex((each) => each.length === length + 1);
    return { i, from: 0, to: length + 1 };
  });
  const parts: Part[] = [];
  for await (const part of data.splits.train.open(spans)) parts.push(part);
  return parts;
}

/** The figures of an objective over two lines, with the loss. */
async function toldOf(model: Model, objective: Objective, weights: Float32Array) {
  const parts = await partsOf();
  const feeder = new BatchFeeder(model, data.fields, 1);
  const executable = await runtime.compileShards(gradientProgram(model, objective), 1);
  const shared = { parameters: float32([weights.length], weights), klWeight: scalarValue(1) };
  const feeds = [{ ...feeder.feed(parts, { seed: 1, labels: [] })[0]!, ...feeder.restingStates(2)[0]! }];
  const counted: Values = { ...shared, "count.observedSteps": scalarValue(8) };
  const [results] = await executable.run(counted, feeds);
  await executable.dispose();
  return Object.fromEntries(
    Object.entries(results!).map(([name, { data: own }]) => [name, Number(own[0])]),
  ) as Readonly<Record<string, number>>;
}

/** The states `h` of both layers after so many steps of one line, from its beginning. */
async function outputsAfter(weights: Float32Array, part: Part, steps: number): Promise<number[][]> {
  const executable = await runtime.compile(statesProgram(layered, {}));
  const feeder = new BatchFeeder(layered, data.fields, 1);
  const ids = (part.values as { x: Int32Array }).x.slice(0, steps);
  const [own] = feeder.feed([{ ...part, length: steps, values: { x: ids } }], { seed: 1, labels: [] });
  const results = await executable.run({
    ...own,
    ...feeder.restingStates(1)[0],
    parameters: float32([weights.length], weights),
  });
  await executable.dispose();
  return ["state.h.next", "state.1.h.next"].map((name) => [...(results[name]!.data as Float32Array)]);
}

const meanSquare = (numbers: readonly number[]) =>
  numbers.reduce((all, each) => all + each * each, 0) / numbers.length;

describe("penalties of what cells say", () => {
  test("are the mean squares of each layer's outputs, and of how far they move", async () => {
    const weights = initialWeights(layered.parameters, 1);
    let [activity, motion] = [0, 0];
    for (const [row, part] of (await partsOf()).entries()) {
      let before: number[][] | undefined;
      for (let step = 1; step <= lengths[row]! + 1; step++) {
        const now = await outputsAfter(weights, part, step);
        activity += now.reduce((all, each) => all + meanSquare(each), 0);
        const moved = before?.map((each, layer) => each.map((value, i) => now[layer]![i]! - value)) ?? [];
        motion += moved.reduce((all, each) => all + meanSquare(each), 0);
        before = now;
      }
    }
    const told = await toldOf(layered, activationPenalty, weights);
    expect(told["activationPenalty"]).toBeCloseTo(activity, 5);
    expect(told["loss"]).toBeCloseTo(activity / 8, 5);
    const { temporalPenalty: moved } = await toldOf(layered, temporalPenalty, weights);
    expect(moved).toBeCloseTo(motion, 5);
    expect(motion).toBeGreaterThan(0.01);
  });

  test("count as much as they are weighed, and change nothing of the bound", async () => {
    const weights = initialWeights(layered.parameters, 1);
    const alone = await toldOf(layered, plainElbo, weights);
    const both = withAuxiliaries(plainElbo, layered, { activationPenalty: 2, temporalPenalty: 3 });
    const told = await toldOf(layered, both, weights);
    const beside = 2 * told["activationPenalty"]! + 3 * told["temporalPenalty"]!;
    expect(told["loss"]).toBeCloseTo(alone["loss"]! + beside / 8, 5);
    expect(both.bound(told)).toBe(plainElbo.bound(alone));
  });

  test("count beside bounds of several particles", () => {
    const model = new Vrnn({ ...sizes, latent: 2 });
    const told = withAuxiliaries(objectives.fivo.create({ particles: 2 }), model, {
      activationPenalty: 1,
      temporalPenalty: 1,
    });
    expect(() => gradientProgram(model, told)).not.toThrow();
  });
});

describe("a bag of words", () => {
  test("is told by the latent variables of a whole text alone", async () => {
    const weights = initialWeights(bagged.parameters, 1);
    for (const { parameter, values } of eachParameter(bagged.parameters, weights)) {
      if (parameter.name === "bag.weight") values.fill(0);
      if (parameter.name === "bag.bias") values.set(values.map((_, i) => Math.sin(i)));
    }
    const logits = Array.from({ length: tokens }, (_, i) => Math.sin(i));
    const total = Math.log(logits.reduce((all, each) => all + Math.exp(each), 0));
    const all = (await partsOf()).flatMap(({ values }) => [...(values as { x: Int32Array }).x]);
    const nats = all.reduce((sum, id) => sum + total - logits[id]!, 0);
    const alone = await toldOf(bagged, plainElbo, weights);
    const none = { activationPenalty: 0, temporalPenalty: 0 };
    const told = await toldOf(bagged, withAuxiliaries(plainElbo, bagged, none), weights);
    expect(told["bagOfWords"]).toBeCloseTo(nats, 4);
    expect(told["loss"]).toBeCloseTo(alone["loss"]! + nats / 8, 4);
  });

  test("teaches the posterior: z tells more of a text than without", async () => {
    const divergenceOf = async (bagOfWords: boolean) => {
      const model = new Vrnn({ ...sizes, latent: 2, latentScope: "sequence", bagOfWords });
      const options = trainingOptions.parse({ epochs: 60, batchSize: 8, learningRate: 0.02, shards: 1 });
      const trainer = await Trainer.create({ model, data, options, runtime });
      let kl = 0;
      for await (const event of trainer.fit()) if (event.type === "epoch") kl = event.train["kl"]!;
      await trainer.dispose();
      return kl;
    };
    expect(await divergenceOf(true)).toBeGreaterThan(3 * (await divergenceOf(false)));
  });

  test("needs some, of the whole text", async () => {
    const asked = { ...sizes, latent: 2, bagOfWords: true };
    expect(await errorOf(() => new Vrnn(asked))).toMatchObject({ code: "model/bag-of-words" });
    const { embedding, hidden } = sizes;
    const pairs = { tokens, embedding, hidden, bagOfWords: true } as const;
    expect(await errorOf(() => new Translator({ ...pairs, latent: 0 }))).toMatchObject({
      code: "model/bag-of-words",
    });
    expect(new Translator({ ...pairs, latent: 2 }).bagOfWords).toBeDefined();
  });
});
