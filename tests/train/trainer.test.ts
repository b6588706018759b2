import { describe, expect, test } from "vitest";
import type { Dataset, Sequence } from "../../src/data/dataset.ts";
import { tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import { VrnnError } from "../../src/errors.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { Random } from "../../src/random/generator.ts";
import { alone, type Collective } from "../../src/runtime/collective.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, scalarValue, type TensorValue } from "../../src/runtime/runtime.ts";
import type { TrainingEvent } from "../../src/train/events.ts";
import { BatchFeeder } from "../../src/train/feeds.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { gradientProgram } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { relativeError } from "../fixtures/fixture.ts";
import "../slow.ts";

/** Two noisy sines, a phase of its own for each sequence. */
function waves(count: number, length: number, label: string): Sequence[] {
  return Array.from({ length: count }, (_, i) => {
    const random = Random.stream(5, label, i);
    const phase = random.uniform() * 6;
    const at = (t: number) =>
      [Math.sin(t / 3 + phase), Math.cos(t / 3 + phase)].map((x) => 1.3 * x + 0.1 * random.normal());
    return {
      name: `${label} ${i}`,
      length,
      values: Float64Array.from(Array.from({ length }, (_, t) => at(t)).flat()),
    };
  });
}

const data: Dataset = {
  columns: ["a", "b"].map((name) => plainColumn(name, { minimum: -3, maximum: 3 })),
  splits: { train: waves(7, 40, "train"), valid: waves(3, 40, "valid"), test: waves(3, 40, "test") },
  notes: [],
};

const model = () =>
  new Vrnn({ columns: data.columns, hidden: 12, latent: 3, cell: "gru", layers: 1, residual: true });
const runtime = nodeRuntime();

async function trained(
  changes: Record<string, unknown>,
  dataset = data,
): Promise<{ events: TrainingEvent[]; trainer: Trainer }> {
  const options = trainingOptions.parse({ epochs: 3, batchSize: 4, window: 16, ...changes });
  const trainer = await Trainer.create({ model: model(), data: dataset, options, runtime });
  const events: TrainingEvent[] = [];
  for await (const event of trainer.fit()) events.push(event);
  await trainer.dispose();
  return { events, trainer };
}

const validOf = (events: readonly TrainingEvent[]): number[] =>
  events.flatMap((event) => (event.type === "epoch" ? [event.valid.natsPerStep] : []));

describe("training", () => {
  test("makes the bound better, epoch by epoch", async () => {
    const { events } = await trained({ epochs: 12, learningRate: 1e-2 });
    const valid = validOf(events);
    expect(valid).toHaveLength(12);
    // Independent normal columns of the data's deviation reach about -2.6 nats per step.
    expect(valid.at(-1)).toBeGreaterThan(-1);
    expect(valid.at(-1) as number).toBeGreaterThan((valid[0] as number) + 1);
  });

  test("is the same for the same seed, and another for another", async () => {
    const weights = async (seed: number) =>
      (await trained({ epochs: 1, seed, dropout: 0.2 })).trainer.weights;
    const [first, again, other] = [await weights(1), await weights(1), await weights(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("stops early when the validation bound gets no better", async () => {
    const { events } = await trained({ epochs: 30, patience: 2, learningRate: 1e-9 });
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "early-stopping" });
    expect(validOf(events).length).toBeLessThan(30);
  });

  test("free bits and a warm-up raise the divergence that the model makes use of", async () => {
    const kl = async (changes: Record<string, unknown>) => {
      const { events } = await trained({ epochs: 8, learningRate: 1e-2, ...changes });
      return events.flatMap((event) => (event.type === "epoch" ? [event.valid.kl] : [])).at(-1) as number;
    };
    const plain = await kl({});
    expect(await kl({ freeBits: 0.5 })).toBeGreaterThan(plain);
    expect(await kl({ klWarmupSteps: 10_000 })).toBeGreaterThan(plain);
  });

  test("weight decay shrinks matrices", async () => {
    const norm = async (weightDecay: number) =>
      Math.hypot(...(await trained({ epochs: 6, learningRate: 1e-2, weightDecay })).trainer.weights);
    expect(await norm(5)).toBeLessThan(0.9 * (await norm(0)));
  });
});

test("the gradient of two shards adds up to that of the whole batch", async () => {
  const untrained = model();
  const fields = tableFields(data);
  const parts = data.splits.train.slice(0, 5).map((sequence) => tableSequence(sequence));
  const shared = {
    parameters: float32([countOf(untrained.parameters)], initialWeights(untrained.parameters, 1)),
    klWeight: scalarValue(1),
    "count.observedSteps": scalarValue(200),
  };
  const program = gradientProgram(untrained, plainElbo);
  const total = async (shards: number): Promise<Float32Array> => {
    const feeder = new BatchFeeder(untrained, fields, shards);
    const states = feeder.restingStates(parts.length);
    // Noise belongs to the rows of the batch, so cutting it changes nothing but rounding.
    const feeds = feeder.feed(parts, { seed: 1, labels: [] }).map((own, i) => ({ ...own, ...states[i] }));
    const executable = await runtime.compileShards(program, shards);
    const results = await executable.run(shared, feeds);
    await executable.dispose();
    return results
      .map(({ gradient }) => (gradient as TensorValue<"float32">).data)
      .reduce((a, b) => a.map((slope, i) => slope + Number(b[i])));
  };
  const [whole, halves] = [await total(1), await total(2)];
  expect(relativeError(halves, [...whole])).toBeLessThan(1e-5);
});

describe("how a batch is cut changes nothing but rounding", () => {
  const settings: Readonly<Record<string, object>> = {
    "dropout and free bits": { dropout: 0.2, freeBits: 0.05 },
    "recurrent weights dropped, and hidden values for windows": {
      weightDropout: 0.3,
      dropout: 0.2,
      dropoutSpan: "window",
      weightAverage: 0.9,
    },
    "particles that are resampled": { objective: "fivo", particles: 3 },
  };
  test.each(Object.entries(settings))("%s", async (_, own) => {
    const weightsAfter = async (shards: number) => {
      const options = trainingOptions.parse({ epochs: 2, batchSize: 6, learningRate: 1e-3, shards, ...own });
      const trainer = await Trainer.create({ model: model(), data, options, runtime });
      for await (const _event of trainer.fit()) void _event;
      await trainer.dispose();
      return trainer.weights;
    };
    const [whole, thirds] = [await weightsAfter(1), await weightsAfter(3)];
    expect(relativeError(thirds, [...whole])).toBeLessThan(1e-4);
  });
});

/** Processes that meet in memory: the sum is given out when all have brought theirs. */
function meeting(size: number): Collective[] {
  let brought: (Float32Array | Float64Array)[] = [];
  let leave: (() => void)[] = [];
  const allReduce = (values: Float32Array | Float64Array): Promise<void> =>
    new Promise((resolve) => {
      brought.push(values);
      leave.push(resolve);
      if (brought.length < size) return;
      const sums = Float64Array.from(values, (_, i) => brought.reduce((all, own) => all + own[i]!, 0));
      for (const own of brought) own.set(sums);
      for (const go of leave) go();
      [brought, leave] = [[], []];
    });
  return Array.from({ length: size }, (_, rank) => ({ rank, size, allReduce }));
}

test("processes that train together come to the same weights, and to those of one process", async () => {
  const options = trainingOptions.parse({ epochs: 2, batchSize: 4, shards: 2, window: 25, freeBits: 0.05 });
  const weightsOf = async (collective: Collective) => {
    const trainer = await Trainer.create({ model: model(), data, options, runtime, collective });
    const told: number[] = [];
    for await (const event of trainer.fit()) if (event.type === "step") told.push(event.natsPerStep);
    await trainer.dispose();
    return { weights: trainer.weights, told };
  };
  const whole = await weightsOf(alone);
  const [first, second] = await Promise.all(meeting(2).map(weightsOf));
  expect(first!.weights).toEqual(second!.weights);
  expect(first!.told).toEqual(second!.told);
  expect(relativeError(first!.weights, [...whole.weights])).toBeLessThan(1e-4);
});

describe("a number that is not finite stops training, says where, and leaves the weights as they were", () => {
  test("in a parameter", async () => {
    const options = trainingOptions.parse({ epochs: 2, batchSize: 8, shards: 1, learningRate: 1e-3 });
    const trainer = await Trainer.create({ model: model(), data, options, runtime });
    const before = trainer.weights.slice();
    before[0] = Number.NaN;
    trainer.weights.set(before);
    const failure = await collect(trainer);
    expect(failure).toBeInstanceOf(VrnnError);
    expect(failure.code).toBe("train/not-finite");
    expect(failure.message).toMatch(/^step 1: the parameter phi_x\.weight is not finite/);
    expect(trainer.weights).toEqual(before);
  });

  test("in a gradient that grows without bound", async () => {
    const options = trainingOptions.parse({
      epochs: 200,
      batchSize: 8,
      shards: 1,
      learningRate: 10,
      clip: 1e30,
    });
    const trainer = await Trainer.create({ model: model(), data, options, runtime });
    const failure = await collect(trainer);
    expect(failure.code).toBe("train/not-finite");
    expect(failure.message).toMatch(
      /^step \d+: the (logLikelihood|kl|loss|gradient of \S+|norm of the gradient) is not finite/,
    );
    expect(trainer.weights.every(Number.isFinite)).toBe(true);
  });
});

async function collect(trainer: Trainer): Promise<VrnnError> {
  try {
    for await (const _ of trainer.fit());
  } catch (error) {
    return error as VrnnError;
  }
  throw new Error("training ended without an error");
}
