import * as z from "../../zod.ts";
import { family } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { Srnn } from "./srnn.ts";

const srnnOptions = z.pick(vrnnOptions, {
  hidden: true,
  latent: true,
  cell: true,
  residual: true,
  emission: true,
});

export const srnn = family(
  srnnOptions,
  ({ columns, conditions }, options) => new Srnn({ columns, conditions, ...options }),
  ({ hidden, latent }) => [{ label: "hidden units, latent variables", value: `${hidden}, ${latent}` }],
);
