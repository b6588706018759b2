/** Columns as the training split shows them, or as a trained model knows them. */

import { concatenated, own } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import type { Column, ConditionColumn } from "../dataset.ts";
import type { SplitPart } from "../split.ts";
import { conditionNames, withRole } from "./chosen.ts";
import { type EncodedColumn, encodeColumn } from "./encode.ts";
import { fillNote } from "./fill-values.ts";
import { inferKinds, levelsOf, refuseSplits } from "./kinds.ts";
import { rampNote } from "./ramps.ts";
import type { SchemaOptions } from "./schema.ts";
import { constantNote } from "./schema-notes.ts";
import { columnOf, refuseRange } from "./statistics.ts";
import { cellsAmong, namesIn, type Table } from "./table.ts";

/** Columns that are ready, their entries, and what is to be told of them. */
interface ReadColumns<Kind extends Column = Column> {
  readonly columns: readonly Kind[];
  readonly encoded: readonly EncodedColumn[];
  readonly notes: readonly string[];
}

/** Columns that a trained model knows. */
export function readAs<Kind extends Column>(
  tables: readonly Table[],
  columns: readonly Kind[],
): ReadColumns<Kind> {
  const encoded = columns.map((column) => encodeColumn(tables, column));
  return { columns, encoded, notes: encoded.flatMap(({ notes }) => notes) };
}

interface Draft {
  readonly column: Column;
  readonly encoded: EncodedColumn;
}

export function inferColumns(
  tables: readonly Table[],
  parts: readonly SplitPart[],
  names: readonly string[],
  options: SchemaOptions,
): Draft[] {
  const train = parts.filter(({ split }) => split === "train");
  const kinds = inferKinds(
    names.filter((name) => own(options.kinds, name) === undefined),
    tables,
  );
  const known = new Set(conditionNames(options));
  return names.map((name) => {
    const kind = own(options.kinds, name) ?? kinds.get(name)!;
    const levels =
      kind === "categorical" ? levelsOf(cellsAmong(train, (index) => namesIn(tables[index]!, name))) : [];
    const coding = { name, kind, levels };
    const encoded = encodeColumn(tables, coding);
    const trained = train.map(({ index, start, end }) => encoded.values[index]!.subarray(start, end));
    const entries = concatenated(trained);
    const column = columnOf({ ...coding, resolution: own(options.resolution, name) }, entries);
    refuseRange(column, tables[0]!.at(name));
    if (own(options.kinds, name) === undefined) refuseSplits(column, tables[0]!.at(name));
    const ramp = known.has(name) ? [] : rampNote(column, trained);
    const notes = [...encoded.notes, ...fillNote(column, entries), ...ramp];
    return { column, encoded: { ...encoded, notes } };
  });
}

/** Columns without those that are constant in the training split. */
export function varying(drafts: readonly Draft[]): ReadColumns {
  const kept = drafts.filter(({ column }) => varies(column));
  const constants = drafts.filter((draft) => !kept.includes(draft)).map(({ column }) => constantNote(column));
  return {
    columns: kept.map(({ column }) => column),
    encoded: kept.map(({ encoded }) => encoded),
    notes: [...constants, ...kept.flatMap(({ encoded }) => encoded.notes)],
  };
}

export const varies = (column: Column) => column.maximum > column.minimum;

/** The same columns, which are known and not modelled. */
export const withRoles = <Read extends { readonly columns: readonly Column[] }>(
  read: Read,
  options: SchemaOptions,
): Omit<Read, "columns"> & { readonly columns: readonly ConditionColumn[] } => ({
  ...read,
  columns: read.columns.map((column) => withRole(column, options)),
});

/**
 * Refuses a data set without columns.
 *
 * @param trained how many of the rows train
 * @throws VrnnError `data/no-column`
 */
export function requireSome(
  columns: readonly unknown[],
  source: string,
  trained?: { readonly rows: number; readonly of: number },
): void {
  if (columns.length > 0) return;
  const which = trained === undefined ? "" : `, which has ${trained.rows} of ${counted(trained.of, "row")}`;
  throw new VrnnError("data/no-column", "no column is left to model", {
    at: source,
    remedy: `give a column that varies in the training split${which}`,
  });
}

/** What is known of a whole sequence has one value in it, or none. */
export function refuseChangingStatics(tables: readonly Table[], known: ReadColumns<ConditionColumn>): void {
  known.columns.forEach(({ name, role }, i) => {
    if (role !== "static") return;
    tables.forEach((table, t) => {
      const entries = known.encoded[i]!.values[t]!;
      const row = entries.findIndex((value) => !Object.is(value, entries[0]));
      if (row < 0) return;
      throw changingStatic(table.at(name, row));
    });
  });
}

/** The error for what is known of a whole sequence and changes in it. */
export const changingStatic = (at: string): VrnnError =>
  new VrnnError("data/static", "a column that is known of the whole sequence changes in it", {
    at,
    remedy: "give it as a covariate, or name the sequences with the option sequence",
  });
