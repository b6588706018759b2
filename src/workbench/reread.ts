import { transposition } from "../data/music/transposition.ts";
import type { Reread } from "../data/reread.ts";
import { subwordDropout } from "../data/text/subword-dropout.ts";
import type { RunConfig } from "../run/run-config.ts";

/**
 * What a training makes of the parts that it learns from, where its options ask for it.
 *
 * @throws VrnnError `train/subword-dropout`, `train/transpose` for data that cannot be read so
 */
export function rereadBy({
  fields,
  training: { subwordDropout: share, transpose },
}: Pick<RunConfig, "fields" | "training">): Reread | undefined {
  if (share > 0) return subwordDropout(fields, share);
  if (transpose > 0) return transposition(fields, transpose);
  return undefined;
}
