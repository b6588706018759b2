import { describe, expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { type ImputeOptions, imputeSequences } from "../../src/inference/impute.ts";
import { systematic } from "../../src/inference/islands.ts";
import { sampleQuantile } from "../../src/metrics/quantiles.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { drawTable, gapTable, imputedTable } from "../../src/tables/impute-table.ts";
import { cellsOf, mixed, modelOf, sequencesOf, someWeights } from "./columns.ts";
import { denseSmoother } from "./dense-smoother.ts";
import {
  drawSequence,
  type Linear,
  meanOf,
  settingsOf,
  single,
  tied,
  varianceAfter,
  varianceOf,
  within,
} from "./linear.ts";
import "../slow.ts";

const particles = 2000;

/** A sequence with some entries taken out. */
function without(
  sequence: Sequence,
  isGone: (step: number, column: number) => boolean,
  width: number,
): Sequence {
  const values = sequence.values.map((value, i) =>
    isGone(Math.floor(i / width), i % width) ? Number.NaN : value,
  );
  return { ...sequence, values };
}

/** The exact distribution of a step of an autoregression between its last and its next observed neighbours. */
function bridge(process: Linear, [before, after]: readonly [number, number], step: number, length: number) {
  const [decay, spread, whole] = [
    process.decay[0]!,
    varianceAfter(process, 0, step),
    varianceAfter(process, 0, length),
  ];
  const gain = (decay ** (length - step) * spread) / whole;
  return {
    mean: decay ** step * before + gain * (after - decay ** length * before),
    variance: spread - gain ** 2 * whole,
  };
}

const impute = async (sequences: readonly Sequence[], options: Partial<ImputeOptions> = {}) =>
  imputeSequences({ ...settingsOf(single), sequences, particles, ...options });

describe("a gap of an autoregression, against its exact smoother", () => {
  const whole = drawSequence(single, 24, 5);
  const gappy = without(whole, (step) => step >= 10 && step < 14, 1);
  const filled = impute([gappy]);

  test.each([1, 2, 3, 4])("mean and variance of step %i of 4", async (place) => {
    const { draws } = (await filled)[0]!.gaps[place - 1]!;
    const { mean, variance } = bridge(single, [whole.values[9]!, whole.values[14]!], place, 5);
    // Draws that are resampled count for fewer than there are.
    const count = particles / 8;
    expect(within(meanOf(draws), mean, Math.sqrt(variance / count))).toBe(true);
    expect(within(varianceOf(draws), variance, variance * Math.sqrt(2 / count))).toBe(true);
  });

  test("without a lag nothing is known of what came after", async () => {
    const { draws } = (await impute([gappy], { lag: 0 }))[0]!.gaps[3]!;
    const [mean, variance] = [single.decay[0]! ** 4 * whole.values[9]!, varianceAfter(single, 0, 4)];
    expect(within(meanOf(draws), mean, Math.sqrt(variance / particles))).toBe(true);
    expect(within(varianceOf(draws), variance, variance * Math.sqrt(2 / particles))).toBe(true);
  });

  test("observed entries stay as they are, filled ones are the means of their draws", async () => {
    const { imputed: table, gaps } = (await filled)[0]!;
    expect([...table.values.subarray(0, 10)]).toEqual([...whole.values.subarray(0, 10)]);
    expect([...table.values.subarray(14)]).toEqual([...whole.values.subarray(14)]);
    expect([...table.values.subarray(10, 14)]).toEqual(
      gaps.map(({ draws }) => sampleQuantile(draws.toSorted(), 0.5)),
    );
  });
});

describe("over many gaps of a process that forgets quickly", () => {
  const fading: Linear = { decay: [0.5], loading: [0.6], noise: [0.8] };
  const whole = drawSequence(fading, 1200, 6);
  const isGone = (step: number) => step % 12 >= 7 && step % 12 < 11;
  const gappy = without(whole, isGone, 1);
  const filled = impute([gappy], { ...settingsOf(fading), particles: 200 });
  const { values } = whole;
  const errorOf = (predictive: (step: number) => number) =>
    Math.sqrt(
      meanOf([...values.keys()].filter(isGone).map((step) => (predictive(step) - values[step]!) ** 2)),
    );

  test("the error is that of the exact smoother, below interpolation and carrying forward", async () => {
    const { imputed: table } = (await filled)[0]!;
    const place = (step: number) => (step % 12) - 6;
    const ends = (step: number) => [values[step - place(step)]!, values[step - place(step) + 5]!] as const;
    const [exact, own, straight, carried] = [
      errorOf((step) => bridge(fading, ends(step), place(step), 5).mean),
      errorOf((step) => table.values[step]!),
      errorOf((step) => ends(step)[0] + (place(step) / 5) * (ends(step)[1] - ends(step)[0])),
      errorOf((step) => ends(step)[0]),
    ];
    expect(own / exact).toBeLessThan(1.03);
    expect(own).toBeLessThan(0.98 * straight);
    expect(own).toBeLessThan(0.8 * carried);
  });

  test("intervals of 80 % hold 80 % of what stood there", async () => {
    const held = (await filled)[0]!.gaps.map(({ step, draws }) => {
      const sorted = draws.toSorted();
      const value = values[step]!;
      return sampleQuantile(sorted, 0.1) <= value && value <= sampleQuantile(sorted, 0.9) ? 1 : 0;
    });
    expect(held).toHaveLength(400);
    // Neighbours in a gap err together, so 400 entries count for about 200.
    expect(within(meanOf(held), 0.8, 0.4 / Math.sqrt(200))).toBe(true);
  });
});

test("a partly missing step: the other column tells, by the exact conditional distribution", async () => {
  const whole = drawSequence(tied, 12, 7);
  const gappy = without(whole, (step, column) => step === 11 && column === 1, 2);
  const { gaps } = (await impute([gappy], { ...settingsOf(tied) }))[0]!;
  const [a, b] = tied.loading as [number, number];
  const [first, second] = [a ** 2 + tied.noise[0]! ** 2, b ** 2 + tied.noise[1]! ** 2];
  const residual = whole.values[22]! - tied.decay[0]! * whole.values[20]!;
  const mean = tied.decay[1]! * whole.values[21]! + ((a * b) / first) * residual;
  const variance = second - (a * b) ** 2 / first;
  const { draws, ...place } = gaps[0]!;
  expect(place).toEqual({ step: 11, column: 1 });
  expect(within(meanOf(draws), mean, Math.sqrt(variance / (particles / 4)))).toBe(true);
  expect(within(varianceOf(draws), variance, variance * Math.sqrt(8 / particles))).toBe(true);
});

describe("two tied columns, against the exact smoother", () => {
  const whole = drawSequence(tied, 300, 11);

  /** Of each gap: how far its mean is off in exact deviations, its variance beside the exact one, what its interval of 80 % holds. */
  async function compared(
    isGone: (step: number, column: number) => boolean,
    options: Partial<ImputeOptions>,
  ) {
    const gappy = without(whole, isGone, 2);
    const exact = denseSmoother(tied, gappy.values);
    const [imputed] = await impute([gappy], { ...settingsOf(tied), ...options });
    expect(imputed!.gaps).toHaveLength(exact.size);
    const gaps = imputed!.gaps.map(({ step, column, draws }) => {
      const { mean, variance } = exact.get(step * 2 + column)!;
      const sorted = draws.toSorted();
      const below = (level: number) =>
        normalShare((sampleQuantile(sorted, level) - mean) / Math.sqrt(variance));
      const off = (meanOf(draws) - mean) / Math.sqrt(variance);
      return { off: off ** 2, ratio: varianceOf(draws) / variance, held: below(0.9) - below(0.1) };
    });
    return {
      off: Math.sqrt(meanOf(gaps.map(({ off }) => off))),
      ratio: meanOf(gaps.map(({ ratio }) => ratio)),
      held: meanOf(gaps.map(({ held }) => held)),
    };
  }

  test("gaps of whole steps are filled as the smoother does, within the error of the draws", async () => {
    const { off, ratio, held } = await compared((step) => step % 15 >= 5 && step % 15 < 9, {
      particles: 1000,
    });
    // The mean of 1,000 draws errs by 0.03, and so does the gain of the step after the gap.
    expect(off).toBeLessThan(0.08);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
    expect(Math.abs(held - 0.8)).toBeLessThan(0.02);
  });

  test("gaps of one column: the better, the more particles compete", async () => {
    const isGone = (step: number, column: number) => column === 1 && step % 15 >= 5 && step % 15 < 9;
    const [one, several] = [
      await compared(isGone, { particles: 200, islandSize: 1 }),
      await compared(isGone, { particles: 200, islandSize: 16 }),
    ];
    // A posterior that was shown a draw is surer than it may be: such weights have heavy tails and need many particles.
    expect(several.off).toBeLessThan(0.35);
    expect(several.off).toBeLessThan(0.6 * one.off);
    expect(Math.abs(several.ratio - 1)).toBeLessThan(0.2);
    expect(Math.abs(several.held - 0.8)).toBeLessThan(0.05);
  });
});

/** P(Z < z), by Simpson's rule. */
function normalShare(z: number): number {
  const steps = 200;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const weight = (i: number) => (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
  const sum = Array.from({ length: steps + 1 }, (_, i) => weight(i) * density((i * z) / steps));
  return 0.5 + (sum.reduce((all, each) => all + each, 0) * z) / (3 * steps);
}

describe("draws do not become fewer", () => {
  const whole = drawSequence(tied, 200, 12);
  // One column for 60 steps while the other one keeps weighing: a group of particles resampled as a whole ends with one draw.
  const gappy = without(whole, (step, column) => column === 1 && step >= 40 && step < 100, 2);
  const settings = { ...settingsOf(tied), particles: 50 };

  test.each([25, 200])("in a gap of 60 steps each of 50 draws differs, with a lag of %i", async (lag) => {
    const gaps = (await impute([gappy], { ...settings, lag }))[0]!.gaps;
    expect(gaps).toHaveLength(60);
    for (const { draws } of gaps) expect(new Set(draws).size).toBe(50);
  });

  test("the particles that count are told, from 1 to those of an island", async () => {
    const [alone] = await impute([gappy], { ...settings, islandSize: 1 });
    expect(alone!.effectiveSize).toBe(1);
    const [several] = await impute([gappy], { ...settings, islandSize: 8 });
    expect(several!.effectiveSize).toBeGreaterThan(1);
    expect(several!.effectiveSize).toBeLessThanOrEqual(8);
    await expect(impute([gappy], { islandSize: 0 })).rejects.toThrow(/islandSize is 0/);
  });
});

test("the same seed fills in the same values, another one others; nothing missing, nothing filled", async () => {
  const whole = drawSequence(single, 20, 8);
  const gappy = without(whole, (step) => step === 5, 1);
  const first = await impute([gappy, whole], { particles: 50 });
  expect(await impute([gappy, whole], { particles: 50 })).toEqual(first);
  expect((await impute([gappy], { particles: 50, seed: 9 }))[0]!.gaps).not.toEqual(first[0]!.gaps);
  expect(first[1]!.gaps).toEqual([]);
  expect(first[1]!.imputed.values).toEqual(whole.values);
  await expect(impute([gappy], { lag: -1 })).rejects.toThrow(/lag is -1/);
});

test("systematic resampling takes each index in proportion to its weight, up to one", () => {
  const weights = Float64Array.of(0.5, 0, 0.3, 0.2);
  for (const offset of [0, 0.3, 0.999]) {
    const chosen = systematic(weights, offset);
    weights.forEach((weight, i) => {
      const count = chosen.filter((each) => each === i).length;
      expect(Math.abs(count - 4 * weight)).toBeLessThanOrEqual(1);
    });
  }
});

describe("mixed columns", () => {
  const model = modelOf(mixed, ["persistent"]);
  const sequences = sequencesOf([13, 7]);
  const imputed = imputeSequences({
    runtime: nodeRuntime(),
    model,
    weights: someWeights(model),
    columns: mixed,
    sequences,
    particles: 30,
    seed: 1,
  });

  test("every gap is filled with a value that can have been recorded, and nothing else changes", async () => {
    for (const { sequence, imputed: table } of await imputed) {
      sequence.values.forEach((value, i) => {
        const now = table.values[i]!;
        if (!Number.isNaN(value)) expect(now).toBe(value);
        else if (i % 3 === 0) expect(Number.isInteger(now / 0.25)).toBe(true);
        else expect([0, 1, 2].slice(0, i % 3 === 1 ? 2 : 3)).toContain(now);
      });
    }
  });

  test("tables: whole, of the entries, of the draws", async () => {
    const missing = sequences.flatMap(({ values }) => [...values]).filter(Number.isNaN).length;
    const [header, ...whole] = cellsOf(imputedTable(await imputed, { columns: mixed }));
    expect(header).toEqual(["sequence", "level", "flag", "mode"]);
    expect(whole).toHaveLength(20);
    expect(whole.flat()).not.toContain("");
    const [entryHeader, ...entries] = cellsOf(gapTable(await imputed, { columns: mixed, levels: [0.5] }));
    expect(entryHeader).toEqual(["sequence", "step", "column", "level", "mean", "q0.5"]);
    const modes = entries.filter((row) => row[2] === "mode").length;
    expect(entries.length - (2 * modes) / 3).toBe(missing);
    const [, ...draws] = cellsOf(drawTable(await imputed, { columns: mixed }));
    expect(draws).toHaveLength(30 * missing);
  });
});
