/** Particles that no posterior leads are drawn anew by their weights: against exact filters. */
import { describe, expect, test } from "vitest";
import { everyNth } from "../../src/collections.ts";
import { encodeSequences } from "../../src/inference/encode.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { latentStates } from "../../src/models/given-latents.ts";
import { capabilitiesOf, type LatentModel } from "../../src/models/model.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { plainColumn } from "../data/temporary.ts";
import { drawFrom, kalmanFilter, type StateSpace, stateSpaceModel } from "../objectives/kalman.ts";
import { LEVEL_NOISE, levelModel } from "../objectives/level.ts";
import { meanOf, varianceOf, within } from "./linear.ts";

const columns = [plainColumn("x")];
const particles = 4000;
const sequenceOf = (values: readonly number[]) => ({
  name: "one",
  length: values.length,
  values: Float64Array.from(values),
});
/** Weights cost particles: so many of them count. */
const worth = particles / 4;

describe("a state space model whose posterior is said to read the future", () => {
  const process: StateSpace = { a: 0.9, q: 0.5, r: 0.4 };
  const model: LatentModel = {
    ...stateSpaceModel(process),
    evidence: () => ({ slices: {}, fixed: {} }),
  };
  const weights = Float32Array.of(process.a);
  const settings = { runtime: nodeRuntime(), model, weights, columns, seed: 4, particles };
  const x = drawFrom(process, 25, 8).map((value, t) => (t >= 14 && t < 17 ? Number.NaN : value));
  const exact = kalmanFilter(process, x);

  test("is filtered as by Kalman, through a gap", async () => {
    const [filtered] = await filterSequences({ ...settings, sequences: [sequenceOf(x)] });
    for (const [t, { before, after }] of exact.entries()) {
      const drawn = filtered!.forecast[t]!;
      const variance = before.variance + process.r ** 2;
      expect(within(meanOf(drawn), before.mean, Math.sqrt(variance / worth)), `step ${t}`).toBe(true);
      expect(within(varianceOf(drawn), variance, variance * Math.sqrt(2 / worth)), `step ${t}`).toBe(true);
      const found = filtered!.emissionMean[t]!;
      expect(within(meanOf(found), after.mean, Math.sqrt(after.variance / worth)), `step ${t}`).toBe(true);
    }
    // Without the weights particles would know nothing of the data at all.
    expect(Math.max(...exact.map(({ after }) => Math.abs(after.mean)))).toBeGreaterThan(0.5);
  });

  test("is forecast from where Kalman stands", async () => {
    const [forecast] = await forecastSequences({ ...settings, sequences: [sequenceOf(x)], horizon: 5 });
    const last = exact.at(-1)!.after;
    for (const h of [0, 4]) {
      const { before } = kalmanFilter(process, [...x, ...Array(h + 1).fill(Number.NaN)]).at(-1)!;
      const variance = before.variance + process.r ** 2;
      const drawn = forecast!.samples[h]!;
      expect(within(meanOf(drawn), process.a ** (h + 1) * last.mean, Math.sqrt(variance / worth))).toBe(true);
      expect(within(varianceOf(drawn), variance, variance * Math.sqrt(2 / worth))).toBe(true);
    }
  });

  test("has its last gap filled as Kalman does, where the weights are kept outside", async () => {
    const open = [...x.slice(0, 14), Number.NaN];
    const [imputed] = await imputeSequences({ ...settings, sequences: [sequenceOf(open)] });
    const { before } = kalmanFilter(process, open).at(-1)!;
    const { draws } = imputed!.gaps[0]!;
    const variance = before.variance + process.r ** 2;
    expect(within(meanOf(draws), before.mean, Math.sqrt(variance / worth))).toBe(true);
  });
});

describe("a level that is drawn once for the whole sequence", () => {
  const model = levelModel();
  const noise = LEVEL_NOISE;
  const settings = {
    runtime: nodeRuntime(),
    model,
    weights: new Float32Array(1),
    columns,
    seed: 5,
    particles,
  };
  const x = [0.9, 1.4, Number.NaN, 0.7, 1.2, 1.1];
  const sequences = [sequenceOf(x)];

  /** What is known of u after some values. */
  const posterior = (values: readonly number[]) => {
    const seen = values.filter((value) => !Number.isNaN(value));
    const precision = 1 + seen.length / noise ** 2;
    return {
      mean: seen.reduce((all, value) => all + value, 0) / noise ** 2 / precision,
      variance: 1 / precision,
    };
  };

  test("needs weights, and particles that differ in it", () => {
    expect(capabilitiesOf(model)).toEqual({
      causal: true,
      windowed: false,
      exact: false,
      guided: false,
      smooths: false,
      missing: "exact",
    });
  });

  test("is found out step by step", async () => {
    const [encoded] = await encodeSequences({ ...settings, sequences });
    for (const t of x.keys()) {
      const { mean, variance } = posterior(x.slice(0, t + 1));
      // The draws are never renewed: after some steps few different ones are left.
      expect(Math.abs(encoded!.mean[t]! - mean)).toBeLessThan(0.05);
      expect(Math.abs(encoded!.scale[t]! - Math.sqrt(variance))).toBeLessThan(0.05);
    }
    expect(everyNth(encoded!.state["z.u"]!, 5, 6)[0]).toBeCloseTo(encoded!.mean[5]!, 5);
    expect(Array.from(encoded!.state["steps"]!, Math.round)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("holds for what comes next", async () => {
    const [forecast] = await forecastSequences({ ...settings, sequences, horizon: 2 });
    const { mean, variance } = posterior(x);
    const [first, second] = forecast!.samples as [Float64Array, Float64Array];
    expect(Math.abs(meanOf(first) - mean)).toBeLessThan(0.05);
    expect(within(varianceOf(first), variance + noise ** 2, 0.3 / Math.sqrt(worth))).toBe(true);
    const product = meanOf(first.map((value, i) => (value - meanOf(first)) * (second[i]! - meanOf(second))));
    expect(Math.abs(product - variance)).toBeLessThan(0.04); // steps share the level
  });

  test("is what it was set to, where it is given", async () => {
    const levels = [-3, 0, 3];
    const samples = await sampleSequences({
      ...settings,
      count: 3,
      steps: 400,
      window: 100,
      latents: { u: levels.map((level) => [level]) },
    });
    samples.forEach(({ values }, i) => {
      expect(within(meanOf(values), levels[i]!, noise / 20)).toBe(true);
    });
  });

  test.each([
    ["too few rows", { u: [[1]] }],
    [
      "rows of another width",
      {
        u: [
          [1, 2],
          [1, 2],
        ],
      },
    ],
    ["another name", { u: [[1], [1]], v: [[1], [1]] }],
    ["no row at all", {}],
  ])("given with %s it is refused by name", (_, latents) => {
    expect(() => latentStates(model, latents, 2)).toThrow(expect.objectContaining({ code: "model/latents" }));
  });
});
