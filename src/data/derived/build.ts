/** Tables as a data set with covariates that are made of their sequences. */
import { VrnnError } from "../../errors.ts";
import type { TimeColumn } from "../dataset.ts";
import type { SplitPart } from "../split.ts";
import type { ReadWhole, TimeMakers } from "../tables/build.ts";
import { varies } from "../tables/infer.ts";
import { constantNote } from "../tables/schema-notes.ts";
import { columnOf } from "../tables/statistics.ts";
import { type DerivedColumn, isDerived } from "./derived-column.ts";
import { evenTables } from "./even-steps.ts";
import { type DraftColumn, lackOf, planDerived } from "./plan.ts";
import { besideEach, derivedRows } from "./rows.ts";

/** Those of a trained model, or what the options and the training split ask for. */
const derive: TimeMakers["derive"] = (read, context) => {
  const { options, time, source } = context;
  if (options.columns !== undefined) {
    const derived = (options.conditions ?? []).filter(isDerived);
    requireTimes(derived, time, source);
    return beside(read, derived, rowsOf(read, derived));
  }
  const { drafts, notes } = planDerived(read, context);
  const rows = rowsOf(read, drafts);
  const columns = drafts.map((draft, c) => columnFrom(draft, trained(rows, context.parts, c, drafts.length)));
  const constants = columns.filter((column) => !varies(column)).map(constantNote);
  const kept = columns.flatMap((column, c) => (varies(column) ? [c] : []));
  return beside(
    { ...read, notes: [...read.notes, ...notes, ...constants] },
    kept.map((c) => columns[c]!),
    kept.length === drafts.length ? rows : rows.map((row) => picked(row, kept, drafts.length)),
  );
};

/** `[T, C]` of each sequence. */
const rowsOf = (
  { columns, sequences }: ReadWhole,
  derived: readonly Pick<DerivedColumn, "derived">[],
): Float64Array[] => sequences.map((sequence) => derivedRows(derived, columns, sequence));

/** Some columns `[T, K]` of rows `[T, width]`. */
const picked = (rows: Float64Array, kept: readonly number[], width: number): Float64Array =>
  Float64Array.from(
    { length: (rows.length / width) * kept.length },
    (_, i) => rows[Math.floor(i / kept.length) * width + kept[i % kept.length]!]!,
  );

/** What was read, with what is derived last among the conditions. @param rows `[T, C]` of each sequence */
function beside(
  read: ReadWhole,
  derived: readonly DerivedColumn[],
  rows: readonly Float64Array[],
): ReadWhole {
  if (derived.length === 0) return read;
  const conditions = [...read.conditions, ...derived];
  const sequences = read.sequences.map((sequence, i) => ({
    ...sequence,
    conditions: sequence.conditions ? besideEach(sequence.conditions, rows[i]!, sequence.length) : rows[i]!,
  }));
  return { ...read, conditions, sequences };
}

/** The entries of a covariate in the training split. */
function trained(
  rows: readonly Float64Array[],
  parts: readonly SplitPart[],
  c: number,
  width: number,
): Float64Array {
  const train = parts.filter(({ split }) => split === "train");
  const entries = new Float64Array(train.reduce((sum, { start, end }) => sum + end - start, 0));
  let filled = 0;
  for (const { index, start, end } of train)
    for (let t = start; t < end; t++) entries[filled++] = rows[index]![t * width + c]!;
  return entries;
}

const columnFrom = ({ name, kind, levels, derived }: DraftColumn, entries: Float64Array): DerivedColumn => ({
  ...columnOf({ name, kind, levels, resolution: 0 }, entries),
  role: "covariate",
  derived,
});

/** @throws VrnnError `data/no-times` where a model reads times that the data do not tell */
function requireTimes(derived: readonly DerivedColumn[], time: TimeColumn | undefined, at: string): void {
  const lacks = lackOf(derived, time);
  if (lacks === undefined) return;
  throw new VrnnError("data/no-times", `the model reads the calendar, and the data tell no ${lacks}`, {
    at,
    remedy: `give a column of ${lacks}, and name it with the option time`,
  });
}

/** Even steps, and the covariates that are derived beside those of the files. */
export const timeMakers: TimeMakers = { even: evenTables, derive };
