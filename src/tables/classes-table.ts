import type { LabelSpan } from "../data/dataset.ts";
import { csvText, type Field, inDigits } from "../data/write.ts";
import type { Classified } from "../inference/classify.ts";

/** How a table of labels is written. */
export interface ClassesTableOptions {
  readonly levels: readonly string[];
  readonly over: LabelSpan;
  /** Of whole sequences, where it is known what is usual: how odd each is, and whether it is of none of the levels. */
  readonly none?: NoneOfThese | undefined;
}

/** `[N]` each. */
export interface NoneOfThese {
  readonly oddness: readonly number[];
  readonly isNone: readonly boolean[];
}

/**
 * Labels as comma-separated values, a row for each sequence, or for each step (from 1): the likeliest level, the
 * probability of each (`p.<level>`), the true level where any is known, how odd it is and whether it is of none of them (1).
 */
export function classesTable(
  classified: readonly Classified[],
  { levels, over, none }: ClassesTableOptions,
): string {
  const isLabelled = classified.some(({ label }) => label.some((level) => level >= 0));
  const header = [
    "sequence",
    ...(over === "step" ? ["step"] : []),
    "predicted",
    ...levels.map((level) => `p.${level}`),
    ...(isLabelled ? ["label"] : []),
    ...(none ? ["oddness", "none"] : []),
  ];
  const rows = classified.flatMap(({ name, logProb, predicted, label }, i) =>
    Array.from(predicted, (likeliest, n): Field[] => [
      name,
      ...(over === "step" ? [n + 1] : []),
      levels[likeliest]!,
      ...levels.map((_, l) => inDigits(Math.exp(logProb[n * levels.length + l]!))),
      ...(isLabelled ? [levels[label[n]!] ?? ""] : []),
      ...(none ? [inDigits(none.oddness[i]!), Number(none.isNone[i])] : []),
    ]),
  );
  return csvText(header, rows);
}
