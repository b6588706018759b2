import { Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { fitVar } from "../../src/baselines/var.ts";
import { varForecaster } from "../../src/baselines/var-forecaster.ts";
import { normalQuantile } from "../../src/metrics/normal-quantile.ts";
import { autoregression, column, normals, sequence } from "./generator.ts";

const columns = [column("a"), column("b")];
const rows = autoregression(5, 400, 2);
const model = fitVar(columns, [sequence(rows)], [], { orders: [2] });
const history = { values: sequence(rows.slice(0, 50)).values, width: 2 };

test("means and widths agree with many simulated paths", () => {
  const normal = normals(3);
  const [steps, paths] = [4, 20_000];
  const { gaussian, coefficients, covariance } = model;
  const factor = [
    [Math.sqrt(covariance.get(0, 0)), 0],
    [
      covariance.get(1, 0) / Math.sqrt(covariance.get(0, 0)),
      Math.sqrt(covariance.get(1, 1) - covariance.get(1, 0) ** 2 / covariance.get(0, 0)),
    ],
  ];
  const z = (t: number) => rows[t]!.map((value, j) => (value - gaussian.means[j]!) / gaussian.scales[j]!);
  const ends = Array.from({ length: paths }, () => {
    let state = [...z(49), ...z(48)];
    for (let h = 0; h < steps; h++) {
      const [one, other] = [normal(), normal()];
      const next = Matrix.rowVector([1, ...state])
        .mmul(coefficients)
        .to1DArray()
        .map((value, j) => value + factor[j]![0]! * one + factor[j]![1]! * other);
      state = [...next, ...state.slice(0, 2)];
    }
    return state.slice(0, 2).map((value, j) => value * gaussian.scales[j]! + gaussian.means[j]!);
  });
  varForecaster(model)
    .forecast(history, steps)
    .forEach((predictive, j) => {
      const mean = ends.reduce((sum, end) => sum + end[j]! / paths, 0);
      const deviation = Math.sqrt(ends.reduce((sum, end) => sum + (end[j]! - mean) ** 2 / paths, 0));
      const scale = (predictive.quantile(3, 0.9) - predictive.mean[3]!) / normalQuantile(0.9);
      expect(Math.abs(predictive.mean[3]! - mean)).toBeLessThan((4 * deviation) / Math.sqrt(paths));
      expect(scale / deviation).toBeCloseTo(1, 1);
    });
});

test("the first step is that of the likelihood: its mean is the conditional one", () => {
  const [a] = varForecaster(model).forecast(history, 1);
  const at = (value: number) => {
    const seen = [...rows.slice(0, 50), [value, Number.NaN]];
    return model.logLikelihood(sequence(seen)).at(-1)!;
  };
  const mean = a!.mean[0]!;
  expect(at(mean)).toBeGreaterThan(at(mean + 0.05));
  expect(at(mean)).toBeGreaterThan(at(mean - 0.05));
});

test("nothing seen yet counts as the training mean", () => {
  const [a] = varForecaster(model).forecast({ values: new Float64Array(0), width: 2 }, 1);
  expect(a!.mean[0]).toBeCloseTo(
    model.gaussian.means[0]! + model.coefficients.get(0, 0) * model.gaussian.scales[0]!,
    10,
  );
});

test("what lies before the first step counts as that step: a level is not taken for a move", () => {
  const [once, twice] = [
    [0.4, -0.3],
    [0.4, -0.3, 0.4, -0.3],
  ].map((values) => varForecaster(model).forecast({ values: Float64Array.from(values), width: 2 }, 3));
  expect(model.order).toBe(2);
  expect(once!.map(({ mean }) => [...mean])).toEqual(twice!.map(({ mean }) => [...mean]));
});
