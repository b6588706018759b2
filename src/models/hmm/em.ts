/**
 * Expectation maximisation of hidden Markov models on the host in float64: Baum, Petrie, Soules and Weiss 1970; scaling
 * and several sequences as in Rabiner 1989, section V. What each distribution adds stands in `emissions/`.
 */
import type { Values } from "./emissions/fit.ts";
import type { FittedColumns } from "./emissions/index.ts";
import { Scratch } from "./scratch.ts";

/** π `[K]`, A `[K, K]`, and of each state the parameters of all fitted columns. */
export interface HmmParameters {
  readonly initial: Float64Array;
  readonly transition: Float64Array;
  /** By state, then by the place in `fits`. */
  readonly emission: readonly (readonly Float64Array[])[];
}

/** What one iteration came to. */
export interface EmStep {
  /** The parameters after it. */
  readonly parameters: HmmParameters;
  /** The log-likelihood of all sequences under the parameters before it, in nats, with its constant. */
  readonly logLikelihood: number;
}

/** A sequence of which each fit has its columns, `[T]` each. NaN is missing and summed out. */
export type FittedSequence = readonly Values[];

/** What is fitted: by which distributions, and to which sequences. */
export interface Fitting {
  readonly fits: readonly FittedColumns[];
  readonly sequences: readonly FittedSequence[];
  /** What no parameters change of the log-likelihood. */
  readonly constant: number;
  readonly scratch: Scratch;
}

export function fittingOf(fits: readonly FittedColumns[], sequences: readonly FittedSequence[]): Fitting {
  const constantOf = (sequence: FittedSequence) =>
    fits.reduce((all, { fit }, part) => all + fit.logConstant(sequence[part]!), 0);
  const constant = sequences.reduce((all, sequence) => all + constantOf(sequence), 0);
  return { fits, sequences, constant, scratch: new Scratch() };
}

/**
 * One iteration: the expected counts under the parameters given, and the parameters that fit them best. The
 * log-likelihood of all sequences never lowers. A state that nothing belongs to keeps what it was.
 */
export function emStep(fitting: Fitting, parameters: HmmParameters): EmStep {
  const counts = emptyCounts(fitting, parameters);
  let logLikelihood = fitting.constant;
  for (const sequence of fitting.sequences)
    logLikelihood += addExpected(counts, fitting, sequence, parameters);
  return { parameters: maximised(counts, fitting.fits, parameters), logLikelihood };
}

/** Expected counts: of first states, of moves, and of each state the statistics of its emission. */
interface Counts {
  readonly initial: Float64Array;
  readonly transition: Float64Array;
  readonly emission: readonly (readonly Float64Array[])[];
}

const emptyCounts = ({ fits }: Fitting, { initial, transition }: HmmParameters): Counts => ({
  initial: new Float64Array(initial.length),
  transition: new Float64Array(transition.length),
  emission: Array.from(initial, () => fits.map(({ fit }) => fit.empty())),
});

/** Adds the expected counts of one sequence; returns its log-likelihood up to its constant. */
function addExpected(
  counts: Counts,
  { fits, scratch }: Fitting,
  sequence: FittedSequence,
  parameters: HmmParameters,
): number {
  const steps = stepsOf(sequence);
  if (steps === 0) return 0;
  const room = scratch.take("states", steps * parameters.initial.length);
  const states = parameters.emission.map((_, k) => room.subarray(k * steps, (k + 1) * steps));
  parameters.emission.forEach((own, k) => void putLogDensities(states[k]!, fits, sequence, own));
  const forward = forwardPass(states, parameters, scratch);
  backwardPass(states, counts, forward, parameters);
  parameters.emission.forEach((own, k) => {
    addStatistics(counts.emission[k]!, fits, sequence, states[k]!, own);
    counts.initial[k]! += states[k]![0]!;
  });
  return forward.logLikelihood;
}

