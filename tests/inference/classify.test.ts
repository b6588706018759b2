/** Labels told by a trained readout, against the program run by hand and the objective's own figures. */
import { beforeAll, describe, expect, test } from "vitest";
import type { FieldDataset } from "../../src/data/field-dataset.ts";
import type { Fields } from "../../src/data/fields.ts";
import { memorySplits } from "../../src/data/memory-dataset.ts";
import type { MemorySequence } from "../../src/data/source.ts";
import type { LatentFamilyName } from "../../src/distributions/latent/families.ts";
import { type Classified, classifySequences } from "../../src/inference/classify.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import { restingStates } from "../../src/train/feeds.ts";
import { objectiveOf, trainingOptions } from "../../src/train/options.ts";
import { readoutProgram } from "../../src/train/programs.ts";
import { initialWeights } from "../../src/train/weights.ts";

const runtime = nodeRuntime();
const vocabulary = { unit: "characters", tokens: ["a", "b", "c"] } as const;
const spans = { sequence: "none", step: "T" } as const;
type Over = keyof typeof spans;

const fieldsOf = (over: Over): Fields => ({
  x: { kind: "tokens", role: "target", axis: "T", vocabulary },
  label: { kind: "label", role: "label", axis: spans[over], levels: ["low", "middle", "high"] },
});

/** Twelve strings of different lengths; of every fourth no label is known. */
function dataOf(over: Over): FieldDataset {
  const fields = fieldsOf(over);
  const sequences = Array.from({ length: 12 }, (_, i): MemorySequence => {
    const random = Random.stream(i, "string");
    const x = Int32Array.from({ length: 1 + ((5 * i) % 11) }, () => 4 + random.integer(3));
    const labels = over === "step" ? x.length : 1;
    const label = Int32Array.from({ length: labels }, () => (i % 4 === 3 ? -1 : random.integer(3)));
    return { name: `string ${i}`, length: x.length, values: { x, label } };
  });
  const parts = sequences.map(({ length }, index) => ({
    index,
    split: "test" as const,
    start: 0,
    end: length,
  }));
  return { modality: { name: "text" }, fields, splits: memorySplits(sequences, parts, fields), notes: [] };
}

const modelOf = (over: Over, latent: number, latentFamily: LatentFamilyName = "normal") =>
  new Vrnn({
    ...{ tokens: 7, embedding: 4, tied: false, hidden: 6, latent, latentFamily, layers: 2 },
    readout: { field: "label", levels: 3, over },
  });

const close = (found: Float64Array, expected: ArrayLike<number>) => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
};

