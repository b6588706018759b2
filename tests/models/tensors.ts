import { Random } from "../../src/random/generator.ts";
import { emptyFloat32, type TensorValue } from "../../src/runtime/runtime.ts";

/** Standard normal numbers; the same for the same label. */
export function normals(shape: readonly number[], label: string): TensorValue<"float32"> {
  const value = emptyFloat32(shape);
  Random.stream(3, label).fillNormal(value.data);
  return value;
}

export function ones(shape: readonly number[]): TensorValue<"float32"> {
  const value = emptyFloat32(shape);
  value.data.fill(1);
  return value;
}
