/** What operations do with each kind of material. A further kind is a file and a row. */
import type { ModalityName } from "../../data/modality.ts";
import { VrnnError } from "../../errors.ts";
import { listed } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import type { Material, MaterialOperation } from "./material.ts";

/** A kind of material before it is loaded. */
interface MaterialRow {
  readonly load: () => Promise<Material>;
}

/** The kinds of material by the names of their modalities (`data/modality.ts`). */
export const materials: Readonly<Record<ModalityName, MaterialRow>> = {
  table: { load: async () => (await import("../usual.ts")).table },
  music: { load: async () => (await import("./music.ts")).music },
  strokes: { load: async () => (await import("./strokes.ts")).strokes },
  text: { load: async () => (await import("./text.ts")).text },
  pairs: { load: async () => (await import("./pairs.ts")).pairs },
  speech: { load: async () => (await import("./speech.ts")).speech },
  motion: { load: async () => (await import("./motion.ts")).motion },
  captions: { load: async () => (await import("./captions.ts")).captions },
  images: { load: async () => (await import("./images.ts")).images },
};

/** What the material of a run brings to operations. */
export async function materialOf(context: Context): Promise<Material> {
  const { modality } = (await context.run()).config;
  return materials[modality.name].load();
}

/**
 * How an operation is done with the material of a run.
 *
 * @throws VrnnError `operation/material` for a material with which it is not done, which says what is
 */
export async function doneWith<Name extends MaterialOperation>(
  context: Context,
  name: Name,
): Promise<NonNullable<Material[Name]>> {
  const { modality } = (await context.run()).config;
  return required(await materials[modality.name].load(), name, modality.name, context.files?.path);
}

/** @throws VrnnError `operation/material` where the material lacks it */
export function required<Name extends MaterialOperation>(
  material: Material,
  name: Name,
  modality: string,
  at: string = name,
): NonNullable<Material[Name]> {
  const own = material[name];
  if (own !== undefined) return own;
  const what = `${name} does not take runs of ${modality}, as this one is`;
  throw new VrnnError("operation/material", what, { at, remedy: takenBy(material) });
}

/** What can be done with a run of a material, whatever its fields are. */
export function takenBy(material: Material): string {
  const own = materialOperations.filter((name) => material[name] !== undefined);
  const names = ["evaluate", ...own, ...(material.others ?? []), "train --resume"].map(
    (name) => `vrnn ${name}`,
  );
  return `${listed(names, names.length)} take it`;
}

/** The operations that materials bring themselves. */
const materialOperations: readonly MaterialOperation[] = ["score", "sample", "detect"];
