/** Networks of ONNX files that were made elsewhere, and are run as they are. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { VrnnError } from "../errors.ts";
import { ortReason } from "./ort-errors.ts";

/** What a network says of an input or output. */
export interface Port {
  readonly name: string;
  /** Of its numbers, such as `float32`; undefined of what is no tensor. */
  readonly type: string | undefined;
  /** A name, or an empty one, where a size is not fixed; empty where nothing is said of the shape. */
  readonly shape: readonly (number | string)[];
}

/** Numbers with their shape. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The same of whole numbers, or of real ones. */
export type FedTensor = FloatTensor | { readonly shape: readonly number[]; readonly data: BigInt64Array };

const tensorOf = ({ shape, data }: FedTensor): Tensor =>
  data instanceof Float32Array ? new Tensor("float32", data, shape) : new Tensor("int64", data, shape);

/** A network of which nobody knows how it was trained. */
export class FrozenNetwork {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.session = session;
    this.inputs = session.inputMetadata.map(portOf);
    this.outputs = session.outputMetadata.map(portOf);
  }

  /**
   * Makes a network ready, on one thread: what it tells then does not depend on the machine's cores.
   *
   * @param model the bytes of an ONNX file that needs no other one
   * @throws VrnnError `runtime/compile` for what ONNX Runtime cannot read
   */
  static async open(model: Uint8Array): Promise<FrozenNetwork> {
    try {
      const session = await InferenceSession.create(model, {
        executionProviders: ["cpu"],
        ...{ intraOpNumThreads: 1, interOpNumThreads: 1 },
        logSeverityLevel: 4, // what fails is thrown; the runtime need not print it as well
      });
      return new FrozenNetwork(session);
    } catch (cause) {
      throw new VrnnError("runtime/compile", ortReason(cause), { cause });
    }
  }

  /** One output of some inputs, by their names. @throws VrnnError `runtime/run` */
  async run(inputs: Readonly<Record<string, FedTensor>>, output: string): Promise<FloatTensor> {
    const fed = Object.entries(inputs).map(([name, each]) => [name, tensorOf(each)] as const);
    try {
      const told = await this.session.run(Object.fromEntries(fed), [output]);
      const { dims, data: values } = told[output]!;
      return { shape: dims, data: values as Float32Array };
    } catch (cause) {
      throw new VrnnError("runtime/run", ortReason(cause), { cause });
    }
  }

  dispose(): Promise<void> {
    return this.session.release();
  }
}

const portOf = (told: InferenceSession.ValueMetadata): Port => ({
  name: told.name,
  type: told.isTensor ? told.type : undefined,
  shape: told.isTensor ? told.shape : [],
});
