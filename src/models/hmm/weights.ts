/** Between the weights of a hidden Markov model, its parameters on the host, and sequences to fit. */

import type { Column, Sequence } from "../../data/dataset.ts";
import { columnScaling, FARTHEST } from "../../data/scaling.ts";
import type { FittedSequence, HmmParameters } from "./em.ts";
import { softmaxOf } from "./emissions/categorical.ts";
import type { FittedColumns } from "./emissions/index.ts";

/** The least probability that has a logit of its own; less is as good as never. */
const RAREST = 1e-12;

/**
 * @param weights `[P]`: logits of the initial state and of moves, then of each state the raw weights of its emission
 * @param states K
 */
export function parametersOf(
  weights: Float32Array,
  states: number,
  fits: readonly FittedColumns[],
): HmmParameters {
  const all = Float64Array.from(weights);
  const emission = all.subarray(states + states ** 2); // [K, width]
  const width = emission.length / states;
  return {
    initial: softmaxOf(all.subarray(0, states)),
    transition: softmaxRows(all.subarray(states, states + states ** 2), states),
    emission: Array.from({ length: states }, (_, k) =>
      fits.map(({ raw, fit }) => fit.parametersOf(Float64Array.from(raw, (i) => emission[k * width + i]!))),
    ),
  };
}

/** The way back. */
export function weightsOf(
  { initial, transition, emission }: HmmParameters,
  fits: readonly FittedColumns[],
): Float32Array {
  const logits = [...initial, ...transition].map((share) => Math.log(Math.max(share, RAREST)));
  return Float32Array.from([...logits, ...emission.flatMap((state) => [...rawRow(state, fits)])]);
}

/** The raw weights of a state. */
function rawRow(state: readonly Float64Array[], fits: readonly FittedColumns[]): Float64Array {
  const row = new Float64Array(fits.reduce((all, { raw }) => all + raw.length, 0));
  fits.forEach(({ raw, fit }, part) => {
    fit.rawOf(state[part]!).forEach((value, i) => {
      row[raw[i]!] = value;
    });
  });
  return row;
}

function softmaxRows(logits: Float64Array, width: number): Float64Array {
  const rows = Array.from({ length: logits.length / width }, (_, row) =>
    softmaxOf(logits.subarray(row * width, (row + 1) * width)),
  );
  return Float64Array.from(rows.flatMap((row) => [...row]));
}

/** A sequence in the units of a model, the columns of each fit. */
export function fittedSequence(
  { values, length }: Sequence,
  columns: readonly Column[],
  fits: readonly FittedColumns[],
): FittedSequence {
  const width = columns.length;
  return fits.map((part) =>
    part.columns.map((d) => {
      const { shift, scale } = columnScaling(columns[d]!);
      return Float64Array.from({ length }, (_, t) => held((values[t * width + d]! - shift) / scale));
    }),
  );
}

/** As it is fed to the graph, missing ones too. */
const held = (value: number): number => Math.max(-FARTHEST, Math.min(FARTHEST, value));
