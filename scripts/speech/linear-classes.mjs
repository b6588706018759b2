/** Linear discriminant analysis: normal classes of one covariance, for what a recording is of. */
import { Matrix, solve } from "ml-matrix";

/**
 * @param rows vectors of one width @param labels of each
 * @param shrinkage how much of the covariance is that of independent entries
 * @returns what tells the label of a vector
 */
export function linearClasses(rows, labels, shrinkage = 0.05) {
  const width = rows[0].length;
  const names = [...new Set(labels)].sort();
  const means = names.map((name) => {
    const own = rows.filter((_, i) => labels[i] === name);
    return Float64Array.from(
      { length: width },
      (_, d) => own.reduce((sum, row) => sum + row[d], 0) / own.length,
    );
  });
  const covariance = Array.from({ length: width }, () => new Float64Array(width));
  for (const [i, row] of rows.entries()) {
    const mean = means[names.indexOf(labels[i])];
    for (let a = 0; a < width; a++)
      for (let b = 0; b <= a; b++)
        covariance[a][b] += ((row[a] - mean[a]) * (row[b] - mean[b])) / rows.length;
  }
  for (let a = 0; a < width; a++)
    for (let b = 0; b < a; b++) covariance[b][a] = covariance[a][b] *= 1 - shrinkage;
  const matrix = new Matrix(covariance.map((row) => [...row]));
  const weights = means.map((mean) => solve(matrix, Matrix.columnVector([...mean])).to1DArray());
  const offsets = means.map((mean, k) => -0.5 * dot(mean, weights[k]));
  return (row) => {
    const scores = weights.map((weight, k) => dot(row, weight) + offsets[k]);
    return names[scores.indexOf(Math.max(...scores))];
  };
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
