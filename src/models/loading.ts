/** The table of model families by name, each loaded when it is asked for. */

import type { Fields } from "../data/fields.ts";
import { isUnloaded, loadRare } from "../distributions/loaded.ts";
import { VrnnError } from "../errors.ts";
import { didYouMean } from "../words/nearest.ts";
import { type ModelFamily, type ModelOptions, modelDataOf } from "./family.ts";
import type { Model } from "./model.ts";
import { vrnn } from "./vrnn/family.ts";

/** What nearly every page asks for is there at once; any other family is a chunk of its own. */
const loaders = {
  vrnn: async () => vrnn,
  rnn: async () => (await import("./rnn/family.ts")).rnn,
  srnn: async () => (await import("./srnn/family.ts")).srnn,
  storn: async () => (await import("./storn/family.ts")).storn,
  dmm: async () => (await import("./dmm/family.ts")).dmm,
  hierarchy: async () => (await import("./hierarchy/family.ts")).hierarchy,
  hmm: async () => (await import("./hmm/family.ts")).hmm,
  kalman: async () => (await import("./kalman/family.ts")).kalman,
  "frame-vrnn": async () => (await import("./frame-vrnn/family.ts")).frameVrnn,
  "video-vrnn": async () => (await import("./video-vrnn/family.ts")).videoVrnn,
  classify: async () => (await import("./classify/family.ts")).classify,
  recognise: async () => (await import("./recognise/family.ts")).recognise,
  voice: async () => (await import("./voice/family.ts")).voice,
  trajectory: async () => (await import("./trajectory/family.ts")).trajectory,
  caption: async () => (await import("./caption/family.ts")).caption,
  translate: async () => (await import("./translate/family.ts")).translate,
} as const satisfies Record<string, () => Promise<ModelFamily>>;

/** The name of a family. */
export type FamilyName = keyof typeof loaders;

export const familyNames = Object.keys(loaders) as [FamilyName, ...FamilyName[]];

/**
 * A family.
 *
 * @example
 * const { options } = await loadFamily("srnn");
 * options.parse({}); // { hidden: 64, latent: 16, cell: "gru", … }
 */
export const loadFamily = (name: FamilyName): Promise<ModelFamily> => loaders[name]();

/** What a model is built of. */
export interface ModelParts {
  readonly family: FamilyName;
  readonly model: ModelOptions;
  readonly fields: Fields;
  /** The label that it is to tell; none unless told. */
  readonly readout?: { readonly field: string } | undefined;
}

/**
 * A model of a family, without weights: what `modelOf` of a run builds, where families are loaded when they are asked for.
 *
 * @throws VrnnError `model/fields`, `model/data`, `model/readout` when the family has no such models
 * @example
 * const model = await buildModel({ family: "vrnn", model: { hidden: 32 }, fields, readout: { field: "label" } });
 */
export async function buildModel({ family, model, fields, readout }: ModelParts): Promise<Model> {
  const { build } = await loadFamily(family);
  const given = modelDataOf(fields, readout?.field);
  try {
    return build(given, model);
  } catch (error) {
    if (!isUnloaded(error)) throw error;
    await loadRare();
    return build(given, model);
  }
}

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
