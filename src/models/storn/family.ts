import { deepFamily } from "../deep-family.ts";
import { Storn } from "./storn.ts";

export const storn = deepFamily(Storn, {});
