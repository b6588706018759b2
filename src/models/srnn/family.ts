import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { deepFamily, residual } from "../deep-family.ts";
import { Srnn } from "./srnn.ts";

export const srnn = deepFamily(Srnn, {
  residual,
  zForcing: option(z._default(z.number().check(z.minimum(0)), 0), {
    flag: "--z-forcing <weight>",
    help: "weight of an auxiliary cost by which z tells what the posterior has read of the future; 0: none",
    needs: "latents",
  }),
});
