import { join, resolve } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { modelFamilies } from "../models/families.ts";
import type { Model } from "../models/model.ts";
import { digestOf } from "./data.ts";
import { RunFolder } from "./folder.ts";
import { type RunConfig, runConfig } from "./run-config.ts";
import { joinWeights } from "./stored.ts";
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
 * config.model; // { hidden: 64, latent: 32, cell: "gru", layers: 1, residual: true, emission: [] }
 */
export function openRun(path: string): Run {
  const folder = RunFolder.open(path, runConfig);
  const { config } = folder;
  const model = modelOf(config);
  const weights = joinWeights(model.parameters, folder.weights(), join(path, "weights.safetensors"));
  return { folder, config, model, weights };
}

/** What a new run is made of: where its data are, what they held, and options. */
export interface NewRun extends Pick<RunConfig, "family" | "model" | "training"> {
  readonly path: string;
  readonly data: Dataset;
  /** With what the data were read. */
  readonly schema: RunConfig["data"]["schema"];
}

/** The configuration of a new run. */
export const newConfig = ({ family, model, training, path, data, schema }: NewRun): RunConfig => ({
  vrnn: projectVersion,
  family,
  model,
  training,
  // The grid of music is kept even where it is the usual one: what is sampled is played on it.
  data: { path: resolve(path), digest: digestOf(data), schema: { ...schema, ...gridOf(data) } },
  columns: data.columns,
  ...(data.conditions && { conditions: data.conditions }),
});

const gridOf = ({ modality }: Dataset) =>
  modality?.name === "music" && modality.grid !== undefined ? { grid: modality.grid } : {};

/** The model that a configuration describes, without weights. */
export const modelOf = ({ family, model, ...given }: RunConfig): Model =>
  modelFamilies[family].build(given, model);
