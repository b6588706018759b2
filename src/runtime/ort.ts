/** What ONNX Runtime's packages for Node and for browsers share: a session behind the contract of `Executable`. */
import { VrnnError } from "../errors.ts";
import type { DType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";
import { checkType } from "./check-type.ts";
import {
  type DeviceValue,
  type Executable,
  type Inputs,
  isDeviceValue,
  type TensorValue,
  type Values,
} from "./runtime.ts";
import { SerialQueue } from "./serial-queue.ts";

/** A tensor of ONNX Runtime. */
export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  /** Where the numbers are: "cpu", "gpu-buffer". */
  readonly location: string;
}

/** A session of ONNX Runtime; a fetch that is null is given new memory. */
export interface OrtSession {
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: Readonly<Record<string, OrtTensor | null>>,
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** Makes a tensor of ONNX Runtime over the same memory. @param what the value in words, for errors */
export type ToOrt = (value: TensorValue | DeviceValue, what: string) => OrtTensor;

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

  run(inputs: Inputs, into: Inputs = {}): Promise<Values> {
    return this.turns.take(() => this.compute(inputs, into));
  }

  private async compute(inputs: Inputs, into: Inputs): Promise<Values> {
    const feeds = this.feeds(inputs);
    const fetches = this.fetches(into);
    try {
      const results = await this.session.run(feeds, fetches);
      return Object.fromEntries(
        Object.entries(results).flatMap(([name, tensor]) => {
          const given = into[name] ?? fromOrt(tensor);
          return isDeviceValue(given) ? [] : [[name, given] as const];
        }),
      );
    } catch (cause) {
      throw (await import("./ort-errors.ts")).runError(cause, this.program, inputs);
    }
  }

  private feeds(inputs: Inputs): Record<string, OrtTensor> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, type] of Object.entries(this.program.inputs)) {
      const [value, what] = [inputs[name], `the input ${name}`];
      if (value === undefined) throw missing(name, this.program);
      checkType(what, type, value);
      feeds[name] = this.toOrt(value, what);
    }
    return feeds;
  }

  private fetches(into: Inputs): Record<string, OrtTensor | null> {
    const fetches: Record<string, OrtTensor | null> = {};
    for (const [name, type] of Object.entries(this.program.outputs)) {
      const [value, what] = [into[name], `the output ${name}`];
      if (value !== undefined) checkType(what, type, value);
      fetches[name] = value === undefined ? null : this.toOrt(value, what);
    }
    return fetches;
  }

  dispose(): Promise<void> {
    return this.turns.close(() => this.session.release());
  }
}

const missing = (name: string, { inputs }: Program): VrnnError =>
  new VrnnError("runtime/run", `the input ${name} is missing`, {
    remedy: `feed ${Object.keys(inputs).join(", ")}`,
  });

const fromOrt = (tensor: OrtTensor): TensorValue => ({
  dtype: tensor.type as DType,
  shape: tensor.dims,
  data: tensor.data as TensorValue["data"],
});
