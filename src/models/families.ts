import { VrnnError } from "../errors.ts";
import { didYouMean } from "../text/nearest.ts";
import type { ModelFamily } from "./family.ts";
import { hmm } from "./hmm/family.ts";
import { srnn } from "./srnn/family.ts";
import { vrnn } from "./vrnn/family.ts";

/**
 * Every kind of model by its name in a run's configuration: a row each.
 *
 * @example
 * modelFamilies.vrnn.build(data, { hidden: 32, latent: 8 }).width; // 3 columns
 */
export const modelFamilies = { vrnn, srnn, hmm } as const satisfies Record<string, ModelFamily>;

/** The name of a family. */
export type FamilyName = keyof typeof modelFamilies;

export const familyNames = Object.keys(modelFamilies) as [FamilyName, ...FamilyName[]];

/**
 * The name of a family, for a word that may be one.
 *
 * @throws VrnnError `options/invalid`, which names the family that was meant, or all.
 */
export function familyNamed(name: string): FamilyName {
  const known = familyNames.find((family) => family === name);
  if (known !== undefined) return known;
  throw new VrnnError("options/invalid", `there is no model family "${name}"`, {
    remedy: didYouMean(name, familyNames, { otherwise: `the families are ${familyNames.join(", ")}` }),
  });
}
