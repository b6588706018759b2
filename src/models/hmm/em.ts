/**
 * Expectation maximisation of hidden Markov models on the host in float64: Baum, Petrie, Soules and Weiss 1970; scaling
 * and several sequences as in Rabiner 1989, section V. What each distribution adds stands in `emissions/`.
 */
import type { Values } from "./emissions/fit.ts";
import type { FittedColumns } from "./emissions/index.ts";

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
}

/**
 * One iteration: the expected counts under the parameters given, and the parameters that fit them best. The
 * log-likelihood of all sequences never lowers. A state that nothing belongs to keeps what it was.
 */
export function emStep({ fits, sequences }: Fitting, parameters: HmmParameters): EmStep {
  const counts = emptyCounts(fits, parameters);
  let logLikelihood = 0;
  for (const sequence of sequences) logLikelihood += addExpected(counts, fits, sequence, parameters);
  return { parameters: maximised(counts, fits, parameters), logLikelihood };
}

/** Expected counts: of first states, of moves, and of each state the statistics of its emission. */
export interface Counts {
  readonly initial: Float64Array;
  readonly transition: Float64Array;
  readonly emission: readonly (readonly Float64Array[])[];
}

export const emptyCounts = (
  fits: readonly FittedColumns[],
  { initial, transition }: HmmParameters,
): Counts => ({
  initial: new Float64Array(initial.length),
  transition: new Float64Array(transition.length),
  emission: Array.from(initial, () => fits.map(({ fit }) => fit.empty())),
});

/** Adds the expected counts of one sequence; returns its log-likelihood. */
function addExpected(
  counts: Counts,
  fits: readonly FittedColumns[],
  sequence: FittedSequence,
  parameters: HmmParameters,
): number {
  const steps = sequence[0]?.[0]?.length ?? 0;
  if (steps === 0) return 0;
  const logs = parameters.emission.map((state) => logDensities(fits, sequence, state));
  const forward = forwardPass(logs, parameters);
  const shares = backwardPass(counts, forward, parameters);
  parameters.emission.forEach((state, k) => {
    addStatistics(counts.emission[k]!, fits, sequence, shares[k]!, state);
  });
  for (let k = 0; k < shares.length; k++) counts.initial[k]! += shares[k]![0]!;
  const constant = fits.reduce((all, { fit }, part) => all + fit.logConstant(sequence[part]!), 0);
  return constant + forward.logLikelihood;
}

/** log p(x_t | s_t = k) of one state up to the constant of all, `[T]`. @param state its parameters */
export function logDensities(
  fits: readonly FittedColumns[],
  sequence: FittedSequence,
  state: readonly Float64Array[],
): Float64Array {
  const logs = new Float64Array(sequence[0]![0]!.length);
  fits.forEach(({ fit }, part) => void fit.addLogDensities(logs, sequence[part]!, state[part]!));
  return logs;
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
function forwardPass(logs: readonly Float64Array[], { initial, transition }: HmmParameters): Forward {
  const states = initial.length;
  const steps = logs[0]!.length;
  const filtered = new Float64Array(steps * states);
  const gains = new Float64Array(steps * states);
  const predicted = Float64Array.from(initial);
  let logLikelihood = 0;
  for (let t = 0; t < steps; t++) {
    const row = t * states;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < states; k++) if (predicted[k]! > 0 && logs[k]![t]! > most) most = logs[k]![t]!;
    let scale = 0;
    for (let k = 0; k < states; k++) {
      if (predicted[k] === 0) continue;
      const relative = Math.exp(logs[k]![t]! - most);
      gains[row + k] = relative;
      filtered[row + k] = predicted[k]! * relative;
      scale += predicted[k]! * relative;
    }
    for (let k = 0; k < states; k++) {
      gains[row + k]! /= scale;
      filtered[row + k]! /= scale;
    }
    logLikelihood += most + Math.log(scale);
    movedOn(predicted, filtered, row, transition);
  }
  return { filtered, gains, logLikelihood };
}

/** p(s_{t+1} | x_≤t), `[K]`, in place. */
function movedOn(
  predicted: Float64Array,
  filtered: Float64Array,
  row: number,
  transition: Float64Array,
): void {
  const { length: states } = predicted;
  predicted.fill(0);
  for (let j = 0; j < states; j++) {
    const share = filtered[row + j]!;
    for (let k = 0; k < states; k++) predicted[k]! += share * transition[j * states + k]!;
  }
}

/**
 * p(s_t = k | x) of each state, `[T]` each, eq. (27); adds the expected moves, eq. (37). The backward variable is
 * p(x_>t | s_t) over p(x_>t | x_≤t), eq. (24) and (25).
 */
function backwardPass(
  counts: Counts,
  { filtered, gains }: Forward,
  { initial, transition }: HmmParameters,
): Float64Array[] {
  const states = initial.length;
  const steps = filtered.length / states;
  const shares = Array.from(initial, () => new Float64Array(steps));
  const moves = new Float64Array(states * states); // over A, which is put back in the end
  const backward = new Float64Array(states).fill(1);
  const later = new Float64Array(states);
  for (let t = steps - 1; ; t--) {
    const row = t * states;
    for (let k = 0; k < states; k++) {
      shares[k]![t] = filtered[row + k]! * backward[k]!;
      later[k] = gains[row + k]! * backward[k]!;
    }
    if (t === 0) break;
    for (let j = 0; j < states; j++) {
      const before = filtered[row - states + j]!;
      let all = 0;
      for (let k = 0; k < states; k++) {
        all += transition[j * states + k]! * later[k]!;
        moves[j * states + k]! += before * later[k]!;
      }
      backward[j] = all;
    }
  }
  for (let i = 0; i < moves.length; i++) counts.transition[i]! += moves[i]! * transition[i]!;
  return shares;
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
