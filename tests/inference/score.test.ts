import { describe, expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { Feeder } from "../../src/data/feeder.ts";
import { tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import type { Fields } from "../../src/data/fields.ts";
import { tableInputs } from "../../src/data/inputs.ts";
import { type ScoreOptions, scoreNoise, scoreRows, scoreSequences } from "../../src/inference/score.ts";
import { latentWidth } from "../../src/models/model.ts";
import { stateShapes } from "../../src/models/state.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { boundProgram, unrollProgram } from "../../src/train/programs.ts";
import { mixed, modelOf, sequencesOf, someWeights } from "./columns.ts";

const model = modelOf(mixed, ["persistent"]);
const weights = someWeights(model);
const sequences = sequencesOf([13, 7, 20]);
const seed = 3;

const score = (options: Partial<ScoreOptions> = {}) =>
  scoreSequences({ runtime: nodeRuntime(), model, weights, columns: mixed, sequences, seed, ...options });

/** The inputs of a program over one whole sequence, with the noise that scoring draws. */
function inputsOf(sequence: Sequence, sample = 0) {
  const fields = tableFields({ columns: mixed });
  const [observed] = new Feeder(tableInputs(fields), fields).feed([tableSequence(sequence)]);
  const noise = emptyFloat32([sequence.length, 1, latentWidth(model)]);
  scoreNoise(seed, sequence, sample).fillNormal(noise.data);
  const states = Object.entries(stateShapes(model)).map(([part, shape]) => [
    `state.${part}`,
    emptyFloat32([1, ...shape]),
  ]);
  return {
    parameters: float32([weights.length], weights),
    ...observed,
    noise,
    ...Object.fromEntries(states),
  };
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const numbers = (value: TensorValue | undefined) => (value as TensorValue<"float32">).data;

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  Array.from(actual).forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(expected[i]!)));
  });
}

describe("scores of a sequence do not depend on", () => {
  const parts = ["total", "logLikelihood", "kl", "latent", "emissionMean"] as const;
  const whole = score({ window: 1000, batchSize: 1 });

  test.each([
    ["the windows it is cut into", { window: 4 }],
    ["windows of a single step", { window: 1 }],
    ["what is computed beside it", { batchSize: 3 }],
    ["the other sequences and their order", { sequences: sequences.toReversed() }],
  ])("%s", async (_, options) => {
    const others = await score(options);
    for (const [i, one] of (await whole).entries()) {
      const other = others.find(({ name }) => name === sequences[i]!.name)!;
      for (const part of parts) expectClose(other[part], one[part]);
    }
  });

  test("being there twice", async () => {
    const [first, second] = await score({ sequences: [sequences[0]!, sequences[0]!] });
    expectClose(first!.total, (await whole)[0]!.total);
    expectClose(second!.total, (await whole)[0]!.total);
  });
});

describe("against the bound that training reports", () => {
  test.each([1, 3])("sums are the same for the same noise, averaged over %i draws", async (samples) => {
    const scores = await score({ samples, window: 6 });
    const executable = await nodeRuntime().compile(boundProgram(model, plainElbo));
    for (const [i, sequence] of sequences.entries()) {
      const totals = { logLikelihood: 0, kl: 0 };
      for (let sample = 0; sample < samples; sample++) {
        const results = await executable.run(inputsOf(sequence, sample));
        totals.logLikelihood += numbers(results["logLikelihood"])[0]! / samples;
        totals.kl += numbers(results["kl"])[0]! / samples;
      }
      expectClose([sum(scores[i]!.logLikelihood)], [totals.logLikelihood]);
      expectClose([sum(scores[i]!.kl)], [totals.kl]);
      expectClose([sum(scores[i]!.total)], [totals.logLikelihood - totals.kl]);
    }
    await executable.dispose();
  });

  test("other draws give other scores", async () => {
    const [one, other] = [await score(), await score({ seed: seed + 1 })];
    expect([...one[0]!.total]).not.toEqual([...other[0]!.total]);
  });
});

