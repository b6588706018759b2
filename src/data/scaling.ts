import type { Column } from "./dataset.ts";

/** How a value of a column becomes a model's input: (value − shift) / scale. */
export interface Scaling {
  readonly shift: number;
  readonly scale: number;
}

/**
 * The scaling of a column: centred on the mean and divided by the deviation when it is real or quantised, as it is
 * otherwise.
 *
 * @example
 * columnScaling(temperature); // { shift: 21.5, scale: 3.2 }
 */
export function columnScaling({ kind, mean, deviation }: Column): Scaling {
  return kind === "real" || kind === "quantised"
    ? { shift: mean, scale: deviation > 0 ? deviation : 1 }
    : { shift: 0, scale: 1 };
}

/** Beyond this many deviations the square of a value leaves float32 no room for anything else in a sum. */
export const FARTHEST = 1e6;
