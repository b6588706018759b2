import { describe, expect, test } from "vitest";
import type { Recalibration } from "../../src/calibration/recalibrate.ts";
import { everyNth } from "../../src/collections.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import {
  continuationsOf,
  type ForecastOptions,
  forecastSequences,
  pathsOf,
} from "../../src/inference/forecast.ts";
import { sampleQuantile } from "../../src/metrics/quantiles.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Estimate } from "../../src/tables/estimates.ts";
import { forecastEstimates, forecastTable, pathTable } from "../../src/tables/forecast-table.ts";
import { cellsOf, mixed, modelOf, sequencesOf, someWeights } from "./columns.ts";
import {
  columnsOf,
  drawSequence,
  meanOf,
  settingsOf,
  shift,
  single,
  tied,
  varianceAfter,
  varianceOf,
  within,
} from "./linear.ts";

const particles = 4000;
const history = drawSequence(tied, 30, 1);

const forecast = async (options: Partial<ForecastOptions> = {}) =>
  (
    await forecastSequences({ ...settingsOf(tied), sequences: [history], horizon: 12, particles, ...options })
  )[0]!;

describe("against the exact distribution of a linear process", () => {
  const whole = forecast();

  test.each([1, 2, 5, 12])("mean, variance and quantiles %i steps ahead", async (horizon) => {
    const drawn = (await whole).samples[horizon - 1]!;
    const estimates = forecastEstimates(await whole, { columns: columnsOf(tied), levels: [0.1, 0.5, 0.9] });
    for (const d of [0, 1]) {
      const mean = tied.decay[d]! ** horizon * history.values[29 * 2 + d]!;
      const variance = varianceAfter(tied, d, horizon);
      const own = everyNth(drawn, d, 2);
      expect(within(meanOf(own), mean, Math.sqrt(variance / particles))).toBe(true);
      expect(within(varianceOf(own), variance, variance * Math.sqrt(2 / particles))).toBe(true);
      const estimate = estimates[horizon - 1]![d]!;
      const deviation = Math.sqrt(variance);
      expect(within(estimate.mean, mean, deviation / Math.sqrt(particles))).toBe(true);
      // The error of a 10 % quantile of n draws is sqrt(p(1 − p)/n) over the density there, 0.1755/σ.
      const error = (0.3 * deviation) / 0.1755 / Math.sqrt(particles);
      [-1.281552, 0, 1.281552].forEach((z, i) => {
        expect(within(estimate.quantiles[i]!, mean + z * deviation, error)).toBe(true);
      });
    }
  });

  test("recalibrated, the mean is that of the mapped samples, and moves with the quantiles", async () => {
    const cast = await whole;
    // All levels are asked of the upper half: the map of a model that forecasts too low.
    const map = [0, 0.6, 0.75, 0.9, 1];
    const upper: Recalibration = { horizons: [1], columns: { x1: [map] } };
    const options = { columns: columnsOf(tied), levels: [0.1, 0.5, 0.9] };
    const recalibrations = new Map([[cast.sequence, upper]]);
    const [mapped, own] = [
      forecastEstimates(cast, { ...options, recalibrations }),
      forecastEstimates(cast, options),
    ];
    const sorted = everyNth(cast.samples[0]!, 0, 2).sort();
    const mappedSamples = Array.from(sorted, (_, i) => {
      const place = (4 * (i + 1)) / (particles + 1);
      const below = Math.min(Math.floor(place), 3);
      const level = map[below]! + (place - below) * (map[below + 1]! - map[below]!);
      return sampleQuantile(sorted, level);
    });
    const [{ mean, quantiles }] = mapped[0] as [Estimate];
    expect(mean).toBeCloseTo(meanOf(mappedSamples), 9);
    expect(quantiles[1]).toBeCloseTo(sampleQuantile(mappedSamples, 0.5), 9);
    expect(quantiles[1]).toBeCloseTo(sampleQuantile(sorted, 0.75), 2);
    expect(mean).toBeGreaterThan(quantiles[0]!);
    expect(mean).toBeLessThan(quantiles[2]!);
    // What was half the draws' upper half is now above by more than half a deviation.
    const [ownFirst, ownSecond] = own[0] as [Estimate, Estimate];
    expect(mean - ownFirst.mean).toBeGreaterThan(0.5 * Math.sqrt(varianceAfter(tied, 0, 1)));
    // A column that the map does not know keeps its draws: its mean is theirs.
    expect(mapped[0]![1]!.mean).toBeCloseTo(meanOf(everyNth(cast.samples[0]!, 1, 2)), 9);
    expect(
      within(mapped[0]![1]!.mean, ownSecond.mean, Math.sqrt(varianceAfter(tied, 1, 1) / particles)),
    ).toBe(true);
  });

  test("paths keep what belongs together: steps and columns covary as in the process", async () => {
    const { samples } = await whole;
    const [first, second] = [everyNth(samples[0]!, 0, 2), everyNth(samples[1]!, 0, 2)];
    const center = meanOf(first);
    const covariance = meanOf(first.map((value, s) => (value - center) * second[s]!));
    const variance = varianceAfter(tied, 0, 1);
    expect(within(covariance, tied.decay[0]! * variance, (1.5 * variance) / Math.sqrt(particles))).toBe(true);
    const other = everyNth(samples[0]!, 1, 2);
    const across = meanOf(first.map((value, s) => (value - center) * other[s]!));
    expect(within(across, 0.6 * 0.8, 1.5 / Math.sqrt(particles))).toBe(true);
  });

  test("a gap at the end of the history: as if it had been forecast through", async () => {
    const values = history.values.slice();
    values.fill(Number.NaN, 27 * 2);
    const { samples } = await forecast({ sequences: [{ ...history, values }], horizon: 1 });
    for (const d of [0, 1]) {
      const variance = varianceAfter(tied, d, 4);
      const mean = tied.decay[d]! ** 4 * values[26 * 2 + d]!;
      expect(within(meanOf(everyNth(samples[0]!, d, 2)), mean, Math.sqrt(variance / particles))).toBe(true);
    }
  });

  test("a low temperature spreads less", async () => {
    const { samples } = await forecast({ temperature: 0.1, horizon: 1 });
    expect(varianceOf(everyNth(samples[0]!, 0, 2))).toBeLessThan(varianceAfter(tied, 0, 1) / 10);
  });
});

