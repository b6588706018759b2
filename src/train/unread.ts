/** Options of training that a model does not read. */
import { latentWidth, type Model } from "../models/model.ts";
import { metaOf, type OptionNeed, shapeOf, usageError } from "../options.ts";
import { type TrainingOptions, trainingOptions } from "./options.ts";

/** What a model may lack: whether it has it, and how one is told that it has not. */
const needs: Readonly<Record<OptionNeed, { has(model: Model): boolean; lacking: string; remedy: string }>> = {
  latents: {
    has: (model) => latentWidth(model) > 0,
    lacking: "the model has no latent variables",
    remedy: "leave it out, or choose a model that has some",
  },
  dropoutSites: {
    has: ({ dropoutSites }) => Object.keys(dropoutSites).length > 0,
    lacking: "the model has no hidden values to drop",
    remedy: "leave it out, or choose a model with hidden layers",
  },
  conditions: {
    has: ({ conditions = [] }) => conditions.length > 0,
    lacking: "the model takes nothing beside the data",
    remedy: "leave it out, or name columns by --static or --covariates",
  },
};

/**
 * Refuses options that would have no effect on a model. Those that stand at their defaults ask for nothing.
 *
 * @throws VrnnError `usage/option`
 */
export function refuseUnreadBy(model: Model, options: TrainingOptions): void {
  const usual: Readonly<Record<string, unknown>> = trainingOptions.parse({});
  for (const [key, schema] of Object.entries(shapeOf(trainingOptions))) {
    const { needs: need, flag = key } = metaOf(schema);
    if (need === undefined || needs[need].has(model)) continue;
    if (options[key as keyof TrainingOptions] === usual[key]) continue;
    const { lacking, remedy } = needs[need];
    throw usageError(`option '${flag.split(" ")[0]}' has no effect: ${lacking}`, remedy);
  }
}