export const stepsOf = (sequence: FittedSequence): number => sequence[0]?.[0]?.length ?? 0;

/** log p(x_t | s_t = k) of one state up to the constant of all. @param logs `[T]`: is overwritten @param state its parameters */
export function putLogDensities(
  logs: Float64Array,
  fits: readonly FittedColumns[],
  sequence: FittedSequence,
  state: readonly Float64Array[],
): void {
  logs.fill(0);
  fits.forEach(({ fit }, part) => void fit.addLogDensities(logs, sequence[part]!, state[part]!));
}

/** Adds what one state is expected to have seen. @param shares `[T]`: p(s_t = k | x) */
export function addStatistics(
  statistics: readonly Float64Array[],
  fits: readonly FittedColumns[],
  sequence: FittedSequence,
  shares: Float64Array,
  state: readonly Float64Array[],
): void {
  fits.forEach(({ fit }, part) => {
    fit.addExpected(statistics[part]!, sequence[part]!, shares, state[part]!);
  });
}

interface Forward {
  /** `[T, K]`: p(s_t | x_≤t). */
  readonly filtered: Float64Array;
  /** `[T, K]`: p(x_t | s_t) over p(x_t | x_<t). */
  readonly gains: Float64Array;
  /** log p(x) up to the constant of all. */
  readonly logLikelihood: number;
}

/**
 * Eq. (19), (20) and (91). Densities are taken relative to the largest of the states that can be there at the step, so
 * nothing underflows that is not nothing beside another.
 */
function forwardPass(
  logs: readonly Float64Array[],
  { initial, transition }: HmmParameters,
  scratch: Scratch,
): Forward {
  const states = initial.length;
  const size = states * logs[0]!.length;
  const gains = scratch.take("gains", size);
  putSideBySide(gains, logs);
  const filtered = scratch.take("filtered", size);
  const into = transposed(transition, states);
  const predicted = Float64Array.from(initial);
  let logLikelihood = 0;
  for (let row = 0; row < size; row += states) {
    logLikelihood += seeStep(gains, filtered, row, predicted);
    moveOn(predicted, filtered, row, into);
  }
  return { filtered, gains, logLikelihood };
}

/** One step: puts its gains in the place of their logarithms, and p(s_t | x_≤t); log p(x_t | x_<t). A function of its own, which stays compiled. */
function seeStep(gains: Float64Array, filtered: Float64Array, row: number, predicted: Float64Array): number {
  const { length: states } = predicted;
  const most = largestOf(gains, row, predicted);
  let scale = 0;
  for (let k = 0; k < states; k++) {
    const relative = predicted[k]! > 0 ? Math.exp(gains[row + k]! - most) : 0;
    gains[row + k] = relative;
    scale += predicted[k]! * relative;
  }
  const unit = 1 / scale;
  for (let k = 0; k < states; k++) {
    const gain = gains[row + k]! * unit;
    gains[row + k] = gain;
    filtered[row + k] = predicted[k]! * gain;
  }
  return most + Math.log(scale);
}

/** `[T]` each as a matrix `[T, K]`. */
function putSideBySide(matrix: Float64Array, columns: readonly Float64Array[]): void {
  const { length: width } = columns;
  columns.forEach((column, k) => {
    for (let t = 0; t < column.length; t++) matrix[t * width + k] = column[t]!;
  });
}

/** The way back. */
function putApart(columns: readonly Float64Array[], matrix: Float64Array): void {
  const { length: width } = columns;
  columns.forEach((column, k) => {
    for (let t = 0; t < column.length; t++) column[t] = matrix[t * width + k]!;
  });
}

const transposed = (matrix: Float64Array, size: number): Float64Array =>
  matrix.map((_, i) => matrix[(i % size) * size + Math.floor(i / size)]!);

