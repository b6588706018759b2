import { InferenceSession, Tensor } from "onnxruntime-node";
import { VrnnError } from "../errors.ts";
import type { TensorType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";
import type { HostMemory } from "./device-memory.ts";
import { OrtExecutable, type ToOrt } from "./ort.ts";
import { ortReason } from "./ort-errors.ts";
import { type Executable, type Inputs, isDeviceValue, type TensorValue } from "./runtime.ts";

/**
 * Bytes of weights from which a session plans no memory ahead. ONNX Runtime's plan gives every value of a run a place of
 * its own in one block, which large values fill twice over: without it the peak falls by a third to a half, and the step
 * takes as long. A small model's step takes 2 to 6 % longer, its many small values being asked for one by one
 * (docs/speed.md).
 */
const PLANNED_BELOW = 2 ** 22;

/** Whether a program's memory is planned ahead: what it is given in sizes that are known, or has inside, is small. */
export const isPlanned = ({ model, inputs }: Program): boolean =>
  [model.byteLength, ...Object.values(inputs).map(knownBytes)].every((bytes) => bytes < PLANNED_BELOW);

/** The size of a float32 tensor whose axes are all numbers; 0 of another, which is as large as it is fed. */
const knownBytes = ({ shape }: TensorType): number =>
  shape.every((dim) => typeof dim === "number") ? 4 * shape.reduce((all, size) => all * size, 1) : 0;

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
