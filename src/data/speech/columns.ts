/** The columns of speech, by their statistics in training. Who speaks has them already, and loads no statistics. */
import type { Column, ConditionColumn } from "../dataset.ts";
import { type ColumnDraft, columnOf } from "../tables/statistics.ts";
import { PCM_SCALE } from "./ears.ts";
import type { FeatureName } from "./feature-names.ts";
import { END, modelled } from "./modelled.ts";
import { levelIn, MOST_TEXTS, NUMBERS, type Spoken, TEXT_COLUMNS } from "./voices.ts";

/**
 * Steps as columns, by their statistics in training.
 *
 * @param training the steps of each utterance, `[T, D]`
 * @param width of a frame
 */
export function modelledColumns(
  features: FeatureName,
  training: readonly Float64Array[],
  width: number,
): Column[] {
  const { kind, resolution, ends } = modelled[features];
  const drafts: ColumnDraft[] = [
    ...Array.from({ length: width }, (_, d) => ({ name: `f${d}`, kind, levels: [], resolution })),
    ...(ends ? [{ name: END, kind: "binary", levels: [] } as const] : []),
  ];
  const rows = training.reduce((all, { length }) => all + length / drafts.length, 0);
  return drafts.map((draft, d) => {
    const column = new Float64Array(rows);
    let at = 0;
    for (const steps of training)
      for (let i = d; i < steps.length; i += drafts.length) column[at++] = steps[i]!;
    const own = columnOf(draft, column);
    return draft.kind === "quantised" ? { ...own, range: [-PCM_SCALE, PCM_SCALE - 1] } : own;
  });
}

/**
 * The columns of what is known, by what training tells: `text` and `speaker`, of which there are two at least (and no more than
 * a hundred texts), `seconds` and `progress`.
 *
 * @param stepRate steps a second
 */
export function voiceColumns(training: readonly Spoken[], stepRate: number): ConditionColumn[] {
  const named = TEXT_COLUMNS.flatMap((name): ConditionColumn[] => {
    const told = training.map((spoken) => spoken[name]);
    const levels = [...new Set(told.filter((level) => level !== undefined))].sort();
    if (levels.length < 2 || (name === "text" && levels.length > MOST_TEXTS)) return [];
    const values = training.flatMap((spoken, i) =>
      Array<number>(spoken.length).fill(levelIn(levels, told[i])),
    );
    return [{ ...columnOf({ name, kind: "categorical", levels }, values), role: "static" }];
  });
  const numbers = Object.entries(NUMBERS).map(([name, { role, at }]): ConditionColumn => {
    const values = training.flatMap((spoken) =>
      Array.from({ length: spoken.length }, (_, step) => at(step, spoken, stepRate)),
    );
    return { ...columnOf({ name, kind: "real", levels: [], resolution: 0 }, values), role };
  });
  return [...named, ...numbers];
}
