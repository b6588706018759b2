/** Which columns of a long table a pivot is about. */
import { VrnnError } from "../../errors.ts";

/** Which columns of a long table hold names and values. */
export interface Pivot {
  readonly parameter: string;
  readonly value: string;
}

/** "Parameter:Value" as the two columns. @throws VrnnError `data/pivot` */
export function pivotOf(said: string): Pivot {
  const [parameter = "", value = "", ...more] = said.split(":");
  if (parameter !== "" && value !== "" && more.length === 0) return { parameter, value };
  throw new VrnnError("data/pivot", `the option pivot says "${said}"`, {
    remedy: "name two columns, parameter:value",
  });
}
