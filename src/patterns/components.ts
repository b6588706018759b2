/** Rows turned so that their directions of variance are apart: principal components. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Rows along their principal components, the strongest first. */
export interface Components {
  /** `[N]` rows `[kept]` */
  readonly rows: readonly Float64Array[];
  /** `[kept]`: the share of the variance that each explains. */
  readonly shares: readonly number[];
}

/**
 * The components that explain some share of the variance together.
 *
 * @param rows `[N]` rows `[F]` @param share from 0 to 1
 * @example
 * componentsOf([[0, 0], [1, 1], [2, 2]].map(Float64Array.from), 0.9).shares; // [1]
 */
export function componentsOf(rows: readonly Float64Array[], share: number): Components {
  if ((rows[0]?.length ?? 0) === 0) return { rows: rows.map(() => new Float64Array()), shares: [] };
  const centred = new Matrix(rows.map((row) => [...row])).center("column"); // [N, F]
  const covariance = centred.transpose().mmul(centred); // [F, F]
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const sizes = order.map((i) => Math.max(realEigenvalues[i]!, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0) || 1;
  let [kept, explained] = [0, 0];
  while (kept < order.length && explained < share - 1e-12) explained += sizes[kept++]! / total;
  const axes = new Matrix(order.slice(0, Math.max(1, kept)).map((i) => eigenvectorMatrix.getColumn(i))); // [kept, F]
  const turned = centred.mmul(axes.transpose()); // [N, kept]
  return {
    rows: turned.to2DArray().map((row) => Float64Array.from(row)),
    shares: sizes.slice(0, axes.rows).map((size) => size / total),
  };
}
