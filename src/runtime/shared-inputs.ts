/** Inputs that all threads get, in memory that all of them see. */
import type { DType } from "../graph/dims.ts";
import type { TensorValue, Values } from "./runtime.ts";

const views = {
  float32: (memory: SharedArrayBuffer) => new Float32Array(memory),
  float64: (memory: SharedArrayBuffer) => new Float64Array(memory),
  int64: (memory: SharedArrayBuffer) => new BigInt64Array(memory),
  bool: (memory: SharedArrayBuffer) => new Uint8Array(memory),
} as const satisfies Readonly<Record<DType, (memory: SharedArrayBuffer) => TensorValue["data"]>>;

/** Bytes from which it pays: a message of less takes as long as the sharing does. */
const LEAST = 2 ** 18;

type Move = (values: Values) => Values;

/**
 * The sending side: the values, the large ones in shared memory until the next call. A message copies what it carries
 * twice, into memory that is new each time; this is written once for all threads, in memory that stays.
 */
export const sharedInputs = (): Move => keptCopies(({ data }) => data.byteLength >= LEAST, inSharedMemory);

/** The receiving side: ONNX Runtime reads no shared memory, so what is there is copied to the thread's own, that stays. */
export const ownInputs = (): Move =>
  keptCopies(({ data }) => data.buffer instanceof SharedArrayBuffer, inOwnMemory);

/** Copies some values into memory that is made once for each name, and again when its type changes. */
function keptCopies(
  isCopied: (value: TensorValue) => boolean,
  make: (value: TensorValue) => TensorValue,
): Move {
  const kept = new Map<string, TensorValue>();
  const copy = (name: string, value: TensorValue): TensorValue => {
    const known = kept.get(name);
    const own = known !== undefined && isAlike(known, value) ? known : make(value);
    kept.set(name, own);
    (own.data as Float32Array).set(value.data as Float32Array);
    return own;
  };
  return (values) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, isCopied(value) ? copy(name, value) : value]),
    );
}

const isAlike = (one: TensorValue, other: TensorValue): boolean =>
  one.dtype === other.dtype && one.shape.join() === other.shape.join();

const inSharedMemory = ({ dtype, shape, data }: TensorValue): TensorValue =>
  ({ dtype, shape, data: views[dtype](new SharedArrayBuffer(data.byteLength)) }) as TensorValue;

const inOwnMemory = (value: TensorValue): TensorValue =>
  ({ ...value, data: value.data.slice() }) as TensorValue;
