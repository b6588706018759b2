/** Sums of objectives, against programs of their parts. */
import { describe, expect, test } from "vitest";
import type { LabelledText } from "../../src/data/text/label-field.ts";
import { labelledDataset } from "../../src/data/text/text-dataset.ts";
import {
  add,
  cast,
  div,
  matmul,
  max,
  mul,
  reshape,
  square,
  squeeze,
  sub,
  sum,
  type Tensor,
} from "../../src/graph/index.ts";
import type { Model } from "../../src/models/model.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { withParameters } from "../../src/models/with-parameters.ts";
import { values } from "../../src/nn/parameters.ts";
import { crossEntropy } from "../../src/objectives/cross-entropy.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { objectives } from "../../src/objectives/index.ts";
import { ownObjective } from "../../src/objectives/loading.ts";
import type { Objective } from "../../src/objectives/objective.ts";
import { type WeightedObjective, weightedSum } from "../../src/objectives/weighted-sum.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, scalarValue, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { batchCounts, countFeeds } from "../../src/train/counts.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import type { EpochEvent } from "../../src/train/events.ts";
import { BatchFeeder } from "../../src/train/feeds.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { gradientProgram } from "../../src/train/programs.ts";
import { Trainer, type TrainerOptions } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { differences, featureMajorPasses } from "../passes/feature-major.ts";
import { errorOf } from "../run/scratch.ts";
import { expectSlopes } from "./differences.ts";

const runtime = nodeRuntime();
const HIDDEN = 6;

const texts = Array.from({ length: 60 }, (_, i): LabelledText => {
  const random = Random.stream(i, "text");
  const text = Array.from({ length: 2 + random.integer(6) }, () => "aabc"[random.integer(4)]).join("");
  return { name: `${i}`, text, ...(i % 4 > 0 && { label: text.includes("b") ? "with" : "without" }) };
});
const data = labelledDataset(texts, "strings", { unit: "characters" });
const vrnn = new Vrnn({
  tokens: 7,
  embedding: 4,
  tied: true,
  hidden: HIDDEN,
  latent: 2,
  readout: { field: "label", levels: 2 },
});
/** A model with a layer more, which one objective alone reads. */
const model: Model = withParameters(vrnn, [
  { name: "length.weight", shape: [HIDDEN, 1], initialise: values([0.3, -0.2, 0.5, 0.1, -0.4, 0.2]) },
]);

/** How long a sequence is, told from the sum of its states: an objective with all that one may have. */
const lengthLoss: Objective = {
  isOfWholes: () => true,
  inputs: () => ({ "length.true": { field: "x", what: "lengths", dtype: "int64", shape: ["B"] } }),
  figures: { lengthError: "sequences" },
  running: { error: { width: () => 1, per: "sequences" } },
  schedule: (step) => ({ lengthShare: step / 10 }),
  terms: ({ unrolled, net, inputs }, fed) => {
    const pooled = sum(unrolled.states["h"]!, [0]); // [B, H]
    const told = squeeze(matmul(pooled, net.weight("length.weight")), -1); // [B]
    const errors = square(sub(told, cast(inputs["length.true"]!, "float32")));
    const lengthError = sum(errors);
    // What was far off before counts less.
    const damped = div(sum(mul(errors, fed.scalar("lengthShare"))), add(fed.running("error"), 1)); // [1]
    return {
      loss: [{ sum: squeeze(damped, 0), per: "sequences" }],
      figures: { lengthError },
      running: { error: sum(errors, [0], { keepDims: true }) },
    };
  },
  select: { figure: "lengthError", better: "less" },
};

/** The squares of the states of all particles. */
const activityOf = (particles: Objective["particles"]): Objective => ({
  ...(particles && { particles }),
  figures: { activity: "steps" },
  schedule: () => ({}),
  terms: ({ unrolled }) => {
    const activity: Tensor = sum(square(unrolled.states["h"]!));
    return { loss: [{ sum: activity, per: "steps" }], figures: { activity } };
  },
});

