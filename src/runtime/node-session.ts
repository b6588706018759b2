import { InferenceSession, Tensor } from "onnxruntime-node";
import { VrnnError } from "../errors.ts";
import type { Program } from "../onnx/lower.ts";
import { OrtExecutable } from "./ort.ts";
import { ortReason } from "./ort-errors.ts";
import type { Executable, TensorValue, Values } from "./runtime.ts";

/** An ONNX Runtime session on the CPU. */
export async function nodeExecutable(program: Program, threads: number): Promise<Executable> {
  try {
    const options = {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4, // what fails is thrown; the runtime need not print it as well
    } as const;
    return new OrtExecutable(await InferenceSession.create(program.model, options), program, toOrt);
  } catch (cause) {
    throw new VrnnError("runtime/compile", ortReason(cause), { cause });
  }
}

const wrapped = new WeakMap<TensorValue, Tensor>();

/** What is fed again and again is wrapped once. */
function toOrt(value: TensorValue): Tensor {
  const known = wrapped.get(value);
  if (known !== undefined) return known;
  const tensor = new Tensor(value.dtype, value.data, value.shape);
  wrapped.set(value, tensor);
  return tensor;
}

/** The memory of some values, to hand over to another thread. */
export const buffersOf = (values: Values): ArrayBuffer[] =>
  Object.values(values).map(({ data }) => data.buffer as ArrayBuffer);
