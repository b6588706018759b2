/** Memory of programs that run many times. */
import { type DType, numeric, type TensorType } from "../graph/dims.ts";
import type { TensorValue } from "./runtime.ts";

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
