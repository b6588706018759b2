import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { VrnnError } from "../errors.ts";
import type { DType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";
import type { Executable, Runtime, TensorValue, Values } from "./runtime.ts";

export interface NodeRuntimeOptions {
  /** Threads inside one op, such as a large matrix product. */
  readonly threads?: number;
  /** Independent parts of the graph (the shards of a batch) that run at the same time. */
  readonly parallelParts?: number;
}

/**
 * ONNX Runtime on the CPU. Results are the same bit for bit for the same options, and differ in rounding
 * between numbers of threads.
 */
export function nodeRuntime({ threads = 1, parallelParts = 1 }: NodeRuntimeOptions = {}): Runtime {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: parallelParts,
    executionMode: parallelParts > 1 ? "parallel" : "sequential",
    logSeverityLevel: 3,
  };
  return { name: "node", compile: (program) => compile(program, options) };
}

async function compile(program: Program, options: InferenceSession.SessionOptions): Promise<Executable> {
  try {
    return new NodeExecutable(await InferenceSession.create(program.model, options), program);
  } catch (cause) {
    throw new VrnnError("runtime/compile", firstLine(cause), { cause });
  }
}

const firstLine = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] as string;

class NodeExecutable implements Executable {
  private readonly session: InferenceSession;
  private readonly program: Program;

  constructor(session: InferenceSession, program: Program) {
    this.session = session;
    this.program = program;
  }

  async run(inputs: Values, into: Values = {}): Promise<Values> {
    const feeds = Object.fromEntries(Object.keys(this.program.inputs).map((name) => [name, toOrt(this.input(inputs, name))]));
    const fetches = Object.fromEntries(
      Object.keys(this.program.outputs).map((name) => [name, into[name] === undefined ? null : toOrt(into[name])]),
    );
    try {
      const results = await this.session.run(feeds, fetches);
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, into[name] ?? fromOrt(tensor)]));
    } catch (cause) {
      throw new VrnnError("runtime/run", firstLine(cause), { cause });
    }
  }

  private input(inputs: Values, name: string): TensorValue {
    const value = inputs[name];
    if (value === undefined)
      throw new VrnnError("runtime/run", `the input ${name} is missing`, { remedy: `feed ${Object.keys(this.program.inputs).join(", ")}` });
    return value;
  }

  dispose(): Promise<void> {
    return this.session.release();
  }
}

const toOrt = ({ dtype, data, shape }: TensorValue): OrtTensor => new OrtTensor(dtype, data, shape);

const fromOrt = (tensor: OrtTensor): TensorValue => ({
  dtype: tensor.type as DType,
  shape: tensor.dims,
  data: tensor.data as TensorValue["data"],
});
