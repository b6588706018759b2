import type { Column, Sequence } from "../data/dataset.ts";
import type { Clock } from "./content.ts";
import { excerptOf } from "./excerpt.ts";
import { excerptFigure, excerptReading } from "./figures/excerpt.ts";
import { standalone } from "./panel.ts";

/**
 * The picture of a sequence before anything is learned of it, as a file of its own.
 *
 * @param seen what stands below the name of a column
 */
export function inspectionPicture(
  columns: readonly Column[],
  sequence: Sequence,
  seen: Readonly<Record<string, string>>,
  clock: Clock,
): string {
  const excerpt = excerptOf(columns, sequence, { most: sequence.length, units: seen });
  return standalone(excerptFigure(excerpt, { width: 940, clock }), sequence.name, excerptReading(excerpt));
}
