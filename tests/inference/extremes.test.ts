import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  clusterPeaks,
  extremalIndex,
  fitPareto,
  levelOf,
  peaksOf,
  predictiveFactor,
} from "../../src/anomaly/extremes.ts";
import { uniforms } from "../baselines/generator.ts";

interface Case {
  readonly excesses: readonly number[];
  readonly shape: number;
  readonly scale: number;
  readonly logLikelihood: number;
  readonly quantile: number;
}

const cases: Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "../baselines/fixtures/pareto_scipy.json"), "utf8"),
);

const logLikelihood = (excesses: readonly number[], { shape, scale }: { shape: number; scale: number }) =>
  excesses.reduce((sum, y) => sum - Math.log(scale) - (1 / shape + 1) * Math.log1p((shape * y) / scale), 0);

test.each(cases)("finds the maximum of the likelihood that SciPy finds: shape $shape", (one) => {
  const fitted = fitPareto(one.excesses);
  expect(logLikelihood(one.excesses, fitted)).toBeGreaterThan(one.logLikelihood - 1e-6);
  expect(fitted.shape).toBeCloseTo(one.shape, 2);
  expect(fitted.scale).toBeCloseTo(one.scale, 2);
  const { shape, scale } = one;
  expect(levelOf({ threshold: 0, rate: 1, shape, scale }, 0.001)).toBeCloseTo(one.quantile, 6);
});

test.each([0, 0.25])("is topped as often as wanted by peaks of a known tail: shape %d", (shape) => {
  const uniform = uniforms(3);
  const draw = () => (shape === 0 ? -Math.log(1 - uniform()) : ((1 - uniform()) ** -shape - 1) / shape);
  const [seen, wanted, trials] = [400, 1 / 1000, 40];
  const rates = Array.from({ length: trials }, () => {
    const peaks = Array.from({ length: seen }, draw);
    const level = levelOf(peaksOf(peaks, 0, 20 * seen), wanted); // a peak in twenty steps
    return (shape === 0 ? Math.exp(-level) : (1 + shape * level) ** (-1 / shape)) / 20;
  });
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / trials;
  expect(mean).toBeGreaterThan(wanted * 0.6);
  expect(mean).toBeLessThan(wanted * 1.6);
});

/** Steps from each value above the 95 % quantile to the next. */
function intervalsAbove(values: readonly number[]): number[] {
  const base = values.toSorted((a, b) => a - b)[Math.floor(0.95 * values.length)]!;
  const steps = [...values.keys()].filter((t) => values[t]! > base);
  return steps.slice(1).map((step, i) => step - steps[i]!);
}

test.each([1, 2, 5])(
  "the highest of %i independent values in a row have an extremal index of its inverse",
  (width) => {
    const uniform = uniforms(5);
    const draws = Array.from({ length: 40_000 }, uniform);
    const highest = draws.slice(width).map((_, t) => Math.max(...draws.slice(t, t + width)));
    expect(extremalIndex(intervalsAbove(highest))).toBeCloseTo(1 / width, 1);
  },
);

test("clusters are parted by the long silences, and by the ends of recordings", () => {
  const silence = (steps: number) => Array.from({ length: steps }, () => 0);
  const one = [...silence(80), 5, 7, 6, 6, ...silence(90), 3, 4, 3, 3, ...silence(70), 9];
  expect(clusterPeaks([one, [2, 0, ...silence(60)]], 1)).toEqual([7, 4, 9, 2]);
  expect(clusterPeaks([one], 9)).toEqual([]);
  expect(clusterPeaks([one], 8)).toEqual([9]);
});

test("values that have nothing to do with each other are peaks each, however many", () => {
  const uniform = uniforms(7);
  const excesses = clusterPeaks(
    [Array.from({ length: 20_000 }, () => -Math.log(1 - uniform()))],
    -Math.log(0.05),
  );
  expect(excesses.length).toBeGreaterThan(900);
  const mean = excesses.reduce((sum, peak) => sum + peak, 0) / excesses.length;
  expect(mean + Math.log(0.05)).toBeCloseTo(1, 1);
});

test.each([5, 20, 100])(
  "a level told by the mean of %i exponential excesses is topped as often as wanted",
  (count) => {
    const uniform = uniforms(11);
    const nats = Math.log(200);
    const factor = predictiveFactor(count, nats);
    const trials = 20_000;
    let topped = 0; // the expected share of later excesses above the level
    for (let i = 0; i < trials; i++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum -= Math.log(1 - uniform());
      topped += Math.exp((-nats * factor * sum) / count) / trials;
    }
    expect(200 * topped).toBeGreaterThan(0.9);
    expect(200 * topped).toBeLessThan(1.1);
  },
);