const sequences = ["abc", "ca", "b", "aabca"];
const levels = [1, -1, 0, -1];
const parts = sequences.map((text, i) => ({
  length: text.length,
  values: {
    x: Int32Array.from(text, (letter) => 4 + "abc".indexOf(letter)),
    label: Int32Array.of(levels[i]!),
  },
}));
const weights = initialWeights(model.parameters, 1);
const STEP = 4;

/** All outputs of the program of an objective, under some weights, by the same random numbers for all. */
async function outputsOf(objective: Objective) {
  const executable = await runtime.compile(gradientProgram(model, objective));
  const exchanged = await runtime.compile(gradientProgram(model, objective, { passes: featureMajorPasses }));
  const feeder = new BatchFeeder(model, data.fields, 1, objective);
  const { particles, running = {} } = objective;
  const [batch] = feeder.feed(parts, { seed: 1, labels: [], particles });
  const feeds: Values = {
    ...batch,
    ...feeder.restingStates(parts.length, particles)[0],
    ...countFeeds(batchCounts(parts, 0, data.fields, model)),
    ...Object.fromEntries(
      Object.entries(objective.schedule(STEP)).map(([name, value]) => [name, scalarValue(value)]),
    ),
    ...Object.fromEntries(
      Object.entries(running).map(([name, { width }]) => [
        `running.${name}`,
        float32([width(model)], new Float32Array(width(model)).fill(0.4)),
      ]),
    ),
  };
  const at = async (own: Float32Array) => {
    const given = { ...feeds, parameters: float32([own.length], own) };
    const results = await executable.run(given);
    expect(differences(model, results, await exchanged.run(given))).toEqual([]);
    return (name: string) => Array.from((results[name] as TensorValue).data, Number);
  };
  return { at, dispose: () => Promise.all([executable.dispose(), exchanged.dispose()]) };
}

async function once(objective: Objective) {
  const { at, dispose } = await outputsOf(objective);
  const found = await at(weights);
  await dispose();
  return found;
}

const freed = objectives.elbo.create({ freeBits: 0.3, klWarmupSteps: 8 });
const { fivo, iwae } = objectives;
const sums: Readonly<Record<string, Readonly<Record<string, WeightedObjective>>>> = {
  "the bound, labels and lengths": {
    bound: { objective: freed, weight: 0.3 },
    labels: { objective: crossEntropy, weight: 1 },
    lengths: { objective: lengthLoss, weight: 2.5 },
  },
  "a sum within a sum": {
    both: {
      objective: weightedSum({
        bound: { objective: freed, weight: 0.5 },
        lengths: { objective: lengthLoss, weight: 3 },
      }),
      weight: 0.4,
    },
    labels: { objective: crossEntropy, weight: 2 },
  },
  "particles that are resampled": {
    fivo: { objective: fivo.create({ particles: 4 }), weight: 0.7 },
    activity: { objective: activityOf(fivo.create({ particles: 4 }).particles), weight: 0.2 },
  },
  "particles that are not": {
    activity: { objective: activityOf(iwae.create({ particles: 3 }).particles), weight: 0.2 },
    iwae: { objective: iwae.create({ particles: 3 }), weight: 1.5 },
  },
};

describe.each(Object.entries(sums))("%s", (_, own) => {
  test("loss and gradient are the weighted sums of the parts', figures and running means theirs", async () => {
    const whole = await once(weightedSum(own));
    let loss = 0;
    const gradient = new Float64Array(weights.length);
    for (const { objective, weight } of Object.values(own)) {
      const part = await once(objective);
      loss += weight * part("loss")[0]!;
      part("gradient").forEach((slope, i) => {
        gradient[i]! += weight * slope;
      });
      for (const name of Object.keys(objective.figures))
        expect(whole(name)[0]).toBeCloseTo(part(name)[0]!, 4);
      for (const name of Object.keys(objective.running ?? {}))
        expect(whole(`running.${name}.sums`)).toEqual(part(`running.${name}.sums`));
    }
    expect(whole("loss")[0]).toBeCloseTo(loss, 4);
    const norm = Math.hypot(...gradient);
    expect(norm).toBeGreaterThan(0.1);
    const off = whole("gradient").map((slope, i) => slope - gradient[i]!);
    expect(Math.hypot(...off)).toBeLessThan(1e-5 * norm);
  });
});

