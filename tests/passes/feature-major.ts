import { paired } from "../../src/collections.ts";
import type { Model } from "../../src/models/model.ts";
import { featureMajor } from "../../src/passes/feature-major.ts";
import type { Pass } from "../../src/passes/optimise.ts";
import { processorPasses } from "../../src/passes/processor.ts";
import type { TensorValue, Values } from "../../src/runtime/runtime.ts";
import { eachParameter } from "../../src/train/weights.ts";

/** The passes of a processor, with rows and features exchanged whatever the sizes are. */
export const featureMajorPasses: readonly Pass[] = [
  ...processorPasses(),
  { name: "feature-major", run: (outputs) => featureMajor(outputs, new Set(["B"])) },
];

const numbers = (values: Values, name: string): Float32Array =>
  Float32Array.from((values[name] as TensorValue).data, Number);

const norm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((all, value) => all + value * value, 0));

/** Is ‖a − b‖ more than rounding, measured by ‖a‖? */
function differ(a: Float32Array, b: Float32Array): boolean {
  const distance = norm(a.map((value, i) => value - (b[i] as number)));
  return !(a.length === b.length && distance <= 1e-5 * Math.max(1e-3, norm(a)));
}

/** What differs by more than rounding between two runs of a gradient program: outputs, and the gradients of parameters. */
export function differences(model: Model, one: Values, other: Values): readonly string[] {
  const outputs = Object.keys(one).filter((name) => name !== "gradient");
  const [own, others] = [one, other].map((results) =>
    eachParameter(model.parameters, numbers(results, "gradient")),
  ) as [ReturnType<typeof eachParameter>, ReturnType<typeof eachParameter>];
  return [
    ...outputs.filter((name) => differ(numbers(one, name), numbers(other, name))),
    ...paired(own, others).flatMap(([{ parameter, values }, { values: theirs }]) =>
      differ(values, theirs) ? [`the gradient of ${parameter.name}`] : [],
    ),
  ];
}
