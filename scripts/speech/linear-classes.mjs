/** Linear discriminant analysis: normal classes of one covariance, for what a recording is of. */

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
  const weights = means.map((mean) => solved(covariance, mean));
  const offsets = means.map((mean, k) => -0.5 * dot(mean, weights[k]));
  return (row) => {
    const scores = weights.map((weight, k) => dot(row, weight) + offsets[k]);
    return names[scores.indexOf(Math.max(...scores))];
  };
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** x of A x = b by Gauss's elimination with pivots. */
function solved(matrix, vector) {
  const rows = matrix.map((row, i) => [...row, vector[i]]);
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      if (factor !== 0) for (let j = k; j <= size; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}
