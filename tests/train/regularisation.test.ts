/** What keeps a model from learning its training data by heart: dropped values and weights, averaged weights. */
import { describe, expect, test } from "vitest";
import { cutSource } from "../../src/data/cut-source.ts";
import type { Part } from "../../src/data/source.ts";
import { textDataset } from "../../src/data/text/text-dataset.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, scalarValue, type TensorValue } from "../../src/runtime/runtime.ts";
import { dropoutShares } from "../../src/train/dropout.ts";
import { BatchFeeder } from "../../src/train/feeds.ts";
import { noiseFeeds, weightDropoutFeeds } from "../../src/train/noise.ts";
import { averageWeights, chain, descend } from "../../src/train/optimisers.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { gradientProgram, updateProgram } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { eachParameter, initialWeights } from "../../src/train/weights.ts";

const runtime = nodeRuntime();
const text = "the cat sat on the mat and the dog sat on the log. ".repeat(12);
const data = textDataset(text, "cats", { unit: "characters", split: [0.8, 0.2, 0] });
const model = new Vrnn({
  tokens: data.fields.x.vocabulary.tokens.length + 4,
  embedding: 6,
  tied: false,
  hidden: 8,
  latent: 0,
  cell: "lstm",
  layers: 2,
});

test("the recurrent weights of a stack are the matrices of its states", () => {
  expect(model.recurrentWeights).toEqual(["cell.h.weight", "cell.1.h.weight"]);
});

test("masks of a window are the same at all its steps, and others for other rows and windows", () => {
  const masks = (step: number, dropoutSpan: "step" | "window") =>
    noiseFeeds(
      model,
      { steps: 5, places: 0 },
      { from: 0, to: 3 },
      { seed: 1, labels: [step], dropout: { h: 0.5 }, dropoutSpan },
    )["dropout.h"]!.data as Float32Array;
  const rows = (all: Float32Array) =>
    Array.from({ length: 15 }, (_, i) => [...all.subarray(i * 8, (i + 1) * 8)].join());
  const [window, next, steps] = [rows(masks(0, "window")), rows(masks(1, "window")), rows(masks(0, "step"))];
  expect(new Set(window).size).toBe(3); // one for each row
  for (let t = 1; t < 5; t++) expect(window.slice(3 * t, 3 * t + 3)).toEqual(window.slice(0, 3));
  expect(next).not.toEqual(window);
  expect(new Set(steps).size).toBeGreaterThan(10);
});

test("a site has its own share, or the one of all; there are no others", () => {
  expect(dropoutShares(model, { dropout: 0.2, dropoutAt: { x: 0, "between.0": 0.4 } })).toEqual({
    h: 0.2,
    decoder: 0.2,
    "between.0": 0.4,
  });
  expect(dropoutShares(model, { dropout: 0, dropoutAt: {} })).toEqual({});
  expect(() => dropoutShares(model, { dropout: 0, dropoutAt: { decodr: 0.1 } })).toThrow(
    expect.objectContaining({ code: "train/dropout-site", remedy: expect.stringContaining("decoder") }),
  );
});

test("a recurrent weight that is dropped has no effect and no gradient; one that is kept has its share more", async () => {
  const weights = initialWeights(model.parameters, 1);
  const feeder = new BatchFeeder(model, data.fields, 1);
  const parts: Part[] = [];
  for await (const part of data.splits.train.open([{ i: 0, from: 0, to: 30 }])) parts.push(part);
  const masks = weightDropoutFeeds(model, 0.5, { seed: 3, labels: [] });
  const feeds = () => [
    { ...feeder.feed(parts, { seed: 1, labels: [] })[0]!, ...feeder.restingStates(1)[0]! },
  ];
  const shared = { klWeight: scalarValue(1), "count.observedSteps": scalarValue(30) };
  const run = async (parameters: Float32Array, weightDropout: boolean) => {
    const executable = await runtime.compileShards(gradientProgram(model, plainElbo, { weightDropout }), 1);
    const inputs = { parameters: float32([countOf(model.parameters)], parameters), ...shared };
    const [results] = await executable.run(weightDropout ? { ...inputs, ...masks } : inputs, feeds());
    await executable.dispose();
    return { loss: Number(results!["loss"]!.data[0]), gradient: results!["gradient"]!.data as Float32Array };
  };
  const dropped = await run(weights, true);
  // By hand: the same weights multiplied by the masks, without any dropout.
  const masked = weights.slice();
  for (const { parameter, values } of eachParameter(model.parameters, masked)) {
    const mask = masks[`dropout.weight.${parameter.name}`]?.data as Float32Array | undefined;
    mask?.forEach((kept, i) => {
      values[i]! *= kept;
    });
  }
  const plain = await run(masked, false);
  expect(dropped.loss).toBeCloseTo(plain.loss, 5);
  const slopes = eachParameter(model.parameters, dropped.gradient);
  const plainSlopes = eachParameter(model.parameters, plain.gradient);
  slopes.forEach(({ parameter, values }, p) => {
    const mask = masks[`dropout.weight.${parameter.name}`]?.data as Float32Array | undefined;
    values.forEach((slope, i) => {
      expect(slope).toBeCloseTo((mask?.[i] ?? 1) * plainSlopes[p]!.values[i]!, 4);
    });
  });
  const kept = [...(masks["dropout.weight.cell.h.weight"]!.data as Float32Array)];
  expect(new Set(kept)).toEqual(new Set([0, 2]));
});

