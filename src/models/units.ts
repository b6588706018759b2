/** Between the units of the data and those of a model, inside a graph: what the feeder does outside. */

import type { Column } from "../data/dataset.ts";
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

/** A number for each column, `[D]`. */
const perColumn = (columns: readonly Column[], of: (column: Column) => number): Tensor =>
  constant(columns.map(of), [columns.length], "float64");

const shiftOf = (columns: readonly Column[]) => perColumn(columns, (column) => columnScaling(column).shift);
const scaleOf = (columns: readonly Column[]) => perColumn(columns, (column) => columnScaling(column).scale);

/** Values as a model takes them, `[..., D]`, and 1 where one was observed. */
export interface Measured {
  readonly values: Tensor;
  readonly mask: Tensor;
}

/**
 * Values of the data as a model takes them: scaled in float64, so that a column around 1e9 keeps its digits, held
 * within range, then rounded to float32.
 *
 * @param values float64 `[..., D]` in the units of the data; NaN is missing
 */
export function toModelUnits(values: Tensor, columns: readonly Column[]): Measured {
  const observed = not(isMissing(values)); // [..., D]
  const scaled = clamp(div(sub(values, shiftOf(columns)), scaleOf(columns)), -FARTHEST, FARTHEST);
  return { values: where(observed, cast(scaled, "float32"), 0), mask: cast(observed, "float32") };
}

/** @param values float32 `[..., D]` as a model gives them @returns float64 `[..., D]` in the units of the data */
export const toDataUnits = (values: Tensor, columns: readonly Column[]): Tensor =>
  add(mul(cast(values, "float64"), scaleOf(columns)), shiftOf(columns));

interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** A grid as a fraction: 0.1 is 1/10, so that its multiples are the float64 numbers that decimals are read as. */
function fractionOf(resolution: number): Fraction {
  const inverse = Math.round(1 / resolution);
  return inverse > 1 && Math.abs(inverse * resolution - 1) < 1e-12
    ? { numerator: 1, denominator: inverse }
    : { numerator: resolution, denominator: 1 };
}

/** Values on the grid that their column was recorded on; those of a column without one stay. float64 `[..., D]` */
export function toGrids(values: Tensor, columns: readonly Column[]): Tensor {
  const fractions = columns.map(({ resolution }) => fractionOf(resolution > 0 ? resolution : 1));
  const part = (name: keyof Fraction) =>
    constant(
      fractions.map((fraction) => fraction[name]),
      [columns.length],
      "float64",
    );
  const [numerator, denominator] = [part("numerator"), part("denominator")];
  const steps = floor(add(div(mul(values, denominator), numerator), 0.5)); // [..., D]
  const hasGrid = greater(
    perColumn(columns, ({ resolution }) => resolution),
    0,
  );
  return where(hasGrid, div(mul(steps, numerator), denominator), values);
}
