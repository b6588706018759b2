import { VrnnError } from "../errors.ts";
import { named, type Tensor } from "../graph/index.ts";
import { didYouMean } from "../words/nearest.ts";
import type { Parameter, Weights } from "./parameters.ts";

/**
 * The symbolic values of parameters, by name; messages of the runtime know tables by it.
 *
 * @param tensors one for each parameter, in their order
 * @throws VrnnError `graph/parameter` when two parameters share a name or one has no tensor, and later when a name is asked for that none has.
 * @example
 * const weights = weightsByName(layer.parameters, tensors);
 * weights("decoder.hidden.bias").toString(); // 'float32[64]'
 */
export function weightsByName(parameters: readonly Parameter[], tensors: readonly Tensor[]): Weights {
  const byName = new Map<string, Tensor>();
  parameters.forEach(({ name }, i) => {
    if (byName.has(name))
      throw new VrnnError("graph/parameter", `two parameters are called ${name}`, {
        remedy: "give each layer a name of its own",
      });
    const tensor = tensors[i];
    if (tensor === undefined) throw tooFew(tensors.length, parameters.length);
    byName.set(name, named(tensor, name));
  });
  return (name) => byName.get(name) ?? unknownName(name, byName.keys());
}

const tooFew = (tensors: number, parameters: number): VrnnError =>
  new VrnnError("graph/parameter", `${tensors} tensors were given for ${parameters} parameters`, {
    remedy: "give one for each, in their order",
  });

function unknownName(name: string, names: Iterable<string>): never {
  throw new VrnnError("graph/parameter", `no parameter is called ${name}`, {
    remedy: didYouMean(name, [...names], {
      otherwise: "list it in the model's parameters",
      shown: (meant) => meant,
    }),
  });
}
