/** What families of latent models have in common whose distributions are networks: their options, and how one is built. */
import { option } from "../options.ts";
import * as z from "../zod.ts";
import type { StepData } from "./ends.ts";
import { family, latentFacts, type ModelFamily, size } from "./family.ts";
import type { LatentModel } from "./model.ts";
import type { NetworkSizes } from "./network-model.ts";
import { vrnnOptions } from "./vrnn/family.ts";

const { hidden, latentFamily, cell, residual, emission, center, embedding, tied } = vrnnOptions.shape;

/** Options of every one of them. */
export const deepOptions = {
  hidden,
  latentFamily,
  cell,
  emission,
  center,
  embedding,
  tied,
  latent: option(z._default(size, 16), { flag: "--latent <units>", help: "latent variables per step" }),
  flow: option(z._default(z.int().check(z.minimum(0), z.maximum(64)), 0), {
    flag: "--flow <steps>",
    help: "steps of an inverse autoregressive flow that bends the posterior; 0: none",
    needs: "latents",
  }),
} as const;

/** Whether a posterior is a correction of its prior. */
export { residual };

/** A family whose models are of columns or of tokens. @param Model what is built @param more options beside those of all */
export function deepFamily<More extends Readonly<Record<string, z.ZodMiniType>>>(
  Model: new (options: Shape<More>) => LatentModel,
  more: More,
): ModelFamily {
  const schema = z.strictObject({ ...deepOptions, ...more }) as unknown as z.ZodMiniType<Options<More>>;
  const built = (data: StepData & Pick<NetworkSizes, "conditions">, options: Options<More>) =>
    new Model({ ...options, ...data } as Shape<More>);
  return family(
    schema,
    {
      columns: ({ columns, conditions, scaleSteps }, options) =>
        built({ ...options, columns, conditions, units: scaleSteps !== undefined }, options),
      tokens: ({ tokens }, options) => built({ ...options, tokens }, options),
      has: ["latents", "dropoutSites", "recurrentWeights", "conditions", "choices", "units", "particles"],
    },
    latentFacts,
  );
}

type Options<More extends Readonly<Record<string, z.ZodMiniType>>> = z.output<
  z.ZodMiniObject<typeof deepOptions>
> &
  z.output<z.ZodMiniObject<More>>;

type Shape<More extends Readonly<Record<string, z.ZodMiniType>>> = StepData & NetworkSizes & Options<More>;
