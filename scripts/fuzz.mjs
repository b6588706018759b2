/**
 * Random programs and properties with fresh seeds, until the time is over or one fails:
 *
 *     npm run fuzz [-- --minutes 5] [-- tests/passes]
 *
 * or changed files for every parser (of the build: `npm run build` first):
 *
 *     npm run fuzz -- --inputs 500000 [--seed 1] [-- midi csv]
 *
 * A failure is told with its counterexample and what repeats it.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { fuzzInputs } from "./fuzz/inputs.mjs";
import { fuzzProperties } from "./fuzz/properties.mjs";

const { values, positionals } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    inputs: { type: "string" },
    seed: { type: "string" },
  },
  allowPositionals: true,
});
const isSound =
  values.inputs === undefined
    ? fuzzProperties({ minutes: Number(values.minutes), only: positionals })
    : await fuzzInputs({
        inputs: Number(values.inputs),
        seed: Number(values.seed ?? randomInt(2 ** 31)),
        only: positionals,
      });
process.exit(isSound ? 0 : 1);
