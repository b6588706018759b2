import type { LatentModel } from "../model.ts";
import type { Vrnn } from "../vrnn/vrnn.ts";
import type { Reader } from "./reader.ts";

/**
 * A VRNN whose label is told by a reader of the whole sequence beside it: its bound tells what is like nothing that was learned
 * from, and sequences without a label teach by it (Kingma et al., "Semi-supervised Learning with Deep Generative Models", NIPS 2014).
 *
 * @param model without a readout of its own
 * @example
 * const reader = new Reader({ field: "label", levels: 2, steps, reader: 128, states: { h: 64 } });
 * classifier(new Vrnn({ tokens: 8000, embedding: 64, tied: true, hidden: 64, latent: 8 }), reader).readout; // the reader
 */
export const classifier = (model: Vrnn, reader: Reader): LatentModel => {
  const own: Partial<LatentModel> = {
    parameters: [...model.parameters, ...reader.parameters],
    dropoutSites: { ...model.dropoutSites, ...reader.dropoutSites },
    sourceSites: reader.sourceSites,
    readout: reader,
  };
  const properties = Object.entries(own).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.create(model, Object.fromEntries(properties)) as LatentModel;
};
