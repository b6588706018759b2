import type { ModelFamily } from "./family.ts";
import { frameVrnn } from "./frame-vrnn/family.ts";
import { hmm } from "./hmm/family.ts";
import type { FamilyName } from "./loading.ts";
import { srnn } from "./srnn/family.ts";
import { vrnn } from "./vrnn/family.ts";

/**
 * Every kind of model by its name in a run's configuration, all at once; a page loads one at a time (`loading.ts`).
 *
 * @example
 * modelFamilies.vrnn.build(data, { hidden: 32, latent: 8 }).width; // 3 columns
 */
export const modelFamilies = { vrnn, srnn, hmm, "frame-vrnn": frameVrnn } as const satisfies Record<
  FamilyName,
  ModelFamily
>;
