/** What a run is of: the columns of a table, text, or frames. */
import { own } from "../collections.ts";
import { type FramesField, type LabelField, labelNameOf } from "../data/fields.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import type { Vocabulary } from "../data/text/vocabulary.ts";
import { VrnnError } from "../errors.ts";
import { type ModelColumns, modelDataOf } from "../models/family.ts";
import type { RunConfig } from "./run-config.ts";

type RunData = Pick<RunConfig, "fields" | "modality">;

/**
 * The columns of a run of tables, and what is known beside them.
 *
 * @throws VrnnError `run/no-columns` for a run of another kind of data
 */
export function tableOf({ fields, modality }: RunData): ModelColumns {
  const data = modelDataOf(fields);
  if ("columns" in data) return data;
  throw new VrnnError("run/no-columns", `this run is of ${modality.name}: it has no columns`, {
    remedy: "give a run that was trained on a table",
  });
}

/** The vocabulary of a run of text; undefined for a run of anything else. */
const vocabularyOfRun = ({ fields }: Pick<RunConfig, "fields">): Vocabulary | undefined =>
  fields["x"]?.kind === "tokens" ? fields["x"].vocabulary : undefined;

/** The label that a run tells, or else the one that stands beside its sequences. */
export function labelOfRun({
  fields,
  readout,
}: Pick<RunConfig, "fields" | "readout">): LabelField | undefined {
  const field = own(fields, readout?.field ?? labelNameOf(fields) ?? "");
  return field?.kind === "label" ? field : undefined;
}

/** Where the data of a run were found: one place, or several files. */
export const placesOf = ({ data }: Pick<RunConfig, "data">): readonly string[] => [
  data.path,
  ...(data.more ?? []),
];

/** With what other tables are read as those of the run were. */
export const tableSchemaOf = (config: RunConfig): SchemaOptions => ({
  ...config.data.schema,
  ...tableOf(config),
  levels: labelOfRun(config)?.levels,
  byClass: labelOfRun(config)?.byClass,
});

/** @throws VrnnError `run/no-text` for a run of anything else */
export function requireVocabulary(config: RunData): Vocabulary {
  const vocabulary = vocabularyOfRun(config);
  if (vocabulary !== undefined) return vocabulary;
  throw new VrnnError("run/no-text", `this run is of a ${config.modality.name}, not of tokens`, {
    remedy: "give a run that was trained on text",
  });
}

/** The frames that a run is of. @throws VrnnError `run/no-frames` for a run of anything else */
export function framesOf({ fields: { x }, modality }: RunData): FramesField {
  if (x?.kind === "frames") return x;
  throw new VrnnError("run/no-frames", `this run is of ${modality.name}, not of frames`, {
    remedy: "give a run that was trained on moving pictures",
  });
}