describe("windows that begin anew", () => {
  /** The bound of each window, in falling order, of a network that is not changed. */
  async function boundsOf(stateDropout: number, cut: boolean): Promise<number[]> {
    const { train } = data.splits;
    const options = trainingOptions.parse({
      ...{ epochs: 1, batchSize: 1, window: 40, shards: 1 },
      ...{ learningRate: 1e-12, stateDropout },
    });
    const splits = { ...data.splits, train: cut ? cutSource(train, 40) : train };
    const trainer = await Trainer.create({ model, data: { ...data, splits }, options, runtime });
    const bounds: number[] = [];
    for await (const event of trainer.fit()) if (event.type === "step") bounds.push(event.natsPerStep);
    await trainer.dispose();
    return bounds.sort((a, b) => b - a);
  }

  test("are told as if nothing had come before; others go on", async () => {
    const [pieces, anew, carried] = [
      await boundsOf(0, true),
      await boundsOf(1, false),
      await boundsOf(0, false),
    ];
    expect(anew).toHaveLength(13);
    for (const [i, bound] of anew.entries()) expect(bound).toBeCloseTo(pieces[i]!, 5);
    const differing = carried.filter((bound, i) => Math.abs(bound - pieces[i]!) > 1e-4);
    expect(differing.length).toBeGreaterThan(6);
  });

  test("are a share of all", async () => {
    const [carried, some] = [await boundsOf(0, false), await boundsOf(0.5, false)];
    const same = some.filter((bound) => carried.some((each) => Math.abs(each - bound) < 1e-7));
    expect(same.length).toBeGreaterThan(1);
    expect(same.length).toBeLessThan(12);
  });
});

describe("the average of the weights", () => {
  test("forgets early ones soon: the first is the first parameters, the decay is reached later", async () => {
    const [decay, rate] = [0.5, 0.1];
    const optimiser = chain(descend, averageWeights(decay));
    const executable = await runtime.compile(updateProgram(1, optimiser, 1));
    let parameters: TensorValue = float32([1], Float32Array.of(1));
    let [average, count]: TensorValue[] = [emptyFloat32([1]), emptyFloat32([])];
    let [expected, own] = [0, 1];
    for (let t = 0; t < 30; t++) {
      own -= rate * Math.sin(t);
      const kept = Math.min(decay, t / (t + 9));
      expected = kept * expected + (1 - kept) * own;
      const next = await executable.run({
        parameters,
        "gradient.0": float32([1], Float32Array.of(Math.sin(t))),
        learningRate: scalarValue(rate),
        "optimiser.1.average": average!,
        "optimiser.1.count": count!,
      });
      parameters = next["parameters.next"] as TensorValue;
      average = next["optimiser.1.average.next"] as TensorValue;
      count = next["optimiser.1.count.next"] as TensorValue;
      expect(Number(parameters.data[0])).toBeCloseTo(own, 5);
      expect(Number(average.data[0])).toBeCloseTo(expected, 5);
    }
    await executable.dispose();
  });

  test("is what is evaluated and kept, and goes on after a stop as if there had been none", async () => {
    const options = trainingOptions.parse({
      epochs: 4,
      batchSize: 4,
      window: 20,
      weightAverage: 0.8,
      shards: 1,
    });
    const begin = () => Trainer.create({ model, data, options, runtime });
    const whole = await begin();
    for await (const _ of whole.fit());
    expect(whole.bestWeights).not.toEqual(whole.weights);

    const first = await begin();
    for await (const event of first.fit()) if (event.type === "epoch" && event.epoch === 2) break;
    const second = await begin();
    second.resume(first.state);
    for await (const _ of second.fit());
    expect(second.bestWeights).toEqual(whole.bestWeights);
    for (const trainer of [whole, first, second]) await trainer.dispose();
  });
});
