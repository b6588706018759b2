import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fitPareto, levelOf, peaksOf } from "../../src/anomaly/extremes.ts";
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
