/**
 * Expectation maximisation of hidden Markov models with normal columns, on the host in float64: Baum, Petrie, Soules and
 * Weiss 1970; scaling and several sequences as in Rabiner 1989, section V.
 */
import { halfLogTwoPi } from "../../distributions/gaussian.ts";
import { addAt, at, matrixRow, sum } from "./vectors.ts";

/** π `[K]`, A `[K, K]`, and of each state the mean and the deviation of each column, `[K, D]`. */
export interface HmmParameters {
  readonly initial: Float64Array;
  readonly transition: Float64Array;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** What one iteration came to. */
export interface EmStep {
  /** The parameters after it. */
  readonly parameters: HmmParameters;
  /** The log-likelihood of all sequences under the parameters before it, in nats. */
  readonly logLikelihood: number;
}

/**
 * One iteration: the expected counts under the parameters given, and the parameters that fit them best. The
 * log-likelihood of all sequences never lowers. A state that nothing belongs to keeps what it was.
 *
 * @param sequences tables `[length, D]`; NaN is missing and summed out
 * @param floors `[D]`: the least deviation of each column
 */
export function emStep(
  sequences: readonly Float64Array[],
  parameters: HmmParameters,
  floors: ArrayLike<number>,
): EmStep {
  const sums = emptySums(parameters);
  let logLikelihood = 0;
  for (const table of sequences) logLikelihood += addExpected(sums, table, parameters);
  return { parameters: maximised(sums, parameters, Float64Array.from(floors)), logLikelihood };
}

/** Expected counts: of first states, of moves, and of each state the weight, sum and squares of each column. */
interface Sums {
  readonly initial: Float64Array;
  readonly transition: Float64Array;
  readonly weight: Float64Array;
  readonly first: Float64Array;
  /** Around the mean before the iteration, so that large means cost no digits. */
  readonly second: Float64Array;
}

const emptySums = ({ initial, transition, mean }: HmmParameters): Sums => ({
  initial: new Float64Array(initial.length),
  transition: new Float64Array(transition.length),
  weight: new Float64Array(mean.length),
  first: new Float64Array(mean.length),
  second: new Float64Array(mean.length),
});

/** Adds the expected counts of one sequence; returns its log-likelihood. */
function addExpected(sums: Sums, table: Float64Array, parameters: HmmParameters): number {
  const states = parameters.initial.length;
  const steps = (table.length * states) / parameters.mean.length;
  if (steps === 0) return 0;
  const emission = emissionDensities(table, parameters);
  const forward = forwardPass(emission.relative, parameters);
  const backward = backwardPass(emission.relative, forward.scales, parameters);
  for (let t = 0; t < steps; t++) addStep(sums, table, t, { parameters, forward, backward, emission });
  const { scales } = forward;
  return emission.offsets.reduce((all, offset, t) => all + offset + Math.log(at(scales, t)), 0);
}

interface Densities {
  /** `[T, K]`: p(x_t | s_t = k), divided by the largest of the step. */
  readonly relative: Float64Array;
  /** `[T]`: the logarithm of that largest one. */
  readonly offsets: Float64Array;
}

function emissionDensities(table: Float64Array, { initial, mean, deviation }: HmmParameters): Densities {
  const states = initial.length;
  const width = mean.length / states;
  const steps = table.length / width;
  const logs = new Float64Array(steps * states);
  for (let i = 0; i < logs.length; i++) {
    const [t, k] = [Math.floor(i / states), i % states];
    for (let d = 0; d < width; d++) {
      const x = at(table, t * width + d);
      const scale = at(deviation, k * width + d);
      if (!Number.isNaN(x))
        addAt(
          logs,
          i,
          -(0.5 * ((x - at(mean, k * width + d)) / scale) ** 2 + Math.log(scale) + halfLogTwoPi),
        );
    }
  }
  const offsets = Float64Array.from({ length: steps }, (_, t) => Math.max(...matrixRow(logs, t, states)));
  return { relative: logs.map((log, i) => Math.exp(log - at(offsets, Math.floor(i / states)))), offsets };
}

interface Forward {
  /** `[T, K]`: p(s_t | x_≤t). */
  readonly filtered: Float64Array;
  /** `[T]`: p(x_t | x_<t) up to the offset of the step. */
  readonly scales: Float64Array;
}

/** Eq. (19), (20) and (91). */
function forwardPass(emission: Float64Array, { initial, transition }: HmmParameters): Forward {
  const states = initial.length;
  const steps = emission.length / states;
  const filtered = new Float64Array(emission.length);
  const scales = new Float64Array(steps);
  for (let t = 0; t < steps; t++) {
    const row = matrixRow(filtered, t, states);
    for (let k = 0; k < states; k++) {
      let share = t === 0 ? at(initial, k) : 0;
      for (let j = 0; t > 0 && j < states; j++)
        share += at(filtered, (t - 1) * states + j) * at(transition, j * states + k);
      row[k] = share * at(emission, t * states + k);
    }
    const scale = sum(row);
    scales[t] = scale;
    for (let k = 0; k < states; k++) row[k] = at(row, k) / scale;
  }
  return { filtered, scales };
}

/** p(x_>t | s_t) over p(x_>t | x_≤t), `[T, K]`: eq. (24) and (25). */
function backwardPass(
  emission: Float64Array,
  scales: Float64Array,
  { transition }: HmmParameters,
): Float64Array {
  const states = emission.length / scales.length;
  const backward = new Float64Array(emission.length).fill(1);
  for (let t = scales.length - 2; t >= 0; t--) {
    for (let j = 0; j < states; j++) {
      const next = (t + 1) * states;
      let all = 0;
      for (let k = 0; k < states; k++)
        all += at(transition, j * states + k) * at(emission, next + k) * at(backward, next + k);
      backward[t * states + j] = all / at(scales, t + 1);
    }
  }
  return backward;
}

interface Passes {
  readonly parameters: HmmParameters;
  readonly forward: Forward;
  readonly backward: Float64Array;
  readonly emission: Densities;
}

/** Adds what a step is expected to count: eq. (27) and (37). */
function addStep(sums: Sums, table: Float64Array, t: number, passes: Passes): void {
  const { parameters, forward, backward, emission } = passes;
  const { filtered, scales } = forward;
  const states = parameters.initial.length;
  const width = parameters.mean.length / states;
  for (let k = 0; k < states; k++) {
    const here = t * states + k;
    const share = at(filtered, here) * at(backward, here); // p(s_t = k | x)
    if (t === 0) addAt(sums.initial, k, share);
    for (let j = 0; t > 0 && j < states; j++) {
      const moved = at(filtered, here - k - states + j) * at(parameters.transition, j * states + k);
      const likely = moved * at(emission.relative, here) * at(backward, here);
      addAt(sums.transition, j * states + k, likely / at(scales, t));
    }
    for (let d = 0; d < width; d++) {
      const off = at(table, t * width + d) - at(parameters.mean, k * width + d);
      if (Number.isNaN(off)) continue;
      addAt(sums.weight, k * width + d, share);
      addAt(sums.first, k * width + d, share * off);
      addAt(sums.second, k * width + d, share * off ** 2);
    }
  }
}

/** Eq. (40), (52) and (53). Deviations under their floor are held there, which is where they fit best. */
function maximised(sums: Sums, before: HmmParameters, floors: Float64Array): HmmParameters {
  const states = before.initial.length;
  const width = before.mean.length / states;
  const { weight, first, second } = sums;
  const shift = (i: number) => (at(weight, i) > 0 ? at(first, i) / at(weight, i) : 0);
  return {
    initial: sharesOf(sums.initial, before.initial, states),
    transition: sharesOf(sums.transition, before.transition, states),
    mean: before.mean.map((mean, i) => mean + shift(i)),
    deviation: before.deviation.map((deviation, i) => {
      if (weight[i] === 0) return deviation;
      const variance = at(second, i) / at(weight, i) - shift(i) ** 2;
      return Math.max(Math.sqrt(Math.max(variance, 0)), at(floors, i % width));
    }),
  };
}

/** Rows of counts as shares; a row without counts stays as it was. */
function sharesOf(counts: Float64Array, before: Float64Array, width: number): Float64Array {
  const totals = Float64Array.from({ length: counts.length / width }, (_, row) =>
    sum(matrixRow(counts, row, width)),
  );
  return counts.map((count, i) => {
    const total = at(totals, Math.floor(i / width));
    return total > 0 ? count / total : at(before, i);
  });
}
