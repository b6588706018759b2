import { VrnnError } from "../errors.ts";
import { describeType, type TensorType } from "../graph/dims.ts";
import { type DeviceValue, isDeviceValue, type TensorValue } from "./runtime.ts";

/**
 * Says that a value is not of the type that a program declares.
 *
 * @param what the value in words: "the input x"
 * @throws VrnnError `runtime/run`
 */
export function checkType(what: string, type: TensorType, value: TensorValue | DeviceValue): void {
  const { dtype, shape } = value;
  const fits =
    dtype === type.dtype &&
    shape.length === type.shape.length &&
    type.shape.every((dim, axis) => typeof dim === "string" || dim === shape[axis]);
  const found = () => describeType({ dtype, shape });
  if (!fits) throw new VrnnError("runtime/run", `${what} is ${found()}, not ${describeType(type)}`);
  if (isDeviceValue(value)) return;
  const size = shape.reduce((all, each) => all * each, 1);
  const { length } = value.data;
  if (length !== size) throw new VrnnError("runtime/run", `${what} is ${found()}, but has ${length} entries`);
}
