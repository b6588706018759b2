/** The weights that a new run takes over from another. */
import type { StoredTensors } from "../checkpoint/safetensors.ts";
import { VrnnError } from "../errors.ts";
import type { Parameter } from "../nn/parameters.ts";
import { eachParameter, initialWeights } from "./weights.ts";

/** What was taken over. */
export interface Inheritance {
  /** `[P]`: the other run's values where they fit, and those drawn from the seed elsewhere. */
  readonly weights: Float32Array;
  /** The names of the parameters that were taken over. */
  readonly taken: readonly string[];
  /** The model's other parameters, and why each was not. */
  readonly left: readonly string[];
}

/**
 * Begins with the weights of another run: parameters of the same name and shape are taken over.
 *
 * @param seed of the weights that are not.
 * @param at the other run, for messages.
 * @throws VrnnError `run/nothing-inherited` when not one of them fits, `checkpoint/mismatch` for one that is not finite.
 * @example
 * inheritWeights(model.parameters, folder.weights(), 1, "runs/a").left; // ["encoder.weight is [3, 8] there, [4, 8] here"]
 */
export function inheritWeights(
  parameters: readonly Parameter[],
  tensors: StoredTensors,
  seed: number,
  at: string,
): Inheritance {
  const weights = initialWeights(parameters, seed);
  const [taken, left]: [string[], string[]] = [[], []];
  for (const { parameter, values } of eachParameter(parameters, weights)) {
    const { name, shape } = parameter;
    const tensor = tensors[name];
    if (tensor === undefined) left.push(`${name} is not there`);
    else if (tensor.dtype !== "F32" || tensor.shape.join() !== shape.join())
      left.push(`${name} is [${tensor.shape.join(", ")}] there, [${shape.join(", ")}] here`);
    else {
      values.set(finite(name, tensor.data, at));
      taken.push(name);
    }
  }
  if (taken.length > 0) return { weights, taken, left };
  throw new VrnnError("run/nothing-inherited", "no parameter of this run fits the model", {
    at,
    remedy: "give a run of the same family and sizes, or leave --from out",
  });
}

function finite(name: string, values: Float32Array, at: string): Float32Array {
  if (values.every(Number.isFinite)) return values;
  throw new VrnnError("checkpoint/mismatch", `the tensor ${name} holds a value that is not finite`, { at });
}

const MOST_NAMED = 8;

/** What a person wants to know of it, in a line. */
export function inheritanceNote({ taken, left }: Inheritance, from: string): string {
  const begun = `begun with ${taken.length} of ${taken.length + left.length} parameters of ${from}`;
  if (left.length === 0) return begun;
  const named = left.length > MOST_NAMED ? [...left.slice(0, MOST_NAMED), "..."] : left;
  return `${begun}; new are: ${named.join("; ")}`;
}
