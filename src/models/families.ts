import type { ModelFamily } from "./family.ts";
import { type FamilyName, familyNames, loadFamily } from "./loading.ts";

/**
 * Every kind of model by its name in a run's configuration, all at once; a page loads one at a time (`loadFamily`).
 * It is made of the table in `loading.ts`, so that a family has one row.
 *
 * @example
 * modelFamilies.vrnn.build(data, { hidden: 32, latent: 8 }).width; // 3 columns
 */
export const modelFamilies = Object.fromEntries(
  await Promise.all(familyNames.map(async (name) => [name, await loadFamily(name)])),
) as Readonly<Record<FamilyName, ModelFamily>>;
