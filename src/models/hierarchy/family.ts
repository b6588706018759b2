import { deepFamily, residual } from "../deep-family.ts";
import { Hierarchy } from "./hierarchy.ts";

export const hierarchy = deepFamily(Hierarchy, { residual });
