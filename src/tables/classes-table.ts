import type { LabelSpan } from "../data/dataset.ts";
import { csvText, type Field, inDigits } from "../data/write.ts";
import type { Classified } from "../inference/classify.ts";

/** How a table of labels is written. */
export interface ClassesTableOptions {
  readonly levels: readonly string[];
  readonly over: LabelSpan;
}

/**
 * Labels as comma-separated values, a row for each sequence, or for each step (from 1): the likeliest level, the
 * probability of each (`p.<level>`), and the true level where any is known.
 */
export function classesTable(
  classified: readonly Classified[],
  { levels, over }: ClassesTableOptions,
): string {
  const isLabelled = classified.some(({ label }) => label.some((level) => level >= 0));
  const header = [
    "sequence",
    ...(over === "step" ? ["step"] : []),
    "predicted",
    ...levels.map((level) => `p.${level}`),
    ...(isLabelled ? ["label"] : []),
  ];
  const rows = classified.flatMap(({ name, logProb, predicted, label }) =>
    Array.from(predicted, (likeliest, n): Field[] => [
      name,
      ...(over === "step" ? [n + 1] : []),
      levels[likeliest]!,
      ...levels.map((_, l) => inDigits(Math.exp(logProb[n * levels.length + l]!))),
      ...(isLabelled ? [levels[label[n]!] ?? ""] : []),
    ]),
  );
  return csvText(header, rows);
}
