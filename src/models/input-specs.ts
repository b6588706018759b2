import type { InputSpec } from "../data/inputs.ts";
import type { Model } from "./model.ts";

/**
 * What a model wants to be fed of the fields of a data set: the target `x` and its `mask`, the `condition` and its mask
 * where it has conditions, and what it declares itself.
 *
 * @example
 * inputSpecs(model).map(({ name, what }) => `${name}: ${what}`); // ["x: values", "mask: mask"]
 */
export function inputSpecs(model: Model): InputSpec[] {
  const { conditions = [], inputs = {} } = model;
  const own = Object.entries(inputs).map(([name, spec]): InputSpec => ({ name, ...spec }));
  return [...targetSpecs(model), ...columnSpecs("condition", "condition.mask", conditions.length), ...own];
}

function targetSpecs({ target, width }: Model): InputSpec[] {
  const mask = { name: "mask", field: "x", what: "mask", dtype: "float32", shape: ["T", "B"] } as const;
  if (target === undefined) return columnSpecs("x", "mask", width);
  if (target.kind === "tokens")
    return [{ name: "x", field: "x", what: "ids", dtype: "int64", shape: ["T", "B"] }, mask];
  const shape = ["T", "B", ...target.shape] as const;
  return [{ name: "x", field: "x", what: "values", dtype: "float32", shape }, mask];
}

/** The values of columns and their mask; nothing where there are none. */
function columnSpecs(field: string, mask: string, width: number): InputSpec[] {
  if (width === 0) return [];
  const common = { field, dtype: "float32", shape: ["T", "B", width] } as const;
  return [
    { ...common, name: field, what: "values" },
    { ...common, name: mask, what: "mask" },
  ];
}
