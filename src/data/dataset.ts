import type { Derivation } from "./derived/derivation.ts";
import type { Modality } from "./modality.ts";
import type { DateOrder, DecimalMark } from "./tables/answers.ts";

/** Every kind of column: how its values are modelled. */
export const columnKinds = [
  /** A continuous value. */
  "real",
  /** A yes or no, 1 or 0. */
  "binary",
  /** One of a few levels. */
  "categorical",
  /** A whole number from 0. */
  "count",
  /** A share, from 0 to 1. */
  "proportion",
  /** A whole number in a range that the format sets: a pixel of 8 bits, a sound sample of 16. */
  "quantised",
] as const;

/** One of the kinds of columns. */
export type ColumnKind = (typeof columnKinds)[number];

/** One column of a sequence, with what the training split says of it. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The levels of a categorical column, in the order of their indices; empty for other kinds. */
  readonly levels: readonly string[];
  /** The grid that a real column was recorded on (0.01 for two decimals), in its own unit; 0 when it has none. */
  readonly resolution: number;
  /** The first point of that grid from 0 on, where 0 is none: 0.25 for 0.25, 0.75, 1.25 ... */
  readonly origin?: number;
  /** Quantised: the least and the greatest value that the format holds, such as [0, 255]. */
  readonly range?: readonly [lowest: number, highest: number];
  /**
   * Statistics of the observed entries of the training split. For a binary column the mean is its rate of ones; for a
   * categorical one they are those of the level index and mean little.
   */
  readonly mean: number;
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** The share of entries missing in the training split. */
  readonly missing: number;
  /** Categorical: the share of each level in the training split (sums to 1); empty for other kinds. */
  readonly shares: readonly number[];
  /** How far training spreads around what the column may be predicted from, by its name (`distributions/centres.ts`), in its unit. */
  readonly spreads?: Readonly<Record<string, number>>;
  /** What share of how far the last value was from its own is still there a step later, by the same names, from 0 to 1. */
  readonly damping?: Readonly<Record<string, number>>;
}

/**
 * How values are scaled in place of the statistics of the training split: (value − shift) / scale. What depends on the
 * values themselves may do so on earlier steps alone: then the likelihood is one of the data, in their own units.
 */
export interface Units {
  /** `[D]`, or `[length, D]` where they change from step to step. */
  readonly shift: Float64Array;
  /** `[D]` or `[length, D]`, above 0. */
  readonly scale: Float64Array;
  /** The first step that they hold at; before it the statistics of the columns do. 0 unless told. */
  readonly from?: number;
}

/** A sequence: `length` steps of one value per column, row by row; NaN is a missing entry; a level is its index. */
export interface Sequence {
  readonly name: string;
  readonly length: number;
  /** `[length, columns]`, row-major. */
  readonly values: Float64Array;
  /** `[length, conditions]`, row-major: what is known beside the sequence, in the order of `Dataset.conditions`. */
  readonly conditions?: Float64Array;
  /** Of a data set with a label: `[1]`, or `[length]` where each step has its own; the index of a level, −1 is unknown. */
  readonly label?: Int32Array;
  /** When each step was, in seconds (since 1970, UTC unless the file said otherwise, where it told dates), if that is known. */
  readonly times?: Float64Array;
  /** `[length]` each: all columns of the file as they were written, in its order, where that was asked for. */
  readonly cells?: ReadonlyMap<string, readonly (number | string)[] | Float64Array>;
  /** Where this begins in the sequence that it is a part of, in steps; absent counts as 0. */
  readonly offset?: number;
  /** How the columns of this sequence are scaled, where it is not by their statistics (`data/series-units.ts`). */
  readonly units?: Units;
}

/** The three parts of a data set. */
export type SplitName = "train" | "valid" | "test";

export const SPLIT_NAMES: readonly SplitName[] = ["train", "valid", "test"];

/** The column that told when each step was; it is not modelled. Sequences have its times in seconds. */
export interface TimeColumn {
  readonly name: string;
  /** What the file held: plain numbers, dates, or times of day and lengths of time such as 36:15:00. */
  readonly kind: "number" | "date" | "duration";
  /** Numbers: how many of them are in a second, 1000 of milliseconds; absent counts as 1. */
  readonly perSecond?: number;
  /** Numbers: whether they count from 1970. */
  readonly isEpoch?: true;
  /** Dates whose day and month need it: in which order year, month and day stand. */
  readonly order?: DateOrder;
  /** Dates: whether all are whole days. */
  readonly isDay?: true;
  /** Dates: the column beside that holds the time of day. */
  readonly clock?: string;
  /** Dates: how far from UTC the clock is that they were written by, `+02:00`, where they say so. */
  readonly zone?: string;
}

