/** What columns of a run are predicted from: what its data have to tell for that. */
import type { Dataset } from "../data/dataset.ts";
import { lagOf, withLags } from "../data/derived/lags.ts";
import { withSpreads } from "../data/spreads.ts";
import { placesOf } from "../distributions/places.ts";
import { centreChoices } from "../distributions/requests.ts";
import type { ModelOptions } from "../models/family.ts";

/**
 * Data that tell what the options say that columns are predicted from: what they were a season ago, and how far training
 * spreads around each place.
 *
 * @throws VrnnError `distribution/...`
 */
export function centredData(data: Dataset, { center = [] }: ModelOptions): Dataset {
  const centreOf = centreChoices(data.columns, center as readonly string[]);
  const lags = data.columns.flatMap((column) => {
    const { season } = centreOf(column);
    return season === undefined ? [] : [lagOf(column, season)];
  });
  return withSpreads(withLags(data, lags), (column) => placesOf(centreOf(column)));
}
