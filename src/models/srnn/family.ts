import { deepFamily, residual } from "../deep-family.ts";
import { Srnn } from "./srnn.ts";

export const srnn = deepFamily(Srnn, { residual });
