/** Particles on live data: against the same particles on whole sequences, and against an exact filter. */
import { describe, expect, test } from "vitest";
import type { ConditionColumn, Sequence } from "../../src/data/dataset.ts";
import type { FollowerAnswer } from "../../src/inference/follower.ts";
import { followingNames, followings } from "../../src/inference/following.ts";
import { scoreByParticles } from "../../src/inference/particle-scores.ts";
import { ParticleStream, type ParticleStreamOptions } from "../../src/inference/particle-stream.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import type { LatentModel, Model } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { EffectiveSizes } from "../../src/operations/effective-sizes.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { plainColumn } from "../data/temporary.ts";
import {
  drawFrom,
  type Filtered,
  kalmanFilter,
  kalmanLogLikelihood,
  type StateSpace,
  stateSpaceModel,
} from "../objectives/kalman.ts";
import { levelModel } from "../objectives/level.ts";
import { mixed, sequencesOf, someWeights } from "./columns.ts";
import { meanOf, varianceOf } from "./linear.ts";

const runtime = nodeRuntime();
const plain = [plainColumn("x")];
const sizes = { hidden: 7, latent: 3 };
const condition: ConditionColumn = { ...plainColumn("price"), role: "covariate" };

/** Answers to all steps of a sequence. */
async function followed(
  { length, values, conditions, name }: Sequence,
  options: ParticleStreamOptions,
): Promise<FollowerAnswer[]> {
  const stream = await ParticleStream.open({ ...options, name });
  const [width, known] = [values.length / length, (conditions?.length ?? 0) / length];
  const answers: FollowerAnswer[] = [];
  for (let t = 0; t < length; t++)
    answers.push(
      await stream.step(values.subarray(t * width, (t + 1) * width), {
        condition: conditions?.subarray(t * known, (t + 1) * known) ?? [],
      }),
    );
  await stream.close();
  return answers;
}

function expectClose(actual: readonly number[], expected: ArrayLike<number>): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected[i]!)));
  });
}

const sequenceOf = (x: readonly number[], name = "one"): Sequence => ({
  name,
  length: x.length,
  values: Float64Array.from(x),
});

const withConditions = (sequence: Sequence): Sequence => ({
  ...sequence,
  conditions: Float64Array.from({ length: sequence.length }, (_, t) => (t % 5 === 3 ? Number.NaN : t / 9)),
});

const gappy = sequencesOf([40])[0]!;

describe("a stream gives what the same particles give of the whole sequence, with values missing", () => {
  test.each<[string, Model, Sequence]>([
    ["SRNN", new Srnn({ columns: mixed, ...sizes }), gappy],
    [
      "SRNN with conditions",
      new Srnn({ columns: mixed, conditions: [condition], ...sizes }),
      withConditions(gappy),
    ],
    ["VRNN, led by its posterior", new Vrnn({ columns: mixed, ...sizes, emission: ["persistent"] }), gappy],
    ["one latent variable for the whole sequence", levelModel(), sequenceOf([0.9, Number.NaN, 0.7, 1.2])],
  ])("%s", async (_, model, sequence) => {
    const columns = model.width === 1 ? plain : mixed;
    const settings = { runtime, model, weights: someWeights(model), columns, particles: 12, seed: 3 };
    const [whole] = await scoreByParticles({ ...settings, sequences: [sequence], window: 16 });
    const answers = await followed(sequence, settings);
    expect(answers.map(({ step }) => step)).toEqual(answers.map((_, t) => t + 1));
    for (const part of ["total", "kl"] as const)
      expectClose(
        answers.map((answer) => answer[part]),
        whole![part],
      );
    expectClose(
      answers.flatMap(({ logLikelihood }) => [...logLikelihood]),
      whole!.logLikelihood,
    );
    expectClose(
      answers.map(({ effectiveSize }) => effectiveSize!),
      whole!.effectiveSize,
    );
    sequence.values.forEach((value, i) => {
      if (Number.isNaN(value)) expect(whole!.logLikelihood[i]).toBe(0);
    });
    expect(Math.min(...whole!.effectiveSize)).toBeLessThan(11);
  });
});

