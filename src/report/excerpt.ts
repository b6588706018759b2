import { secondsOf } from "../anomaly/entry-scores.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import type { ModalityName } from "../data/modality.ts";
import type { Excerpt } from "./content.ts";
import { namedUnit, type UnitNames } from "./section.ts";
import { seriesOf } from "./series.ts";

/** Steps of an excerpt: what a picture shows well. */
const EXCERPT_STEPS = 300;

interface ExcerptOptions {
  readonly units?: UnitNames;
  /** What the sequence is of; a table unless told. */
  readonly material?: ModalityName | undefined;
  readonly most?: number;
}

/** The first steps of a sequence. */
export function excerptOf(
  columns: readonly Column[],
  sequence: Sequence,
  { units = {}, material, most = EXCERPT_STEPS }: ExcerptOptions = {},
): Excerpt {
  const length = Math.min(sequence.length, most);
  return {
    name: sequence.name,
    ...(material && { material }),
    times: [...secondsOf(sequence).subarray(0, length)],
    columns: columns.map(({ name, levels }, d) => ({
      name,
      ...(levels.length > 0 && { levels }),
      ...namedUnit(units, name),
      values: seriesOf(sequence, d, columns.length).slice(0, length),
    })),
  };
}
