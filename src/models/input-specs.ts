import type { InputSpec } from "../data/inputs.ts";
import { CONDITION, maskNames, unitNames } from "../names.ts";
import type { Model, ModelInput } from "./model.ts";

/**
 * What a model wants to be fed of the fields of a data set: the target `x` and its `mask`, its units where sequences have
 * their own, the `condition` and its mask where it has conditions, and what it declares itself.
 *
 * @example
 * inputSpecs(model).map(({ name, what }) => `${name}: ${what}`); // ["x: values", "mask: mask"]
 */
export function inputSpecs(model: Model): InputSpec[] {
  const { conditions = [], inputs = {} } = model;
  return [
    ...targetSpecs(model),
    ...unitSpecs(model),
    ...columnSpecs(CONDITION, maskNames.of(CONDITION), conditions.length),
    ...declaredSpecs(inputs),
  ];
}

/** How the values of each step are scaled, of a model whose sequences have units of their own; nothing of any other. */
export function unitSpecs({ units = false, width }: Model): InputSpec[] {
  if (!units) return [];
  const common = { field: "x", dtype: "float32", shape: ["T", "B", width] } as const;
  return (["shift", "scale", "cell"] as const).map((what) => ({ ...common, name: unitNames.of(what), what }));
}

/** What a model or an objective declares itself. */
export const declaredSpecs = (inputs: Readonly<Record<string, ModelInput>> = {}): InputSpec[] =>
  Object.entries(inputs).map(([name, spec]) => ({ name, ...spec }));

function targetSpecs({ observation, width }: Model): InputSpec[] {
  if (observation === undefined) return columnSpecs("x", "mask", width);
  const { dtype, shape } = observation;
  const what = dtype === "int64" ? "ids" : "values";
  return [
    { name: "x", field: "x", what, dtype, shape: ["T", "B", ...shape] },
    { name: "mask", field: "x", what: "mask", dtype: "float32", shape: ["T", "B"] },
  ];
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
