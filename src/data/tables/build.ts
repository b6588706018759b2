/** Tables as a data set. */

import { paired } from "../../collections.ts";
import type { Column, ConditionColumn, Dataset, Sequence, TimeColumn } from "../dataset.ts";
import { readConditions } from "../derived/derived-column.ts";
import { scaleSeries } from "../series-units.ts";
import { placeNotes, type SplitPart, type Splittable } from "../split.ts";
import type { DecimalMark } from "./answers.ts";
import { missingNote } from "./cells.ts";
import { asked, checkNames, conditionNames, modelledNames, rowNumbersOf, unknownAmong } from "./chosen.ts";
import { dealOut, planGiven, refuseSingleSteps, shuffleOf, trainedRows } from "./dealing.ts";
import { interleave } from "./encode.ts";
import { inferColumns, readAs, refuseChangingStatics, requireSome, varying, withRoles } from "./infer.ts";
import { readLabels, withLabels } from "./label.ts";
import type { SchemaOptions } from "./schema.ts";
import { columnNotes, rowNumberNote, sequenceNote } from "./schema-notes.ts";
import { groupBySequence, requireColumn, sharedColumns, type Table } from "./table.ts";
import { findTime, reversedTable } from "./time.ts";
import { writtenTime } from "./written-time.ts";

/** Whole sequences as they were read, before they are dealt out to the splits. */
export interface ReadWhole {
  readonly columns: readonly Column[];
  /** What is known beside the columns. */
  readonly conditions: readonly ConditionColumn[];
  readonly sequences: readonly Sequence[];
  readonly notes: readonly string[];
}

/** What sequences are dealt out by, and what was said of them. */
export interface ReadContext {
  readonly parts: readonly SplitPart[];
  readonly time: TimeColumn | undefined;
  readonly options: SchemaOptions;
  /** The file or folder, for messages. */
  readonly source: string;
}

/** Adds to what is known beside the columns what is made of the sequences themselves (`data/derived/`). */
export type Derive = (read: ReadWhole, context: ReadContext) => ReadWhole;

const asRead: Derive = (read) => read;

/**
 * A data set from the tables of a file or folder: kinds, time, resolution, split and statistics are inferred where the
 * options leave them open, and decisions leave a note. Kinds look at all the data; levels, statistics and what counts
 * as constant at the training split alone.
 *
 * @param source The file or folder, for messages.
 * @param derive adds covariates that no file tells; none are unless told
 * @throws VrnnError `data/...` with the place and the remedy.
 */
export function buildDataset(
  tables: readonly Table[],
  options: SchemaOptions,
  source: string,
  derive: Derive = asRead,
): Dataset {
  const given = options.sequence === undefined ? tables : groupAll(tables, options.sequence);
  const names = sharedColumns(given);
  checkNames(names, options, source);
  if (options.columns === undefined) refuseSingleSteps(given.map(itemOf), source);
  const found = findTime(given, names, { ...options, modelled: asked(options) });
  const { time, leftOut } = found;
  const grouped = given.map((table, i) => (found.course?.isFalling(i) ? reversedTable(table) : table));
  const items = grouped.map((table) => ({ ...itemOf(table), isTimed: time !== undefined }));
  const rowNumbers = rowNumbersOf(tables, options).filter((name) => name !== time?.name);
  const plan = planGiven(items, { ...options, shuffle: shuffleOf(items, options) }, source);
  const parts = [...plan.parts].sort((a, b) => a.index - b.index || a.start - b.start);
  const taken = [time?.name, ...leftOut, ...rowNumbers];
  const { modelled, known } = columnsOf(grouped, parts, modelledNames(names, options, taken), options);
  requireSome(modelled.columns, source, trainedRows(items, parts));
  refuseChangingStatics(grouped, known);
  const labels = readLabels(grouped, parts, options);
  const rows = withLabels(interleave(grouped, modelled.encoded, known.encoded, time), labels);
  const read = derive(
    {
      columns: modelled.columns,
      conditions: known.columns,
      sequences: options.keepsCells ? withCells(rows, grouped) : rows,
      notes: columnNotes(modelled, known, options),
    },
    { parts, time, options, source },
  );
  const { conditions, sequences } = read;
  const decimal = decimalOf(tables);
  const data: Dataset = {
    columns: modelled.columns,
    ...(conditions.length > 0 && { conditions }),
    ...(labels && { label: labels.column }),
    splits: dealOut(sequences, parts),
    ...(options.columns && { unknown: unknownAmong(names, options, time?.name, rowNumbers) }),
    notes: [
      ...readingNotes(tables, rowNumbers),
      ...found.notes,
      ...sequenceNote(given, names, found, options),
      ...plan.notes,
      ...placeNotes(items, plan, time && whenIn(sequences, time)),
      ...read.notes,
      ...(labels?.notes ?? []),
    ],
    ...(time && { time }),
    ...(decimal && { decimal }),
  };
  return scaleSeries(data, options.scaleSteps);
}

/** What is told of the files, before anything is made of their columns. */
const readingNotes = (tables: readonly Table[], rowNumbers: readonly string[]): readonly string[] => [
  ...new Set(tables.flatMap(({ notes }) => notes)),
  ...missingNote(missingWordsOf(tables)),
  ...rowNumbers.map(rowNumberNote),
];

/** The columns that are modelled, and those that are known: of a trained model, or as the training split shows them. */
function columnsOf(
  tables: readonly Table[],
  parts: readonly SplitPart[],
  names: readonly string[],
  options: SchemaOptions,
) {
  const { columns, conditions } = options;
  if (columns !== undefined)
    return { modelled: readAs(tables, columns), known: readAs(tables, readConditions(conditions)) };
  const infer = (wanted: readonly string[]) => varying(inferColumns(tables, parts, wanted, options));
  return { modelled: infer(names), known: withRoles(infer(conditionNames(options)), options) };
}

const itemOf = ({ rows, split, name }: Table): Splittable => ({ length: rows, split, name });

/** What tells when a step was, as it is written. */
const whenIn =
  (sequences: readonly Sequence[], time: TimeColumn) =>
  (i: number, step: number): string =>
    String(writtenTime(sequences[i]!.times![step]!, time));

/** The sequences with all that their tables hold, as it was written. */
const withCells = (sequences: readonly Sequence[], tables: readonly Table[]): Sequence[] =>
  paired(sequences, tables).map(([sequence, { columns, written }]) => ({
    ...sequence,
    cells: new Map([...columns].map(([name, cells]) => [name, written?.get(name) ?? cells])),
  }));

function groupAll(tables: readonly Table[], column: string): Table[] {
  return tables.flatMap((table) => {
    requireColumn(column, table.columns.keys(), "sequence", table.file);
    return groupBySequence(table, column);
  });
}

/** The mark of all tables that were read by one; undefined where they differ: each file speaks for itself. */
function decimalOf(tables: readonly Table[]): DecimalMark | undefined {
  const [first, ...others] = new Set(tables.flatMap(({ decimal }) => decimal ?? []));
  return others.length === 0 ? first : undefined;
}

/** How often each word was read as missing in the files of some tables. */
function missingWordsOf(tables: readonly Table[]): Map<string, number> {
  const words = new Map<string, number>();
  for (const file of new Set(tables.map(({ missingWords }) => missingWords))) {
    for (const [word, count] of file ?? []) words.set(word, (words.get(word) ?? 0) + count);
  }
  return words;
}
