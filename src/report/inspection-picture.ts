import type { Column, Sequence } from "../data/dataset.ts";
import type { Clock } from "./content.ts";
import { excerptOf } from "./excerpt.ts";
import { excerptFigure, excerptReading } from "./figures/excerpt.ts";
import { standalone } from "./panel.ts";

/** The picture of a sequence before anything is learned of it, as a file of its own. @param told what was seen in it */
export function inspectionPicture(
  columns: readonly Column[],
  sequence: Sequence,
  told: readonly string[],
  clock: Clock,
): string {
  const excerpt = excerptOf(columns, sequence, { most: sequence.length });
  const reading = [excerptReading(excerpt), ...told].join(" ");
  return standalone(excerptFigure(excerpt, { width: 940, clock }), sequence.name, reading);
}