describe("each step", () => {
  test("a missing entry scores exactly 0, an observed one does not", async () => {
    for (const [i, { logLikelihood }] of (await score()).entries()) {
      const { values } = sequences[i]!;
      expect(values.some(Number.isNaN)).toBe(true);
      logLikelihood.forEach((nats, at) => {
        expect(nats === 0).toBe(Number.isNaN(values[at]!));
      });
    }
  });

  test("the total is the sum of the entries minus the divergence", async () => {
    for (const { length, total, logLikelihood, kl } of await score()) {
      const sums = Array.from({ length }, (_, t) => sum(logLikelihood.subarray(3 * t, 3 * t + 3)) - kl[t]!);
      expectClose(total, sums);
    }
  });

  test("expected values are in the unit of the data: scaled back where real, as they are elsewhere", async () => {
    const { emissionMean } = (await score({ sequences: sequences.slice(0, 1) }))[0]!;
    const executable = await nodeRuntime().compile(unrollProgram(model, ["emissionMean"]));
    const results = await executable.run(inputsOf(sequences[0]!));
    const { mean, standardDeviation: deviation } = mixed[0]!;
    const scaled = numbers(results["emissionMean"]);
    expectClose(
      emissionMean,
      scaled.map((value, at) => (at % 3 === 0 ? mean + deviation * value : value)),
    );
    await executable.dispose();
  });

  test("of several draws the mean is expected, of a level the one that most of them find likeliest", async () => {
    const own = weights.map((weight) => 4 * weight); // far enough for draws to differ in the level
    const samples = 5;
    const several = await score({ weights: own, samples });
    const executable = await nodeRuntime().compile(unrollProgram(model, ["emissionMean"]));
    let differing = 0;
    for (const [i, sequence] of sequences.entries()) {
      const draws: Float32Array[] = [];
      for (let sample = 0; sample < samples; sample++) {
        const inputs = { ...inputsOf(sequence, sample), parameters: float32([own.length], own) };
        draws.push(numbers((await executable.run(inputs))["emissionMean"]).slice());
      }
      const { mean, standardDeviation: deviation } = mixed[0]!;
      const expected = Array.from({ length: 3 * sequence.length }, (_, at) => {
        const drawn = draws.map((each) => each[at]!);
        if (at % 3 < 2) {
          const centre = drawn.reduce((all, value) => all + value, 0) / samples;
          return at % 3 === 0 ? mean + deviation * centre : centre;
        }
        differing += new Set(drawn).size > 1 ? 1 : 0;
        const counts = [0, 1, 2].map((level) => drawn.filter((value) => value === level).length);
        return counts.indexOf(Math.max(...counts));
      });
      expectClose(several[i]!.emissionMean, expected);
    }
    expect(differing).toBeGreaterThan(5);
    await executable.dispose();
  });

  test("of text the token is expected that most draws find likeliest", async () => {
    const vocabulary = { unit: "characters", tokens: ["a", "b", "c"] } as const;
    const fields: Fields = { x: { kind: "tokens", role: "target", axis: "T", vocabulary } };
    const text = new Vrnn({ tokens: 7, embedding: 3, tied: false, hidden: 5, latent: 2 });
    const own = someWeights(text).map((weight) => 20 * weight);
    const sequence = {
      name: "text",
      length: 12,
      values: { x: Int32Array.from({ length: 12 }, (_, t) => 4 + (t % 3)) },
    };
    const settings = {
      runtime: nodeRuntime(),
      model: text,
      weights: own,
      fields,
      sequences: [sequence],
      seed,
    };
    const [scores] = await scoreRows({ ...settings, samples: 5 });
    for (const id of scores!.emissionMean) expect(Number.isInteger(id)).toBe(true);
  });

  test("names and times are handed on; an empty list gives an empty one", async () => {
    const times = Float64Array.from({ length: 7 }, (_, t) => t / 5);
    const [scores] = await score({ sequences: [{ ...sequences[1]!, times }] });
    expect(scores).toMatchObject({ name: "sequence 2", length: 7, times });
    expect(await score({ sequences: [] })).toEqual([]);
  });
});

test("a sequence without steps has no scores, whatever it stands beside", async () => {
  const empty: Sequence = { name: "empty", length: 0, values: new Float64Array() };
  const [alone] = await score({ sequences: [empty] });
  expect([alone!.total.length, alone!.emissionMean.length]).toEqual([0, 0]);
  const [first, none, last] = await score({ sequences: [sequences[0]!, empty, sequences[1]!] });
  const [one, two] = await score({ sequences: sequences.slice(0, 2) });
  expect(none!.total.length).toBe(0);
  expect([first, last]).toEqual([one, two]);
});
