/** At which sites of a model how much is dropped. */
import { VrnnError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { TrainingOptions } from "./options.ts";

/** The site that drops only where it is asked for by name: what is read of whole words (word dropout; Bowman et al. 2016). */
const ASKED_FOR = "word";

/**
 * The share that is dropped at each site of a model where any is: that of its own, or the one of all.
 *
 * @throws VrnnError `train/dropout-site` for a site that the model has not
 * @example
 * dropoutShares(model, { dropout: 0.2, dropoutAt: { x: 0 } }); // { h: 0.2, decoder: 0.2 }
 */
export function dropoutShares(
  { dropoutSites, sourceSites }: Pick<Model, "dropoutSites" | "sourceSites">,
  { dropout, dropoutAt }: Pick<TrainingOptions, "dropout" | "dropoutAt">,
): Readonly<Record<string, number>> {
  const sites = Object.keys({ ...dropoutSites, ...sourceSites });
  const stranger = Object.keys(dropoutAt).find((site) => !sites.includes(site));
  if (stranger !== undefined)
    throw new VrnnError("train/dropout-site", `nothing is dropped at "${stranger}"`, {
      remedy: `sites are ${sites.join(", ")}`,
    });
  const shares = sites.map((site) => [site, dropoutAt[site] ?? (site === ASKED_FOR ? 0 : dropout)] as const);
  return Object.fromEntries(shares.filter(([, share]) => share > 0));
}