describe("a forecast", () => {
  test("is the same for the same seed, whatever is forecast beside it and however far", async () => {
    const few = { particles: 20 };
    const first = await forecast(few);
    const other = drawSequence(tied, 9, 2);
    const settings = { ...settingsOf(tied), ...few, sequences: [other, history], horizon: 70 };
    const [, beside] = await forecastSequences(settings);
    expect(beside!.samples.slice(0, 12)).toEqual(first.samples);
    expect((await forecast({ ...few, seed: 4 })).samples).not.toEqual(first.samples);
  });

  test("has the times of the steps to come", async () => {
    const times = Float64Array.from({ length: 30 }, (_, t) => (t + 1) / 5);
    const { times: ahead } = await forecast({ sequences: [{ ...history, times }], horizon: 3, particles: 2 });
    expect([...ahead!]).toEqual([6.2, 6.4, 6.6]);
  });

  test.each([
    [{ horizon: 0 }, /horizon is 0/],
    [{ horizon: 1.5 }, /horizon is 1.5/],
    [{ particles: 0 }, /particles is 0/],
  ])("%j is refused", async (options, message) => {
    await expect(forecast(options)).rejects.toThrow(message);
  });
});

describe("covariates", () => {
  const known: Sequence = { ...drawSequence(single, 5, 3), conditions: new Float64Array(5) };
  const options = { ...settingsOf(single, [shift]), sequences: [known], horizon: 3, particles };

  test("of the steps to come move the forecast", async () => {
    const future = [Float64Array.of(1, 0, -2)];
    const [{ samples }] = (await forecastSequences({ ...options, future })) as [
      Awaited<ReturnType<typeof forecast>>,
    ];
    const last = known.values[4]!;
    const means = [0.9 * last + 1, 0.81 * last + 0.9, 0.729 * last + 0.81 - 2];
    means.forEach((mean, h) => {
      const error = Math.sqrt(varianceAfter(single, 0, h + 1) / particles);
      expect(within(meanOf(samples[h]!), mean, error)).toBe(true);
    });
  });

  test("that are too short or not there are refused", async () => {
    await expect(forecastSequences({ ...options, future: [Float64Array.of(1, 2)] })).rejects.toThrow(
      /"sequence 3".*have 2 steps, the forecast needs 3/,
    );
    await expect(forecastSequences(options)).rejects.toThrow(/needs to know shift/);
  });

  test("static conditions go on by themselves", async () => {
    const fixed = { ...shift, role: "static" as const };
    const sequences = [{ ...known, conditions: new Float64Array(5).fill(1) }];
    const settings = { ...options, ...settingsOf(single, [fixed]), sequences, horizon: 1 };
    const [one] = await forecastSequences(settings);
    const error = Math.sqrt(varianceAfter(single, 0, 1) / particles);
    expect(within(meanOf(one!.samples[0]!), 0.9 * known.values[4]! + 1, error)).toBe(true);
  });
});

