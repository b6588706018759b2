/** Logistic regression against the minimum that SciPy finds (fixtures/logistic.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fitLogistic, logProbabilities } from "../../src/baselines/logistic.ts";

const path = join(import.meta.dirname, "fixtures/logistic.json");
const { rows, levels, weights } = JSON.parse(readFileSync(path, "utf8")) as {
  rows: number[][];
  levels: number[];
  weights: Record<string, number[][]>;
};
const problem = { rows: rows.map((row) => Float64Array.from(row)), levels, count: 3 };

test.each(Object.keys(weights))("ridge %s", (penalty) => {
  const found = fitLogistic(problem, Number(penalty)).weights;
  const bias = found.reduce((sum, own) => sum + own.at(-1)!, 0) / 3;
  for (const [l, own] of found.entries())
    for (const [f, value] of own.entries())
      expect(value - (f === 3 ? bias : 0)).toBeCloseTo(weights[penalty]![l]![f]!, 3);
});

test("where it begins does not matter", () => {
  const start = fitLogistic(problem, 10);
  const [far, near] = [fitLogistic(problem, 0.1, start), fitLogistic(problem, 0.1)];
  for (const [l, own] of far.weights.entries())
    for (const [f, value] of own.entries()) expect(value).toBeCloseTo(near.weights[l]![f]!, 3);
});

test("probabilities are of all levels together 1, however far a row lies", () => {
  const fitted = fitLogistic(problem, 0.1);
  for (const row of [...problem.rows, Float64Array.of(1e4, -1e4, 1e4)]) {
    const all = logProbabilities(fitted, row);
    expect(all.every((log) => log <= 0)).toBe(true);
    expect(all.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 9);
  }
});
