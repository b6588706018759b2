import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** The two directions in which points vary most, and how much of their variance each explains. */
export interface Components {
  /** `[points]`. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** Shares of the variance, from 0 to 1. */
  readonly shares: readonly [number, number];
}

/**
 * The first two principal components of some points, centred.
 *
 * @param points `[points][dimensions]`; one dimension has an empty second component.
 * @example
 * principalComponents([[0, 0], [1, 1], [2, 2]]).shares; // [1, 0]
 */
export function principalComponents(points: readonly (readonly number[])[]): Components {
  const size = points[0]?.length ?? 0;
  if (size === 0) return { first: points.map(() => 0), second: points.map(() => 0), shares: [0, 0] };
  const centred = new Matrix(points.map((point) => [...point])).center("column"); // [points, size]
  const scale = Math.max(centred.max(), -centred.min()) || 1;
  centred.div(scale); // squares of huge values would overflow
  const covariance = centred.transpose().mmul(centred); // [size, size]
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const along = (rank: number): number[] => {
    const index = order[rank];
    if (index === undefined) return points.map(() => 0);
    return centred.mmul(eigenvectorMatrix.getColumnVector(index)).mul(scale).getColumn(0);
  };
  const share = (rank: number) => {
    const value = realEigenvalues[order[rank] ?? -1] ?? 0;
    return total > 0 ? Math.max(value, 0) / total : 0;
  };
  return { first: along(0), second: along(1), shares: [share(0), share(1)] };
}
