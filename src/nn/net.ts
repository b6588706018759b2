import type { Tensor } from "../graph/index.ts";
import type { Weights } from "./parameters.ts";

/** What layers and models are evaluated with: the parameters, and what training does to hidden values. */
export interface Net {
  /** The parameter of that dotted name. */
  readonly weight: Weights;
  /** Drops parts of the hidden values at a site while training (dropout); the values themselves otherwise. */
  keep(site: string, values: Tensor): Tensor;
}

/**
 * A net that drops nothing.
 *
 * @example
 * const net = plainNet((name) => tensors[name]);
 * layer.apply(net, { x });
 */
export const plainNet = (weight: Weights): Net => ({ weight, keep: (_, values) => values });
