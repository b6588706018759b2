/** The twin of a model of text: the same without latent variables, whose likelihood is exact, beside which it says whether these pay. */
import { join } from "node:path";
import { modelFamilies } from "../models/families.ts";
import { latentWidth } from "../models/model.ts";
import { objectiveFacts } from "../objectives/loading.ts";
import { metaOf, shapeOf } from "../options.ts";
import { RunFolder, TWIN } from "../run/folder.ts";
import { modelOf, type Run } from "../run/run.ts";
import { type RunConfig, runConfig } from "../run/run-config.ts";
import { trainingOptions } from "../train/options.ts";
import type * as z from "../zod.ts";

/**
 * How the twin of a run is trained: all that is about latent variables stands at its default, all else as it is there.
 *
 * @returns undefined where there is none: of a model that is not of tokens, that has no latent variables, or that cannot be
 * without; and of one that tells labels, as its latent variables are there for texts without
 */
export function twinOf(config: RunConfig): RunConfig | undefined {
  const { family, fields, training } = config;
  const { options } = modelFamilies[family];
  if (fields["x"]?.kind !== "tokens" || objectiveFacts[training.objective].needs === "labels")
    return undefined;
  if (latentWidth(modelOf(config)) === 0) return undefined;
  const without = options.safeParse({ ...apartFromLatents(options, config.model), latent: 0 });
  if (!without.success) return undefined;
  const model = without.data;
  const { dropoutAt, objective, ...rest } = apartFromLatents(trainingOptions, training) as typeof training;
  const { dropoutSites, sourceSites } = modelOf({ ...config, model });
  const sites = Object.entries(dropoutAt).filter(([site]) => site in { ...dropoutSites, ...sourceSites });
  return {
    ...config,
    model,
    training: trainingOptions.parse({
      ...rest,
      dropoutAt: Object.fromEntries(sites),
      objective: objectiveFacts[objective].needs === "latents" ? "elbo" : objective,
    }),
  };
}

/** The twin of a run: in a folder of its own, or what keeps it from standing beside. */
export type Twin = { readonly run: string } | { readonly lacking: string };

/** The twin of a run, where it was trained as long as the run; what is to be done where it was not. */
export function twinBeside({ config, folder }: Pick<Run, "config" | "folder">): Twin | undefined {
  if (twinOf(config) === undefined) return undefined;
  const path = join(folder.path, TWIN);
  if (!RunFolder.isRun(path))
    return {
      lacking:
        "no twin without latent variables stands beside: whether they pay is said by a run with --latent 0 and --against",
    };
  const twin = RunFolder.open(path, runConfig);
  const isWhole = twin.isConcluded && twin.config.training.epochs === config.training.epochs;
  return isWhole
    ? { run: path }
    : {
        lacking: `the twin without latent variables was not trained to its end: vrnn train --resume ${folder.path}`,
      };
}

/** Values without those that are about latent variables. */
const apartFromLatents = (
  schema: z.ZodMiniType,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const shape = shapeOf(schema);
  return Object.fromEntries(
    Object.entries(values).filter(
      ([key]) => shape[key] === undefined || metaOf(shape[key]).needs !== "latents",
    ),
  );
};
