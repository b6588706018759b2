import { Matrix } from "ml-matrix";
import { ahead, type Forecaster, type History, normalPredictive } from "./forecaster.ts";
import type { GaussianBaseline } from "./gaussian.ts";
import type { VarBaseline } from "./var.ts";

/**
 * What a vector autoregression (`fitVar`) says of the steps to come: it goes on by itself from the last `order` steps, a
 * missing entry as the training mean and what lies before the first step as that step, with the widths of the moving average that it is, Σ + Ψ₁ΣΨ₁ᵀ + … + Ψ_{h−1}ΣΨ_{h−1}ᵀ
 * (Lütkepohl, "New Introduction to Multiple Time Series Analysis", 2005, section 2.2.2).
 *
 * @param model of columns that are all real
 */
export function varForecaster(model: VarBaseline): Forecaster {
  const { gaussian, order } = model;
  const scalesFor = remembered((horizon) => widths(model, horizon));
  return {
    name: `VAR(${order})`,
    forecast(history, horizon) {
      const means = continued(model, recent(gaussian, history, order), horizon); // [H, K]
      const scales = scalesFor(horizon); // [H, K]
      const inUnits = ({ scales: units }: GaussianBaseline, j: number, of: Matrix) =>
        ahead(horizon, (h) => of.get(h - 1, j) * units[j]!);
      return gaussian.columns.map((_, j) =>
        normalPredictive(
          inUnits(gaussian, j, means).map((value) => value + gaussian.means[j]!),
          inUnits(gaussian, j, scales),
        ),
      );
    },
  };
}

/** The last steps, centred and scaled, the latest first, the first for those before it; 0 where there is nothing: `[order·K]`. */
function recent({ columns, width, means, scales }: GaussianBaseline, { values }: History, order: number) {
  const steps = values.length / width;
  return Array.from({ length: order }, (_, lag) =>
    columns.map(({ index }, j) => {
      const value = values[Math.max(0, steps - 1 - lag) * width + index] ?? Number.NaN;
      return Number.isNaN(value) ? 0 : (value - means[j]!) / scales[j]!;
    }),
  ).flat();
}

/** `[H, K]` */
function continued({ coefficients }: VarBaseline, lags: number[], horizon: number): Matrix {
  const rows: number[][] = [];
  let state = lags;
  for (let h = 0; h < horizon; h++) {
    const next = Matrix.rowVector([1, ...state])
      .mmul(coefficients)
      .to1DArray();
    rows.push(next);
    state = [...next, ...state.slice(0, state.length - next.length)];
  }
  return new Matrix(rows);
}

/** The deviations of each step ahead, `[H, K]`. */
function widths({ coefficients, covariance, order }: VarBaseline, horizon: number): Matrix {
  const size = covariance.rows;
  const lagged = Array.from({ length: order }, (_, lag) =>
    coefficients.subMatrix(1 + lag * size, (lag + 1) * size, 0, size - 1),
  ); // A_lᵀ
  const impulses = [Matrix.eye(size, size)]; // Ψᵀ, the first step first
  let variance = covariance;
  const rows = [variance.diagonal().map(Math.sqrt)];
  for (let h = 1; h < horizon; h++) {
    const impulse = lagged
      .slice(0, h)
      .reduce((sum, each, lag) => sum.add(impulses[h - 1 - lag]!.mmul(each)), Matrix.zeros(size, size));
    impulses.push(impulse);
    variance = Matrix.add(variance, impulse.transpose().mmul(covariance).mmul(impulse));
    rows.push(variance.diagonal().map(Math.sqrt));
  }
  return new Matrix(rows);
}

/** A function of a number that is asked for the same number again and again. */
function remembered<Value>(of: (key: number) => Value): (key: number) => Value {
  const known = new Map<number, Value>();
  return (key) => {
    const value = known.get(key) ?? of(key);
    known.set(key, value);
    return value;
  };
}
