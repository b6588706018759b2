/** Between the units of the data and those of a model, inside a graph: what the feeder does outside. */

import type { Column } from "../data/dataset.ts";
import { type GridFraction, gridFraction } from "../data/grid.ts";
import { columnScaling, FARTHEST } from "../data/scaling.ts";
import {
  add,
  cast,
  clamp,
  constant,
  div,
  floor,
  greater,
  isNaN as isMissing,
  mul,
  not,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Observed } from "./model.ts";

/** A number for each column, `[D]`. */
const perColumn = (columns: readonly Column[], of: (column: Column) => number): Tensor =>
  constant(columns.map(of), [columns.length], "float64");

const shiftOf = (columns: readonly Column[]) => perColumn(columns, (column) => columnScaling(column).shift);
const scaleOf = (columns: readonly Column[]) => perColumn(columns, (column) => columnScaling(column).scale);

/**
 * Values of the data as a model takes them: scaled in float64, so that a column around 1e9 keeps its digits, held
 * within range, then rounded to float32.
 *
 * @param values float64 `[..., D]` in the units of the data; NaN is missing
 */
export function toModelUnits(values: Tensor, columns: readonly Column[]): Observed {
  const observed = not(isMissing(values)); // [..., D]
  const scaled = clamp(div(sub(values, shiftOf(columns)), scaleOf(columns)), -FARTHEST, FARTHEST);
  return { values: where(observed, cast(scaled, "float32"), 0), mask: cast(observed, "float32") };
}

/** @param values float32 `[..., D]` as a model gives them @returns float64 `[..., D]` in the units of the data */
export const toDataUnits = (values: Tensor, columns: readonly Column[]): Tensor =>
  add(mul(cast(values, "float64"), scaleOf(columns)), shiftOf(columns));

/** Values on the grid that their column was recorded on; those of a column without one stay. float64 `[..., D]` */
export function toGrids(values: Tensor, columns: readonly Column[]): Tensor {
  const hasGrid = greater(
    perColumn(columns, ({ resolution }) => resolution),
    0,
  );
  const fractions = columns.map((column) => gridFraction(column.resolution > 0 ? column : { resolution: 1 }));
  const part = (name: keyof GridFraction) =>
    constant(
      fractions.map((fraction) => fraction[name]),
      [columns.length],
      "float64",
    );
  const isShifted = fractions.some(({ origin }) => origin !== 0);
  const [step, origin, denominator] = [part("step"), part("origin"), part("denominator")];
  const counted = mul(values, denominator); // [..., D]
  const steps = floor(add(div(isShifted ? sub(counted, origin) : counted, step), 0.5));
  const points = mul(steps, step);
  return where(hasGrid, div(isShifted ? add(points, origin) : points, denominator), values);
}
