import type { Column, Units } from "./dataset.ts";

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
export function columnScaling(column: Column): Scaling {
  const { mean, standardDeviation: deviation } = column;
  return isScaled(column) ? { shift: mean, scale: deviation > 0 ? deviation : 1 } : { shift: 0, scale: 1 };
}

/** Beyond this many deviations the square of a value leaves float32 no room for anything else in a sum. */
export const FARTHEST = 1e6;

/** Whether a column is scaled at all: whole numbers, levels and shares are taken as they are. */
export const isScaled = ({ kind }: Column): boolean => kind === "real" || kind === "quantised";

/**
 * The units of a step, `[D]` each: a sequence's own from where they hold, the columns' elsewhere.
 *
 * @param usual those of the columns, `[D]` each
 */
export function unitsAt<Usual extends Units>(own: Units | undefined, usual: Usual, t: number): Units | Usual {
  if (own === undefined || t < (own.from ?? 0)) return usual;
  const width = usual.shift.length;
  const row = (numbers: Float64Array) =>
    numbers.length === width ? numbers : numbers.subarray(t * width, (t + 1) * width);
  return { shift: row(own.shift), scale: row(own.scale) };
}

/** Numbers between these can be summed and squared as they are. */
const [TINY, HUGE] = [2 ** -400, 2 ** 400];

/** What numbers of a size are divided by before they are squared: a power of two, which costs no digit; 1 unless they are huge or tiny. */
export function unitOf(size: number): number {
  if (size === 0 || (size > TINY && size < HUGE)) return 1;
  return 2 ** Math.max(-1000, Math.floor(Math.log2(size)));
}
