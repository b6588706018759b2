/** What tasks share that run a model over sequences side by side, a row of the batch each. */
import type { Column, Sequence, Units } from "../data/dataset.ts";
import { Feeder } from "../data/feeder.ts";
import { tableFields } from "../data/field-dataset.ts";
import { nearestPoint } from "../data/grid.ts";
import { columnUnits } from "../data/inputs.ts";
import { unitsAt } from "../data/scaling.ts";
import type { Part } from "../data/source.ts";
import { inputSpecs, unitSpecs } from "../models/input-specs.ts";
import type { Model } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { CONDITION } from "../names.ts";
import type { Random } from "../random/generator.ts";
import { emptyFloat32, type TensorValue, type Values } from "../runtime/runtime.ts";

/** Fills random numbers into an array. */
export type Fill = (numbers: Float32Array) => void;

/**
 * Random numbers `[T, B, width]` of which each row draws its own, so that a row's numbers do not depend on the others.
 *
 * @param lengths `[B]`: the steps that each row draws for; later ones are 0.
 */
export function rowDraws(
  fills: readonly Fill[],
  lengths: ArrayLike<number>,
  steps: number,
  width: number,
): TensorValue {
  const rows = fills.length;
  const draws = emptyFloat32([steps, rows, width]);
  fills.forEach((fill, row) => {
    const own = new Float32Array((lengths[row] as number) * width); // [length, width]
    fill(own);
    for (let at = 0; at < own.length; at += width) {
      draws.data.set(own.subarray(at, at + width), at * rows + row * width);
    }
  });
  return draws;
}

/** Stands for 0, of which emissions take the logarithm: half the step between two uniform numbers. */
const SMALLEST_UNIFORM = 2 ** -25;

/** Fills an array with uniform numbers above 0 and below 1. */
export function fillOpenUniform(random: Random, numbers: Float32Array): void {
  random.fillUniform(numbers);
  numbers.forEach((number, i) => {
    if (number === 0) numbers[i] = SMALLEST_UNIFORM;
  });
}

/** What feeds sequences of columns, and what is known beside them, to a model. */
export const tableFeeder = (model: Model, columns: readonly Column[]): ModelFeeder =>
  new ModelFeeder(model, tableFields({ columns, conditions: model.conditions ?? [] }));

/**
 * What is known beside each row's steps `from` to `from + steps`, for a model with conditions; withheld where a row has
 * no table or its table has ended.
 *
 * @param tables `[·, C]` for each row, in the units of the data
 * @param repeat how many rows side by side are told each table; one unless told
 */
export function knownFeeds(
  model: Model,
  tables: readonly (Float64Array | undefined)[],
  from: number,
  steps: number,
  repeat = 1,
): Values {
  const { conditions = [] } = model;
  const width = conditions.length;
  if (width === 0) return {};
  const specs = inputSpecs(model).filter(({ field }) => field === CONDITION);
  const feeder = new Feeder(specs, tableFields({ columns: [], conditions }));
  const parts = tables.map((table = new Float64Array()): Part => {
    const condition = table.subarray(from * width, (from + steps) * width); // [·, C]
    return { length: condition.length / width, values: { condition } };
  });
  return feeder.feed(parts, { steps, repeat })[0] as Values;
}

/**
 * How each row's steps are scaled, for a model whose sequences have units of their own; by the columns' statistics where
 * a row has none.
 *
 * @param units for each row, of the first of the steps on
 * @param repeat how many rows side by side have each; one unless told
 */
export function unitFeeds(
  model: Model,
  columns: readonly Column[],
  units: readonly (Units | undefined)[],
  steps: number,
  repeat = 1,
): Values {
  const specs = unitSpecs(model);
  if (specs.length === 0) return {};
  const parts = units.map((own): Part => ({ length: steps, values: {}, ...(own && { units: { x: own } }) }));
  return new Feeder(specs, tableFields({ columns })).feed(parts, { steps, repeat })[0] as Values;
}

/** One row's first `length` steps out of `[T, B, width]`: `[length, width]`. */
export function rowOf({ data, shape }: TensorValue, row: number, length: number): Float64Array {
  const [, rows, width] = shape as [number, number, number];
  const own = new Float64Array(length * width);
  for (let t = 0; t < length; t++) {
    const from = (t * rows + row) * width;
    for (let d = 0; d < width; d++) own[t * width + d] = Number(data[from + d]);
  }
  return own;
}

/** How the rows of some values are scaled. */
export interface RowUnits {
  /** Those of their sequence; the columns' alone unless told. */
  readonly units?: Units | undefined;
  /** Which step of the sequence the first row is of; 0 unless told. */
  readonly start?: number;
  /** How many rows each step has; one unless told. */
  readonly rows?: number;
}

/** From the units of a batch back to those of the data: `[length, D]`, or `[length, rows, D]`. */
export function unscaled(
  values: Float64Array,
  columns: readonly Column[],
  { units, start = 0, rows = 1 }: RowUnits = {},
): Float64Array {
  const usual = columnUnits(columns);
  const width = columns.length;
  const steps = values.length / Math.max(1, width * rows);
  const scaled = Array.from({ length: units === undefined ? 1 : steps }, (_, t) =>
    unitsAt(units, usual, start + t),
  );
  return values.map((value, i) => {
    const { shift, scale } = scaled[units === undefined ? 0 : Math.floor(i / (width * rows))]!;
    return value * scale[i % width]! + shift[i % width]!;
  });
}

/** Samples as they would have been recorded: in the unit of the data, real ones on their grid. `[length, D]` */
export function recorded(values: Float64Array, columns: readonly Column[], units?: RowUnits): Float64Array {
  const points = columns.map(nearestPoint);
  return unscaled(values, columns, units).map((value, i) => points[i % points.length]!(value));
}

/** Whether nothing of a sequence is missing. */
export const isComplete = ({ values }: Sequence): boolean => !values.some(Number.isNaN);

/** `[steps, ...]` as an array for each step; views on the same memory. */
export const perStep = (values: Float64Array, steps: number): Float64Array[] =>
  Array.from({ length: steps }, (_, t) =>
    values.subarray((t * values.length) / steps, ((t + 1) * values.length) / steps),
  );
