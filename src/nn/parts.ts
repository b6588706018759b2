/** Tensors by name that have to be there: parts of a state, inputs of a layer. */
import { VrnnError } from "../errors.ts";
import { split, type Tensor } from "../graph/index.ts";
import type { Sizes } from "./parameters.ts";

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * One of some tensors.
 *
 * @throws VrnnError `model/part` when none has the name; it says which there are.
 * @example
 * part(state, "h").toString(); // "float32[B, 64]"
 */
export function part(tensors: Tensors, name: string): Tensor {
  const found = tensors[name];
  if (found !== undefined) return found;
  const names = Object.keys(tensors);
  throw new VrnnError("model/part", `there is no tensor called "${name}"`, {
    at: "a state or the inputs of a layer",
    remedy: names.length === 0 ? "there are none at all" : `there are ${names.join(", ")}`,
  });
}

/**
 * Some of them.
 *
 * @throws VrnnError `model/part`
 */
export const partsOf = (tensors: Tensors, names: readonly string[]): Record<string, Tensor> =>
  Object.fromEntries(names.map((name) => [name, part(tensors, name)]));

/**
 * A tensor cut along its last axis into parts of given widths.
 *
 * @example
 * splitByName(x, { h: 64, c: 64 }); // { h: [B, 64], c: [B, 64] } of x [B, 128]
 */
export function splitByName(x: Tensor, sizes: Sizes): Record<string, Tensor> {
  const names = Object.keys(sizes);
  return Object.fromEntries(split(x, Object.values(sizes)).map((piece, i) => [names[i], piece]));
}
