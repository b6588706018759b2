/**
 * Expectation maximisation of linear Gaussian state space models: Shumway and Stoffer, "An Approach to Time Series Smoothing and
 * Forecasting Using the EM Algorithm", Journal of Time Series Analysis 3, 1982; missing entries row by row, inputs as further regressors.
 */
import { choleskyOf, product, solveInPlace } from "./dense.ts";
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
  const reader = new Float64Array(model.states + model.inputs + 1).fill(1); // [E z_t; u_t; 1]
  const square = new Float64Array(reader.length ** 2);
  for (let t = 0; t < steps; t++) {
    readAt(reader, sequence, states, t, model);
    secondMoments(square, reader, states, t, model);
    addReadings(sums, sequence, t, reader, square);
    add(t === 0 ? sums.first : sums.moved, square);
    if (t === 0) sums.firsts += 1;
    if (t + 1 === steps) continue;
    add(sums.movers, square);
    addMove(sums, states, t, reader, model);
  }
}

function readAt(
  reader: Float64Array,
  { inputs }: StateSequence,
  { means }: Smoothed,
  t: number,
  { states: n, inputs: known }: StateSizes,
): void {
  for (let i = 0; i < n; i++) reader[i] = means[t * n + i]!;
  for (let u = 0; u < known; u++) reader[n + u] = inputs[t * known + u]!;
}

/** E[r rᵀ], of which z alone is uncertain. */
function secondMoments(
  square: Square,
  reader: Float64Array,
  { covariances }: Smoothed,
  t: number,
  { states: n }: StateSizes,
): void {
  const size = reader.length;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) square[i * size + j] = reader[i]! * reader[j]!;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) square[i * size + j]! += covariances[t * n * n + i * n + j]!;
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
  const [size, count] = [n + known + 1, n + known];
  const movers = corner(sums.movers, size, count, count);
  const crossed = corner(sums.movedMovers, size, n, count);
  const coefficients = crossed.slice(); // [K, K + U]
  regress(coefficients, movers, count);
  const process = corner(sums.moved, size, n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let explained = 0;
      for (let k = 0; k < count; k++) explained += coefficients[i * count + k]! * crossed[j * count + k]!;
      process[i * n + j] = (process[i * n + j]! - explained) / sums.moves;
    }
  return {
    transition: columnsOf(coefficients, count, 0, n),
    input: columnsOf(coefficients, count, n, count),
    process: covarianceOf(process, n),
  };
}

/** The variances of what moves states whose moves are given, each on its own. */
function ownProcess(sums: Sums, model: LinearGaussian): Partial<LinearGaussian> {
  const { states: n, inputs: known, process } = model;
  const [size, count] = [n + known + 1, n + known];
  const movers = corner(sums.movers, size, count, count);
  const next = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    if (process[i * n + i] === 0) continue;
    const move = Float64Array.of(
      ...model.transition.subarray(i * n, (i + 1) * n),
      ...model.input.subarray(i * known, (i + 1) * known),
    );
    const crossed = inner(move, sums.movedMovers.subarray(i * size, i * size + count));
    const variance = (sums.moved[i * size + i]! - 2 * crossed + quadratic(move, movers)) / sums.moves;
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
  const [observation, direct] = [model.observation.slice(), model.direct.slice()];
  const [offset, noise] = [model.offset.slice(), model.noise.slice()];
  for (let d = 0; d < width; d++) {
    if (counts[d] === 0) continue;
    const weights = isFree ? read[d]!.slice() : readingOf(model, d);
    if (isFree) regress(weights, readers[d]!, weights.length);
    const off = squares[d]! - 2 * inner(weights, read[d]!) + quadratic(weights, readers[d]!);
    noise[d] = Math.max(off / counts[d]!, floors[d]! ** 2);
    observation.set(weights.subarray(0, n), d * n);
    direct.set(weights.subarray(n, n + known), d * known);
    offset[d] = weights[n + known]!;
  }
  return { observation, direct, offset, noise };
}

/** How a column is read now: of [z; u; 1]. */
const readingOf = ({ states: n, inputs: known, observation, direct, offset }: LinearGaussian, d: number) =>
  Float64Array.of(
    ...observation.subarray(d * n, (d + 1) * n),
    ...direct.subarray(d * known, (d + 1) * known),
    offset[d]!,
  );

function beginnings(
  { first, firsts }: Sums,
  { states: n, inputs: known }: StateSizes,
): Partial<LinearGaussian> {
  const size = n + known + 1;
  const initialMean = Float64Array.from({ length: n }, (_, i) => first[i * size + size - 1]! / firsts);
  const around = product(initialMean, initialMean, n, 1, n);
  const covariance = corner(first, size, n, n).map((value, i) => value / firsts - around[i]!);
  return { initialMean, initialCovariance: covarianceOf(covariance, n) };
}

/** The upper left corner of a matrix whose rows have `width` numbers. */
function corner(matrix: Float64Array, width: number, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) out.set(matrix.subarray(i * width, i * width + columns), i * columns);
  return out;
}

/** Some columns of a matrix whose rows have `width` numbers. */
function columnsOf(matrix: Float64Array, width: number, from: number, to: number): Float64Array {
  const rows = matrix.length / width;
  return Float64Array.from({ length: rows * (to - from) }, (_, i) => {
    const row = Math.floor(i / (to - from));
    return matrix[row * width + from + (i % (to - from))]!;
  });
}

/** Rows of products with [z; …] become what predicts by it; a ridge as small as rounding keeps it solvable. */
function regress(rows: Float64Array, square: Square, size: number): void {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += square[i * size + i]!;
  const ridge = 1e-12 * Math.max(1, trace / size);
  const factor = choleskyOf(
    square.map((value, i) => (i % (size + 1) === 0 ? value + ridge : value)),
    size,
  );
  for (let from = 0; from < rows.length; from += size)
    solveInPlace(factor, rows.subarray(from, from + size), size);
}

function inner(one: Float64Array, other: Float64Array): number {
  let all = 0;
  for (let i = 0; i < one.length; i++) all += one[i]! * other[i]!;
  return all;
}

/** v M vᵀ */
function quadratic(vector: Float64Array, matrix: Float64Array): number {
  const n = vector.length;
  let all = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) all += vector[i]! * matrix[i * n + j]! * vector[j]!;
  return all;
}

/** A covariance, symmetric, with a diagonal that rounding has not made singular. */
function covarianceOf(matrix: Float64Array, n: number): Float64Array {
  return matrix.map((value, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    return (value + matrix[column * n + row]!) / 2 + (row === column ? LEAST_PROCESS : 0);
  });
}
