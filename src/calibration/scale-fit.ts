/** How large errors are, as a sum of what may make them large. */

/** Enough to come within a thousandth of a nat an error of the best; weights that go to 0 get there slowly. */
const ROUNDS = 100;

/**
 * Weights b ≥ 0 of a scale s = floor + b·x that make Σ log s + |e|/s small: the likeliest where errors have a Laplace
 * distribution of that scale. Each round multiplies every weight by √(Σ x|e|/s² / Σ x/s), which never makes the sum larger
 * (the Itakura-Saito divergence of |e| from s, and its multiplicative rule: Févotte and Idier, "Algorithms for Nonnegative
 * Matrix Factorization with the β-Divergence", 2011).
 *
 * @param rows `[n][p]`: what may make an error large, nothing below 0
 * @param errors `[n]`
 * @param floor above 0
 * @returns `[p]`
 * @example
 * fitScale([[1], [2]], [0.5, -1], 1e-6); // [0.5]
 */
export function fitScale(
  rows: readonly (readonly number[])[],
  errors: readonly number[],
  floor: number,
): number[] {
  const sizes = errors.map(Math.abs);
  const mean = meanOf(sizes);
  const width = rows[0]?.length ?? 0;
  let weights = Array.from({ length: width }, (_, j) => {
    const usual = meanOf(rows.map((row) => row[j]!));
    return usual > 0 ? mean / (width * usual) : 0;
  });
  for (let round = 0; round < ROUNDS; round++) weights = closer(weights, rows, sizes, floor);
  return weights;
}

/** The scale of a row. */
export const scaleOf = (weights: readonly number[], row: readonly number[], floor: number): number =>
  weights.reduce((sum, weight, j) => sum + weight * row[j]!, floor);

function closer(
  weights: readonly number[],
  rows: readonly (readonly number[])[],
  sizes: readonly number[],
  floor: number,
): number[] {
  const wanted = new Float64Array(weights.length); // Σ x|e|/s²
  const given = new Float64Array(weights.length); // Σ x/s
  rows.forEach((row, i) => {
    const scale = scaleOf(weights, row, floor);
    row.forEach((value, j) => {
      wanted[j]! += (value * sizes[i]!) / scale ** 2;
      given[j]! += value / scale;
    });
  });
  return weights.map((weight, j) => (given[j]! > 0 ? weight * Math.sqrt(wanted[j]! / given[j]!) : 0));
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
