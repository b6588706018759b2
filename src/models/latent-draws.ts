/** Latent variables that are come by in another way where a model makes sequences up. */
import type { LatentDistribution } from "../distributions/latent/distribution.ts";
import { scalar, type Tensor } from "../graph/index.ts";
import type { LatentModel } from "./model.ts";

/**
 * The model whose latent variables have a temperature of their own, whatever that of the data is. It is for making sequences up: it has
 * no posterior.
 *
 * @param temperature 1 draws from the prior itself, less is tamer
 * @example
 * await generateRows({ ...settings, model: withLatentTemperature(model, 1), temperature: 0.75 });
 */
export const withLatentTemperature = (model: LatentModel, temperature: number): LatentModel =>
  drawnBy(model, (prior) => ({
    normals: prior.normals,
    sample: (noise) => prior.sample(noise, scalar(temperature, noise.dtype)),
  }));

/**
 * The model whose latent variables are given: they are what is fed as `noise`, `[T, B, Z]`, in the order of its blocks (those of a whole
 * sequence are read at the first step). It is for making sequences up: it has no posterior.
 *
 * @example
 * const given = withGivenLatents(model);
 * await generateRows({ ...settings, model: given, known: (done, length) => ({ noise: latentsOf(done, length) }) });
 */
export const withGivenLatents = (model: LatentModel): LatentModel =>
  drawnBy(model, () => ({ normals: 1, sample: (noise: Tensor) => noise }), 1);

/**
 * The model whose latent variables stand at the mean of their prior: what it tells of a step is what it expected before it saw it.
 *
 * @example
 * unrollProgram(atPriorMean(model), ["emissionMean"]); // predictions one step ahead, without a draw
 */
export const atPriorMean = (model: LatentModel): LatentModel =>
  drawnBy(model, (prior) => ({ normals: prior.normals, sample: () => prior.mean }));

/** How a draw is made in the place of that of a prior. */
type Draw = (prior: LatentDistribution) => Pick<LatentDistribution, "normals" | "sample">;

/** @param normals how many numbers a draw of a variable takes; as many as it did unless told */
const drawnBy = (model: LatentModel, draw: Draw, normals?: number): LatentModel => {
  const latents: LatentModel["latents"] = model.latents.map((block) => ({
    ...{
      name: block.name,
      shape: block.shape,
      at: block.at,
      ...(block.map && { map: block.map }),
      normals: normals ?? block.normals ?? 1,
    },
    prior: (net, context) => {
      const prior = block.prior(net, context);
      const { mean, standardDeviation } = prior;
      return { mean, standardDeviation, logProb: (z) => prior.logProb(z), ...draw(prior) };
    },
  }));
  return Object.create(model, { latents: { value: latents, enumerable: true } }) as LatentModel;
};
