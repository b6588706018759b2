/**
 * Expectation maximisation of linear Gaussian state space models: Shumway and Stoffer, "An Approach to Time Series Smoothing and
 * Forecasting Using the EM Algorithm", Journal of Time Series Analysis 3, 1982; missing entries row by row, inputs as further regressors.
 */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { kalmanFilter } from "./filter.ts";
import { type LinearGaussian, type StateSequence, type StateSizes, stepsOf } from "./linear-gaussian.ts";
import { type Smoothed, smoothed } from "./smoother.ts";

/** What is learned; the rest stays as it is. */
export interface Learned {
  /** A, B and all of Q; else the variances of Q alone, of states that have some. */
  readonly dynamics: boolean;
  /** C, D and d; else the noise alone. */
  readonly observation: boolean;
  /** What sequences begin with. */
  readonly initial: boolean;
}

/** What one iteration came to. */
export interface KalmanEmStep {
  readonly model: LinearGaussian;
  /** The log-likelihood of all sequences under the parameters before, in nats. */
  readonly logLikelihood: number;
}

/** The least variance of what moves a state. */
export const LEAST_PROCESS = 1e-8;

/**
 * One iteration. The log-likelihood of all sequences never lowers.
 *
 * @param floors `[D]`: the least deviation of each column
 */
export function kalmanEmStep(
  sequences: readonly StateSequence[],
  model: LinearGaussian,
  learned: Learned,
  floors: readonly number[],
): KalmanEmStep {
  const sums = emptySums(model);
  let logLikelihood = 0;
  for (const sequence of sequences) {
    if (sequence.table.length === 0) continue;
    const filter = kalmanFilter(model, sequence);
    for (const nats of filter.logProb) logLikelihood += nats;
    addExpected(sums, sequence, smoothed(filter, model), model);
  }
  return { model: maximised(sums, model, learned, floors), logLikelihood };
}

/** A square of expected products, `[size, size]`, flat. */
type Square = Float64Array;

/** Expected sums of products. */
interface Sums {
  /** Of what moves a state, r = [z_t; u_t; 1], of the states that it moved, and of both; and how many moves there were. */
  readonly movers: Square;
  readonly moved: Square;
  /** `[K, K + U + 1]` */
  readonly movedMovers: Float64Array;
  moves: number;
  /** Of each column, where it was observed: of r, of x with r, of x², and how often. */
  readonly readers: readonly Square[];
  readonly read: readonly Float64Array[];
  readonly squares: Float64Array;
  readonly counts: Float64Array;
  /** Of first states: their sum, and their square within that of r. */
  readonly first: Square;
  firsts: number;
}

function emptySums({ states, width, inputs }: StateSizes): Sums {
  const size = states + inputs + 1;
  const square = () => new Float64Array(size * size);
  return {
    movers: square(),
    moved: square(),
    movedMovers: new Float64Array(states * size),
    moves: 0,
    readers: Array.from({ length: width }, square),
    read: Array.from({ length: width }, () => new Float64Array(size)),
    squares: new Float64Array(width),
    counts: new Float64Array(width),
    first: square(),
    firsts: 0,
  };
}

/** Adds what a sequence is expected to sum to. */
function addExpected(sums: Sums, sequence: StateSequence, states: Smoothed, model: LinearGaussian): void {
  const steps = stepsOf(sequence, model);
  for (let t = 0; t < steps; t++) {
    const reader = readerAt(sequence, states, t, model);
    const square = secondMoments(reader, states, t, model);
    addReadings(sums, sequence, t, reader, square);
    add(t === 0 ? sums.first : sums.moved, square);
    if (t === 0) sums.firsts += 1;
    if (t + 1 === steps) continue;
    add(sums.movers, square);
    addMove(sums, states, t, reader, model);
  }
}

/** [E z_t; u_t; 1] */
function readerAt(
  { inputs }: StateSequence,
  { means }: Smoothed,
  t: number,
  { states: n, inputs: known }: StateSizes,
): Float64Array {
  const reader = new Float64Array(n + known + 1).fill(1);
  reader.set(means.subarray(t * n, (t + 1) * n));
  reader.set(inputs.subarray(t * known, (t + 1) * known), n);
  return reader;
}

/** E[r rᵀ], of which z alone is uncertain. */
function secondMoments(
  reader: Float64Array,
  { covariances }: Smoothed,
  t: number,
  { states: n }: StateSizes,
): Square {
  const size = reader.length;
  const square = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      square[i * size + j] =
        reader[i]! * reader[j]! + (i < n && j < n ? covariances[t * n * n + i * n + j]! : 0);
  return square;
}

function add(to: Float64Array, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
}

/** Adds E[z_{t+1} rᵀ]. */
function addMove(
  sums: Sums,
  { means, crossed }: Smoothed,
  t: number,
  reader: Float64Array,
  { states: n }: StateSizes,
): void {
  const size = reader.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < size; j++)
      sums.movedMovers[i * size + j]! +=
        means[(t + 1) * n + i]! * reader[j]! + (j < n ? crossed[t * n * n + i * n + j]! : 0);
  sums.moves += 1;
}

function addReadings(
  { readers, read, squares, counts }: Sums,
  { table }: StateSequence,
  t: number,
  reader: Float64Array,
  square: Square,
): void {
  const width = readers.length;
  for (let d = 0; d < width; d++) {
    const x = table[t * width + d]!;
    if (Number.isNaN(x)) continue;
    add(readers[d]!, square);
    for (let i = 0; i < reader.length; i++) read[d]![i]! += x * reader[i]!;
    squares[d]! += x * x;
    counts[d]! += 1;
  }
}

