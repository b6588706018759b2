/** What columns of a run are predicted from: what its data have to tell for that. */
import type { Dataset } from "../data/dataset.ts";
import { lagOf, withLags } from "../data/derived/lags.ts";
import { withSpreads } from "../data/spreads.ts";
import { placesOf } from "../distributions/places.ts";
import { centreChoices } from "../distributions/requests.ts";
import { VrnnError } from "../errors.ts";
import type { ModelOptions } from "../models/family.ts";
import { counted } from "../words/figures.ts";

/**
 * Data that tell what the options say that columns are predicted from: what they were a season ago, and how far training
 * spreads around each place.
 *
 * @throws VrnnError `distribution/...`, `data/season` for a season that no training sequence has twice
 */
export function centredData(data: Dataset, { center = [] }: ModelOptions): Dataset {
  const centreOf = centreChoices(data.columns, center as readonly string[]);
  const longest = data.splits.train.reduce((most, { length }) => Math.max(most, length), 0);
  const lags = data.columns.flatMap((column) => {
    const { season } = centreOf(column);
    if (season === undefined) return [];
    if (season >= longest) throw tooLong(column.name, season, longest);
    return [lagOf(column, season)];
  });
  return withSpreads(withLags(data, lags), (column) => placesOf(centreOf(column)));
}

const tooLong = (column: string, season: number, longest: number): VrnnError =>
  new VrnnError(
    "data/season",
    `a season of ${counted(season, "step")} does not fit the data: the longest training sequence has ${counted(longest, "step")}`,
    { at: `column ${column}`, remedy: "give a shorter one in --center, or leave it out" },
  );
