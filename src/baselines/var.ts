import { CholeskyDecomposition, Matrix } from "ml-matrix";
import type { Column, Sequence } from "../data/dataset.ts";
import { logCellWidth, scaleFloor } from "../distributions/resolution.ts";
import { VrnnError } from "../errors.ts";
import { pooledNatsPerStep } from "../metrics/nats.ts";
import { type Baseline, fitGaussian, type GaussianBaseline } from "./gaussian.ts";
import { centredNormal, floorCovariance } from "./multivariate-normal.ts";

/** The least residual scale in deviations: below it, a conditional variance drowns in the rounding of float64. */
const LEAST_SCALE = 1e-6;

/** How a vector autoregression is fitted. */
export interface VarOptions {
  /** The orders to choose from on the validation split; 1 to 5 unless told. */
  readonly orders?: readonly number[];
  /** The weight of the ridge penalty on every coefficient of the standardised columns, positive; 1 (one step) unless told. */
  readonly ridge?: number;
}

/** x_t = c + A₁x_{t−1} + … + A_p x_{t−p} + e, e ~ N(0, Σ), over columns centred and scaled by the training split. */
export interface VarBaseline extends Baseline {
  readonly name: "var";
  readonly order: number;
  /** `[1 + order·K, K]`: the intercept's row, then K rows for each lag, the latest first. */
  readonly coefficients: Matrix;
  /** `[K, K]`, floored. */
  readonly covariance: Matrix;
  /** What centres and scales the columns. */
  readonly gaussian: GaussianBaseline;
}

/**
 * Fits a vector autoregression with an intercept and a full residual covariance to the real columns, of the order
 * that scores the validation split best (pooled nats per step).
 *
 * - The first `order` steps of a sequence are scored by the i.i.d. Gaussian, so every step counts.
 * - A missing regressor takes the training mean. A missing target is marginalised out when scoring; when fitting, its
 *   row is left out of its column's regression, and covariances of columns missing at different steps shrink to 0.
 * - Likelihoods follow the grid rule of `distributions/resolution.ts`: the residual covariance is floored so that no
 *   column's variance given the others falls below (δ/2)², hence a step scores at most −0.226 nats for each observed
 *   column with a grid.
 *
 * @throws VrnnError `baseline/too-short` when no training sequence is longer than the smallest order,
 * `baseline/no-validation` when there are several orders and nothing to choose by; and as `fitGaussian`.
 * @example
 * const { train, valid, test } = dataset.splits;
 * const model = fitVar(dataset.columns, train, valid);
 * model.order; // 2
 * model.logLikelihood(test[0]!); // Float64Array: nats of each step
 */
export function fitVar(
  columns: readonly Column[],
  train: readonly Sequence[],
  valid: readonly Sequence[],
  { orders = [1, 2, 3, 4, 5], ridge = 1 }: VarOptions = {},
): VarBaseline {
  const gaussian = fitGaussian(columns, train);
  const longest = train.reduce((length, sequence) => Math.max(length, sequence.length), 0);
  const candidates = orders
    .filter((order) => order < longest)
    .map((order) => fitOrder(gaussian, train, order, ridge));
  if (candidates.length === 0) {
    const what = `the longest training sequence has ${longest} steps, too few for order ${Math.min(...orders)}`;
    throw new VrnnError("baseline/too-short", what, { remedy: "give longer sequences" });
  }
  return candidates.length === 1 ? candidates[0]! : bestOn(valid, candidates);
}

function bestOn(valid: readonly Sequence[], candidates: readonly VarBaseline[]): VarBaseline {
  if (valid.length === 0) {
    throw new VrnnError("baseline/no-validation", "no validation sequence to choose the order by", {
      remedy: "give a validation split or a single order",
    });
  }
  const scored = candidates.map((model) => ({
    model,
    nats: pooledNatsPerStep(valid.map((sequence) => model.logLikelihood(sequence))),
  }));
  return scored.reduce((best, one) => (one.nats > best.nats ? one : best)).model;
}

function fitOrder(
  gaussian: GaussianBaseline,
  train: readonly Sequence[],
  order: number,
  ridge: number,
): VarBaseline {
  const parts = train
    .filter(({ length }) => length > order)
    .map((sequence) => lagged(standardised(gaussian, sequence), order));
  const coefficients = regress(parts, ridge);
  const floors = Float64Array.from(gaussian.columns, (column, j) =>
    Math.max(scaleFloor(column) / gaussian.scales[j]!, LEAST_SCALE),
  );
  const covariance = floorCovariance(residualCovariance(parts, coefficients), floors);
  return {
    name: "var",
    order,
    coefficients,
    covariance,
    gaussian,
    logLikelihood: scorer(gaussian, order, coefficients, covariance),
  };
}

