/** Options that a model does not read. */
import type { Modality } from "../data/modality.ts";
import { refuseOtherMaterials } from "../data/option-materials.ts";
import type { VrnnError } from "../errors.ts";
import type { ModelFamily, ModelOptions } from "../models/family.ts";
import { capabilitiesOf, latentWidth, type Model } from "../models/model.ts";
import { objectiveFacts } from "../objectives/loading.ts";
import { flagName, metaOf, type OptionNeed, shapeOf, usageError } from "../options.ts";
import type * as z from "../zod.ts";
import { type TrainingOptions, trainingOptions } from "./options.ts";

/** What a model may lack: whether it has it, and how one is told that it has not. */
const needs: Readonly<Record<OptionNeed, { has(model: Model): boolean; lacking: string; remedy: string }>> = {
  pixels: {
    has: ({ inputs }) => inputs?.["picture"] !== undefined,
    lacking: "an encoder of your own reads the pictures, as they are",
    remedy: "leave it out, or --features",
  },
  latents: {
    has: (model) => latentWidth(model) > 0,
    lacking: "the model draws no latent variables: its likelihood is exact",
    remedy: "leave it out, or choose a model that draws some",
  },
  dropoutSites: {
    has: ({ dropoutSites }) => Object.keys(dropoutSites).length > 0,
    lacking: "the model has no hidden values to drop",
    remedy: "leave it out, or choose a model with hidden layers",
  },
  recurrentWeights: {
    has: ({ recurrentWeights = [] }) => recurrentWeights.length > 0,
    lacking: "the model names no recurrent weights",
    remedy: "leave it out, or choose a model of cells",
  },
  conditions: {
    has: ({ conditions = [] }) => conditions.length > 0,
    lacking: "the model takes nothing beside the data",
    remedy: "leave it out, or name columns by --static or --covariates",
  },
  labels: {
    has: ({ readout }) => readout !== undefined,
    lacking: "the model tells no labels",
    remedy: "leave it out, or name their column by --label",
  },
  transcripts: {
    has: ({ transcriber }) => transcriber !== undefined,
    lacking: "the model tells no transcripts",
    remedy: "leave it out, or choose --model recognise",
  },
  choices: {
    has: ({ observation, readout }) => observation?.dtype === "int64" || readout !== undefined,
    lacking: "the model chooses neither tokens nor labels",
    remedy: "leave it out",
  },
  units: {
    has: ({ units = false }) => units,
    lacking: "the model has one scale for all sequences",
    remedy: "leave it out, or choose vrnn or srnn",
  },
  particles: {
    has: (model) => !capabilitiesOf(model).smooths,
    lacking: "the model learns from all steps of a sequence, without particles",
    remedy: "leave it out",
  },
};

/** What was asked for, complete. */
export interface Asked {
  /** Of the family, by its schema. */
  readonly family: Pick<ModelFamily, "options">;
  readonly model: ModelOptions;
  readonly training: TrainingOptions;
  readonly modality: Modality;
}

/**
 * Refuses options that would have no effect on a model. Those that stand at their defaults ask for nothing.
 *
 * @throws VrnnError `usage/option`
 */
export function refuseUnreadBy(model: Model, { family, training, modality, ...asked }: Asked): void {
  const wanted = beyondDefaults(family.options, asked.model);
  refuseOtherMaterials(family.options, wanted, { material: modality.name });
  refuseLacking(model, family.options, wanted);
  refuseLacking(model, trainingOptions, beyondDefaults(trainingOptions, training));
  const { objective } = training;
  const { needs: need } = objectiveFacts[objective];
  if (need !== undefined && !needs[need].has(model))
    throw withoutEffect(`--objective ${objective}`, needs[need]);
}

/** The options that are not as they would be if nothing were said. */
function beyondDefaults(schema: z.ZodMiniType, values: Readonly<Record<string, unknown>>) {
  const usual = schema.parse({}) as Readonly<Record<string, unknown>>;
  const isUsual = ([key, value]: [string, unknown]) => JSON.stringify(value) === JSON.stringify(usual[key]);
  return Object.fromEntries(Object.entries(values).filter((entry) => !isUsual(entry)));
}

/**
 * Refuses options that are about what a model lacks.
 *
 * @param wanted what was said, nothing filled in
 * @throws VrnnError `usage/option`
 */
export function refuseLacking(
  model: Model,
  schema: z.ZodMiniType,
  wanted: Readonly<Record<string, unknown>>,
): void {
  for (const [key, part] of Object.entries(shapeOf(schema))) {
    const { needs: need, flag = key } = metaOf(part);
    if (key in wanted && need !== undefined && !needs[need].has(model))
      throw withoutEffect(flagName(flag), needs[need]);
  }
}

const withoutEffect = (
  option: string,
  { lacking, remedy }: { readonly lacking: string; readonly remedy: string },
): VrnnError => usageError(`option '${option}' has no effect: ${lacking}`, remedy);
