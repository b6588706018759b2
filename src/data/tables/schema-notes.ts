/** What is told of how columns were taken. */

import type { Column, ConditionColumn } from "../dataset.ts";
import type { SchemaOptions } from "./schema.ts";
import type { Table } from "./table.ts";
import { type FoundTime, likelySequence } from "./time.ts";

/** What is told where a column begins the times of a table anew. */
export function sequenceNote(
  tables: readonly Table[],
  names: readonly string[],
  { disordered }: FoundTime,
  { sequence }: SchemaOptions,
): string[] {
  const [table] = tables;
  if (sequence !== undefined || disordered === undefined || table === undefined) return [];
  const likely = likelySequence(table, disordered, names);
  if (likely === undefined) return [];
  return [
    `"${disordered.name}" begins anew with each "${likely}": did you mean the option sequence: "${likely}"?`,
  ];
}

/** What marks of anomalies are called in benchmarks. */
const LABEL_NAME =
  /^(?:is_?)?(?:anomaly|anomalies|anomalous|outliers?|labels?|attacks?|faults?|y_true|ground_?truth)$/i;

/** What is told of a column that looks like an answer rather than something measured. */
function labelLikeNote({ name, kind }: Column): string[] {
  if (kind !== "binary" || !LABEL_NAME.test(name)) return [];
  return [
    `column "${name}" looks like a label and is modelled: leave it out with drop, or say label: "${name}"`,
  ];
}

/** Columns, and what was told when they were read. */
interface Noted<Kind> {
  readonly columns: readonly Kind[];
  readonly notes: readonly string[];
}

/** What is told of the columns that are modelled, and of those that are known. */
export const columnNotes = (
  modelled: Noted<Column>,
  known: Noted<ConditionColumn>,
  { columns }: Pick<SchemaOptions, "columns">,
): readonly string[] => [
  ...known.columns.map(knownNote),
  ...modelled.notes,
  ...(columns === undefined ? modelled.columns.flatMap(labelLikeNote) : []),
  ...known.notes,
];

export const rowNumberNote = (name: string): string =>
  `column "${name}" numbers the rows and is left out; to have it, name it in the option time or kinds`;

/** What is told of a condition. */
const knownNote = ({ name, role }: ConditionColumn): string =>
  `column "${name}" is not modelled but known (${role})`;

export function constantNote({ name, kind, levels, minimum, missing }: Column): string {
  if (missing === 1) return `column "${name}" is left out: it has no value in the training split`;
  const value = kind === "categorical" ? `"${levels[minimum]}"` : minimum;
  const kept = Math.abs(minimum) > Number.MAX_SAFE_INTEGER ? ", in the digits kept" : "";
  return `column "${name}" is left out: it is constant in the training split (${value}${kept})`;
}
