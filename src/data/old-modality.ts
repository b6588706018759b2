import type { Column } from "./dataset.ts";
import type { Modality } from "./modality.ts";
import { isPianoKey } from "./music/playing.ts";

/**
 * The modality of a run that was stored before runs told it: the one place where it is told from columns.
 *
 * @param grid the steps to a beat that such a run kept, where it was made of music
 * @example
 * modalityOfOldRun(config.columns, config.data.schema.grid); // { name: "music", grid: 4 }
 */
export function modalityOfOldRun(columns: readonly Column[], grid?: number): Modality {
  if (arePitches(columns)) return { name: "music", ...(grid !== undefined && { grid }) };
  return { name: areStrokes(columns) ? "strokes" : "table" };
}

/** Whether the columns are keys of a piano, as those of a piano roll are. */
const arePitches = (columns: readonly Column[]): boolean =>
  columns.every(({ kind, name }) => kind === "binary" && /^\d+$/.test(name) && isPianoKey(Number(name)));

/** Whether the columns are those of drawings: moves of a pen, and what it does after each. */
const areStrokes = (columns: readonly Column[]): boolean =>
  columns.length === 3 &&
  ["dx", "dy", "pen"].every((name, d) => columns[d]!.name === name) &&
  (columns[2]!.kind === "binary" || columns[2]!.kind === "categorical");
