/** Weights by their dotted names, outside of training. */
import type { StoredTensors } from "../checkpoint/safetensors.ts";
import { input } from "../graph/index.ts";
import type { Parameter, Weights } from "../nn/parameters.ts";
import { weightsByName } from "../nn/weights.ts";
import { eachParameter } from "./weights.ts";

/** Parameters as inputs of their own, by their dotted names: for programs that keep their weights (`lower`, `stored`). */
export const namedWeights = (parameters: readonly Parameter[]): Weights =>
  weightsByName(
    parameters,
    parameters.map(({ name, shape }) => input(name, shape)),
  );

/** What `namedWeights` need: views of each parameter in a flat vector, by name. */
export const storedWeights = (
  parameters: readonly Parameter[],
  flat: Float32Array,
): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(
    eachParameter(parameters, flat).map(({ parameter, values }) => [parameter.name, values]),
  );

/** A flat vector of all parameters `[P]` as a tensor per parameter, by its dotted name; views on the same memory. */
export function splitWeights(parameters: readonly Parameter[], flat: Float32Array): StoredTensors {
  return Object.fromEntries(
    eachParameter(parameters, flat).map(({ parameter: { name, shape }, values }) => [
      name,
      { dtype: "F32", shape, data: values },
    ]),
  );
}
