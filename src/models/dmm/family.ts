import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { deepFamily, residual } from "../deep-family.ts";
import { Dmm, directions } from "./dmm.ts";

export const dmm = deepFamily(Dmm, {
  residual,
  reads: option(z._default(z.enum(directions), "future"), {
    flag: "--reads <what>",
    help: "what the posterior reads: future (from the step on), past (up to it: streams), both",
  }),
});
