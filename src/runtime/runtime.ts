import { type DType, numeric, type TensorType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";
import type { Pass } from "../passes/optimise.ts";
import { allOrNone } from "./all-or-none.ts";

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

/**
 * A tensor that stays where its runtime computes. Its type is known, its numbers are not: they go there by
 * `Runtime.upload` or by a run that writes them, and come back by `Runtime.download`.
 */
export interface DeviceValue {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The name of the runtime that holds it. */
  readonly place: string;
  /** Gives its memory back; to use it afterwards is an error. A second call does nothing. */
  dispose(): void;
}

export const isDeviceValue = (value: TensorValue | DeviceValue): value is DeviceValue => "place" in value;

/** Tensors by name, on the host or where a runtime holds them. */
export type Inputs = Readonly<Record<string, TensorValue | DeviceValue>>;

/** A program made ready on some device. */
export interface Executable {
  /**
   * Computes the outputs from the inputs. Outputs named in `into` are written there, the others are new. What is written
   * to a device value stays there, and is not among the results.
   *
   * @throws VrnnError `runtime/run` when inputs are missing or do not fit, `runtime/disposed` after `dispose` and for
   * values that were disposed of, `runtime/foreign` for those of another runtime.
   */
  run(inputs: Inputs, into?: Inputs): Promise<Values>;
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
   * @param into where outputs of each are written, as with `Executable.run`
   * @throws VrnnError as `Executable.run`, and `runtime/thread` when a thread ended amid its work.
   */
  run(shared: Inputs, shards: readonly Inputs[], into?: readonly Inputs[]): Promise<readonly Values[]>;
  /** Gives back what it holds, threads among it, once what is under way has ended. */
  dispose(): Promise<void>;
}

/** Where programs run. Nothing above this contract knows which it is. */
export interface Runtime {
  /** For people: "node", "web". */
  readonly name: string;
  /**
   * The passes that programs are best given here beside those of all runtimes, by what named sizes will nearly always be;
   * absent: none.
   *
   * @example
   * gradientProgram(model, objective, { passes: runtime.passesFor?.({ B: 32 }) });
   */
  readonly passesFor?: (sizes?: Readonly<Record<string, number>>) => readonly Pass[];
  /** Makes a program ready. @throws VrnnError `runtime/compile` when the runtime refuses it. */
  compile(program: Program): Promise<Executable>;
  /** Makes a program ready for the shards of a batch. @throws VrnnError `runtime/compile` */
  compileShards(program: Program, shards: number): Promise<ShardedExecutable>;
  /** How many of its device values have not been disposed of. */
  readonly held: number;
  /**
   * Takes a tensor to where this runtime computes. Where that is the host's memory nothing is copied: the value is that
   * very tensor, and whoever writes to one writes to the other.
   *
   * @throws VrnnError `runtime/upload` for a type that the device has no room for.
   * @example
   * const weights = await runtime.upload(float32([2], Float32Array.of(1, 2)));
   * await executable.run({ weights, gradient }, { "weights.next": weights }); // stays there
   * (await runtime.download(weights)).data; // Float32Array [ 1.5, 2.5 ]
   * weights.dispose();
   */
  upload(value: TensorValue): Promise<DeviceValue>;
  /**
   * A copy of the numbers of a device value, that stays as it is; `view` shows them without one where it can.
   *
   * @throws VrnnError `runtime/disposed`, `runtime/foreign`
   */
  download(value: DeviceValue): Promise<TensorValue>;
  /**
   * The memory of a device value, until it is written to or disposed of; undefined where that is not the host's.
   *
   * @throws VrnnError `runtime/disposed`, `runtime/foreign`
   */
  view(value: DeviceValue): TensorValue | undefined;
}

/** The numbers of all these, wherever they are. */
export async function downloaded(runtime: Pick<Runtime, "download">, inputs: Inputs): Promise<Values> {
  const values = Object.entries(inputs).map(
    async ([name, value]) => [name, isDeviceValue(value) ? await runtime.download(value) : value] as const,
  );
  return Object.fromEntries(await Promise.all(values));
}

/** Takes all these to where a runtime computes. */
export function uploaded(runtime: Runtime, values: Values): Promise<Readonly<Record<string, DeviceValue>>> {
  return allOrNone(async (keep) => {
    const handles: Record<string, DeviceValue> = {};
    for (const [name, value] of Object.entries(values)) handles[name] = keep(await runtime.upload(value));
    return handles;
  });
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
