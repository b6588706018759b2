/** What is asked of speech that an encoder hears, and has no effect on what it tells. */
import { modelFamilies } from "../models/families.ts";
import { flagName, metaOf, shapeOf, usageError } from "../options.ts";
import type { RunConfig } from "../run/run-config.ts";

/** Options that change sound or its frequencies, of which the frames of an encoder are not made again. */
const OF_SOUND = ["speed", "pad", "warp", "maskBands"] as const;

/**
 * Refuses them. Those that stand at their defaults, or at 0, ask for nothing.
 *
 * @throws VrnnError `usage/option`
 */
export function refuseUnheard({
  family,
  model,
  modality,
}: Pick<RunConfig, "family" | "model" | "modality">): void {
  if (family !== "recognise" || modality.name !== "speech" || modality.known.hearing.encoder === undefined)
    return;
  const { options } = modelFamilies[family];
  const usual = options.parse({}) as Readonly<Record<string, unknown>>;
  const asked = OF_SOUND.find((key) => model[key] !== 0 && model[key] !== usual[key]);
  if (asked === undefined) return;
  const { flag = asked } = metaOf(shapeOf(options)[asked]!);
  throw usageError(
    `option '${flagName(flag)}' has no effect: an encoder of your own hears the recordings, as they are`,
    "leave it out, or --features",
  );
}
