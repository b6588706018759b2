/** What columns of a run are predicted from, and how far its training data spread around that. */
import type { Column, Dataset } from "../data/dataset.ts";
import { withSpreads } from "../data/spreads.ts";
import { placesOf } from "../distributions/centres.ts";
import { centreChoices } from "../distributions/requests.ts";
import type { ModelOptions } from "../models/family.ts";

/** Data whose columns know how far they spread around what the options say that they are predicted from. */
export function spreadFor(data: Dataset, { center = [] }: ModelOptions): Dataset {
  const centreOf = centreChoices(data.columns, center as readonly string[]);
  return withSpreads(data, (column: Column) => placesOf(centreOf(column)));
}
