import { paired } from "../collections.ts";
import { reshape, split, type Tensor } from "../graph/index.ts";
import { countOf, type Parameter, sizeOf, type Weights } from "../nn/parameters.ts";
import { weightsByName } from "../nn/weights.ts";
import { Random } from "../random/generator.ts";

/** Cuts the flat vector of all parameters `[P]` into their tensors. */
export function unpackWeights(
  parameters: readonly Parameter[],
  flat: Tensor,
): { readonly weights: Weights; readonly tensors: readonly Tensor[] } {
  const parts = splitInStages(flat, parameters.map(sizeOf));
  const tensors = paired(parameters, parts).map(([{ shape }, part]) => reshape(part, shape));
  return { weights: weightsByName(parameters, tensors), tensors };
}

/** WebGPU promises a program eight buffers, and one of them holds what is split. */
const widestSplit = 7;

/** Cuts a vector into pieces, never more than `widestSplit` at a time. */
function splitInStages(flat: Tensor, sizes: readonly number[]): readonly Tensor[] {
  if (sizes.length <= widestSplit) return split(flat, sizes);
  const width = Math.ceil(sizes.length / widestSplit);
  const groups = Array.from({ length: Math.ceil(sizes.length / width) }, (_, i) =>
    sizes.slice(i * width, (i + 1) * width),
  );
  const parts = split(flat, groups.map(sum));
  return parts.flatMap((part, i) => splitInStages(part, groups[i] as number[]));
}

const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);

/** First values of all parameters; each has a random stream of its own, so that adding one changes no other. */
export function initialWeights(parameters: readonly Parameter[], seed: number): Float32Array {
  const flat = new Float32Array(countOf(parameters));
  for (const { parameter, values } of eachParameter(parameters, flat)) {
    parameter.initialise(values, Random.stream(seed, "initial", parameter.name));
  }
  return flat;
}

/** Views of each parameter in a flat vector. */
export function eachParameter(
  parameters: readonly Parameter[],
  flat: Float32Array,
): readonly { readonly parameter: Parameter; readonly values: Float32Array }[] {
  let offset = 0;
  return parameters.map((parameter) => {
    const values = flat.subarray(offset, offset + sizeOf(parameter));
    offset += values.length;
    return { parameter, values };
  });
}
