import { augmentation } from "../data/augmentation.ts";
import { transposition } from "../data/music/transposition.ts";
import type { Reread } from "../data/reread.ts";
import { subwordDropout } from "../data/text/subword-dropout.ts";
import type { RunConfig } from "../run/run-config.ts";

/**
 * What a training makes of the parts that it learns from, where its options ask for it.
 *
 * @throws VrnnError `train/subword-dropout`, `train/transpose`, `train/augmentation` for data that cannot be read so
 */
export function rereadBy({
  fields,
  training: { subwordDropout: share, transpose, inputNoise: noise, masks, maskSteps },
}: Pick<RunConfig, "fields" | "training">): Reread | undefined {
  if (share > 0) return subwordDropout(fields, share);
  const moved = transpose > 0 ? transposition(fields, transpose) : undefined;
  if (noise === 0 && masks === 0) return moved;
  const augmented = augmentation(fields, { noise, masks, maskSteps });
  return (part, random) => augmented(moved?.(part, random) ?? part, random);
}
