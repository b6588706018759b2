import { type DType, numeric, type TensorType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";

interface ArrayTypes {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int64: BigInt64Array;
  /** 0 or 1. */
  readonly bool: Uint8Array;
}

/** Values of a tensor, row-major. */
export interface TensorValue<Type extends DType = DType> {
  readonly dtype: Type;
  readonly shape: readonly number[];
  readonly data: ArrayTypes[Type];
}

/** Tensors by name. */
export type Values = Readonly<Record<string, TensorValue>>;

/** A program made ready on some device. */
export interface Executable {
  /**
   * Computes the outputs from the inputs. Outputs named in `into` are written there, the others are new.
   *
   * @throws VrnnError `runtime/run` when inputs are missing or do not fit, `runtime/disposed` after `dispose`.
   */
  run(inputs: Values, into?: Values): Promise<Values>;
  /** Gives back what it holds, once what is under way has ended. */
  dispose(): Promise<void>;
}

/** A program made ready several times over, to run on the shards of a batch at the same time. */
export interface ShardedExecutable {
  /**
   * Computes the outputs of each shard. Buffers of a shard's own inputs may be handed over to where it is computed:
   * the caller must not use them afterwards. The shared ones stay.
   *
   * @param shared inputs that all shards get
   * @param shards the inputs of each; at most as many as were asked for
   * @throws VrnnError as `Executable.run`, and `runtime/thread` when a thread ended amid its work.
   */
  run(shared: Values, shards: readonly Values[]): Promise<readonly Values[]>;
  /** Gives back what it holds, threads among it, once what is under way has ended. */
  dispose(): Promise<void>;
}

/** Where programs run. Nothing above this contract knows which it is. */
export interface Runtime {
  /** For people: "node", "web". */
  readonly name: string;
  /** Makes a program ready. @throws VrnnError `runtime/compile` when the runtime refuses it. */
  compile(program: Program): Promise<Executable>;
  /** Makes a program ready for the shards of a batch. @throws VrnnError `runtime/compile` */
  compileShards(program: Program, shards: number): Promise<ShardedExecutable>;
}

export const float32 = (shape: readonly number[], data: Float32Array): TensorValue<"float32"> => ({
  dtype: "float32",
  shape,
  data,
});

export const emptyFloat32 = (shape: readonly number[]): TensorValue<"float32"> =>
  float32(shape, new Float32Array(shape.reduce((all, size) => all * size, 1)));

/** A single number as a tensor of rank 0. */
export const scalarValue = (value: number): TensorValue<"float32"> => float32([], Float32Array.of(value));

const zeros = {
  float32: (size: number) => new Float32Array(size),
  float64: (size: number) => new Float64Array(size),
  int64: (size: number) => new BigInt64Array(size),
  bool: (size: number) => new Uint8Array(size),
} as const satisfies Readonly<Record<DType, (size: number) => TensorValue["data"]>>;

/** Zeros of types whose sizes are numbers: memory for a program that runs many times. */
export const allocate = (types: Readonly<Record<string, TensorType>>): Record<string, TensorValue> =>
  Object.fromEntries(
    Object.entries(types).map(([name, { dtype, shape }]) => {
      const sizes = shape.map((dim) => numeric(dim, `the size of ${name}`));
      return [name, { dtype, shape: sizes, data: zeros[dtype](sizes.reduce((all, size) => all * size, 1)) }];
    }),
  );
