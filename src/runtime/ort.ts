/** What ONNX Runtime's packages for Node and for browsers share: a session behind the contract of `Executable`. */
import { VrnnError } from "../errors.ts";
import type { DType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";
import { checkInput, runError } from "./ort-errors.ts";
import type { Executable, TensorValue, Values } from "./runtime.ts";
import { SerialQueue } from "./serial-queue.ts";

/** A tensor of ONNX Runtime. */
export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** A session of ONNX Runtime; a fetch that is null is given new memory. */
export interface OrtSession {
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: Readonly<Record<string, OrtTensor | null>>,
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** Makes a tensor of ONNX Runtime over the same memory. */
export type ToOrt = (value: TensorValue) => OrtTensor;

/** A program in a session of ONNX Runtime. */
export class OrtExecutable implements Executable {
  private readonly session: OrtSession;
  private readonly program: Program;
  private readonly toOrt: ToOrt;
  private readonly turns = new SerialQueue();

  constructor(session: OrtSession, program: Program, toOrt: ToOrt) {
    this.session = session;
    this.program = program;
    this.toOrt = toOrt;
  }

  run(inputs: Values, into: Values = {}): Promise<Values> {
    return this.turns.take(() => this.compute(inputs, into));
  }

  private async compute(inputs: Values, into: Values): Promise<Values> {
    const feeds = Object.fromEntries(
      Object.keys(this.program.inputs).map((name) => [name, this.toOrt(this.input(inputs, name))]),
    );
    const fetches = Object.fromEntries(
      Object.keys(this.program.outputs).map((name) => [
        name,
        into[name] === undefined ? null : this.toOrt(into[name]),
      ]),
    );
    try {
      const results = await this.session.run(feeds, fetches);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, into[name] ?? fromOrt(tensor)]),
      );
    } catch (cause) {
      throw runError(cause, this.program, inputs);
    }
  }

  private input(inputs: Values, name: string): TensorValue {
    const value = inputs[name];
    const type = this.program.inputs[name];
    if (value !== undefined && type !== undefined) {
      checkInput(name, type, value);
      return value;
    }
    const remedy = `feed ${Object.keys(this.program.inputs).join(", ")}`;
    throw new VrnnError("runtime/run", `the input ${name} is missing`, { remedy });
  }

  dispose(): Promise<void> {
    return this.turns.close(() => this.session.release());
  }
}

const fromOrt = (tensor: OrtTensor): TensorValue => ({
  dtype: tensor.type as DType,
  shape: tensor.dims,
  data: tensor.data as TensorValue["data"],
});
