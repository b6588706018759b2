/** Expectation maximisation in float64 and the graph's forward algorithm: each is the other's oracle. */
import { describe, expect, test } from "vitest";
import { everyNth } from "../../src/collections.ts";
import type { Dataset, Sequence } from "../../src/data/dataset.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { emStep, fittingOf, type HmmParameters } from "../../src/models/hmm/em.ts";
import { fitsOf } from "../../src/models/hmm/emissions/index.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { parametersOf } from "../../src/models/hmm/weights.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { objectives } from "../../src/objectives/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { LearnerName } from "../../src/train/learner-names.ts";
import { learners } from "../../src/train/learners.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";

const runtime = nodeRuntime();
const columns = [
  plainColumn("a", { mean: 5, standardDeviation: 3 }),
  plainColumn("b", { mean: -1, standardDeviation: 0.5, resolution: 0.01 }),
];
const fits = fitsOf(columns, () => "gaussian");

/** Two states that stay nine steps of ten, with columns in units of their deviation. */
const truth = {
  transition: [0.9, 0.1, 0.2, 0.8],
  mean: [-2, 1, 2, -1],
  deviation: [0.5, 0.4, 0.8, 0.6],
};

/** Ragged tables of the process, `[length, 2]`, in units of the columns' deviations, some entries missing. */
function drawn(count: number, seed: number, missing = 0.2): Float64Array[] {
  const random = Random.stream(seed, "two states");
  return Array.from({ length: count }, () => {
    let state = random.integer(2);
    const values = Array.from({ length: 5 + random.integer(40) }, () => {
      state = random.uniform() < truth.transition[2 * state]! ? 0 : 1;
      return [0, 1].map((d) => {
        const value = truth.mean[2 * state + d]! + truth.deviation[2 * state + d]! * random.normal();
        return random.uniform() < missing ? Number.NaN : value;
      });
    });
    return Float64Array.from(values.flat());
  });
}

/** The same as sequences in the units of the data. */
const sequencesOf = (tables: readonly Float64Array[]): Sequence[] =>
  tables.map((table, i) => ({
    name: `sequence ${i + 1}`,
    length: table.length / 2,
    values: table.map((value, at) => value * columns[at % 2]!.standardDeviation + columns[at % 2]!.mean),
  }));

const randomStart = (seed: number, states = 2): HmmParameters =>
  parametersOf(initialWeights(new Hmm({ columns, states }).parameters, seed), states, fits);

/** The log-likelihoods before each of some iterations. */
function course(tables: readonly Float64Array[], start: HmmParameters, iterations: number): number[] {
  let parameters = start;
  const fitting = fittingOf(
    fits,
    tables.map((table) => [0, 1].map((d) => [everyNth(table, d, 2)])),
  );
  return Array.from({ length: iterations }, () => {
    const step = emStep(fitting, parameters);
    parameters = step.parameters;
    return step.logLikelihood;
  });
}

describe("the likelihood never lowers", () => {
  test.each([1, 2, 3, 4, 5, 6])("over 50 iterations, seed %i", (seed) => {
    const nats = course(drawn(12, seed), randomStart(seed), 50);
    nats.slice(1).forEach((after, i) => {
      expect(after).toBeGreaterThanOrEqual(nats[i]! - 1e-9 * Math.abs(after));
    });
    expect(nats.at(-1)!).toBeGreaterThan(nats[0]! + 100);
  });

  test("with more states than the data fill, a constant column and a column never seen", () => {
    const tables = drawn(4, 9).map((table) => table.map((_, i) => (i % 2 === 0 ? 1.5 : Number.NaN)));
    const nats = course(tables, randomStart(3, 5), 50);
    expect(nats.every(Number.isFinite)).toBe(true);
    nats.slice(1).forEach((after, i) => {
      expect(after).toBeGreaterThanOrEqual(nats[i]! - 1e-9 * Math.abs(after));
    });
  });
});

