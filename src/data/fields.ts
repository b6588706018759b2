/** What a data set holds of each sequence: a handful of named fields. */
import type { Column } from "./dataset.ts";
import type { Vocabulary } from "./text/tokens.ts";

/**
 * What a field is to a model: what it explains (`target`), what is known of every step and in advance (`covariate`) or
 * of the whole sequence (`static`), what is translated or described (`source`), what is to be told (`label`).
 */
export const fieldRoles = ["target", "covariate", "static", "source", "label"] as const;
/** What a field is to a model. */
export type FieldRole = (typeof fieldRoles)[number];

/** Along what a field goes: the steps of the sequence, a length of its own, or nothing (once a sequence). */
export const fieldAxes = ["T", "S", "none"] as const;
/** Along what a field goes. */
export type FieldAxis = (typeof fieldAxes)[number];

interface Placed {
  readonly role: FieldRole;
  readonly axis: FieldAxis;
}

/** A mixed table. Its values are `[T, D]` float64: NaN is missing, a level is its index. */
export interface ColumnsField extends Placed {
  readonly kind: "columns";
  readonly columns: readonly Column[];
  /** After how many of its first steps each sequence is scaled by these; absent: all are by the columns' statistics. */
  readonly scaleSteps?: number;
}

/** Text. Its values are `[T]` int32: ids of the vocabulary, of which the first four are reserved. */
export interface TokensField extends Placed {
  readonly kind: "tokens";
  readonly vocabulary: Vocabulary;
  /** Of what is read (`source`): how many tokens the longest has of which was learned. */
  readonly longest?: number;
}

/** What the numbers of frames are kept as. */
export const frameStorages = ["uint8", "float32"] as const;
export type FrameStorage = (typeof frameStorages)[number];

/**
 * Feature vectors, frames of a wave, pictures. Values are `[T, ...shape]`, row-major, without missing entries. A model is
 * given (value − lowest) / (highest − lowest): with the range [0, 1] they are given as they are.
 */
export interface FramesField extends Placed {
  readonly kind: "frames";
  readonly shape: readonly number[];
  readonly storage: FrameStorage;
  readonly range: readonly [lowest: number, highest: number];
}

/** Which of so many features a sequence has, in no order, such as the n-grams of its text. Its values are int32, from 0. */
export interface FeaturesField extends Placed {
  readonly kind: "features";
  readonly size: number;
}

/** One of a few levels, of the sequence or of each step. Its values are int32 indices; −1 is unknown. */
export interface LabelField extends Placed {
  readonly kind: "label";
  readonly levels: readonly string[];
  /** The share of each level among the known labels of the training split, where they were counted. */
  readonly shares?: readonly number[];
  /** Whether each split was dealt its share of every level: so it is again when the data are. */
  readonly byClass?: true;
}

/** A field, by its kind. */
export type Field = ColumnsField | TokensField | FramesField | FeaturesField | LabelField;
/** The kind of a field. */
export type FieldKind = Field["kind"];

/**
 * The fields of a data set, by name.
 *
 * @example
 * const fields: Fields = {
 *   message: { kind: "tokens", role: "target", axis: "T", vocabulary },
 *   class: { kind: "label", role: "label", axis: "none", levels: ["ham", "spam"] },
 * };
 */
export type Fields = Readonly<Record<string, Field>>;

/** What holds the values of a field of each kind. */
export interface ValuesOf {
  readonly columns: Float64Array;
  readonly tokens: Int32Array;
  readonly frames: Uint8Array | Float32Array;
  readonly features: Int32Array;
  readonly label: Int32Array;
}

/** The values of some field: one step after the other, `widthOf(field)` numbers each. */
export type FieldValues = ValuesOf[FieldKind];

/** How many numbers a step has, of the kinds that may have several. */
const WIDTHS: { readonly [Kind in FieldKind]?: (field: Extract<Field, { kind: Kind }>) => number } = {
  columns: ({ columns }) => columns.length,
  frames: ({ shape }) => shape.reduce((all, size) => all * size, 1),
};

/**
 * How many numbers one step of a field has.
 *
 * @example
 * widthOf({ kind: "frames", role: "target", axis: "T", shape: [16, 16], storage: "uint8", range: [0, 255] }); // 256
 */
export const widthOf = (field: Field): number =>
  (WIDTHS[field.kind] as ((field: Field) => number) | undefined)?.(field) ?? 1;

/** The name of the field that holds labels, where there is one; transcripts are none. */
export const labelNameOf = (fields: Fields): string | undefined =>
  Object.keys(fields).find((name) => fields[name]!.kind === "label");