describe.each([
  ["sequence", "normal", 2],
  ["step", "normal", 2],
  ["sequence", "student-t", 4],
] as const)("labels of a %s, latent variables %s", (over, latentFamily, noiseWidth) => {
  const { fields, splits } = dataOf(over);
  const source = splits.test;
  const model = modelOf(over, 2, latentFamily);
  const weights = initialWeights(model.parameters, 3);
  const settings = { runtime, model, weights, fields, source, seed: 5 };
  let told: Classified[];
  beforeAll(async () => {
    told = await classifySequences({ ...settings, samples: 3 });
  });

  test("have probabilities that are means over draws of the latent variables", async () => {
    const executable = await runtime.compile(readoutProgram(model));
    const index = await source.index();
    let i = 0;
    for await (const { length, values } of source.open(
      index.map(({ length: to }, at) => ({ i: at, from: 0, to })),
    )) {
      const draws: number[][] = [];
      for (let sample = 0; sample < 3; sample++) {
        const noise = new Float32Array(length * noiseWidth);
        Random.stream(5, "classify", index[i]!.name, 0, sample).fillNormal(noise);
        const given = await executable.run({
          parameters: float32([weights.length], weights),
          x: {
            dtype: "int64",
            shape: [length, 1],
            data: BigInt64Array.from(values["x"] as Int32Array, (id) => BigInt(id)),
          },
          mask: float32([length, 1], new Float32Array(length).fill(1)),
          noise: float32([length, 1, noiseWidth], noise),
          ...restingStates(model, 1),
        });
        draws.push(Array.from((given["logProb"] as TensorValue<"float32">).data, Math.exp));
      }
      const means = draws[0]!.map((_, at) => Math.log(draws.reduce((all, own) => all + own[at]!, 0) / 3));
      close(told[i]!.logProb, means);
      i += 1;
    }
    await executable.dispose();
    expect(i).toBe(12);
  });

  test("tell the likeliest level, and what is known of the true one", async () => {
    for (const { logProb, predicted } of told)
      for (const [n, level] of predicted.entries()) {
        const own = [...logProb.subarray(3 * n, 3 * n + 3)];
        expect(own[level]).toBe(Math.max(...own));
        expect(own.reduce((all, value) => all + Math.exp(value), 0)).toBeCloseTo(1, 5);
      }
    const labels: Int32Array[] = [];
    const index = await source.index();
    for await (const { values } of source.open(index.map(({ length: to }, i) => ({ i, from: 0, to }))))
      labels.push(values["label"] as Int32Array);
    expect(told.map(({ label }) => [...label])).toEqual(labels.map((own) => [...own]));
  });

  test("do not depend on what is computed side by side, nor on windows", async () => {
    const others = await classifySequences({ ...settings, samples: 3, batchSize: 5, window: 4 });
    for (const [i, { logProb }] of others.entries()) close(logProb, told[i]!.logProb);
  });

  test("are those of the objective, without latent variables to draw", async () => {
    const exact = modelOf(over, 0);
    const own = initialWeights(exact.parameters, 4);
    const options = trainingOptions.parse({ objective: "cross-entropy", shards: 1 });
    const evaluator = await Evaluator.create(runtime, exact, fields, await objectiveOf(options), options);
    const { crossEntropy, accuracy } = await evaluator.bound(own, source);
    await evaluator.dispose();
    const classified = await classifySequences({ ...settings, model: exact, weights: own });
    const known = classified.flatMap(({ label, logProb, predicted }) =>
      [...label].flatMap((level, n) =>
        level < 0 ? [] : [{ nats: -logProb[3 * n + level]!, isRight: predicted[n] === level }],
      ),
    );
    const mean = (values: readonly number[]) => values.reduce((all, value) => all + value, 0) / values.length;
    expect(mean(known.map(({ nats }) => nats))).toBeCloseTo(crossEntropy!, 5);
    expect(mean(known.map(({ isRight }) => Number(isRight)))).toBeCloseTo(accuracy!, 6);
  });
});

test("of a model without a readout are refused", async () => {
  const { fields, splits } = dataOf("sequence");
  const model = new Vrnn({ tokens: 7, embedding: 4, tied: false, hidden: 6, latent: 1 });
  const weights = initialWeights(model.parameters, 1);
  await expect(
    classifySequences({ runtime, model, weights, fields, source: splits.test, seed: 1 }),
  ).rejects.toMatchObject({ code: "model/no-readout" });
});

test("figures over labels are left out of a bound where no label is known", async () => {
  const { fields, splits } = dataOf("sequence");
  const model = modelOf("sequence", 0);
  const options = trainingOptions.parse({ objective: "cross-entropy", shards: 1 });
  const evaluator = await Evaluator.create(runtime, model, fields, await objectiveOf(options), options);
  const weights = initialWeights(model.parameters, 1);
  const index = await splits.test.index();
  const unlabelled = {
    ...splits.test,
    index: async () => index.slice(3, 4),
    open: () => splits.test.open([{ i: 3, from: 0, to: index[3]!.length }]),
  };
  const bound = await evaluator.bound(weights, unlabelled);
  await evaluator.dispose();
  expect(Object.keys(bound).sort()).toEqual(["kl", "logLikelihood", "natsPerStep"]);
});