test("its likelihood is that of the graph, iteration by iteration", async () => {
  const sequences = sequencesOf(drawn(6, 4));
  const model = new Hmm({ columns, states: 3 });
  let weights = initialWeights(model.parameters, 2);
  const iterations = model.expectationMaximisation(weights, sequences);
  for (let i = 0; i < 5; i++) {
    const { value } = iterations.next();
    const scores = await scoreSequences({ runtime, model, weights, columns, sequences, seed: 1 });
    const graph = scores.flatMap(({ total }) => [...total]).reduce((all, nats) => all + nats, 0);
    expect(Math.abs(graph - value.logLikelihood)).toBeLessThan(1e-5 * Math.abs(graph));
    weights = value.weights;
  }
});

const dataOf = (count: number): Dataset => ({
  columns,
  splits: {
    train: sequencesOf(drawn(count, 21)),
    valid: sequencesOf(drawn(20, 22)),
    test: sequencesOf(drawn(20, 23)),
  },
  notes: [],
});

test("it recovers two states that are far apart, and so does the gradient", async () => {
  const [data, model] = [dataOf(150), new Hmm({ columns, states: 2 })];
  const test = async (learner: LearnerName, epochs: number) => {
    const options = trainingOptions.parse({ epochs, learningRate: 0.03, shards: 1, seed: 3 });
    const learning = await learners[learner].create({ model, data, options, runtime });
    for await (const event of learning.fit()) void event;
    const { natsPerStep } = await learning.evaluate(data.splits.test);
    await learning.dispose();
    return { natsPerStep, found: parametersOf(learning.bestWeights, 2, fits) };
  };
  const { natsPerStep, found } = await test("em", 30);
  const [mean, deviation] = [0, 1].map((part) =>
    found.emission.map((state) => state.map((own) => own[part]!)),
  );
  const first = mean![0]![0]! < 0 ? 0 : 1; // which of the found states is the first
  const order = [first, 1 - first];
  for (const [k, own] of order.entries())
    for (const d of [0, 1]) {
      expect(Math.abs(mean![own]![d]! - truth.mean[2 * k + d]!)).toBeLessThan(0.1);
      expect(Math.abs(deviation![own]![d]! - truth.deviation[2 * k + d]!)).toBeLessThan(0.05);
      const move = found.transition[2 * own + order[d]!]!;
      expect(Math.abs(move - truth.transition[2 * k + d]!)).toBeLessThan(0.04);
    }
  const gradient = await test("gradient", 20);
  expect(Math.abs(gradient.natsPerStep - natsPerStep)).toBeLessThan(0.02);
});

describe("what is refused, by name", () => {
  const options = trainingOptions.parse({});

  test("a model that is not learnt so", async () => {
    const settings = { data: dataOf(2), options, runtime };
    const model = new Vrnn({ columns, hidden: 4, latent: 2 });
    await expect(learners.em.create({ ...settings, model })).rejects.toMatchObject({ code: "train/no-em" });
  });

  test("an objective of one's own", async () => {
    const model = new Hmm({ columns, states: 2 });
    const settings = { model, data: dataOf(2), options, runtime, objective: objectives.elbo.create({}) };
    await expect(learners.em.create(settings)).rejects.toMatchObject({ code: "train/no-objective" });
  });

  test("columns that are not normal", () => {
    const model = new Hmm({ columns, states: 2, emission: ["student-t"] });
    const begin = () => model.expectationMaximisation(initialWeights(model.parameters, 1), []);
    expect(begin).toThrow(expect.objectContaining({ code: "hmm/em" }));
  });
});

test("it stops when it is told to", async () => {
  const options = trainingOptions.parse({ epochs: 50, shards: 1, patience: 3, seed: 3 });
  const model = new Hmm({ columns, states: 2 });
  const learning = await learners.em.create({ model, data: dataOf(20), options, runtime });
  const stop = new AbortController();
  const reasons: string[] = [];
  for await (const event of learning.fit(stop.signal)) {
    if (event.type === "epoch" && event.epoch === 2) stop.abort();
    if (event.type === "end") reasons.push(`${event.reason} after ${event.epoch}`);
  }
  for await (const event of learning.fit()) if (event.type === "end") reasons.push(event.reason);
  await learning.dispose();
  expect(reasons).toEqual(["interrupted after 2", "early-stopping"]);
});
