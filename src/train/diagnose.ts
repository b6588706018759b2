import { VrnnError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Objective } from "../objectives/objective.ts";
import type { Runtime, TensorValue, Values } from "../runtime/runtime.ts";
import { gradientProgram, type LossOptions } from "./programs.ts";
import { eachParameter } from "./weights.ts";

export interface Failure {
  readonly runtime: Runtime;
  readonly model: Model;
  readonly objective: Objective;
  readonly options: LossOptions;
  /** What every shard of the failed step was given, and each one's own. */
  readonly shared: Values;
  readonly shards: readonly Values[];
  readonly step: number;
}

/**
 * Finds where a step that gave no finite number went wrong: repeats it without the update and names the first tensor
 * that is not finite, from the inputs on.
 *
 * @returns the error `train/not-finite`, to be thrown
 */
export async function diagnose({
  runtime,
  model,
  objective,
  options,
  shared,
  shards,
  step,
}: Failure): Promise<VrnnError> {
  const executable = await runtime.compile(gradientProgram(model, objective, options));
  let tensor: string | undefined;
  for (const own of shards) {
    const inputs = { ...shared, ...own };
    tensor ??= culprit(model, objective, inputs, await executable.run(inputs));
  }
  await executable.dispose();
  return new VrnnError("train/not-finite", `${tensor ?? "the norm of the gradient"} is not finite`, {
    at: `step ${step}`,
    remedy: "the last good checkpoint is kept; try a smaller --lr or a smaller --clip",
  });
}

const isBad = (data: ArrayLike<number | bigint>): boolean =>
  Array.prototype.some.call(data, (x) => !Number.isFinite(Number(x)));

function culprit(model: Model, { figures }: Objective, inputs: Values, results: Values): string | undefined {
  const weights = (inputs["parameters"] as TensorValue<"float32">).data;
  const named = (flat: Float32Array) =>
    eachParameter(model.parameters, flat).find(({ values }) => isBad(values))?.parameter.name;
  const parameter = named(weights);
  if (parameter !== undefined) return `the parameter ${parameter}`;
  const input = Object.entries(inputs).find(([, { data }]) => isBad(data));
  if (input !== undefined) return `the input ${input[0]}`;
  const scalar = [...Object.keys(figures), "loss"].find((name) => isBad(results[name]?.data ?? []));
  if (scalar !== undefined) return `the ${scalar}`;
  const gradient = named((results["gradient"] as TensorValue<"float32">).data);
  return gradient === undefined ? undefined : `the gradient of ${gradient}`;
}