/**
 * A column that is not modelled but known: of the whole sequence (`static`: the patient, the machine), or of each step
 * and in advance (`covariate`: the calendar, a price list).
 */
export interface ConditionColumn extends Column {
  readonly role: ConditionRole;
  /** How it is made of the sequence itself (`data/derived/`), so that no file has to tell it; absent: files do. */
  readonly derived?: Derivation;
}

/** Every role of a condition. */
export const conditionRoles = ["static", "covariate"] as const;
/** What a condition is known of. */
export type ConditionRole = (typeof conditionRoles)[number];

/** What a label is told of: the whole sequence, or each of its steps. */
export const labelSpans = ["sequence", "step"] as const;
/** What a label is told of. */
export type LabelSpan = (typeof labelSpans)[number];

/** A column that is not modelled but told: the class of each sequence, or of each step. */
export interface LabelColumn {
  readonly name: string;
  readonly over: LabelSpan;
  readonly levels: readonly string[];
  /** The share of each level among the known labels of the training split. */
  readonly shares: readonly number[];
  /** Whether each split was dealt its share of every level, where sequences have labels and were dealt out. */
  readonly byClass?: true;
}

/** Sequences with one schema, split into training, validation and test. */
export interface Dataset {
  readonly columns: readonly Column[];
  /** What is known beside the sequences; absent: nothing. */
  readonly conditions?: readonly ConditionColumn[];
  /** What is to be told of the sequences; absent: nothing. */
  readonly label?: LabelColumn;
  readonly splits: Readonly<Record<SplitName, readonly Sequence[]>>;
  /** Read as the columns of a trained model: those of the files that it does not know. */
  readonly unknown?: readonly string[];
  /** What was inferred and left out, one line each, for a person to read. */
  readonly notes: readonly string[];
  /** The time column, when there was one. */
  readonly time?: TimeColumn;
  /** What set off decimals in the files, where these agree: numbers that come later are read by it. */
  readonly decimal?: DecimalMark;
  /** What kind of material this is; absent: a table. */
  readonly modality?: Modality;
  /** After how many of its first steps each sequence is scaled by these; absent: all are by the columns' statistics. */
  readonly scaleSteps?: number;
}

/** The units of steps `start` (included) to `end` (not included). @param width D */
export function sliceUnits(
  { shift, scale, from = 0 }: Units,
  width: number,
  start: number,
  end: number,
): Units {
  const own = (numbers: Float64Array) =>
    numbers.length === width ? numbers : numbers.subarray(start * width, end * width);
  return { shift: own(shift), scale: own(scale), ...(from > start && { from: from - start }) };
}

/**
 * Steps `start` (included) to `end` (not included) of a sequence, as a view on the same memory; `offset` says where
 * they stood.
 *
 * @example
 * sliceSequence({ name: "a", length: 3, values: Float64Array.of(1, 2, 3) }, 1, 3);
 * // { name: "a", length: 2, values: [2, 3], offset: 1 }
 */
export function sliceSequence(sequence: Sequence, start: number, end: number): Sequence {
  if (start === 0 && end === sequence.length) return sequence;
  const { length, values, conditions, label, units } = sequence;
  const rows = (table: Float64Array) => {
    const width = length === 0 ? 0 : table.length / length;
    return table.subarray(start * width, end * width);
  };
  return {
    name: sequence.name,
    length: end - start,
    values: rows(values),
    ...(conditions && { conditions: rows(conditions) }),
    ...(label && { label: label.length === length ? label.subarray(start, end) : label }),
    ...(sequence.times && { times: sequence.times.subarray(start, end) }),
    ...(units && { units: sliceUnits(units, length === 0 ? 0 : values.length / length, start, end) }),
    ...(sequence.cells && { cells: slicedCells(sequence.cells, start, end) }),
    offset: (sequence.offset ?? 0) + start,
  };
}

const slicedCells = (
  cells: NonNullable<Sequence["cells"]>,
  start: number,
  end: number,
): NonNullable<Sequence["cells"]> =>
  new Map([...cells].map(([name, column]) => [name, column.slice(start, end)]));
