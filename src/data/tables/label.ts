/** The column of a table that is not modelled but told: the class of each sequence, or of each step. */
import { VrnnError } from "../../errors.ts";
import type { LabelColumn, LabelSpan, Sequence } from "../dataset.ts";
import type { SplitPart } from "../split.ts";
import { type Cell, isMissing } from "./cells.ts";
import { encodeColumn } from "./encode.ts";
import { levelsOf } from "./kinds.ts";
import { cellsAmong, namesIn, type Table } from "./table.ts";

/** What may be said of labels. */
export interface LabelOptions {
  /** A column that is not modelled but told. */
  readonly label?: string | undefined;
  /** What has a label of its own: a sequence unless told. */
  readonly labelPer?: LabelSpan | undefined;
  /** The levels of the label of a trained model: data without that column are read too. */
  readonly levels?: readonly string[] | undefined;
  /** Whether the sequences of a trained model were dealt to its splits class by class, as they are unless older. */
  readonly byClass?: boolean | undefined;
}

/** The labels of all tables. */
export interface ReadLabels {
  readonly column: LabelColumn;
  /** For each table `[1]`, or `[rows]` where each step has its own: the index of a level, −1 where it is unknown. */
  readonly values: readonly Int32Array[];
  readonly notes: readonly string[];
}

/**
 * The labels that the options ask for. Levels are those of the training split, or of a trained model; other data of
 * such a model need not have the column.
 *
 * @throws VrnnError `data/label` for a sequence with several labels where it is to have one, for fewer than two levels
 * in the training split, and for more than 1,000.
 */
export function readLabels(
  tables: readonly Table[],
  parts: readonly SplitPart[],
  options: LabelOptions,
): ReadLabels | undefined {
  const { label: name, labelPer: over = "sequence", levels: told } = options;
  if (name === undefined) return undefined;
  if (told !== undefined && tables.some(({ columns }) => !columns.has(name)))
    return unlabelled(tables, { name, over, levels: told, shares: told.map(() => 0) });
  const trained = parts.filter(({ split }) => split === "train");
  if (over === "sequence") for (const table of tables) refuseSeveral(table, name);
  if (over === "sequence" && told === undefined) refuseCut(tables, parts, name);
  const levels = told ?? trainedLevels(tables, trained, name);
  const { values: rows, notes } = encodeColumn(tables, { name, kind: "categorical", levels });
  const values = rows.map((own) => (over === "step" ? Int32Array.from(own, placeOf) : onlyOf(own)));
  const known = trained.map(({ index, start, end }) =>
    over === "step" ? values[index]!.subarray(start, end) : values[index]!,
  );
  const column: LabelColumn = {
    ...{ name, over, levels, shares: sharesOf(known, levels.length) },
    ...(isByClass(options) && { byClass: true }),
  };
  return { column, values, notes: [toldNote(column), ...notes] };
}

/** Whether labelled sequences are dealt to splits class by class: those of new data, and of a model where its own were. */
const isByClass = ({
  labelPer = "sequence",
  levels,
  byClass = levels === undefined,
}: LabelOptions): boolean => labelPer === "sequence" && byClass;

/** The label of a sequence as it is written, where sequences are dealt out by it. */
export function dealtLevel(table: Table, options: LabelOptions): string | undefined {
  const { label: name } = options;
  if (name === undefined || !isByClass(options) || !table.columns.has(name)) return undefined;
  const known = namesIn(table, name).find((cell) => !isMissing(cell));
  return known === undefined ? undefined : String(known);
}

function trainedLevels(
  tables: readonly Table[],
  trained: readonly SplitPart[],
  name: string,
): readonly string[] {
  const cells = cellsAmong(trained, (index) => namesIn(tables[index]!, name));
  return checkedLevels(levelsOf(cells), tables[0]!.at(name));
}

/** Of a sequence that trains and validates the label is known beforehand. */
function refuseCut(tables: readonly Table[], parts: readonly SplitPart[], name: string): void {
  const cut = parts.find(({ index, start, end }) => end - start < tables[index]!.rows);
  if (cut === undefined) return;
  throw new VrnnError(
    "data/label",
    "sequences that have one label are not cut into training and validation",
    {
      at: tables[cut.index]!.at(name),
      remedy:
        "give three labelled sequences at least, name them with the option sequence, or give each step a label: option label-per: step",
    },
  );
}

const placeOf = (level: number): number => (Number.isNaN(level) ? -1 : level);

/** The one level that stands in the rows of a sequence, `[1]`. */
const onlyOf = (rows: Float64Array): Int32Array =>
  Int32Array.of(placeOf(rows.find((level) => !Number.isNaN(level)) ?? Number.NaN));

function unlabelled(tables: readonly Table[], column: LabelColumn): ReadLabels {
  const values = tables.map(({ rows }) => new Int32Array(column.over === "step" ? rows : 1).fill(-1));
  return { column, values, notes: [`there is no column "${column.name}": no label is known`] };
}

function refuseSeveral(table: Table, name: string): void {
  const cells = namesIn(table, name);
  const first = cells.find((cell) => !isMissing(cell));
  const isOther = (cell: Cell) => !isMissing(cell) && String(cell) !== String(first);
  const row = cells.findIndex(isOther);
  if (row < 0) return;
  throw new VrnnError("data/label", `a sequence has one label, and after "${first}" comes "${cells[row]}"`, {
    at: table.at(name, row),
    remedy: "name the sequences with the option sequence, or give each step a label: option label-per: step",
  });
}

/** More classes than this are numbers or names. */
const MOST_CLASSES = 1000;

/**
 * Levels of a label, when there is something to tell apart.
 *
 * @throws VrnnError `data/label` for fewer than two levels, and for more than 1,000
 */
export function checkedLevels(levels: readonly string[], at: string): readonly string[] {
  if (levels.length > MOST_CLASSES)
    throw new VrnnError("data/label", `the label has ${levels.length} levels`, {
      at,
      remedy: "give a column of classes",
    });
  if (levels.length > 1) return levels;
  const what = levels.length === 0 ? "no label" : `one label only ("${levels[0]}")`;
  throw new VrnnError("data/label", `the training split has ${what}: there is nothing to tell apart`, {
    at,
    remedy: "name the sequences with the option sequence, or deal them out otherwise with split and shuffle",
  });
}

/** The share of each of `count` levels among the known labels; 0 of each where there is none. */
export function sharesOf(labels: readonly Int32Array[], count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const own of labels) for (const level of own) if (level >= 0) counts[level]! += 1;
  const total = counts.reduce((all, each) => all + each, 0);
  return counts.map((each) => each / Math.max(1, total));
}

const toldNote = ({ name, over, levels }: LabelColumn): string => {
  const shown = [...levels.slice(0, 4), ...(levels.length > 4 ? ["..."] : [])].join(", ");
  return `column "${name}" is not modelled but told: the label of each ${over} (${shown})`;
};

/** Sequences with their labels. */
export const withLabels = (
  sequences: readonly Sequence[],
  labels: ReadLabels | undefined,
): readonly Sequence[] =>
  labels === undefined
    ? sequences
    : sequences.map((sequence, i) => ({ ...sequence, label: labels.values[i]! }));