test("the gradient of a sum is that of differences, that of parameters of an objective's own among them", async () => {
  const { at, dispose } = await outputsOf(weightedSum(sums["the bound, labels and lengths"]!));
  const gradient = (await at(weights))("gradient");
  const norm = Math.hypot(...gradient);
  expect(Math.hypot(...gradient.slice(-HIDDEN))).toBeGreaterThan(0.01 * norm);
  const random = Random.stream(2, "way");
  const own = weights.map((_, i) => Number(i >= weights.length - HIDDEN));
  const loss = async (near: Float32Array) => (await at(near))("loss")[0]!;
  await expectSlopes(gradient, weights, loss, [gradient, gradient.map(() => random.normal()), own]);
  await dispose();
});

test("a model says the same with further parameters behind its own", async () => {
  const programOf = async (of: Model, own: Float32Array) => {
    const evaluator = await Evaluator.create(
      runtime,
      of,
      data.fields,
      plainElbo,
      trainingOptions.parse({ shards: 1 }),
    );
    const bound = await evaluator.bound(own, data.splits.test);
    await evaluator.dispose();
    return bound;
  };
  expect(await programOf(vrnn, weights.slice(0, -HIDDEN))).toEqual(await programOf(model, weights));
});

test("what counts nothing is told and not learnt, even where it is not finite", async () => {
  const infinite: Objective = {
    ...activityOf(undefined),
    terms: (trace, fed) => {
      const { activity } = activityOf(undefined).terms(trace, fed).figures as { readonly activity: Tensor };
      return { loss: [{ sum: div(activity, 0), per: "steps" }], figures: { activity } };
    },
  };
  const sum = weightedSum({
    labels: { objective: crossEntropy, weight: 1 },
    infinite: { objective: infinite, weight: 0 },
  });
  const [both, alone] = [await once(sum), await once(crossEntropy)];
  expect(both("gradient")).toEqual(alone("gradient"));
  expect(both("loss")).toEqual(alone("loss"));
  expect(both("activity")[0]).toBeGreaterThan(0);
});

