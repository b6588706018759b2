/** How products of two matrices are written: in the form in which ONNX Runtime's kernels are fastest. */
import { type Dim, namesOf, type TensorType } from "../dims.ts";
import type { LoweringContext } from "../tensor.ts";

/** Which sides of a matrix product are transposed. */
export interface MatmulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Columns of the right side that a kernel packs at once; for each such stripe it turns a transposed left side anew. */
const stripe = 128;

/**
 * The side of AᵀB (the gradient of a weight: as many rows as there are steps) that is better transposed once, beforehand:
 * the narrower one. Where that is B, (BᵀA)ᵀ is computed (if nothing is added): turning it back pays for many rows alone.
 *
 * Measured on one core of a Zen 5, GFLOP/s as it was → turned: 4,096 rows of 384 and of 1,536 columns 165 → 195, 800 of 128
 * and 384 197 → 211, 960 of 32,000 and 256 136 → 203, 4,096 of 1,536 and 384 172 → 197; narrower ones gain nothing (1,024 of
 * 32 and 96 126 → 127) or lose (4,096 of 1,536 and 64 141 → 128).
 */
function sideToTurn(a: TensorType, b: TensorType): "left" | "right" | undefined {
  const [rows, left, right] = [...a.shape, b.shape[1]] as [Dim, Dim, Dim];
  const widest = Math.max(Number(left), Number(right)); // NaN of a named size
  if (!(widest >= 3 * stripe)) return undefined;
  if (widest === right) return "left";
  return (right as number) >= 2 * stripe && areMany(rows) ? "right" : undefined;
}

/** The rows of all steps: a product of named sizes. To turn an entry back takes as long as the product over 60 rows. */
const areMany = (rows: Dim): boolean => (typeof rows === "number" ? rows >= 512 : namesOf(rows).length > 1);

/** Two matrices, or these and an addend that broadcasts. */
type ProductContext = LoweringContext<MatmulAttributes, 2> | LoweringContext<MatmulAttributes, 3>;

/** Writes op(A)·op(B), or op(A)·op(B) + C. */
export function lowerProduct({ inputs, types, outputs, attrs, emit, integers }: ProductContext): void {
  const [a, b, ...addend] = inputs;
  const side = attrs.transposeA && !attrs.transposeB ? sideToTurn(types[0], types[1]) : undefined;
  const transpose = (name: string, results?: readonly string[]) =>
    emit("Transpose", [name], { perm: [1, 0] }, results);
  // ONNX Runtime would merge a transposition into the product again (MatmulTransposeFusion); a reshape between keeps it.
  const turned = (name: string, { shape }: TensorType) =>
    emit("Reshape", [transpose(name), integers([shape[1] as number, -1])]);
  if (side === "right" && addend.length === 0)
    return void transpose(emit("MatMul", [turned(b, types[1]), a]), outputs);
  const [transA, transB] = [attrs.transposeA && side !== "left" ? 1 : 0, attrs.transposeB ? 1 : 0];
  const sides = [side === "left" ? turned(a, types[0]) : a, b, ...addend];
  if (transA + transB + addend.length > 0) emit("Gemm", sides, { transA, transB }, outputs);
  else emit("MatMul", sides, {}, outputs);
}
