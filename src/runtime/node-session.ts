import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { VrnnError } from "../errors.ts";
import type { DType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";
import type { Executable, TensorValue, Values } from "./runtime.ts";

/** An ONNX Runtime session on the CPU. */
export class NodeExecutable implements Executable {
  private readonly session: InferenceSession;
  private readonly program: Program;

  private constructor(session: InferenceSession, program: Program) {
    this.session = session;
    this.program = program;
  }

  static async create(program: Program, threads: number): Promise<NodeExecutable> {
    try {
      const options = {
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
      } as const;
      return new NodeExecutable(await InferenceSession.create(program.model, options), program);
    } catch (cause) {
      throw new VrnnError("runtime/compile", firstLine(cause), { cause });
    }
  }

  async run(inputs: Values, into: Values = {}): Promise<Values> {
    const feeds = Object.fromEntries(
      Object.keys(this.program.inputs).map((name) => [name, toOrt(this.input(inputs, name))]),
    );
    const fetches = Object.fromEntries(
      Object.keys(this.program.outputs).map((name) => [
        name,
        into[name] === undefined ? null : toOrt(into[name]),
      ]),
    );
    try {
      const results = await this.session.run(feeds, fetches);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, into[name] ?? fromOrt(tensor)]),
      );
    } catch (cause) {
      throw new VrnnError("runtime/run", firstLine(cause), { cause });
    }
  }

  private input(inputs: Values, name: string): TensorValue {
    const value = inputs[name];
    if (value !== undefined) return value;
    const remedy = `feed ${Object.keys(this.program.inputs).join(", ")}`;
    throw new VrnnError("runtime/run", `the input ${name} is missing`, { remedy });
  }

  dispose(): Promise<void> {
    return this.session.release();
  }
}

const firstLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] as string;

const wrapped = new WeakMap<TensorValue, OrtTensor>();

/** What is fed again and again is wrapped once. */
function toOrt(value: TensorValue): OrtTensor {
  const known = wrapped.get(value);
  if (known !== undefined) return known;
  const tensor = new OrtTensor(value.dtype, value.data, value.shape);
  wrapped.set(value, tensor);
  return tensor;
}

const fromOrt = (tensor: OrtTensor): TensorValue => ({
  dtype: tensor.type as DType,
  shape: tensor.dims,
  data: tensor.data as TensorValue["data"],
});

/** The memory of some values, to hand over to another thread. */
export const buffersOf = (values: Values): ArrayBuffer[] =>
  Object.values(values).map(({ data }) => data.buffer as ArrayBuffer);
