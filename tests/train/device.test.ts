/** Training whose parameters stay where the runtime computes. */
import { expect, test } from "vitest";
import "../built.ts";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { alone } from "../../src/runtime/collective.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { TrainingEvent } from "../../src/train/events.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer, type TrainerOptions, type TrainingState } from "../../src/train/trainer.ts";
import { distantRuntime } from "../runtime/distant-runtime.ts";

const wave = (phase: number) => Array.from({ length: 40 }, (_, t) => Math.sin(t / 3 + phase));
const data = datasetFromArrays(Array.from({ length: 12 }, (_, i) => ({ x: wave(i), y: wave(i + 2) })));
const settings = { hidden: 6, latent: 2, cell: "gru", layers: 1, residual: true } as const;
const model = new Vrnn({ columns: data.columns, ...settings });
const size = countOf(model.parameters);
/** The last batch of an epoch has fewer rows than there are shards. */
const options = trainingOptions.parse({
  epochs: 3,
  batchSize: 3,
  window: 16,
  shards: 2,
  weightDecay: 0.01,
  freeBits: 0.1,
});

const create = (runtime: Runtime, changes: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  Trainer.create({ model, data, options, runtime, ...changes });

async function fitted(trainer: Trainer, until = (_: TrainingEvent): boolean => false) {
  const events: TrainingEvent[] = [];
  for await (const event of trainer.fit()) {
    events.push(event);
    if (until(event)) break;
  }
  return events;
}

/** A copy, as it would be saved. */
const saved = ({ cursor, tensors }: TrainingState): TrainingState => structuredClone({ cursor, tensors });

test("the weights are those of the host, bit for bit, and no value is left behind", async () => {
  const { runtime, traffic } = distantRuntime();
  const [here, there] = [await create(nodeRuntime()), await create(runtime)];
  const held = runtime.held;
  expect(held).toBeGreaterThan(0);
  const [expected, events] = [await fitted(here), await fitted(there)];
  expect(events).toEqual(expected);
  expect(there.weights).toEqual(here.weights);
  expect(there.bestWeights).toEqual(here.bestWeights);
  expect(saved(there.state)).toEqual(saved(here.state));
  expect(await there.evaluate(data.splits.test)).toEqual(await here.evaluate(data.splits.test));
  expect(runtime.held).toBe(held);
  // Once for the weights, the optimiser's moments, gradients and decays; then at the end of each epoch.
  const tensors = Object.keys(there.state.tensors).filter((name) => name.startsWith("optimiser.")).length;
  expect(traffic.up).toBeLessThan(14 * size);
  expect(traffic.down).toBeLessThan(options.epochs * (tensors + 1) * size);
  expect(events.filter(({ type }) => type === "step").length).toBeGreaterThan(10);
  await Promise.all([here.dispose(), there.dispose()]);
  expect(runtime.held).toBe(0);
});

test("amid an epoch weights are asked for, not guessed", async () => {
  const trainer = await create(distantRuntime().runtime);
  await fitted(trainer, ({ step }) => step === 2);
  const away = {
    code: "train/on-device",
    message: expect.stringMatching(/await trainer\.download\(\) first/),
  };
  expect(() => trainer.weights).toThrow(expect.objectContaining(away));
  expect(() => trainer.state).toThrow(expect.objectContaining(away));
  await trainer.download();
  const middle = saved(trainer.state);
  expect(middle.tensors["parameters"]?.data).toEqual(trainer.weights);
  const events = await fitted(trainer);

  const again = await create(distantRuntime().runtime);
  again.resume(middle);
  expect(again.weights).toEqual(middle.tensors["parameters"]?.data);
  expect(await fitted(again)).toEqual(events);
  expect(again.weights).toEqual(trainer.weights);
  await Promise.all([trainer.dispose(), again.dispose()]);
});

test("with several processes the gradients are shared through the host", async () => {
  const collective = {
    ...alone,
    size: 2,
    allReduce: async (values: Float32Array | Float64Array) => {
      if (values instanceof Float32Array)
        values.forEach((value, i) => {
          values[i] = 2 * value;
        });
    },
  };
  const trainers = await Promise.all(
    [nodeRuntime(), distantRuntime().runtime].map((runtime) => create(runtime, { collective })),
  );
  const [here, there] = trainers as [Trainer, Trainer];
  expect(await fitted(there)).toEqual(await fitted(here));
  expect(there.weights).toEqual(here.weights);
  await Promise.all(trainers.map((trainer) => trainer.dispose()));
});

test("a training of the host leaves no value behind either, and its weights outlive it", async () => {
  const runtime = nodeRuntime();
  const trainer = await create(runtime);
  await fitted(trainer);
  const weights = trainer.weights.slice();
  await trainer.dispose();
  expect(runtime.held).toBe(0);
  expect(trainer.weights).toEqual(weights);
});
