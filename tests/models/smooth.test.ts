/** Smoothing against the sum over all paths of the hidden state, in float64. */
import { describe, expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { gridOf } from "../../src/distributions/gaussian.ts";
import { input } from "../../src/graph/index.ts";
import { encodeSequences } from "../../src/inference/encode.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { likeliestPaths } from "../../src/inference/paths.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { canSmooth, capabilitiesOf, type Model } from "../../src/models/model.ts";
import { smoothed, smoothingInputs } from "../../src/models/smooth.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32 } from "../../src/runtime/runtime.ts";
import { restingStates } from "../../src/train/feeds.ts";
import { compile } from "../../src/train/programs.ts";
import { unpackWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { meanOf, varianceOf, within } from "../inference/linear.ts";
import { numbers } from "./conformance.ts";

const [K, D] = [3, 2];
const columns = [plainColumn("a"), plainColumn("b")];
const model = new Hmm({ columns, states: K });
const runtime = nodeRuntime();
const weightsFor = (of: Model, spread = 1) => {
  const random = Random.stream(5, "smooth");
  return Float32Array.from({ length: countOf(of.parameters) }, () => spread * random.normal());
};
/** States that overlap and last, so that what comes later tells something. */
const weights = weightsFor(model, 0.8).map((value, i) =>
  i >= K && i < K + K ** 2 && (i - K) % (K + 1) === 0 ? value + 2.5 : value,
);
const settings = { runtime, model, weights, columns, seed: 2 };

const softmaxOf = (logits: readonly number[]): number[] => {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
};
const rowsOf = (flat: readonly number[], width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, row) => flat.slice(row * width, (row + 1) * width));

/** What the weights stand for. */
const { initial, transition, mean, deviation } = (() => {
  const all = [...weights];
  const emission = rowsOf(all.slice(K + K ** 2), 2 * D);
  const { floors } = gridOf(columns);
  return {
    initial: softmaxOf(all.slice(0, K)),
    transition: rowsOf(all.slice(K, K + K ** 2), K).map(softmaxOf),
    mean: emission.map((row) => row.slice(0, D)),
    deviation: emission.map((row) => row.slice(D).map((raw, d) => Math.log1p(Math.exp(raw)) + floors[d]!)),
  };
})();

const density = (x: number, centre: number, spread: number): number =>
  Number.isNaN(x) ? 1 : Math.exp(-0.5 * ((x - centre) / spread) ** 2) / (spread * Math.sqrt(2 * Math.PI));

/** Every path of the hidden state, with its probability given what was seen. */
function paths(x: readonly number[]): { readonly states: readonly number[]; readonly share: number }[] {
  const steps = x.length / D;
  const all = Array.from({ length: K ** steps }, (_, path) => {
    const states = Array.from({ length: steps }, (_, t) => Math.floor(path / K ** t) % K);
    const share = states.reduce((product, k, t) => {
      const move = t === 0 ? initial[k]! : transition[states[t - 1]!]![k]!;
      const entries = [0, 1].map((d) => density(x[t * D + d]!, mean[k]![d]!, deviation[k]![d]!));
      return product * move * entries[0]! * entries[1]!;
    }, 1);
    return { states, share };
  });
  const total = all.reduce((sum, { share }) => sum + share, 0);
  return all.map(({ states, share }) => ({ states, share: share / total }));
}

/** p(s_t = k | x), `[T, K]`. */
function posterior(x: readonly number[]): number[] {
  const shares = new Float64Array((x.length / D) * K);
  for (const { states, share } of paths(x))
    states.forEach((k, t) => {
      shares[t * K + k]! += share;
    });
  return [...shares];
}

const complete = [0.3, -1.2, 1.1, 0.4, -0.6, 2.0, 0.1, 0.2, -1.5, 0.9, 0.8, -0.4];
const gappy = complete.map((value, i) => ([1, 4, 5, 6, 11].includes(i) ? Number.NaN : value));
const sequenceOf = (values: readonly number[], name = "one"): Sequence => ({
  name,
  length: values.length / D,
  values: Float64Array.from(values),
});

const expectShares = (logs: ArrayLike<number>, shares: readonly number[]): void => {
  expect(logs.length).toBe(shares.length);
  shares.forEach((share, i) => {
    expect(Math.abs(Math.exp(logs[i]!) - share) / share, `${i}`).toBeLessThan(1e-5);
  });
};

describe("what is known of hidden states given the whole sequence", () => {
  test.each([
    ["complete", complete],
    ["with gaps, a whole step among them", gappy],
    ["of one step", complete.slice(0, D)],
    ["of which nothing was seen", complete.map(() => Number.NaN)],
  ])("is the sum over all paths: %s", async (_, x) => {
    const [encoded] = await encodeSequences({ ...settings, particles: 1, sequences: [sequenceOf(x)] });
    expectShares(encoded!.smoothed!["belief"]!, posterior(x));
  });

  test("differs from what was known at the time", async () => {
    const t = 2; // of which nothing was seen
    const before = posterior(gappy.slice(0, (t + 1) * D)).slice(t * K);
    const after = posterior(gappy).slice(t * K, (t + 1) * K);
    expect(Math.max(...before.map((share, k) => Math.abs(share - after[k]!)))).toBeGreaterThan(0.05);
  });

  test("of rows of different lengths side by side is that of each alone", async () => {
    const [T, rows] = [6, [gappy, complete.slice(0, 4 * D)]];
    const program = (() => {
      const { weights: weight } = unpackWeights(model.parameters, input("parameters", [weights.length]));
      if (!canSmooth(model)) throw new Error("a hidden Markov model smooths");
      return compile({ ...smoothed(model, weight, smoothingInputs(model, "B")) });
    })();
    const entries = Array.from({ length: T }, (_, t) =>
      rows.flatMap((row) => [0, 1].map((d) => row[t * D + d] ?? Number.NaN)),
    ).flat();
    const executable = await runtime.compile(program);
    const results = await executable.run({
      parameters: float32([weights.length], weights),
      x: float32([T, 2, D], Float32Array.from(entries)),
      mask: float32(
        [T, 2, D],
        Float32Array.from(entries, (value) => (Number.isNaN(value) ? 0 : 1)),
      ),
      ...restingStates(model, 2),
    });
    await executable.dispose();
    rows.forEach((row, b) => {
      const own = numbers(results, "belief").filter((_, i) => Math.floor(i / K) % 2 === b);
      expectShares(own.slice(0, (row.length / D) * K), posterior(row));
    });
  });

  test("is what a model says that it can tell", () => {
    expect(capabilitiesOf(model).smooths).toBe(true);
    expect(capabilitiesOf(new Vrnn({ columns, hidden: 3, latent: 2 })).smooths).toBe(false);
  });
});

describe("the likeliest path", () => {
  test.each([
    ["complete", complete],
    ["with gaps, a whole step among them", gappy],
    ["of one step", complete.slice(0, D)],
    ["of which nothing was seen", complete.map(() => Number.NaN)],
  ])("is the likeliest of all: %s", async (_, x) => {
    const [path] = await likeliestPaths({ ...settings, particles: 1 }, [sequenceOf(x)]);
    const best = paths(x).reduce((one, other) => (other.share > one.share ? other : one));
    expect([...path!]).toEqual(best.states);
  });

  test("is no row of the likeliest states alone", async () => {
    const long = Array.from({ length: 400 }, (_, i) => Math.sin(i) + Math.cos(0.7 * i));
    const [path] = await likeliestPaths({ ...settings, particles: 1 }, [sequenceOf(long)]);
    const [encoded] = await encodeSequences({ ...settings, particles: 1, sequences: [sequenceOf(long)] });
    const logs = rowsOf([...encoded!.smoothed!["belief"]!], K);
    const alone = logs.map((row) => row.indexOf(Math.max(...row)));
    const agreed = alone.filter((state, t) => state === path![t]).length;
    expect(agreed).toBeGreaterThan(100);
    expect(agreed).toBeLessThan(200);
  });
});

/** The expected value of some function of the entries of a state at two places, given what was seen. */
const expected = (x: readonly number[], of: (states: readonly number[]) => number): number =>
  paths(x).reduce((sum, { states, share }) => sum + share * of(states), 0);

describe("gaps filled by paths", () => {
  const particles = 20_000;
  const filled = imputeSequences({ ...settings, sequences: [sequenceOf(gappy)], particles });
  const places = gappy.flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
  const centre = (states: readonly number[], i: number) => mean[states[Math.floor(i / D)]!]![i % D]!;
  const spread = (states: readonly number[], i: number) => deviation[states[Math.floor(i / D)]!]![i % D]!;

  test("have the moments of p(missing | all that was seen)", async () => {
    const [{ gaps }] = (await filled) as [Awaited<typeof filled>[number]];
    expect(gaps.map(({ step, column }) => step * D + column)).toEqual(places);
    for (const { step, column, draws } of gaps) {
      const i = step * D + column;
      const first = expected(gappy, (states) => centre(states, i));
      const second = expected(gappy, (states) => centre(states, i) ** 2 + spread(states, i) ** 2);
      const variance = second - first ** 2;
      expect(draws).toHaveLength(particles);
      expect(within(meanOf(draws), first, Math.sqrt(variance / particles))).toBe(true);
      expect(within(varianceOf(draws), variance, 2 * variance * Math.sqrt(2 / particles))).toBe(true);
    }
  });

  test("belong together where they are of one path", async () => {
    const [{ gaps }] = (await filled) as [Awaited<typeof filled>[number]];
    for (const [one, other] of [
      [1, 2], // of one step
      [2, 3], // of neighbours
    ] as const) {
      const [i, j] = [places[one]!, places[other]!];
      const [a, b] = [gaps[one]!.draws, gaps[other]!.draws];
      const product = expected(gappy, (states) => centre(states, i) * centre(states, j));
      const drawn = a.map((value, s) => value * b[s]!);
      expect(within(meanOf(drawn), product, Math.sqrt(varianceOf(drawn) / particles))).toBe(true);
    }
  });

  test("of a long sequence are drawn some at a time, all of them", async () => {
    const random = Random.stream(9, "long");
    const values = Array.from({ length: 8000 * D }, (_, i) =>
      i % 4001 === 17 ? Number.NaN : random.normal(),
    );
    const [{ gaps }] = (await imputeSequences({
      ...settings,
      sequences: [sequenceOf(values, "long")],
      particles: 90,
    })) as [Awaited<typeof filled>[number]];
    expect(gaps).toHaveLength(4);
    for (const { draws } of gaps) expect(new Set(draws).size).toBe(90);
  });

  test("know the entry that was seen beside them, within a state too", async () => {
    const pair = new Hmm({ columns, states: 2, emission: ["bivariate"] });
    const own = { runtime, model: pair, weights: weightsFor(pair, 0.7), columns, seed: 2 };
    const gap = [0.4, -0.2, Number.NaN, 1.1, -0.3, 0.6];
    const grid = Array.from({ length: 1601 }, (_, i) => (i - 800) / 100);
    const sequences = grid.map((value, i) =>
      sequenceOf(
        gap.map((each) => (Number.isNaN(each) ? value : each)),
        `${i}`,
      ),
    );
    const scores = await scoreSequences({ ...own, sequences, batchSize: 128 });
    const shares = scores.map(({ total }) => Math.exp(total.reduce((sum, each) => sum + each, 0)));
    const all = shares.reduce((sum, share) => sum + share, 0);
    const moment = (power: number) =>
      shares.reduce((sum, share, i) => sum + (share * grid[i]! ** power) / all, 0);
    const variance = moment(2) - moment(1) ** 2;
    const [{ gaps }] = (await imputeSequences({ ...own, sequences: [sequenceOf(gap)], particles })) as [
      Awaited<typeof filled>[number],
    ];
    expect(within(meanOf(gaps[0]!.draws), moment(1), Math.sqrt(variance / particles))).toBe(true);
    expect(within(varianceOf(gaps[0]!.draws), variance, 3 * variance * Math.sqrt(2 / particles))).toBe(true);
  });
});
