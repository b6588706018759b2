import { InferenceSession, Tensor } from "onnxruntime-node";
import { VrnnError } from "../errors.ts";
import type { Program } from "../onnx/lower.ts";
import type { HostMemory } from "./device-memory.ts";
import { isPlanned } from "./memory-plan.ts";
import { OrtExecutable, type ToOrt } from "./ort.ts";
import { ortReason } from "./ort-errors.ts";
import { type Executable, type Inputs, isDeviceValue, type TensorValue } from "./runtime.ts";

/** An ONNX Runtime session on the CPU. @param memory behind the device values that it is given */
export async function nodeExecutable(
  program: Program,
  threads: number,
  memory: HostMemory,
): Promise<Executable> {
  const toOrt: ToOrt = (value, what) => wrap(isDeviceValue(value) ? memory.contentOf(value, what) : value);
  try {
    const options = {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableMemPattern: isPlanned(program),
      logSeverityLevel: 4, // what fails is thrown; the runtime need not print it as well
      extra: { optimization: { disable_specified_optimizers: "QuickGeluFusion" } }, // it knows no float64
    } as const;
    return new OrtExecutable(await InferenceSession.create(program.model, options), program, toOrt);
  } catch (cause) {
    throw new VrnnError("runtime/compile", ortReason(cause), { cause });
  }
}

const wrapped = new WeakMap<TensorValue, Tensor>();

/** What is fed again and again is wrapped once. */
function wrap(value: TensorValue): Tensor {
  const known = wrapped.get(value);
  if (known !== undefined) return known;
  const tensor = new Tensor(value.dtype, value.data, value.shape);
  wrapped.set(value, tensor);
  return tensor;
}

/** The memory of the host's own among some values, to hand over to another thread. */
export const buffersOf = (values: Inputs): ArrayBuffer[] =>
  Object.values(values).flatMap((value) => (isDeviceValue(value) ? [] : [value.data.buffer as ArrayBuffer]));
