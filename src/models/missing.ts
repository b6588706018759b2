/** Rows of which only some entries were observed, before a model whose emission tells of whole rows alone. */
import type { Column } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { capabilitiesOf, type Model } from "./model.ts";

/**
 * Refuses rows with gaps where the model's emission cannot tell of them. A row of which nothing was observed is none:
 * there is nothing to tell of it.
 *
 * @param columns D of them
 * @param values `[length, D]`; NaN is missing
 * @param drawsGaps whether draws are put in the place of what is missing
 * @throws VrnnError `model/missing`
 */
export function requireWholeRows(
  model: Model,
  columns: readonly Pick<Column, "name">[],
  values: ArrayLike<number>,
  drawsGaps = false,
): void {
  const { missing } = capabilitiesOf(model);
  if (missing === "exact" || (missing === "sampled" && drawsGaps)) return;
  const width = columns.length;
  const isGap = Array.from(values, (value) => Number.isNaN(value));
  const rowOf = (i: number) => isGap.slice(i - (i % width), i - (i % width) + width);
  const first = isGap.findIndex((gap, i) => gap && rowOf(i).includes(false));
  if (first < 0) return;
  throw new VrnnError("model/missing", "the distribution takes no rows with gaps", {
    at: `column "${columns[first % width]?.name}"`,
    remedy: missing === "sampled" ? "fill the gaps to train; else follow by particles" : "fill the gaps",
  });
}
