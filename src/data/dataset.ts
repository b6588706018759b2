import type { Modality } from "./modality.ts";

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
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** The share of entries missing in the training split. */
  readonly missing: number;
  /** Categorical: the share of each level in the training split (sums to 1); empty for other kinds. */
  readonly shares: readonly number[];
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
  /** The time of each step as the file gave it (seconds, or milliseconds since 1970 for dates), when it had such a column. */
  readonly times?: Float64Array;
  /** `[length]` each: all columns of the file as they were written, in its order, where that was asked for. */
  readonly cells?: ReadonlyMap<string, readonly (number | string)[]>;
  /** Where this begins in the sequence that it is a part of, in steps; absent counts as 0. */
  readonly offset?: number;
}

/** The three parts of a data set. */
export type SplitName = "train" | "valid" | "test";

export const SPLIT_NAMES: readonly SplitName[] = ["train", "valid", "test"];

/** The column that told when each step was; it is not modelled. */
export interface TimeColumn {
  readonly name: string;
  /** Whether the file held plain numbers or dates (then `times` are milliseconds since 1970, UTC unless it said otherwise). */
  readonly kind: "number" | "date";
}

/**
 * A column that is not modelled but known: of the whole sequence (`static`: the patient, the machine), or of each step
 * and in advance (`covariate`: the calendar, a price list).
 */
export interface ConditionColumn extends Column {
  readonly role: ConditionRole;
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
}

/** Sequences with one schema, split into training, validation and test. */
export interface Dataset {
  readonly columns: readonly Column[];
  /** What is known beside the sequences; absent: nothing. */
  readonly conditions?: readonly ConditionColumn[];
  /** What is to be told of the sequences; absent: nothing. */
  readonly label?: LabelColumn;
  readonly splits: Readonly<Record<SplitName, readonly Sequence[]>>;
  /** What was inferred and left out, one line each, for a person to read. */
  readonly notes: readonly string[];
  /** The time column, when there was one. */
  readonly time?: TimeColumn;
  /** What kind of material this is; absent: a table. */
  readonly modality?: Modality;
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
  const { length, values, conditions, label } = sequence;
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
