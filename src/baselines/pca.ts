/** What principal components do not explain: the rule to beat where columns move together. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { VrnnError } from "../errors.ts";

/** The directions in which training data varied most. */
export interface Pca {
  /** `[D]` */
  readonly mean: Float64Array;
  /** `[K, D]`, orthonormal rows, the greatest variance first. */
  readonly components: readonly Float64Array[];
}

/** How many directions are kept: so many, or as few as hold this share of the variance. */
export type PcaSize = { readonly components: number } | { readonly variance: number };

/** Rows of `width` numbers, one after the other; a missing one is NaN. */
export interface Rows {
  readonly values: Float64Array;
  readonly width: number;
}

/**
 * Principal components of rows by the eigenvectors of their covariance; a missing entry counts as the column's mean.
 *
 * @throws VrnnError `baseline/rows` under two rows
 */
export function fitPca({ values, width }: Rows, size: PcaSize): Pca {
  const rows = values.length / width;
  if (rows < 2) throw new VrnnError("baseline/rows", `principal components need two rows, there are ${rows}`);
  const mean = columnMeans({ values, width });
  const covariance = Matrix.zeros(width, width);
  const row = new Float64Array(width);
  for (let t = 0; t < rows; t++) {
    centre(values, t * width, mean, row);
    for (let i = 0; i < width; i++) {
      const xi = row[i]!;
      if (xi === 0) continue;
      for (let j = 0; j <= i; j++) covariance.set(i, j, covariance.get(i, j) + (xi * row[j]!) / (rows - 1));
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance.set(j, i, covariance.get(i, j));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const kept = order.slice(
    0,
    countOf(
      order.map((i) => realEigenvalues[i]!),
      size,
    ),
  );
  return { mean, components: kept.map((i) => Float64Array.from(eigenvectorMatrix.getColumn(i))) };
}

/** The squared distance of each row from the plane of the components, `[rows]`. */
export function pcaResiduals({ mean, components }: Pca, { values, width }: Rows): Float64Array {
  const row = new Float64Array(width);
  return Float64Array.from({ length: values.length / width }, (_, t) => {
    centre(values, t * width, mean, row);
    const whole = dot(row, row);
    const explained = components.reduce((sum, component) => sum + dot(component, row) ** 2, 0);
    return Math.max(whole - explained, 0);
  });
}

function countOf(variances: readonly number[], size: PcaSize): number {
  if ("components" in size) return Math.min(size.components, variances.length);
  const all = variances.reduce((sum, variance) => sum + Math.max(variance, 0), 0);
  let held = 0;
  const last = variances.findIndex((variance) => {
    held += variance;
    return held >= size.variance * all;
  });
  return last < 0 ? variances.length : last + 1;
}

/** Less than this share of its size is how numbers are rounded, no deviation. */
const ROUNDED = 1e-9;

/** The deviation of each column from its mean, `[D]`; 0 of one that stands still. */
export function columnDeviations(rows: Rows): Float64Array {
  const mean = columnMeans(rows);
  const squares = rows.values.map((value, i) => (value - mean[i % rows.width]!) ** 2);
  return columnMeans({ values: squares, width: rows.width }).map((square, j) => {
    const deviation = Math.sqrt(square);
    return deviation > ROUNDED * Math.abs(mean[j]!) ? deviation : 0;
  });
}

function columnMeans({ values, width }: Rows): Float64Array {
  const [sums, counts] = [new Float64Array(width), new Float64Array(width)];
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    sums[i % width]! += value;
    counts[i % width]! += 1;
  });
  return sums.map((sum, j) => sum / Math.max(counts[j]!, 1));
}

function centre(values: Float64Array, from: number, mean: Float64Array, row: Float64Array): void {
  for (let j = 0; j < row.length; j++) {
    const value = values[from + j]!;
    row[j] = Number.isNaN(value) ? 0 : value - mean[j]!;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
