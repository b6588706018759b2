import {
  type Dataset,
  type LabelColumn,
  type Sequence,
  SPLIT_NAMES,
  type SplitName,
  type TimeColumn,
} from "./dataset.ts";
import type { ColumnsField, Fields, LabelField } from "./fields.ts";
import type { Modality } from "./modality.ts";
import { type MemorySequence, memorySource, type SequenceSource } from "./source.ts";

/** Sequences of any kind with the same fields, split into training, validation and test. */
export interface FieldDataset {
  readonly modality: Modality;
  readonly fields: Fields;
  readonly splits: Readonly<Record<SplitName, SequenceSource>>;
  /** What was inferred and left out, one line each, for a person to read. */
  readonly notes: readonly string[];
  /** The time column, when there was one. */
  readonly time?: TimeColumn;
  /** A checksum of what an encoder read, where the fields hold what it told alone. */
  readonly encoded?: string;
}

/** The same with all sequences in memory: nothing but data, which can be handed to another thread. */
export interface MemoryDataset extends Omit<FieldDataset, "splits"> {
  readonly splits: Readonly<Record<SplitName, readonly MemorySequence[]>>;
}

/** A data set in memory as one whose sequences are read from sources. */
export const heldDataset = ({ splits, ...data }: MemoryDataset): FieldDataset => ({
  ...data,
  splits: splitSources((split) => memorySource(splits[split], data.fields)),
});

/** A source for each split. */
export function splitSources(sourceOf: (split: SplitName) => SequenceSource): FieldDataset["splits"] {
  const [train, valid, test] = SPLIT_NAMES.map(sourceOf) as [SequenceSource, SequenceSource, SequenceSource];
  return { train, valid, test };
}

/** The fields of a table. */
export interface TableFields {
  /** The columns that are modelled. */
  readonly x: ColumnsField;
  /** What is known beside them, statics among it: the columns tell their own roles. */
  readonly condition?: ColumnsField;
  /** What is to be told of the sequences. */
  readonly label?: LabelField;
}

/**
 * The fields of a table: `x`, the columns that are modelled, `condition`, what is known beside them at each step, and
 * `label`, what is to be told.
 *
 * @example
 * Object.keys(tableFields(data)); // ["x", "condition"]
 */
export const tableFields = ({
  columns,
  conditions = [],
  label,
  scaleSteps,
}: Pick<Dataset, "columns" | "conditions" | "label" | "scaleSteps">): TableFields & Fields => ({
  x: { kind: "columns", role: "target", axis: "T", columns, ...(scaleSteps !== undefined && { scaleSteps }) },
  ...(conditions.length > 0 && {
    condition: { kind: "columns", role: "covariate", axis: "T", columns: conditions },
  }),
  ...(label && { label: labelField(label) }),
});

/** A column of labels as a field. */
const labelField = ({ over, levels, shares, byClass }: Omit<LabelColumn, "name">): LabelField => ({
  kind: "label",
  role: "label",
  axis: over === "step" ? "T" : "none",
  levels,
  shares,
  ...(byClass && { byClass }),
});

/** A sequence of a table with its values by field. */
export function tableSequence({ values, conditions, label, units, ...rest }: Sequence): MemorySequence {
  const beside = { ...(conditions && { condition: conditions }), ...(label && { label }) };
  return { ...rest, values: { x: values, ...beside }, ...(units && { units: { x: units } }) };
}

/** A data set of tables as one of fields; its sequences stay where they are in memory. */
export function tableDataset(data: Dataset): FieldDataset {
  const fields = tableFields(data);
  return {
    modality: data.modality ?? { name: "table" },
    fields,
    splits: splitSources((split) => memorySource(data.splits[split].map(tableSequence), fields)),
    notes: data.notes,
    ...(data.time && { time: data.time }),
  };
}

/** A data set by its fields, whether it came so or as a table. */
export const fieldDatasetOf = (data: FieldDataset | Dataset): FieldDataset =>
  "fields" in data ? data : tableDataset(data);

/** Sequences of a table as a source; a source itself as it is. */
export const sequenceSource = (
  sequences: readonly Sequence[] | SequenceSource,
  fields: Fields,
): SequenceSource => ("open" in sequences ? sequences : memorySource(sequences.map(tableSequence), fields));

/** What data are of that a model was trained on. */
export type KnownData = Pick<FieldDataset, "fields" | "modality">;
