import { join, resolve } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { type FieldDataset, tableDataset } from "../data/field-dataset.ts";
import { STDIN } from "../data/files-bytes.ts";
import { modelFamilies } from "../models/families.ts";
import { modelDataOf } from "../models/family.ts";
import type { Model } from "../models/model.ts";
import { digestOf, digestOfSources } from "./digest.ts";
import { RunFolder } from "./folder.ts";
import { type RunConfig, runConfig } from "./run-config.ts";
import { joinWeights } from "./stored.ts";
import { toldBy } from "./told-label.ts";
import { projectVersion } from "./version.ts";

/** A trained model with all that is known of it. */
export interface Run {
  readonly folder: RunFolder<RunConfig>;
  readonly config: RunConfig;
  readonly model: Model;
  /** `[P]`: the weights of the best validation bound. */
  readonly weights: Float32Array;
}

/** What is needed to use a model, wherever it came from. */
export type TrainedModel = Pick<Run, "config" | "model" | "weights">;

/**
 * Opens a run to use its model. Whoever wrote the files, nothing is taken from them unchecked.
 *
 * @throws VrnnError `run/missing`, `run/config`, `run/newer`, `run/untrained` or `checkpoint/...`, in one line.
 * @example
 * const { model, weights, config } = openRun("runs/jsb");
 * config.model; // { hidden: 64, latent: 32, cell: "gru", layers: 1, residual: true, ... }
 */
export function openRun(path: string): Run {
  const folder = RunFolder.open(path, runConfig);
  const { config } = folder;
  const model = modelOf(config);
  const weights = joinWeights(model.parameters, folder.weights(), join(path, "weights.safetensors"));
  return { folder, config, model, weights };
}

/** What a new run is made of: where its data are, what they held, and options. */
export interface NewRun<Data = Dataset> extends Pick<RunConfig, "family" | "model" | "training"> {
  readonly path: string;
  /** Further files, where several were named. */
  readonly more?: readonly string[] | undefined;
  readonly data: Data;
  /** With what the data were read. */
  readonly schema: RunConfig["data"]["schema"];
}

/** The configuration of a new run on tables. @throws VrnnError `objective/no-labels` */
export const newConfig = (run: NewRun): RunConfig =>
  configOf(
    { ...run, data: tableDataset(run.data), schema: { ...run.schema, ...decimalOf(run.data) } },
    digestOf(run.data),
  );

/** The configuration of a new run on data of any kind, which are read once. @throws VrnnError `objective/no-labels` */
export const newFieldsConfig = async (run: NewRun<FieldDataset>): Promise<RunConfig> =>
  configOf(run, await digestOfSources(run.data));

const configOf = (
  { family, model, training, path, more = [], data, schema }: NewRun<FieldDataset>,
  digest: string,
): RunConfig => ({
  vrnn: projectVersion,
  family,
  model,
  training,
  // The grid of music is kept even where it is the usual one: what is sampled is played on it.
  data: {
    path: path === STDIN ? STDIN : resolve(path),
    ...(more.length > 0 && { more: more.map((each) => resolve(each)) }),
    digest,
    schema: { ...schema, ...gridOf(data), ...datesOf(data) },
  },
  modality: data.modality,
  fields: data.fields as RunConfig["fields"],
  ...toldBy(training.objective, data.fields),
});

/** Live data say less than a file: they are read by the mark that was found in the files. */
const decimalOf = ({ decimal }: Dataset) => (decimal === undefined ? {} : { decimal });

/** Other data may be too short to tell the day from the month. */
const datesOf = ({ time }: FieldDataset) => (time?.order === undefined ? {} : { dates: time.order });

const gridOf = ({ modality }: FieldDataset) =>
  "grid" in modality && modality.grid !== undefined ? { grid: modality.grid } : {};

/** The model that a configuration describes, without weights. */
export const modelOf = ({ family, model, fields, readout }: RunConfig): Model =>
  modelFamilies[family].build(modelDataOf(fields, readout?.field), model);