function maximised(
  sums: Sums,
  model: LinearGaussian,
  { dynamics, observation, initial }: Learned,
  floors: readonly number[],
): LinearGaussian {
  return {
    ...model,
    ...(sums.moves > 0 && (dynamics ? freeDynamics(sums, model) : ownProcess(sums, model))),
    ...readings(sums, model, observation, floors),
    ...(initial && sums.firsts > 0 && beginnings(sums, model)),
  };
}

/** [A B] = E[z' rᵀ] E[r rᵀ]⁻¹ and Q = (E[z' z'ᵀ] − [A B] E[r z'ᵀ]) / moves. */
function freeDynamics(sums: Sums, { states: n, inputs: known }: StateSizes): Partial<LinearGaussian> {
  const size = n + known + 1;
  const movers = corner(sums.movers, size, n + known, n + known);
  const moved = corner(sums.moved, size, n, n);
  const crossed = corner(sums.movedMovers, size, n, n + known);
  const coefficients = regressed(movers, crossed);
  const process = Matrix.sub(moved, coefficients.mmul(crossed.transpose())).div(sums.moves);
  return {
    transition: flat(coefficients.subMatrix(0, n - 1, 0, n - 1)),
    input: known === 0 ? new Float64Array(0) : flat(coefficients.subMatrix(0, n - 1, n, n + known - 1)),
    process: covarianceOf(process),
  };
}

/** The variances of what moves states whose moves are given, each on its own. */
function ownProcess(sums: Sums, model: LinearGaussian): Partial<LinearGaussian> {
  const { states: n, inputs: known, process } = model;
  const size = n + known + 1;
  const given = Matrix.zeros(n, n + known);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) given.set(i, j, model.transition[i * n + j]!);
    for (let u = 0; u < known; u++) given.set(i, n + u, model.input[i * known + u]!);
  }
  const crossed = given.mmul(corner(sums.movedMovers, size, n, n + known).transpose());
  const own = given.mmul(corner(sums.movers, size, n + known, n + known)).mmul(given.transpose());
  const next = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    if (process[i * n + i] === 0) continue;
    const variance = (sums.moved[i * size + i]! - 2 * crossed.get(i, i) + own.get(i, i)) / sums.moves;
    next[i * n + i] = Math.max(variance, LEAST_PROCESS);
  }
  return { process: next };
}

/** Each column on [z; u; 1], or its noise alone. */
function readings(
  { readers, read, squares, counts }: Sums,
  model: LinearGaussian,
  isFree: boolean,
  floors: readonly number[],
): Partial<LinearGaussian> {
  const { states: n, width, inputs: known } = model;
  const size = n + known + 1;
  const [observation, direct] = [model.observation.slice(), model.direct.slice()];
  const [offset, noise] = [model.offset.slice(), model.noise.slice()];
  for (let d = 0; d < width; d++) {
    if (counts[d] === 0) continue;
    const square = corner(readers[d]!, size, size, size);
    const weights = isFree
      ? regressed(square, Matrix.rowVector(Array.from(read[d]!))).to1DArray()
      : readingOf(model, d);
    const own = Matrix.rowVector(weights).mmul(square).mmul(Matrix.columnVector(weights)).get(0, 0);
    const crossed = weights.reduce((all, weight, i) => all + weight * read[d]![i]!, 0);
    noise[d] = Math.max((squares[d]! - 2 * crossed + own) / counts[d]!, floors[d]! ** 2);
    observation.set(weights.slice(0, n), d * n);
    direct.set(weights.slice(n, n + known), d * known);
    offset[d] = weights[n + known]!;
  }
  return { observation, direct, offset, noise };
}

/** How a column is read now: of [z; u; 1]. */
const readingOf = ({ states: n, inputs: known, observation, direct, offset }: LinearGaussian, d: number) => [
  ...observation.subarray(d * n, (d + 1) * n),
  ...direct.subarray(d * known, (d + 1) * known),
  offset[d]!,
];

function beginnings(
  { first, firsts }: Sums,
  { states: n, inputs: known }: StateSizes,
): Partial<LinearGaussian> {
  const size = n + known + 1;
  const initialMean = Float64Array.from({ length: n }, (_, i) => first[i * size + size - 1]! / firsts);
  const mean = Matrix.columnVector(Array.from(initialMean));
  const covariance = Matrix.sub(corner(first, size, n, n).div(firsts), mean.mmul(mean.transpose()));
  return { initialMean, initialCovariance: covarianceOf(covariance) };
}

/** The upper left corner of a flat matrix whose rows have `width` numbers. */
function corner(matrix: Float64Array, width: number, rows: number, columns: number): Matrix {
  const out = Matrix.zeros(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out.set(i, j, matrix[i * width + j]!);
  return out;
}

/** What predicts rows of `crossed` from what has the products `square`; a ridge as small as rounding keeps it solvable. */
function regressed(square: Matrix, crossed: Matrix): Matrix {
  const ridge = 1e-12 * Math.max(1, square.trace() / square.rows);
  const steady = Matrix.add(square, Matrix.eye(square.rows).mul(ridge));
  return new CholeskyDecomposition(steady).solve(crossed.transpose()).transpose();
}

/** A covariance, symmetric, with a diagonal that rounding has not made singular; flat. */
function covarianceOf(matrix: Matrix): Float64Array {
  const n = matrix.rows;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      out[i * n + j] = (matrix.get(i, j) + matrix.get(j, i)) / 2 + (i === j ? LEAST_PROCESS : 0);
  return out;
}

const flat = (matrix: Matrix): Float64Array => Float64Array.from(matrix.to1DArray());
