/** The hidden Markov model against the sum over all paths of its hidden state, in float64. */
import { describe, expect, test } from "vitest";
import { everyNth } from "../../src/collections.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import { gridOf } from "../../src/distributions/gaussian.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, scalarValue } from "../../src/runtime/runtime.ts";
import { gradientProgram } from "../../src/train/programs.ts";
import { plainColumn } from "../data/temporary.ts";
import { meanOf, varianceOf, within } from "../inference/linear.ts";
import { numbers } from "./conformance.ts";

const [K, D] = [3, 2];
const columns = [plainColumn("a"), plainColumn("b")];
const model = new Hmm({ columns, states: K });
const runtime = nodeRuntime();

const weights = (() => {
  const random = Random.stream(1, "hmm");
  return Float32Array.from({ length: countOf(model.parameters) }, () => random.normal());
})();
const settings = { runtime, model, weights, columns, seed: 2 };

/** Probabilities, means and deviations that weights stand for. */
function parametersOf(flat: ArrayLike<number>) {
  const all = Array.from(flat);
  const [initial, transition] = [all.slice(0, K), all.slice(K, K + K ** 2)];
  const emission = all.slice(K + K ** 2);
  const { floors } = gridOf(columns);
  const rows = Array.from({ length: K }, (_, k) => emission.slice(2 * D * k, 2 * D * (k + 1)));
  return {
    initial: softmaxOf(initial),
    transition: Array.from({ length: K }, (_, k) => softmaxOf(transition.slice(K * k, K * (k + 1)))),
    mean: rows.map((row) => row.slice(0, D)),
    deviation: rows.map((row) => row.slice(D).map((raw, d) => Math.log1p(Math.exp(raw)) + floors[d]!)),
  };
}

const softmaxOf = (logits: readonly number[]): number[] => {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
};

const density = (x: number, mean: number, deviation: number): number =>
  Number.isNaN(x) ? 1 : Math.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));

