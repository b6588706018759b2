/** What is asked of data that an encoder reads, and has no effect on what it tells. */
import { modelFamilies } from "../models/families.ts";
import { flagName, metaOf, shapeOf, usageError } from "../options.ts";
import type { RunConfig } from "../run/run-config.ts";
import type * as z from "../zod.ts";

/** Options of recognisers that change sound or its frequencies, of which the frames of an encoder are not made again. */
const OF_SOUND: readonly string[] = ["speed", "pad", "warp", "maskBands"];

const isOnlyOf = (part: z.core.$ZodType, material: string): boolean =>
  metaOf(part).materials?.every((name) => name === material) === true;

/** Whether an option has no effect where an encoder reads the data, and why, by their material. */
const without: Readonly<Record<string, { has(key: string, part: z.core.$ZodType): boolean; why: string }>> = {
  speech: { has: (key) => OF_SOUND.includes(key), why: "hears the recordings, as they are" },
  text: {
    has: (_, part) => isOnlyOf(part, "text"),
    why: "reads the texts, by its own tokens",
  },
};

/**
 * Refuses options of a model without effect on what an encoder tells. Those that stand at their defaults, or at 0, ask for nothing.
 *
 * @param material what an encoder reads, if one reads the data
 * @throws VrnnError `usage/option`
 */
export function refuseUnencoded(
  { family, model }: Pick<RunConfig, "family" | "model">,
  material: string | undefined,
): void {
  const row = material === undefined ? undefined : without[material];
  if (row === undefined) return;
  const { options } = modelFamilies[family];
  const usual = options.parse({}) as Readonly<Record<string, unknown>>;
  for (const [key, part] of Object.entries(shapeOf(options))) {
    if (model[key] === 0 || model[key] === usual[key] || !row.has(key, part)) continue;
    throw usageError(
      `option '${flagName(metaOf(part).flag ?? key)}' has no effect: an encoder of your own ${row.why}`,
      "leave it out, or --features",
    );
  }
}
