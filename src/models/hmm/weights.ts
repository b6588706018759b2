/** Between the weights of a hidden Markov model, its parameters as probabilities and deviations, and tables to fit. */

import type { Column, Sequence } from "../../data/dataset.ts";
import { columnScaling, FARTHEST } from "../../data/scaling.ts";
import { inverseSoftplus } from "../../distributions/gaussian.ts";
import type { HmmParameters } from "./em.ts";
import { at, matrixRow } from "./vectors.ts";

/** The least probability that has a logit of its own; less is as good as never. */
const RAREST = 1e-12;

/** The least deviation that softplus reaches with a floor under it. */
export const aboveFloor = (floor: number): number => floor * (1 + 1e-6);

/**
 * @param weights `[P]`: logits of the initial state and of moves, then of each state means and raw scales
 * @param states K @param floors `[D]`: what softplus of the raw scales is added to
 */
export function parametersOf(
  weights: Float32Array,
  states: number,
  floors: readonly number[],
): HmmParameters {
  const least = Float64Array.from(floors);
  const width = floors.length;
  const emission = Float64Array.from(weights.subarray(states + states ** 2)); // [K, 2D]
  const entry = (i: number, half: 0 | 1) =>
    at(emission, Math.floor(i / width) * 2 * width + half * width + (i % width));
  const each = (of: (i: number) => number) => Float64Array.from({ length: states * width }, (_, i) => of(i));
  return {
    initial: softmaxRows(weights.subarray(0, states), states),
    transition: softmaxRows(weights.subarray(states, states + states ** 2), states),
    mean: each((i) => entry(i, 0)),
    deviation: each((i) => softplus(entry(i, 1)) + at(least, i % width)),
  };
}

/** The way back. */
export function weightsOf(
  { initial, transition, mean, deviation }: HmmParameters,
  floors: readonly number[],
): Float32Array {
  const least = Float64Array.from(floors);
  const width = floors.length;
  const logits = [...initial, ...transition].map((share) => Math.log(Math.max(share, RAREST)));
  const rows = Array.from(initial, (_, k) => {
    const scales = Array.from(matrixRow(deviation, k, width), (scale, d) =>
      inverseSoftplus(scale - at(least, d)),
    );
    return [...matrixRow(mean, k, width), ...scales];
  });
  return Float32Array.from([...logits, ...rows.flat()]);
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

function softmaxRows(logits: Float32Array, width: number): Float64Array {
  const rows = Array.from({ length: logits.length / width }, (_, row) => {
    const own = Float64Array.from(logits.subarray(row * width, (row + 1) * width));
    const most = own.reduce((best, logit) => Math.max(best, logit), Number.NEGATIVE_INFINITY);
    const shares = own.map((logit) => Math.exp(logit - most));
    const total = shares.reduce((all, share) => all + share, 0);
    return Array.from(shares, (share) => share / total);
  });
  return Float64Array.from(rows.flat());
}

/** A sequence in the units of a model, `[length, D]`. */
export function scaledTable({ values }: Sequence, columns: readonly Column[]): Float64Array {
  const scalings = columns.map(columnScaling);
  const shifts = Float64Array.from(scalings, ({ shift }) => shift);
  const scales = Float64Array.from(scalings, ({ scale }) => scale);
  return values.map((value, i) => {
    const scaled = (value - at(shifts, i % columns.length)) / at(scales, i % columns.length);
    return Number.isNaN(scaled) ? scaled : Math.max(-FARTHEST, Math.min(FARTHEST, scaled));
  });
}

/** What makes log densities of the observed entries log masses of their cells. @param offsets `[D]` */
export function massOf(table: Float64Array, offsets: readonly number[]): number {
  const masses = Float64Array.from(offsets);
  return table.reduce((all, value, i) => all + (Number.isNaN(value) ? 0 : at(masses, i % masses.length)), 0);
}