describe("tables of mixed columns", () => {
  const model = modelOf(mixed, ["persistent"]);
  const made = forecastSequences({
    runtime: nodeRuntime(),
    model,
    weights: someWeights(model),
    columns: mixed,
    sequences: sequencesOf([13, 7]),
    horizon: 4,
    particles: 50,
    seed: 1,
  });

  test("a row for each quantity and flag, and for each level with its probability", async () => {
    const [header, ...rows] = cellsOf(forecastTable(await made, { columns: mixed, levels: [0.1, 0.9] }));
    expect(header).toEqual(["sequence", "step", "column", "level", "mean", "q0.1", "q0.9"]);
    expect(rows).toHaveLength(2 * 4 * (1 + 1 + 3));
    expect(rows[0]!.slice(0, 3)).toEqual(["sequence 1", "14", "level"]);
    const shares = rows.filter((row) => row[2] === "mode").slice(0, 3);
    expect(shares.map((row) => row[3])).toEqual(["idle", "busy", "off"]);
    expect(shares.reduce((sum, row) => sum + Number(row[4]), 0)).toBeCloseTo(1, 6);
    const flag = rows.find((row) => row[2] === "flag")!;
    expect(Number(flag[4])).toBeGreaterThan(0);
    expect(Number(flag[4])).toBeLessThan(1);
    expect(flag.slice(5)).toEqual(["", ""]);
    for (const row of rows.filter((each) => each[2] === "level"))
      expect(Number(row[5])).toBeLessThan(Number(row[6]));
  });

  test("paths are as recorded: on the grid, levels by name", async () => {
    const [header, ...rows] = cellsOf(pathTable(await made, mixed));
    expect(header).toEqual(["sequence", "path", "step", "level", "flag", "mode"]);
    expect(rows).toHaveLength(2 * 50 * 4);
    for (const [, , , level, flag, mode] of rows) {
      expect(Number.isInteger(Number(level) / 0.25)).toBe(true);
      expect(["0", "1"]).toContain(flag);
      expect(["idle", "busy", "off"]).toContain(mode);
    }
  });

  test("a continuation is the history, then a path", async () => {
    const [first] = await made;
    const [whole] = continuationsOf(first!, mixed);
    expect(whole!.length).toBe(17);
    expect([...whole!.values.subarray(0, 39)]).toEqual([...first!.sequence.values]);
    expect([...whole!.values.subarray(39)]).toEqual([...pathsOf(first!, mixed)[0]!.values]);
  });
});
