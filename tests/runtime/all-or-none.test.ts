/** What is made in several steps leaves nothing behind when one of them fails, whichever it is. */
import { describe, expect, test } from "vitest";
import "../built.ts";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import { backtest } from "../../src/inference/backtest.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { ParticleStream } from "../../src/inference/particle-stream.ts";
import { Stream } from "../../src/inference/stream.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { allOrNone } from "../../src/runtime/all-or-none.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { failingRuntime } from "./failing-runtime.ts";

const wave = (phase: number) => Array.from({ length: 12 }, (_, t) => Math.sin(t / 3 + phase));
const data = datasetFromArrays(Array.from({ length: 8 }, (_, i) => ({ x: wave(i), y: wave(i + 2) })));
const { columns } = data;
const sequences = data.splits.train.slice(0, 1);
const model = new Vrnn({ columns, hidden: 4, latent: 2 });
const options = trainingOptions.parse({ shards: 2, batchSize: 4, weightDecay: 0.01 });
const given = { model, columns, weights: initialWeights(model.parameters, 1), particles: 3, seed: 1 };

const makings: Readonly<
  Record<string, readonly [requests: number, make: (runtime: Runtime) => Promise<void>]>
> = {
  // Updates of one shard and of two, what they keep (twice four tensors, and decays), two sharded programs, gradients.
  "a trainer": [
    15,
    async (runtime) => {
      const trainer = await Trainer.create({ model, data, options, runtime });
      await trainer.dispose();
    },
  ],
  "a stream": [
    1,
    async (runtime) => {
      const stream = await Stream.open({ ...given, runtime });
      await stream.close();
    },
  ],
  "a stream by particles": [
    2,
    async (runtime) => {
      const stream = await ParticleStream.open({ ...given, runtime });
      await stream.close();
    },
  ],
  "a forecast": [
    2,
    async (runtime) => {
      await forecastSequences({ ...given, runtime, sequences, horizon: 2 });
    },
  ],
  "a backtest": [
    2,
    async (runtime) => {
      for await (const _ of backtest({ ...given, runtime, sequences, horizon: 2, every: 4 }));
    },
  ],
};

describe.each(Object.entries(makings))("%s", (_, [requests, make]) => {
  const places = Array.from({ length: requests }, (_, place) => place);

  test.each(places)("leaves nothing behind when request %i fails", async (failing) => {
    const { runtime, ledger } = failingRuntime(failing);
    await expect(make(runtime)).rejects.toMatchObject({ code: "runtime/compile" });
    expect({ ...ledger, held: runtime.held }).toEqual({ requests: failing + 1, sessions: 0, held: 0 });
  });

  test("is made of so many, and gives back what it is made of", async () => {
    const { runtime, ledger } = failingRuntime(Number.POSITIVE_INFINITY);
    await make(runtime);
    expect({ ...ledger, held: runtime.held }).toEqual({ requests, sessions: 0, held: 0 });
  });
});

test("a state that does not fit leaves no stream behind", async () => {
  const { runtime, ledger } = failingRuntime(Number.POSITIVE_INFINITY);
  const stream = await Stream.open({ ...given, runtime });
  const { state } = stream;
  await stream.close();
  const larger = new Vrnn({ columns, hidden: 5, latent: 2 });
  const weights = initialWeights(larger.parameters, 1);
  await expect(Stream.open({ ...given, model: larger, weights, runtime, state })).rejects.toMatchObject({
    code: "stream/state",
  });
  expect(ledger).toEqual({ requests: 2, sessions: 0 });
});

test("data by which no epoch can be chosen are refused before anything is made", async () => {
  const { runtime, ledger } = failingRuntime(0);
  const ways = Array.from({ length: 10 }, (_, i) => ({
    x: wave(i),
    way: wave(i).map(() => (i % 2 ? "up" : "down")),
  }));
  const labelled = datasetFromArrays(ways, { label: "way", split: [0.6, 0.3, 0.1] });
  const valid = labelled.splits.valid.map(({ label: _, ...unlabelled }) => unlabelled);
  const readout = { field: "label", levels: 2, over: "sequence" } as const;
  const teller = new Vrnn({ columns: labelled.columns, hidden: 4, latent: 2, readout });
  const telling = trainingOptions.parse({ objective: "cross-entropy", shards: 1 });
  const splits = { ...labelled.splits, valid };
  const trainer = Trainer.create({ model: teller, data: { ...labelled, splits }, options: telling, runtime });
  await expect(trainer).rejects.toMatchObject({ code: "train/nothing-counted" });
  expect(ledger.requests).toBe(0);
});

test("what was kept is given back from the last to the first, and the error goes on", async () => {
  const given: string[] = [];
  const made = (name: string) => ({ dispose: async () => void given.push(name) });
  const making = allOrNone(async (keep) => {
    keep(made("first"));
    keep(made("second"));
    throw new Error("enough");
  });
  await expect(making).rejects.toThrow("enough");
  expect(given).toEqual(["second", "first"]);
});
