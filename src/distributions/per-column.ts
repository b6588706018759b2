/** Numbers of each column for emissions that need them finer, or for several components. */
import { div, expand, reshape, unsqueeze } from "../graph/index.ts";
import { isGiven, type PerColumn } from "./gaussian.ts";

export function dividedBy(entries: readonly number[], divisor: number): readonly number[];
export function dividedBy(entries: PerColumn, divisor: number): PerColumn;
export function dividedBy(entries: PerColumn, divisor: number): PerColumn {
  return isGiven(entries) ? div(entries, divisor) : entries.map((entry) => entry / divisor);
}

/** Each entry for all components of its column, side by side: `[..., D]` to `[..., D·K]`. */
export function everyComponent(entries: readonly number[], components: number): readonly number[];
export function everyComponent(entries: PerColumn, components: number): PerColumn;
export function everyComponent(entries: PerColumn, components: number): PerColumn {
  if (!isGiven(entries)) return entries.flatMap((entry) => Array<number>(components).fill(entry));
  const lead = entries.shape.slice(0, -1);
  const columns = entries.shape[entries.rank - 1] as number;
  const each = expand(unsqueeze(entries, -1), [...lead, columns, components]); // [..., D, K]
  return reshape(each, [...lead, columns * components]);
}
