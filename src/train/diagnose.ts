import { VrnnError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Objective } from "../objectives/objective.ts";
import type { ShardedExecutable, TensorValue, Values } from "../runtime/runtime.ts";
import { eachParameter } from "./weights.ts";

export interface Failure {
  /** What computed it: nothing is compiled for a diagnosis, and it takes no more memory than a step. */
  readonly gradient: ShardedExecutable;
  readonly model: Model;
  readonly objective: Objective;
  /** What every shard of the failed step was given, and each one's own, fresh at every call. */
  readonly shared: Values;
  readonly shards: () => readonly Values[];
  readonly step: number;
}

/**
 * Finds where a step that gave no finite number went wrong: repeats it without the update and names the first tensor
 * that is not finite, from the inputs on.
 *
 * @returns the error `train/not-finite`, to be thrown
 */
export async function diagnose(failure: Failure): Promise<VrnnError> {
  const { gradient, model, objective, shared, shards, step } = failure;
  const results = await gradient.run(shared, shards());
  const tensor = shards() // those of the run were handed over
    .map((own, i) => culprit(model, objective, { ...shared, ...own }, results[i] as Values))
    .find((found) => found !== undefined);
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
