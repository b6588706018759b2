import type { Column, Sequence } from "../data/dataset.ts";
import { secondsOf } from "../tasks/incidents.ts";
import type { Excerpt } from "./content.ts";
import type { Units } from "./section.ts";
import { seriesOf } from "./series.ts";

/** Steps of an excerpt: what a picture shows well. */
const EXCERPT_STEPS = 300;

/** The first steps of a sequence. */
export function excerptOf(
  columns: readonly Column[],
  sequence: Sequence,
  units: Units = {},
  most = EXCERPT_STEPS,
): Excerpt {
  const length = Math.min(sequence.length, most);
  return {
    name: sequence.name,
    times: [...secondsOf(sequence).subarray(0, length)],
    columns: columns.map(({ name, levels }, d) => ({
      name,
      ...(levels.length > 0 && { levels }),
      ...(units[name] !== undefined && { unit: units[name] }),
      values: seriesOf(sequence, d, columns.length).slice(0, length),
    })),
  };
}
