import type { LatentModel } from "../model.ts";
import type { Vrnn } from "../vrnn/vrnn.ts";
import type { AcousticEncoder } from "./acoustic-encoder.ts";

/**
 * A VRNN of frames of speech that is also listened to for its transcript: its bound, a share of what training makes small, tells
 * what is no speech, and its state is heard beside the frames.
 *
 * @example
 * recogniser(new Vrnn({ columns, hidden: 64, latent: 16 }), encoder).transcriber; // the encoder
 */
export const recogniser = (model: Vrnn, encoder: AcousticEncoder): LatentModel => {
  const own: Partial<LatentModel> = {
    parameters: [...model.parameters, ...encoder.parameters],
    dropoutSites: { ...model.dropoutSites, ...encoder.dropoutSites },
    transcriber: encoder,
  };
  const properties = Object.entries(own).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.create(model, Object.fromEntries(properties)) as LatentModel;
};