const process: StateSpace = { a: 0.9, q: 0.5, r: 0.4 };
const x = drawFrom(process, 25, 8).map((value, t) => (t >= 14 && t < 17 ? Number.NaN : value));
const exact = kalmanFilter(process, x);
const guided = stateSpaceModel(process);
const noncausal: LatentModel = { ...guided, evidence: () => ({ slices: {}, fixed: {} }) };

/** The divergence of what is known after a step from what was known before it. */
const klOf = ({ before, after }: Filtered): number =>
  0.5 *
  (after.variance / before.variance +
    (after.mean - before.mean) ** 2 / before.variance -
    1 +
    Math.log(before.variance / after.variance));

describe.each([
  ["drawn from the prior", noncausal],
  ["led by a posterior", guided],
])("of a linear Gaussian model, particles %s", (_, model) => {
  const settings = { runtime, model, weights: Float32Array.of(process.a), columns: plain, seed: 4 };

  test("estimate the likelihood of Kalman's filter without bias, its log from below", async () => {
    const copies = Array.from({ length: 400 }, (_, i) => sequenceOf(x, `copy ${i}`));
    const scores = await scoreByParticles({ ...settings, sequences: copies, particles: 50 });
    const truth = kalmanLogLikelihood(process, x);
    const logs = scores.map(({ total }) => total.reduce((all, nats) => all + nats, 0) - truth);
    const ratios = logs.map(Math.exp);
    const error = Math.sqrt(varianceOf(ratios) / ratios.length);
    expect(error).toBeLessThan(0.06);
    expect(Math.abs(meanOf(ratios) - 1)).toBeLessThan(4 * error);
    const errorOfLogs = Math.sqrt(varianceOf(logs) / logs.length);
    expect(meanOf(logs)).toBeLessThan(-3 * errorOfLogs);
    expect(meanOf(logs)).toBeGreaterThan(-1);
  });

  test("tell of each step and of the one to come what the exact filter does", async () => {
    const answers = await followed(sequenceOf(x), { ...settings, particles: 2000 });
    answers.forEach(({ total, kl, logLikelihood, effectiveSize, forecast }, t) => {
      const { nats, after } = exact[t]!;
      const slack = 5 / Math.sqrt(effectiveSize!); // five deviations of the log of a mean weight
      expect(Math.abs(total - nats)).toBeLessThan(slack);
      expect(total).toBeCloseTo(logLikelihood[0]! - kl, 9);
      expect(Math.abs(kl - (Number.isNaN(x[t]) ? 0 : klOf(exact[t]!)))).toBeLessThan(slack);
      if (Number.isNaN(x[t])) expect(effectiveSize).toBeCloseTo(2000, 0);
      const centre = process.a * after.mean;
      const spread = Math.sqrt(process.a ** 2 * after.variance + process.q ** 2 + process.r ** 2);
      const { mean, low, high } = forecast!;
      expect(Math.abs(mean[0]! - centre)).toBeLessThan(slack * spread);
      expect(Math.abs(low![0]! - (centre - 1.2816 * spread))).toBeLessThan(slack * spread);
      expect(Math.abs(high![0]! - (centre + 1.2816 * spread))).toBeLessThan(slack * spread);
    });
    expect(Math.max(...exact.map(klOf))).toBeGreaterThan(1); // a step that surprised
    expect(meanOf(answers.map(({ effectiveSize }) => effectiveSize!))).toBeGreaterThan(1000);
  });
});

test("particles of a VRNN say more than its bound does, and than one particle", async () => {
  const model = new Vrnn({ columns: mixed, ...sizes });
  const settings = { runtime, model, weights: someWeights(model), columns: mixed, sequences: [gappy] };
  const sum = (totals: Float64Array) => totals.reduce((all, nats) => all + nats, 0);
  const [bound] = await scoreSequences({ ...settings, seed: 1, samples: 50 });
  const byParticles = async (particles: number) =>
    meanOf(
      await Promise.all(
        [1, 2, 3, 4, 5].map(async (seed) =>
          sum((await scoreByParticles({ ...settings, particles, seed }))[0]!.total),
        ),
      ),
    );
  const [few, many] = [await byParticles(2), await byParticles(200)];
  expect(many).toBeGreaterThan(few);
  expect(many).toBeGreaterThan(sum(bound!.total));
});