function scorer(gaussian: GaussianBaseline, order: number, coefficients: Matrix, covariance: Matrix) {
  const logDensity = centredNormal(covariance);
  const logUnits = gaussian.columns.map((column, j) => logCellWidth(column) - Math.log(gaussian.scales[j]!));
  return (sequence: Sequence): Float64Array => {
    const nats = gaussian.logLikelihood(sequence);
    if (sequence.length <= order) return nats;
    const { regressors, targets } = lagged(standardised(gaussian, sequence), order);
    const residuals = Matrix.sub(targets, regressors.mmul(coefficients)); // [T − p, K]
    for (let row = 0; row < residuals.rows; row++) {
      const residual = Float64Array.from(residuals.getRow(row));
      const units = logUnits.reduce((sum, unit, j) => (Number.isNaN(residual[j]!) ? sum : sum + unit), 0);
      nats[row + order] = logDensity(residual) + units;
    }
    return nats;
  };
}

/** The real columns, centred and scaled by the training split: `[T, K]`, NaN where missing. */
function standardised({ columns, width, means, scales }: GaussianBaseline, sequence: Sequence): Matrix {
  const z = new Matrix(sequence.length, columns.length);
  for (let t = 0; t < sequence.length; t++) {
    columns.forEach(({ index }, j) => {
      z.set(t, j, (sequence.values[t * width + index]! - means[j]!) / scales[j]!);
    });
  }
  return z;
}

/** The regression of one sequence: what each step is predicted from, and the step itself. */
interface Regression {
  /** `[T − p, 1 + p·K]`: 1, then the p steps before, the latest first; 0 (the training mean) where missing. */
  readonly regressors: Matrix;
  /** `[T − p, K]`, NaN where missing. */
  readonly targets: Matrix;
}

function lagged(z: Matrix, order: number): Regression {
  const rows = z.rows - order;
  const regressors = Matrix.ones(rows, 1 + order * z.columns);
  for (let lag = 1; lag <= order; lag++) {
    const before = z.subMatrix(order - lag, z.rows - 1 - lag, 0, z.columns - 1);
    regressors.setSubMatrix(filled(before), 0, 1 + (lag - 1) * z.columns);
  }
  return { regressors, targets: z.subMatrix(order, z.rows - 1, 0, z.columns - 1) };
}

/** A copy with 0 for NaN. */
function filled(matrix: Matrix): Matrix {
  return mapped(matrix, (value) => (Number.isNaN(value) ? 0 : value));
}

function mapped(matrix: Matrix, of: (value: number, i: number, j: number) => number): Matrix {
  return new Matrix(matrix.to2DArray().map((row, i) => row.map((value, j) => of(value, i, j))));
}

/** Ridge regression of each column on its observed targets: `[1 + p·K, K]`. */
function regress(parts: readonly Regression[], ridge: number): Matrix {
  const products = sum(parts.map(({ regressors, targets }) => regressors.transposeMultiply(filled(targets))));
  const gram = sum(parts.map(({ regressors }) => regressors.gram())).add(
    Matrix.eye(products.rows, products.rows, ridge),
  );
  const complete = new CholeskyDecomposition(gram);
  const solutions = Array.from({ length: products.columns }, (_, j) => {
    const unseen = parts.map((part) => rowsWithoutTarget(part, j)).filter(({ rows }) => rows > 0);
    const own =
      unseen.length === 0
        ? complete
        : new CholeskyDecomposition(Matrix.sub(gram, sum(unseen.map((rows) => rows.gram()))));
    return own.solve(products.getColumnVector(j)).to1DArray();
  });
  return new Matrix(solutions).transpose();
}

function rowsWithoutTarget({ regressors, targets }: Regression, column: number): Matrix {
  const rows = targets.getColumn(column).flatMap((value, row) => (Number.isNaN(value) ? [row] : []));
  return rows.length === 0 ? Matrix.zeros(0, regressors.columns) : regressors.subMatrixRow(rows);
}

/**
 * The products of each pair of residuals over the rows that show both, over the geometric mean of how often each is
 * shown: `[K, K]`. Positive semi-definite whatever is missing, which a mean over the shared rows alone is not.
 */
function residualCovariance(parts: readonly Regression[], coefficients: Matrix): Matrix {
  const residuals = parts.map(({ regressors, targets }) =>
    Matrix.sub(targets, regressors.mmul(coefficients)),
  );
  const products = sum(residuals.map((residual) => filled(residual).gram()));
  const shown = sum(
    residuals.map((residual) => mapped(residual, (e) => (Number.isNaN(e) ? 0 : 1)).gram()),
  ).diagonal();
  return mapped(products, (product, i, j) => product / Math.max(Math.sqrt(shown[i]! * shown[j]!), 1));
}

function sum(matrices: readonly Matrix[]): Matrix {
  return matrices.reduce((total, matrix) => Matrix.add(total, matrix));
}
