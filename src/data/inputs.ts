/** What models and objectives want to be fed, and whether a field can give it. */
import { maskNames } from "../names.ts";
import type { Column, Units } from "./dataset.ts";
import type { Field, Fields } from "./fields.ts";
import { columnScaling } from "./scaling.ts";

/** What an input may say of a field. */
const inputParts = [
  /**
   * Columns: (value − shift) / scale in float64 before it is rounded, held within ±1e6; a level is its index. Frames:
   * (value − lowest) / (highest − lowest). 0 where nothing is.
   */
  "values",
  /** 1 where an entry was observed; of tokens, features, frames and labels where there is one. */
  "mask",
  /** Tokens: their ids; 0 (the id of padding) beyond the end. Features: their numbers; 0 beyond, which the mask tells. */
  "ids",
  /** Labels: the index of the level; 0 where it is unknown, which the mask tells. */
  "level",
  /** How many steps each row has along the axis of the field. */
  "lengths",
  /** Columns: what was subtracted from a value, in the unit of the data. */
  "shift",
  /** Columns: what a value was divided by then; the Jacobian is its inverse. */
  "scale",
  /** Columns: the width of the cell that a recorded value stands for, in units of `scale`; 0 without a grid. */
  "cell",
] as const;
/** What an input says of a field. */
export type InputPart = (typeof inputParts)[number];

/** A named size of an input: steps, positions of a source, rows of the batch. */
export type NamedSize = "T" | "S" | "B";

/** An input that a model or an objective wants to be fed. */
export interface InputSpec {
  /** What the program calls it. */
  readonly name: string;
  /** The field that it is about. */
  readonly field: string;
  readonly what: InputPart;
  readonly dtype: "float32" | "float64" | "int64";
  /**
   * As the program declares it: first what it goes over, `T, B` or `B, T` (steps), `S, B` or `B, S` (positions of a source),
   * `B` (once a row) or nothing (units of columns), then the numbers of each.
   *
   * | what | numbers of each |
   * |---|---|
   * | values of columns, their mask and units | `D` |
   * | values of frames | their shape |
   * | ids, levels, lengths, the mask of tokens, features, frames and labels | none |
   */
  readonly shape: readonly (NamedSize | number)[];
}

/** The scaling of columns, `[D]` each, or `[T, D]` where a part has its own. */
export interface ColumnUnits extends Units {
  readonly cell: Float64Array;
}

export function columnUnits(columns: readonly Column[]): ColumnUnits {
  const scalings = columns.map(columnScaling);
  const scale = Float64Array.from(scalings, (scaling) => scaling.scale);
  return {
    shift: Float64Array.from(scalings, (scaling) => scaling.shift),
    scale,
    cell: scale.map((size, d) => columns[d]!.resolution / size),
  };
}

/** The cells of columns under another scale. */
export const cellWidths = (scale: Float64Array, usual: ColumnUnits): Float64Array =>
  scale.map((size, i) => {
    const d = i % usual.scale.length;
    return (usual.cell[d]! * usual.scale[d]!) / size;
  });

/** An input with what its field says of it. */
export interface Input {
  readonly spec: InputSpec;
  readonly field: Field;
  /** What it goes over: `["T", "B"]`. */
  readonly lead: readonly NamedSize[];
  /** How many numbers of the input belong to a step. */
  readonly width: number;
  /** Of columns; empty for other kinds. */
  readonly units: ColumnUnits;
}

/**
 * What a model of tables is fed: for each field of columns its values and their mask over time and batch, `x` and `mask` of
 * the target, `<field>` and `<field>.mask` of any other.
 *
 * @example
 * tableInputs(tableFields(data)).map(({ name }) => name); // ["x", "mask", "condition", "condition.mask"]
 */
export function tableInputs(fields: Fields): InputSpec[] {
  return Object.entries(fields).flatMap(([field, { role, axis, ...rest }]): InputSpec[] => {
    if (rest.kind !== "columns" || axis === "S") return [];
    const common = { field, dtype: "float32", shape: ["T", "B", rest.columns.length] } as const;
    const mask = role === "target" ? "mask" : maskNames.of(field);
    return [
      { ...common, name: field, what: "values" },
      { ...common, name: mask, what: "mask" },
    ];
  });
}