describe("the ways to follow", () => {
  const srnn = new Srnn({ columns: mixed, ...sizes });
  const settings = (model: Model) => ({
    runtime,
    model,
    weights: someWeights(model),
    columns: mixed,
    seed: 1,
  });

  test("are told apart by name: a posterior that needs later steps, and a likelihood that is exact, are refused", async () => {
    expect(followingNames).toEqual(["posterior", "particles"]);
    await expect(Stream.open(settings(srnn))).rejects.toThrow(
      expect.objectContaining({ code: "model/not-causal" }),
    );
    await expect(followings.posterior().open(settings(srnn))).rejects.toThrow(
      expect.objectContaining({ code: "model/not-causal" }),
    );
    const hmm = new Hmm({ columns: [plainColumn("x")], states: 2 });
    await expect(followings.particles(5).open(settings(hmm))).rejects.toThrow(
      expect.objectContaining({ code: "model/exact" }),
    );
    await expect(followings.particles(5).score({ ...settings(hmm), sequences: [] })).rejects.toThrow(
      expect.objectContaining({ code: "model/exact" }),
    );
  });

  test("live and whole give the same scores, each way", async () => {
    const model = new Vrnn({ columns: mixed, ...sizes });
    for (const name of followingNames) {
      const way = followings[name](8);
      const [whole] = await way.score({ ...settings(model), sequences: [gappy] });
      const live = await way.open({ ...settings(model), name: gappy.name, forecast: "none" });
      const answers: FollowerAnswer[] = [];
      for (let t = 0; t < gappy.length; t++)
        answers.push(await live.step(gappy.values.subarray(t * mixed.length, (t + 1) * mixed.length)));
      await live.close();
      expectClose(
        answers.map(({ total }) => total),
        whole!.total,
      );
      expect(answers.every(({ forecast }) => forecast === undefined)).toBe(true);
      expect(
        answers.every(({ effectiveSize }) => (effectiveSize === undefined) === (name === "posterior")),
      ).toBe(true);
    }
  });

  test("refuse steps of another width and a second one while one is under way, and go on", async () => {
    const stream = await ParticleStream.open({ ...settings(srnn), particles: 5 });
    await expect(stream.step([1, 2])).rejects.toThrow(/x has 2 values, it takes 3/);
    await expect(stream.step([1, 0, 2], { condition: [1] })).rejects.toThrow(
      /condition has 1 values, it takes 0/,
    );
    const first = stream.step([1, 0, 2]);
    await expect(stream.step([1, 0, 2])).rejects.toThrow(expect.objectContaining({ code: "stream/busy" }));
    await first;
    expect((await stream.step([1, 0, 2])).step).toBe(2);
    await stream.close();
  });

  test("stay with numbers after a value that no particle can explain", async () => {
    const stream = await ParticleStream.open({ ...settings(srnn), particles: 5, forecast: "none" });
    const before = await stream.step([1, 0, 2]);
    const odd = await stream.step([1e25, 0, 2]);
    const after = await stream.step([1, 0, 2]);
    expect(odd.total).toBeLessThan(before.total - 1e6);
    for (const { total, kl, logLikelihood, effectiveSize } of [odd, after])
      expect([total, kl, ...logLikelihood, effectiveSize].every(Number.isFinite)).toBe(true);
    await stream.close();
  });
});

describe("effective sizes", () => {
  test("are told once, after a stretch of which few counted, and summed up", () => {
    const sizes = new EffectiveSizes();
    expect(sizes.summary).toBeUndefined();
    const told = (size: number) => Array.from({ length: 25 }, () => sizes.add(size));
    expect(told(50).every((each) => each === undefined)).toBe(true);
    expect(told(2).flatMap((each) => each ?? [])).toEqual([
      "2.0 particles count in the mean of steps 26 to 50: scores are off by half a nat or more (more --particles)",
    ]);
    expect(told(1).every((each) => each === undefined)).toBe(true);
    expect(sizes.summary).toEqual({ mean: (50 + 2 + 1) / 3, least: 1 });
  });
});
