import { describe, expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { type ImputeOptions, imputeSequences, systematic } from "../../src/inference/impute.ts";
import { sampleQuantile } from "../../src/metrics/quantiles.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { drawTable, gapTable, imputedTable } from "../../src/tables/impute-table.ts";
import { cellsOf, mixed, modelOf, sequencesOf, someWeights } from "./columns.ts";
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
    expect([...table.values.subarray(10, 14)]).toEqual(gaps.map(({ draws }) => meanOf(draws)));
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
    for (const { sequence, imputed } of await imputed) {
      sequence.values.forEach((value, i) => {
        const now = imputed.values[i]!;
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
