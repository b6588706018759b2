import "../distributions/all.ts";
import type { ModelFamily } from "./family.ts";
import { type FamilyName, familyNames, loadFamily } from "./loading.ts";

/**
 * Every kind of model by its name in a run's configuration, all at once. A page's worker loads the one it is asked for.
 *
 * @example
 * modelFamilies.vrnn.build(data, { hidden: 32, latent: 8 }).width; // 3 columns
 */
export const modelFamilies = Object.fromEntries(
  // Of the table that loads one at a time, so that a family has one row.
  await Promise.all(familyNames.map(async (name) => [name, await loadFamily(name)])),
) as Readonly<Record<FamilyName, ModelFamily>>;