/** The joint probability of x and of each last state, summed over all Kᵀ paths. */
function enumerated(flat: ArrayLike<number>, x: readonly number[]): number[] {
  const { initial, transition, mean, deviation } = parametersOf(flat);
  const steps = x.length / D;
  const last = Array<number>(K).fill(0);
  for (let path = 0; path < K ** steps; path++) {
    const states = Array.from({ length: steps }, (_, t) => Math.floor(path / K ** t) % K);
    const joint = states.reduce((all, k, t) => {
      const move = t === 0 ? initial[k]! : transition[states[t - 1]!]![k]!;
      const entries = [0, 1].map((d) => density(x[t * D + d]!, mean[k]![d]!, deviation[k]![d]!));
      return all * move * entries[0]! * entries[1]!;
    }, 1);
    last[states.at(-1)!]! += joint;
  }
  return last;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const logLikelihoodOf = (flat: ArrayLike<number>, x: readonly number[]): number =>
  Math.log(total(enumerated(flat, x)));

const complete = [0.3, -1.2, 1.1, 0.4, -0.6, 2.0, 0.1, 0.2, -1.5, 0.9];
const gappy = complete.map((value, i) => ([1, 4, 5, 8].includes(i) ? Number.NaN : value));
const sequenceOf = (values: readonly number[]): Sequence => ({
  name: "one",
  length: values.length / D,
  values: Float64Array.from(values),
});

describe.each([
  ["a complete sequence", complete],
  ["a sequence with gaps", gappy],
])("%s", (_, x) => {
  test("is as likely as the sum over all paths says, entry by entry", async () => {
    const [scores] = await scoreSequences({ ...settings, sequences: [sequenceOf(x)] });
    const upTo = (entries: number) =>
      logLikelihoodOf(
        weights,
        x.map((value, i) => (i < entries ? value : Number.NaN)),
      );
    x.forEach((_, i) => {
      expect(Math.abs(scores!.logLikelihood[i]! - (upTo(i + 1) - upTo(i)))).toBeLessThan(1e-5);
    });
    expect(Math.abs(total([...scores!.total]) - logLikelihoodOf(weights, x))).toBeLessThan(1e-5);
    expect([...scores!.kl]).toEqual([0, 0, 0, 0, 0]);
  });

  test("has the gradient of that sum", async () => {
    const executable = await runtime.compile(gradientProgram(model, plainElbo));
    const results = await executable.run({
      parameters: float32([weights.length], weights),
      x: float32([5, 1, D], Float32Array.from(x)),
      mask: float32(
        [5, 1, D],
        Float32Array.from(x, (value) => (Number.isNaN(value) ? 0 : 1)),
      ),
      noise: float32([5, 1, 0], new Float32Array()),
      "state.belief": float32([1, K], new Float32Array(K)),
      "state.begun": float32([1, 1], new Float32Array(1)),
      klWeight: scalarValue(1),
      "count.observedSteps": scalarValue(1),
    });
    await executable.dispose();
    const moved = (i: number, by: number) => [...weights].map((value, j) => value + (i === j ? by : 0));
    numbers(results, "gradient").forEach((slope, i) => {
      const [above, below] = [1e-4, -1e-4].map((by) => logLikelihoodOf(moved(i, by), x));
      expect(Math.abs(-slope - (above! - below!) / 2e-4)).toBeLessThan(1e-5);
    });
  });
});

/** The mean and the variance of a column, given how likely each state is. */
function momentsOf(states: readonly number[], d: number): { mean: number; variance: number } {
  const { mean, deviation } = parametersOf(weights);
  const shares = states.map((state) => state / total(states));
  const first = total(shares.map((share, k) => share * mean[k]![d]!));
  const second = total(shares.map((share, k) => share * (mean[k]![d]! ** 2 + deviation[k]![d]! ** 2)));
  return { mean: first, variance: second - first ** 2 };
}

/** How likely each state is after some more steps. */
const ahead = (states: readonly number[], steps: number): number[] =>
  steps === 0
    ? [...states]
    : ahead(
        states.map((_, k) =>
          total(states.map((state, j) => state * parametersOf(weights).transition[j]![k]!)),
        ),
        steps - 1,
      );

describe("tasks agree with the exact distributions of a sequence with gaps", () => {
  const particles = 4000;
  const sequences = [sequenceOf(gappy)];

  test("forecasts", async () => {
    const [forecast] = await forecastSequences({ ...settings, sequences, horizon: 3, particles });
    for (const step of [0, 1, 2])
      for (const d of [0, 1]) {
        const { mean, variance } = momentsOf(ahead(enumerated(weights, gappy), step + 1), d);
        const drawn = everyNth(forecast!.samples[step]!, d, D);
        expect(within(meanOf(drawn), mean, Math.sqrt(variance / particles))).toBe(true);
        // The fourth moment of a mixture is at most some times that of a normal one.
        expect(within(varianceOf(drawn), variance, 2 * variance * Math.sqrt(2 / particles))).toBe(true);
      }
  });

  test("what was expected before each step", async () => {
    const [filtered] = await filterSequences({ ...settings, sequences, particles: 2 });
    for (const step of [1, 2, 3, 4]) {
      const before = ahead(enumerated(weights, gappy.slice(0, step * D)), 1);
      for (const d of [0, 1])
        expect(filtered!.forecastMean[step * D + d]).toBeCloseTo(momentsOf(before, d).mean, 5);
    }
  });

  test("a gap is filled given what was observed of its step", async () => {
    const one = sequenceOf([0.3, Number.NaN]); // no later step tells more
    const [imputed] = await imputeSequences({ ...settings, sequences: [one], particles });
    const [gap] = imputed!.gaps;
    const { mean, variance } = momentsOf(enumerated(weights, [0.3, Number.NaN]), 1);
    expect(within(meanOf(gap!.draws), mean, Math.sqrt(variance / particles))).toBe(true);
    const prediction = momentsOf(parametersOf(weights).initial, 1);
    expect(Math.abs(prediction.mean - mean)).toBeGreaterThan(10 * Math.sqrt(variance / particles));
  });

  test("a stream gives the scores of the whole sequence and the exact mean of the next step", async () => {
    const [scores] = await scoreSequences({ ...settings, sequences });
    const stream = await Stream.open({ ...settings, forecast: "mean" });
    for (let t = 0; t < 5; t++) {
      const answer = await stream.step(gappy.slice(t * D, (t + 1) * D));
      expect(answer.total).toBeCloseTo(scores!.total[t]!, 5);
      const next = ahead(enumerated(weights, gappy.slice(0, (t + 1) * D)), 1);
      answer.forecast!.mean.forEach((value, d) => {
        expect(value).toBeCloseTo(momentsOf(next, d).mean, 5);
      });
    }
    await stream.close();
  });
});

test("samples have the moments of the chain, and less spread at a low temperature", async () => {
  const drawn = async (temperature: number) =>
    (await sampleSequences({ ...settings, count: 2000, steps: 3, temperature })).map(
      ({ values }) => values[4]!,
    );
  const { mean, variance } = momentsOf(ahead(parametersOf(weights).initial, 2), 0);
  const samples = await drawn(1);
  expect(within(meanOf(samples), mean, Math.sqrt(variance / 2000))).toBe(true);
  expect(varianceOf(await drawn(0.1))).toBeLessThan(0.7 * varianceOf(samples));
});

test("of levels it expects the one that is likeliest over all states", async () => {
  const level = plainColumn("level", {
    kind: "categorical",
    levels: ["a", "b", "c"],
    shares: [0.4, 0.3, 0.3],
  });
  const mixed = [level, plainColumn("b")];
  const own = new Hmm({ columns: mixed, states: 3 });
  // The first level is the likeliest of one state, the third of two together, and the second of none.
  const logits = [
    [3, 0, 2.9],
    [0, 1, 1.5],
    [0, 1.4, 1.5],
  ].flatMap((row, k) => [...row, k, 1]);
  const flat = Float32Array.from([1, 1, 0.5, ...Array<number>(9).fill(0), ...logits]);
  const settings = { runtime, model: own, weights: flat, columns: mixed, seed: 2 };
  const sequences = [{ name: "one", length: 1, values: Float64Array.of(Number.NaN, Number.NaN) }];
  const [filtered] = await filterSequences({ ...settings, sequences, particles: 2 });
  const { forecastMean } = filtered!;
  const states = softmaxOf([1, 1, 0.5]);
  const likely = [0, 1, 2].map((l) =>
    total(states.map((share, k) => share * softmaxOf(logits.slice(5 * k, 5 * k + 3))[l]!)),
  );
  expect(likely.indexOf(Math.max(...likely))).toBe(2);
  expect(forecastMean[0]).toBe(2);
  expect(forecastMean[1]).toBeCloseTo(total(states.map((share, k) => share * k)), 5);
});

describe("what it refuses, by name", () => {
  test.each([
    [
      "outputs that lean on the value before",
      () => new Hmm({ columns, states: 2, emission: ["persistent"] }),
      "hmm/emission",
    ],
    [
      "conditions",
      () => modelFamilies.hmm.build({ columns, conditions: [{ ...plainColumn("c"), role: "static" }] }, {}),
      "model/conditions",
    ],
  ])("%s", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
