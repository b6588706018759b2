import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { ahead, gapless, normalPredictive, type Rule } from "./forecaster.ts";

/** x_t = c + φ₁x_{t−1} + … + φ_p x_{t−p} + e, e ~ N(0, σ²). */
export interface Autoregression {
  readonly intercept: number;
  /** φ₁ … φ_p */
  readonly coefficients: readonly number[];
  /** σ² */
  readonly variance: number;
}

/** The most steps that are fitted: more would cost more than they tell. */
const MOST_STEPS = 5000;
/** A ridge on the standardised regressors that keeps the normal equations regular, as a share of the steps. */
const RIDGE = 1e-9;

/** The greatest order that is tried of a series: 10·log₁₀ n, as R's `ar`, and no more than a quarter of it. */
export const greatestOrder = (steps: number): number =>
  Math.max(0, Math.min(Math.floor(10 * Math.log10(Math.max(1, steps))), Math.floor(steps / 4) - 1));

/**
 * Least squares of the order with the least AIC = n·log(RSS/n) + 2·(p + 1), all orders over the same n steps (the first
 * `most` are regressors only).
 *
 * One Cholesky factor L of the Gram matrix of all lags serves them all: the leading block of L is the factor for fewer lags,
 * and with w = L⁻¹Xᵀy the residual sum of order p is yᵀy − w₀² − … − w_p².
 *
 * @param series `[n]`, without gaps
 * @param most the greatest order
 * @example
 * fitAutoregression(series, 5).coefficients.length; // 2
 */
export function fitAutoregression(series: Float64Array, most = greatestOrder(series.length)): Autoregression {
  const { shift, scale } = standardOf(series);
  const z = series.map((value) => (value - shift) / scale);
  const rows = z.length - most;
  const lagged = new Matrix(Array.from({ length: rows }, (_, i) => regressors(z, i + most, most))); // [n, 1 + p]
  const target = Matrix.columnVector(z.subarray(most));
  const gram = lagged
    .transpose()
    .mmul(lagged)
    .add(Matrix.eye(most + 1, most + 1, RIDGE * rows));
  const factor = new CholeskyDecomposition(gram).lowerTriangularMatrix;
  const explained = forwards(factor, lagged.transpose().mmul(target).to1DArray());
  const residuals = residualSums(target.dot(target), explained);
  const order = leastAic(residuals, rows);
  const [intercept = 0, ...coefficients] = backwards(factor, explained.slice(0, order + 1));
  const sum = coefficients.reduce((total, each) => total + each, 0);
  return {
    intercept: intercept * scale + shift * (1 - sum),
    coefficients,
    variance: (residuals[order]! / rows) * scale ** 2,
  };
}

function standardOf(series: Float64Array): { shift: number; scale: number } {
  const shift = series.reduce((sum, value) => sum + value / series.length, 0);
  const variance = series.reduce((sum, value) => sum + (value - shift) ** 2 / series.length, 0);
  return { shift, scale: variance > 0 ? Math.sqrt(variance) : 1 };
}

/** 1, then the steps before, the latest first. */
const regressors = (z: Float64Array, t: number, most: number): number[] => [
  1,
  ...z.subarray(t - most, t).toReversed(),
];

function residualSums(total: number, explained: readonly number[]): number[] {
  let left = total;
  return explained.map((each) => {
    left -= each * each;
    return Math.max(left, Number.EPSILON * total);
  });
}

function leastAic(residuals: readonly number[], rows: number): number {
  const aic = residuals.map((sum, order) => rows * Math.log(sum / rows) + 2 * (order + 1));
  return aic.reduce((best, value, order) => (value < aic[best]! ? order : best), 0);
}

/** Solves L·w = b. */
function forwards(factor: Matrix, b: readonly number[]): number[] {
  const w: number[] = [];
  b.forEach((value, i) => {
    const known = w.reduce((sum, each, j) => sum + factor.get(i, j) * each, 0);
    w.push((value - known) / factor.get(i, i));
  });
  return w;
}

/** Solves Lᵀ·x = w with the leading block of L. */
function backwards(factor: Matrix, w: readonly number[]): number[] {
  const x = new Array<number>(w.length).fill(0);
  for (let i = w.length - 1; i >= 0; i--) {
    let known = 0;
    for (let j = i + 1; j < w.length; j++) known += factor.get(j, i) * x[j]!;
    x[i] = (w[i]! - known) / factor.get(i, i);
  }
  return x;
}

/**
 * An autoregression of the order with the least AIC, fitted by least squares to what was seen (gaps on straight lines), which
 * goes on by itself; its widths are those of the moving average that it is, σ²·(1 + ψ₁² + … + ψ²_{h−1}).
 */
export const autoregression: Rule = (past, horizon) => {
  const series = gapless(past.subarray(-MOST_STEPS));
  if (series.length === 0 || Number.isNaN(series[0]!)) return unknown(horizon);
  const { intercept, coefficients, variance } = fitAutoregression(series);
  const values = [...series];
  const impulse = [1]; // ψ
  for (let h = 1; h <= horizon; h++) {
    values.push(intercept + weighed(coefficients, values));
    impulse.push(weighed(coefficients, impulse));
  }
  let sum = 0;
  const scale = ahead(horizon, (h) => {
    sum += impulse[h - 1]! ** 2;
    return Math.sqrt(variance * sum);
  });
  return normalPredictive(Float64Array.from(values.slice(-horizon)), scale);
};

/** φ₁x_{t−1} + … + φ_p x_{t−p} of the last values; what was before the first counts as 0. */
const weighed = (coefficients: readonly number[], values: readonly number[]): number =>
  coefficients.reduce((sum, each, lag) => sum + each * (values[values.length - 1 - lag] ?? 0), 0);

const unknown = (horizon: number) => {
  const nothing = ahead(horizon, () => Number.NaN);
  return normalPredictive(nothing, nothing);
};
