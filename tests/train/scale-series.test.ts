/** Series of one shape and many sizes: what scaling each by its own first steps is for. */
import { expect, test } from "vitest";
import type { Dataset, Sequence } from "../../src/data/dataset.ts";
import { scaleSeries } from "../../src/data/series-units.ts";
import { columnOf } from "../../src/data/tables/statistics.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";

const runtime = nodeRuntime();
const [K, length] = [24, 96];

/** Noisy sines whose amplitudes lie between 0.01 and 100, each on a level of its own. */
const sines = (label: string, count: number): Sequence[] =>
  Array.from({ length: count }, (_, i) => {
    const random = Random.stream(7, label, i);
    const amplitude = 10 ** (4 * random.uniform() - 2);
    const [phase, period] = [2 * Math.PI * random.uniform(), 10 + 10 * random.uniform()];
    const level = 3 * amplitude * random.normal();
    const at = (t: number) => Math.sin(phase + (2 * Math.PI * t) / period) + 0.1 * random.normal();
    return {
      name: `${label} ${i}`,
      length,
      values: Float64Array.from({ length }, (_, t) => level + amplitude * at(t)),
    };
  });

const splits = { train: sines("train", 48), valid: sines("valid", 16), test: sines("test", 32) };
const seen = splits.train.flatMap(({ values }) => [...values]);
const column = columnOf({ name: "x", kind: "real", levels: [], resolution: 0 }, seen);
const global: Dataset = { columns: [column], splits, notes: [] };

/** Mean nats per step of the test split: of all steps, and of those after the first K. */
interface Nats {
  readonly all: number;
  readonly later: number;
}

const meansOf = (totals: readonly Float64Array[]): Nats => {
  const mean = (from: number) =>
    totals.reduce((all, total) => all + total.subarray(from).reduce((sum, nats) => sum + nats, 0), 0) /
    (totals.length * (length - from));
  return { all: mean(0), later: mean(K) };
};

async function trained(data: Dataset): Promise<Nats> {
  const { columns } = data;
  const model = new Vrnn({ columns, hidden: 24, latent: 4, units: data.scaleSteps !== undefined });
  const options = trainingOptions.parse({ epochs: 12, batchSize: 8, window: length });
  const trainer = await Trainer.create({ model, data, options, runtime });
  for await (const _ of trainer.fit());
  const weights = trainer.bestWeights;
  await trainer.dispose();
  const scores = await scoreSequences({
    runtime,
    model,
    weights,
    columns,
    sequences: data.splits.test,
    seed: 1,
  });
  return meansOf(scores.map(({ total }) => total));
}

const normal = (x: number, mean: number, deviation: number): number =>
  -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);

/** The value before, and the size of the first K differences of the series; of all series before these were seen. */
function lastValue(): Nats {
  const size = (series: readonly Float64Array[]) => {
    const squares = series.flatMap((values) => [...values.subarray(1)].map((x, t) => (x - values[t]!) ** 2));
    return Math.sqrt(squares.reduce((all, each) => all + each, 0) / squares.length);
  };
  const usual = size(splits.train.map(({ values }) => values));
  return meansOf(
    splits.test.map(({ values }) => {
      const own = size([values.subarray(0, K)]);
      return values.map((x, t) =>
        t === 0
          ? normal(x, column.mean, column.standardDeviation)
          : normal(x, values[t - 1]!, t < K ? usual : own),
      );
    }),
  );
}

test("is worth more than two nats a step over one scale for all, and beats the last value of each series", async () => {
  const [one, own, naive] = [await trained(global), await trained(scaleSeries(global, K)), lastValue()];
  expect(own.all).toBeGreaterThan(one.all + 2);
  expect(own.later).toBeGreaterThan(naive.later + 0.1);
  expect(one.later).toBeLessThan(naive.later); // with one scale for all it does not
});
