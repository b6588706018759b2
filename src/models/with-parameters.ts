import type { Parameter } from "../nn/parameters.ts";
import type { Model } from "./model.ts";

/**
 * A model that trains further parameters, behind its own in `[P]`: those that an objective of one's own reads
 * (`Trace.net`). The model without them reads the first numbers of the same weights.
 *
 * @example
 * const layer = new Linear("ahead", { h: 64 }, 1);
 * const model = withParameters(new Vrnn({ columns, hidden: 64 }), layer.parameters);
 */
export const withParameters = <Own extends Model>(model: Own, parameters: readonly Parameter[]): Own =>
  Object.create(model, {
    parameters: { value: [...model.parameters, ...parameters], enumerable: true },
  }) as Own;