describe("a sum is made of its parts", () => {
  const labels = { objective: crossEntropy, weight: 1 };
  const lengths = { objective: lengthLoss, weight: 1 };
  const bound = { objective: freed, weight: 1 };

  test("whole sequences, inputs, scalars, and no name lost", () => {
    const sum = weightedSum({ bound, labels, lengths });
    expect(sum.figures).toEqual({
      logLikelihood: "steps",
      kl: "steps",
      crossEntropy: "labelled",
      labelMerit: "labelled",
      accuracy: "labelled",
      lengthError: "sequences",
    });
    expect(sum.schedule(3)).toEqual({ klWeight: 0.5, lengthShare: 0.3 });
    expect(Object.keys(sum.inputs?.(model) ?? {})).toEqual(["readout.level", "readout.mask", "length.true"]);
    expect(Object.keys(sum.running ?? {})).toEqual(["kl", "error"]);
    expect(sum.isOfWholes?.(model)).toBe(true);
    expect(weightedSum({ bound }).isOfWholes?.(model)).toBe(false);
    expect(weightedSum({ bound }).particles).toBeUndefined();
    expect(sum.bound?.({ logLikelihood: -3, kl: 2 })).toBe(-5);
    expect(weightedSum({ labels }).bound).toBeUndefined();
  });

  test("the epoch is chosen by the first part that is learnt and says how", () => {
    const figure = (own: Readonly<Record<string, WeightedObjective>>) => weightedSum(own).select?.figure;
    expect(figure({ bound, labels, lengths })).toBe("labelMerit");
    expect(figure({ lengths, labels })).toBe("lengthError");
    expect(figure({ lengths: { ...lengths, weight: 0 }, labels })).toBe("labelMerit");
    expect(figure({ bound, lengths: { ...lengths, weight: 0 } })).toBeUndefined();
  });

  test("the same input of two parts is one", () => {
    const twin: Objective = { ...activityOf(undefined), inputs: () => lengthLoss.inputs!(model) };
    const sum = weightedSum({ lengths, twin: { objective: twin, weight: 1 } });
    expect(sum.inputs?.(model)).toEqual(lengthLoss.inputs?.(model));
  });

  const activity = (change: Partial<Objective>): WeightedObjective => ({
    objective: { ...activityOf(undefined), ...change },
    weight: 1,
  });

  test.each<readonly [string, Readonly<Record<string, WeightedObjective>>, string, RegExp]>([
    [
      "other particles",
      { fivo: { objective: fivo.create({ particles: 4 }), weight: 1 }, labels },
      "objective/particles",
      /"fivo" wants sequences followed by 4 particles, systematic resampling, "labels" by one draw/,
    ],
    [
      "another resampling",
      {
        few: { objective: fivo.create({ particles: 4 }), weight: 1 },
        other: { objective: activityOf({ particles: 4 }), weight: 1 },
      },
      "objective/particles",
      /"few" .* "other" by 4 particles, never resampled/,
    ],
    [
      "one figure twice",
      { one: bound, other: bound },
      "objective/name",
      /the scalar "klWeight" is of both objectives "one" and "other"/,
    ],
    [
      "a figure of one name",
      { labels, other: activity({ figures: { accuracy: "steps" } }) },
      "objective/name",
      /the figure "accuracy" is of both objectives "labels" and "other"/,
    ],
    [
      "a scalar of one name",
      { lengths, other: activity({ schedule: () => ({ lengthShare: 1 }) }) },
      "objective/name",
      /the scalar "lengthShare" is of both/,
    ],
    [
      "a running mean of one name",
      { bound, other: activity({ running: { kl: { width: () => 1, per: "steps" } } }) },
      "objective/name",
      /the running mean "kl" is of both/,
    ],
    [
      "no number",
      { labels: { ...labels, weight: Number.NaN } },
      "objective/weight",
      /the weight NaN of the objective "labels"/,
    ],
    ["a negative weight", { bound, labels: { ...labels, weight: -1 } }, "objective/weight", /weight -1/],
    [
      "nothing that counts",
      { bound: { ...bound, weight: 0 } },
      "objective/weight",
      /nothing would be learnt/,
    ],
    ["no part", {}, "objective/weight", /nothing would be learnt/],
  ])("%s is refused by name", (_, own, code, message) => {
    expect(errorOf(() => weightedSum(own))).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("an input of one name that is another thing is refused", () => {
    const inputs: Objective["inputs"] = () => ({
      "length.true": { field: "label", what: "level", dtype: "int64", shape: ["B"] },
    });
    const sum = weightedSum({ lengths, other: activity({ inputs }) });
    expect(errorOf(() => sum.inputs?.(model))).toMatchObject({
      code: "objective/name",
      message: expect.stringContaining('the input "length.true" is of both objectives "lengths" and "other"'),
    });
  });

  test.each([
    ["figure", { figures: { activity: "steps", other: "steps" } }],
    ["running mean", { running: { other: { width: () => 1, per: "steps" } } }],
  ] as const)("a %s that is declared is told", (_, change) => {
    const { objective } = activity(change);
    const sum = weightedSum({ bound, own: { objective, weight: 1 } });
    expect(errorOf(() => gradientProgram(model, sum))).toMatchObject({
      code: "objective/untold",
      message: expect.stringContaining('declares "other"'),
    });
  });

  test.each(["loss", "gradient", "steps", "labelled", "natsPerStep", "state.h.next", "mask", "x"])(
    "neither a figure nor a scalar is called %s",
    (name) => {
      const changes: readonly Partial<Objective>[] = [
        { figures: { [name]: "steps" } },
        { schedule: () => ({ [name]: 1 }) },
      ];
      for (const change of changes)
        expect(errorOf(() => weightedSum({ own: activity(change) }))).toMatchObject({
          code: "objective/name",
          message: expect.stringContaining(`"${name}"`),
        });
    },
  );

  test("a scalar is not called as a figure is, of its own or of another part", () => {
    const own = activity({ schedule: () => ({ activity: 1 }) });
    expect(errorOf(() => weightedSum({ own }))).toMatchObject({
      code: "objective/name",
      message: expect.stringContaining('the scalar "activity"'),
    });
    const other = activity({ figures: { klWeight: "steps" } });
    expect(errorOf(() => weightedSum({ bound, other }))).toMatchObject({
      code: "objective/name",
      message: expect.stringContaining('the scalar "klWeight"'),
    });
  });

  test("the epoch is chosen by a figure that there is", () => {
    const own = activity({ select: { figure: "likelihood", better: "more" } });
    expect(errorOf(() => weightedSum({ own }))).toMatchObject({
      code: "objective/select",
      message: expect.stringContaining('"likelihood"'),
      remedy: expect.stringContaining("choose by one of activity"),
    });
  });

  const { terms } = activityOf(undefined);

  test.each<readonly [string, Objective["terms"]]>([
    ["none", (...given) => ({ ...terms(...given), loss: [] })],
    [
      "one of no weight",
      (...given) => {
        const own = terms(...given);
        return { ...own, loss: own.loss.map((term) => ({ ...term, weight: 0 })) };
      },
    ],
  ])("a loss needs a term that counts: %s", (_, none) => {
    const idle = activity({ terms: none });
    const failed = errorOf(() => gradientProgram(model, weightedSum({ idle })));
    expect(failed).toMatchObject({ code: "objective/loss", remedy: expect.stringContaining("give a term") });
    const beside = weightedSum({ labels, idle });
    expect(Object.keys(gradientProgram(model, beside).outputs)).toContain("activity");
  });

  test.each<readonly [string, string, (...given: Parameters<Objective["terms"]>) => Tensor]>([
    ["scalar", 'the scalar "w"', (_, fed) => fed.scalar("w")],
    ["running mean", 'the running mean "q"', (_, fed) => sum(fed.running("q"))],
    ["scalar of another part", 'the scalar "klWeight"', (_, fed) => fed.scalar("klWeight")],
  ])("a %s that is read is declared", (_, named, read) => {
    const own = activity({
      terms: (...given) => ({ ...terms(...given), figures: { activity: read(...given) } }),
    });
    const failed = errorOf(() => gradientProgram(model, weightedSum({ bound, own })));
    expect(failed).toMatchObject({
      code: "objective/undeclared",
      message: expect.stringContaining(named),
      remedy: expect.stringMatching(/^give "\w+" by its (schedule|running)/),
    });
  });
});

describe("a trainer", () => {
  const options = trainingOptions.parse({ epochs: 6, learningRate: 0.02, batchSize: 8 });

  async function trained(own: Partial<TrainerOptions>) {
    const trainer = await Trainer.create({ model, data, options, runtime, ...own });
    const epochs: EpochEvent[] = [];
    for await (const event of trainer.fit()) if (event.type === "epoch") epochs.push(event);
    const { weights: last, bestWeights, state } = trainer;
    const test = await trainer.evaluate(data.splits.test);
    await trainer.dispose();
    return { epochs, last, bestWeights, state, test };
  }

  test("learns a sum that it is handed as the one that its options name", async () => {
    const named = { ...options, objective: "cross-entropy", elboWeight: 0.3, epochs: 2 } as const;
    const objective = weightedSum({
      elbo: { objective: objectives.elbo.create({}), weight: 0.3 },
      labels: { objective: crossEntropy, weight: 1 },
    });
    const [by, handed] = [
      await trained({ options: named }),
      await trained({ options: { ...options, epochs: 2 }, objective }),
    ];
    expect(handed.last).toEqual(by.last);
    expect(handed.epochs).toEqual(by.epochs);
    expect(handed.test).toEqual(by.test);
  });

  test("learns a loss of one's own, chooses by it, and tells the bound beside it", async () => {
    const { epochs, last, bestWeights, state, test } = await trained({ objective: lengthLoss });
    const errors = epochs.map(({ valid }) => valid["lengthError"]!);
    expect(Math.min(...errors)).toBeLessThan(0.5 * errors[0]!);
    expect(state.cursor.bestValid).toBe(-Math.min(...errors));
    expect(state.tensors["running.error"]?.data[0]).toBeGreaterThan(0);
    // Nothing else is learnt: what tells labels has stayed.
    const first = initialWeights(model.parameters, options.seed);
    expect(last.slice(-HIDDEN)).not.toEqual(first.slice(-HIDDEN));
    const before = vrnn.parameters.findIndex(({ name }) => name.startsWith("readout"));
    const at = vrnn.parameters
      .slice(0, before)
      .reduce((all, { shape }) => all + shape.reduce((a, b) => a * b, 1), 0);
    expect(last.slice(at, -HIDDEN)).toEqual(first.slice(at, -HIDDEN));
    const evaluator = await Evaluator.create(runtime, model, data.fields, plainElbo, options);
    const bound = await evaluator.bound(bestWeights, data.splits.test);
    await evaluator.dispose();
    expect(test).toMatchObject(bound);
  });

  test("tells held-out figures by the scalars that a schedule ends at and the means of training", async () => {
    const told: Objective = {
      figures: { share: "observedSteps", remembered: "observedSteps" },
      running: { activity: { width: () => 1, per: "steps" } },
      schedule: (step) => ({ warm: Math.min(1, step / 1e6) }),
      terms: (trace, fed) => {
        const { activity } = activityOf(undefined).terms(trace, fed).figures as { readonly activity: Tensor };
        const seen = sum(max(trace.mask, [-1]));
        const remembered = mul(seen, squeeze(fed.running("activity"), 0));
        return {
          loss: [{ sum: activity, per: "steps" }],
          figures: { share: mul(seen, fed.scalar("warm")), remembered },
          running: { activity: reshape(activity, [1]) },
        };
      },
    };
    const { epochs, state, test, last } = await trained({ objective: told });
    const mean = state.tensors["running.activity"]!.data[0] as number;
    expect(mean).toBeGreaterThan(0);
    expect(epochs[0]?.train["share"]).toBeLessThan(1e-3);
    expect(epochs[0]?.valid["share"]).toBeCloseTo(1, 6);
    expect(epochs.at(-1)?.valid["remembered"]).toBeCloseTo(mean, 5);
    expect(test["remembered"]).toBeCloseTo(mean, 5);
    const evaluator = await Evaluator.create(runtime, model, data.fields, await ownObjective(told), options);
    const alone = await evaluator.bound(last, data.splits.test);
    await evaluator.dispose();
    expect(alone["share"]).toBeCloseTo(1, 6);
    expect(alone["remembered"]).toBe(0);
  });

  test.each([
    ["objective/name", { figures: { loss: "steps" } }],
    ["objective/untold", { figures: { activity: "steps", other: "steps" } }],
    ["objective/untold", { ...plainElbo, figures: { ...plainElbo.figures, other: "steps" } }],
  ] as const)("refuses what it is handed: %s", async (code, change) => {
    const objective: Objective = { ...activityOf(undefined), ...change };
    await expect(trained({ objective })).rejects.toMatchObject({ code });
  });

  test("tells the bound of particles beside a loss that follows by them", async () => {
    const { particles } = iwae.create({ particles: 3 });
    const { test } = await trained({ objective: activityOf(particles), options: { ...options, epochs: 1 } });
    expect(Object.keys(test)).toEqual(["natsPerStep", "activity", "bound", "effectiveSize"]);
    expect(test.natsPerStep).toBe(test["bound"]);
  });

  test("keeps sequences whole for the part that wants that", async () => {
    const objective = weightedSum({
      bound: { objective: freed, weight: 1 },
      lengths: { objective: lengthLoss, weight: 0.1 },
    });
    const short = { model, data, options: { ...options, window: 4 }, runtime };
    await expect(Trainer.create({ ...short, objective })).rejects.toMatchObject({
      code: "train/whole-sequences",
    });
  });
});
