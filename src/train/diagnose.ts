import { VrnnError } from "../errors.ts";
import type { SequenceModel } from "../models/sequence.ts";
import type { Runtime, TensorValue, Values } from "../runtime/runtime.ts";
import { gradientProgram, type StepOptions } from "./programs.ts";
import { eachParameter } from "./weights.ts";

export interface Failure {
  readonly runtime: Runtime;
  readonly model: SequenceModel;
  readonly options: StepOptions;
  /** What the failed step was given. */
  readonly inputs: Values;
  readonly step: number;
}

/**
 * Finds where a step that gave no finite number went wrong: repeats it without the update and names the first tensor
 * that is not finite, from the inputs on.
 *
 * @returns the error `train/not-finite`, to be thrown
 */
export async function diagnose({ runtime, model, options, inputs, step }: Failure): Promise<VrnnError> {
  const executable = await runtime.compile(gradientProgram(model, options));
  const results = await executable.run(inputs);
  await executable.dispose();
  const tensor = culprit(model, inputs, results) ?? "the norm of the gradient";
  return new VrnnError("train/not-finite", `${tensor} is not finite`, {
    at: `step ${step}`,
    remedy: "the last good checkpoint is kept; try a smaller --learning-rate or a smaller --clip",
  });
}

const isBad = (data: ArrayLike<number | bigint>): boolean => Array.prototype.some.call(data, (x) => !Number.isFinite(Number(x)));

function culprit(model: SequenceModel, inputs: Values, results: Values): string | undefined {
  const weights = (inputs["parameters"] as TensorValue<"float32">).data;
  const named = (flat: Float32Array) => eachParameter(model.parameters, flat).find(({ values }) => isBad(values))?.parameter.name;
  const parameter = named(weights);
  if (parameter !== undefined) return `the parameter ${parameter}`;
  const input = Object.entries(inputs).find(([, { data }]) => isBad(data));
  if (input !== undefined) return `the input ${input[0]}`;
  const scalar = ["logLikelihood", "divergence", "loss"].find((name) => isBad(results[name]?.data ?? []));
  if (scalar !== undefined) return `the ${scalar}`;
  const gradient = named((results["gradient"] as TensorValue<"float32">).data);
  return gradient === undefined ? undefined : `the gradient of ${gradient}`;
}
