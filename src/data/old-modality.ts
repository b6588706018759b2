import type { Column } from "./dataset.ts";
import type { Modality } from "./modality.ts";
import { arePitches, areStrokes } from "./write.ts";

/**
 * The modality of a run that was stored before runs told it: the one place where it is guessed from columns.
 *
 * @param grid the steps to a beat that such a run kept, where it was made of music
 * @example
 * modalityOfOldRun(config.columns, config.data.schema.grid); // { name: "music", grid: 4 }
 */
export function modalityOfOldRun(columns: readonly Column[], grid?: number): Modality {
  if (arePitches(columns)) return { name: "music", ...(grid !== undefined && { grid }) };
  return { name: areStrokes(columns) ? "strokes" : "table" };
}
