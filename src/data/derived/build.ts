/** Tables as a data set with covariates that are made of their sequences. */
import { VrnnError } from "../../errors.ts";
import type { Dataset, Sequence, TimeColumn } from "../dataset.ts";
import type { SplitPart } from "../split.ts";
import { buildDataset, type Derive, type ReadWhole } from "../tables/build.ts";
import type { SchemaOptions } from "../tables/schema.ts";
import { columnOf } from "../tables/statistics.ts";
import type { Table } from "../tables/table.ts";
import { type DerivedColumn, isDerived } from "./derived-column.ts";
import { kindOf } from "./kinds.ts";
import { type DraftColumn, planDerived } from "./plan.ts";
import { derivedRows } from "./rows.ts";

/** The same as `buildDataset`, with the covariates that are derived beside those of the files. */
export const buildDerived = (tables: readonly Table[], options: SchemaOptions, source: string): Dataset =>
  buildDataset(tables, options, source, derive);

/** Those of a trained model, or what the options and the training split ask for. */
const derive: Derive = (read, context) => {
  const { options, time, source } = context;
  if (options.columns !== undefined) {
    const derived = (options.conditions ?? []).filter(isDerived);
    requireTimes(derived, time, source);
    return beside(read, derived, rowsOf(read, derived));
  }
  const { drafts, notes } = planDerived(read, context);
  if (drafts.length === 0) return { ...read, notes: [...read.notes, ...notes] };
  const rows = rowsOf(read, drafts);
  const derived = drafts.map((draft, c) => columnFrom(draft, trained(rows, context.parts, c, drafts.length)));
  return beside({ ...read, notes: [...read.notes, ...notes] }, derived, rows);
};

/** `[T, C]` of each sequence. */
const rowsOf = (
  { columns, sequences }: ReadWhole,
  derived: readonly Pick<DerivedColumn, "derived">[],
): Float64Array[] => sequences.map((sequence) => derivedRows(derived, columns, sequence));

function beside(
  read: ReadWhole,
  derived: readonly DerivedColumn[],
  rows: readonly Float64Array[],
): ReadWhole {
  if (derived.length === 0) return read;
  const conditions = [...read.conditions, ...derived];
  const sequences = read.sequences.map((sequence, i) => ({
    ...sequence,
    conditions: besideRows(sequence, derived.length, rows[i]!),
  }));
  return { ...read, conditions, sequences };
}

/** `[T, C]` and `[T, derived]` beside each other. */
function besideRows({ length, conditions }: Sequence, derived: number, rows: Float64Array): Float64Array {
  if (conditions === undefined) return rows;
  const read = conditions.length / length;
  const all = new Float64Array(length * (read + derived));
  for (let t = 0; t < length; t++) {
    all.set(conditions.subarray(t * read, (t + 1) * read), t * (read + derived));
    all.set(rows.subarray(t * derived, (t + 1) * derived), t * (read + derived) + read);
  }
  return all;
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
  const lacking = derived.find(({ derived: own }) => {
    const { of } = kindOf(own);
    return (of === "dates" && time?.kind !== "date") || (of === "times" && time === undefined);
  });
  if (lacking === undefined) return;
  const what = kindOf(lacking.derived).of === "dates" ? "dates" : "times";
  throw new VrnnError("data/no-times", `the model reads ${lacking.name}, and the data tell no ${what}`, {
    at,
    remedy: `give a column of ${what}, and name it with the option time`,
  });
}
