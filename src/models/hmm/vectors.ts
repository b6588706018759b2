/** Vectors and rows of matrices in float64, for what is fitted on the host. */

/** A row of a matrix, as a view: what is added to it is added to the matrix. */
export const matrixRow = (matrix: Float64Array, row: number, width: number): Float64Array =>
  matrix.subarray(row * width, (row + 1) * width);

/**
 * An entry; one that is not there is an error, which arithmetic would turn into NaN. Of one type of arrays alone, so that
 * it costs as little as an index.
 *
 * @throws RangeError
 */
export function at(values: Float64Array, i: number): number {
  const value = values[i];
  if (value === undefined) throw new RangeError(`there is no entry ${i} among ${values.length}`);
  return value;
}

/** Adds to an entry. @throws RangeError where there is none */
export function addAt(values: Float64Array, i: number, addend: number): void {
  values[i] = at(values, i) + addend;
}

export function sum(values: Float64Array): number {
  let all = 0;
  for (let i = 0; i < values.length; i++) all += at(values, i);
  return all;
}
