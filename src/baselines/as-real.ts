import type { Column, ColumnKind } from "../data/dataset.ts";

/** Kinds of whole numbers, which were recorded on a grid of 1. */
const WHOLE: ReadonlySet<ColumnKind> = new Set(["count", "quantised"]);

/**
 * A column of quantities of any kind as one of measurements: a normal distribution tells it by the mass of its cells.
 *
 * @example
 * asReal(pixels).resolution; // 1
 */
export const asReal = (column: Column): Column => ({
  ...column,
  kind: "real",
  ...(WHOLE.has(column.kind) && { resolution: 1 }),
});
