/** Rows of which only some entries were observed, before a model whose emission tells of whole rows alone. */
import { VrnnError } from "../errors.ts";
import { capabilitiesOf, type Model } from "./model.ts";

/** Rows of a step each, and where they stand. */
export interface Rows {
  /** `[length, D]`; NaN is missing. */
  readonly values: ArrayLike<number>;
  /** What the columns are called; their places unless told. */
  readonly columns?: readonly { readonly name: string }[] | undefined;
}

/**
 * Refuses rows with gaps where the model's emission cannot tell of them. A row of which nothing was observed is none:
 * there is nothing to tell of it.
 *
 * @param draws whether draws are put in the place of what is missing
 * @throws VrnnError `model/missing`
 */
export function requireWholeRows(model: Model, { values, columns }: Rows, draws: boolean): void {
  const { missing } = capabilitiesOf(model);
  if (missing === "exact" || (missing === "sampled" && draws)) return;
  const place = firstGap(values, model.width);
  if (place === undefined) return;
  const name = columns?.[place]?.name;
  const instead =
    missing === "sampled"
      ? "follow the sequences by particles (filter, forecast, impute, watch --follow particles)"
      : "fill the gaps first";
  throw new VrnnError(
    "model/missing",
    "the model's distribution tells of whole rows alone, and an entry is missing",
    {
      at: `column ${name === undefined ? place + 1 : `"${name}"`}`,
      remedy: `${instead}, or choose distributions of single columns`,
    },
  );
}

/** The column of the first missing entry of a row that has others. */
function firstGap(values: ArrayLike<number>, width: number): number | undefined {
  for (let start = 0; start < values.length; start += width) {
    const row = Array.from({ length: width }, (_, d) => Number.isNaN(values[start + d]));
    if (row.includes(true) && row.includes(false)) return row.indexOf(true);
  }
  return undefined;
}
