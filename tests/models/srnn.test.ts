import { describe, expect, test } from "vitest";
import type { Dataset, Sequence } from "../../src/data/dataset.ts";
import { exportGraph, graphNamesOf } from "../../src/export/export.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import { capabilitiesOf } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { meanOf } from "../inference/linear.ts";
import { drawFrom, kalmanFilter, kalmanLogLikelihood, type StateSpace } from "../objectives/kalman.ts";
import { dataOf, normalRow, numbers, unrolled } from "./conformance.ts";
import "../slow.ts";

const runtime = nodeRuntime();
const columns = [plainColumn("a"), plainColumn("b")];
const model = new Srnn({ columns, hidden: 6, latent: 2 });
const [T, B] = [7, 2];
const data = dataOf(model, normalRow(2), { steps: T, rows: B });

/** Some values put in the place of others, at steps of the first row. */
const changed = (value: TensorValue<"float32">, from: number, to: number, put: number) => {
  const width = value.shape[2]!;
  return float32(
    value.shape,
    value.data.map((each, i) => {
      const [t, b] = [Math.floor(i / (B * width)), Math.floor(i / width) % B];
      return b === 0 && t >= from && t < to ? put : each;
    }),
  );
};

/** The posterior means of the first row at some steps. */
async function latents(given: Partial<typeof data>, steps: number): Promise<number[]> {
  const { results } = await unrolled(model, { ...data, ...given });
  return numbers(results, "latent").filter((_, i) => i < steps * B * 2 && Math.floor(i / 2) % B === 0);
}

describe("the posterior", () => {
  test("knows what comes later", async () => {
    const later = changed(data.x, 2, 3, 3);
    const [before, after] = [await latents({}, 1), await latents({ x: later }, 1)];
    expect(Math.abs(before[0]! - after[0]!)).toBeGreaterThan(1e-5);
  });

  test("of a sequence that ends is the same whatever it stands beside", async () => {
    const mask = changed(data.mask, 4, T, 0);
    const padded = await latents({ mask, x: changed(data.x, 4, T, 1e30) }, 4);
    const cut = (value: TensorValue<"float32">) =>
      float32([4, B, value.shape[2]!], value.data.slice(0, 4 * B * value.shape[2]!));
    const alone = await latents({ x: cut(data.x), mask: cut(data.mask), noise: cut(data.noise) }, 4);
    padded.forEach((value, i) => {
      expect(value).toBeCloseTo(alone[i]!, 6);
    });
  });

  test("of a step before a gap knows what comes after the gap", async () => {
    const mask = changed(data.mask, 2, 4, 0);
    const [before, after] = [
      await latents({ mask }, 1),
      await latents({ mask, x: changed(data.x, 4, 5, 3) }, 1),
    ];
    expect(Math.abs(before[0]! - after[0]!)).toBeGreaterThan(1e-5);
  });
});

test("scores know the future to the end of a long sequence, and of a window where one is asked for", async () => {
  const values = Float64Array.from(drawFrom({ a: 0.9, q: 0.5, r: 0.5 }, 600, 1));
  const sequences = [{ name: "long", length: 300, values }];
  const weights = initialWeights(model.parameters, 1);
  const score = async (window?: number) => {
    const options = { runtime, model, weights, columns, sequences, seed: 1, ...(window && { window }) };
    return (await scoreSequences(options))[0]!.latent;
  };
  const whole = await score();
  expect(await score(300)).toEqual(whole);
  expect((await score(256))[2 * 255]).not.toBeCloseTo(whole[2 * 255]!, 5);
});

test("it filters by particles, and refuses the amortised path of streams by name", async () => {
  expect(capabilitiesOf(model)).toEqual({
    causal: false,
    windowed: true,
    exact: false,
    guided: false,
    smooths: false,
    missing: "exact",
  });
  const weights = initialWeights(model.parameters, 1);
  await expect(Stream.open({ runtime, model, weights, columns, seed: 1 })).rejects.toMatchObject({
    code: "model/not-causal",
  });
});

test("it is exported as what takes whole sequences; a single step is refused by name", () => {
  const weights = initialWeights(model.parameters, 1);
  const exported = { model, weights, columns, family: "srnn", version: "0" };
  const names = graphNamesOf(model);
  expect(names).toEqual(["score", "sample", "encode"]);
  for (const name of names) expect(exportGraph(name, exported).model.length).toBeGreaterThan(1000);
  expect(() => exportGraph("step", exported)).toThrow(expect.objectContaining({ code: "model/not-causal" }));
});

describe("on a state space model, whose exact answers a Kalman filter gives", () => {
  const process: StateSpace = { a: 0.95, q: 0.3, r: 0.3 };
  const made = (count: number, first: number): Sequence[] =>
    Array.from({ length: count }, (_, i) => ({
      name: `sequence ${first + i}`,
      length: 60,
      values: Float64Array.from(drawFrom(process, 60, first + i)),
    }));
  const column = [plainColumn("x")];
  const splits = { train: made(120, 1), valid: made(20, 200), test: made(20, 300) };
  const dataset: Dataset = { columns: column, splits, notes: [] };
  const srnn = new Srnn({ columns: column, hidden: 24, latent: 2 });
  const options = trainingOptions.parse({ epochs: 40, learningRate: 5e-3, shards: 1 });
  const training = (async () => {
    const trainer = await Trainer.create({ model: srnn, data: dataset, options, runtime });
    for await (const event of trainer.fit()) void event;
    const { natsPerStep } = await trainer.evaluate(splits.test);
    const weights = trainer.bestWeights;
    await trainer.dispose();
    return { natsPerStep, settings: { runtime, model: srnn, weights, columns: column, seed: 2 } };
  })();

  test("its bound comes close to the likelihood", async () => {
    const exact = splits.test.map(({ values }) => kalmanLogLikelihood(process, [...values]) / 60);
    const { natsPerStep } = await training;
    expect(natsPerStep).toBeLessThan(meanOf(exact));
    expect(natsPerStep).toBeGreaterThan(meanOf(exact) - 0.1);
  });

  test("what its particles expect of each step, and of five steps on, is nearly as good as it can be", async () => {
    const { settings } = await training;
    const sequences = splits.test;
    const filtered = await filterSequences({ ...settings, sequences, particles: 100 });
    const errors = (of: (sequence: Sequence, at: number) => number) =>
      meanOf(
        sequences.map(({ values }, i) =>
          meanOf(values.map((value, t) => (value - of(sequences[i]!, t)) ** 2)),
        ),
      );
    const best = errors(({ values }, t) => kalmanFilter(process, [...values])[t]!.before.mean);
    const own = errors((sequence, t) => filtered[sequences.indexOf(sequence)]!.forecastMean[t]!);
    const last = errors(({ values }, t) => values[t - 1] ?? 0);
    expect(own).toBeLessThan(1.1 * best);
    expect(own).toBeLessThan(0.9 * last);
    const heads = sequences.map((sequence) => ({
      ...sequence,
      length: 55,
      values: sequence.values.slice(0, 55),
    }));
    const forecasts = await forecastSequences({ ...settings, sequences: heads, horizon: 5, particles: 100 });
    const off = forecasts.map(({ emissionMean }, i) => {
      const known = kalmanFilter(process, [...heads[i]!.values]).at(-1)!.after.mean;
      return Math.abs(emissionMean[4]! - process.a ** 5 * known);
    });
    expect(meanOf(off)).toBeLessThan(0.25); // the deviation of what is forecast is about 0.7
  });
});
