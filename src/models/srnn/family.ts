import { family, size } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { Srnn } from "./srnn.ts";

const srnnOptions = vrnnOptions.pick({ hidden: true, cell: true, residual: true, emission: true }).extend({
  latent: size.default(16).meta({ flag: "--latent <units>", help: "latent variables per step" }),
});

export const srnn = family(
  srnnOptions,
  { columns: ({ columns, conditions }, options) => new Srnn({ columns, conditions, ...options }) },
  ({ hidden, latent }) => [{ label: "hidden units, latent variables", value: `${hidden}, ${latent}` }],
);