/** The largest entry of a row among states that can be there. */
function largestOf(logs: Float64Array, row: number, predicted: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < predicted.length; k++)
    if (predicted[k]! > 0 && logs[row + k]! > most) most = logs[row + k]!;
  return most;
}

/** p(s_{t+1} | x_≤t), `[K]`, in place. @param into Aᵀ */
function moveOn(predicted: Float64Array, filtered: Float64Array, row: number, into: Float64Array): void {
  const { length: states } = predicted;
  for (let k = 0; k < states; k++) predicted[k] = dot(filtered, row, into, k * states, states);
}

/** The scalar product of so many entries, in two sums that need not wait for each other. */
function dot(a: Float64Array, from: number, b: Float64Array, start: number, count: number): number {
  let even = 0;
  let odd = 0;
  for (let i = 1; i < count; i += 2) {
    even += a[from + i - 1]! * b[start + i - 1]!;
    odd += a[from + i]! * b[start + i]!;
  }
  return count % 2 === 0 ? even + odd : even + odd + a[from + count - 1]! * b[start + count - 1]!;
}

/**
 * p(s_t = k | x) of each state, eq. (27); adds the expected moves, eq. (37). The backward variable is
 * p(x_>t | s_t) over p(x_>t | x_≤t), eq. (24) and (25).
 *
 * @param shares `[T]` each: are overwritten, as is `filtered`
 */
function backwardPass(
  shares: readonly Float64Array[],
  counts: Counts,
  { filtered, gains }: Forward,
  { transition }: HmmParameters,
): void {
  const { length: states } = shares;
  const moves = new Float64Array(states * states); // over A, which is put back in the end
  const backward = new Float64Array(states).fill(1);
  const later = new Float64Array(states);
  for (let row = filtered.length - states; row >= 0; row -= states) {
    for (let k = 0; k < states; k++) later[k] = gains[row + k]! * backward[k]!;
    for (let k = 0; k < states; k++) filtered[row + k]! *= backward[k]!; // p(s_t | x) from here on
    if (row > 0) moveBack(backward, later, transition);
    if (row > 0) addMoves(moves, filtered, row - states, later);
  }
  putApart(shares, filtered);
  for (let i = 0; i < moves.length; i++) counts.transition[i]! += moves[i]! * transition[i]!;
}

/** The backward variable of the step before, `[K]`, in place. @param later p(x_t | s_t) times that of the step, over p(x_t | x_<t) */
function moveBack(backward: Float64Array, later: Float64Array, transition: Float64Array): void {
  const { length: states } = backward;
  for (let j = 0; j < states; j++) backward[j] = dot(transition, j * states, later, 0, states);
}

/** Adds how likely each move is from a step to the next, over A. */
function addMoves(moves: Float64Array, filtered: Float64Array, row: number, later: Float64Array): void {
  const { length: states } = later;
  for (let j = 0; j < states; j++) {
    const before = filtered[row + j]!;
    for (let k = 0; k < states; k++) moves[j * states + k]! += before * later[k]!;
  }
}

/** Eq. (40), and of each emission its own. */
function maximised(counts: Counts, fits: readonly FittedColumns[], before: HmmParameters): HmmParameters {
  const states = before.initial.length;
  return {
    initial: sharesOf(counts.initial, before.initial, states),
    transition: sharesOf(counts.transition, before.transition, states),
    emission: before.emission.map((state, k) =>
      state.map((own, part) => fits[part]!.fit.maximised(counts.emission[k]![part]!, own)),
    ),
  };
}

/** Rows of counts as shares; a row without counts stays as it was. */
function sharesOf(counts: Float64Array, before: Float64Array, width: number): Float64Array {
  const shares = Float64Array.from(before);
  for (let row = 0; row < counts.length; row += width) {
    const own = counts.subarray(row, row + width);
    const total = own.reduce((all, count) => all + count, 0);
    if (total > 0)
      shares.set(
        own.map((count) => count / total),
        row,
      );
  }
  return shares;
}
