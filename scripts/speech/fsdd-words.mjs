/**
 * `fsdd-accuracy` and `fsdd-leave-one-speaker`: how many digits of the Free Spoken Digit Dataset a recogniser hears rightly, takes 0 to 4 of
 * all speakers after training on the others, or all takes of a speaker after training on the other five. Beside it stands the nearest
 * template by dynamic time warping: `fsdd-dtw.mjs`.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/speech/fsdd-words.mjs takes|speakers [--work fsdd-words] [--seeds 1,2,3] [--epochs 25]
 *       [--json]      # everything behind -- goes to vrnn train
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fsddFolder, SPEAKERS } from "./fsdd-data.mjs";
import { understoodBy } from "./understood.mjs";
import { vrnn } from "./vrnn.mjs";

const { values: said, positionals } = parseArgs({
  options: {
    json: { type: "boolean" },
    work: { type: "string", default: "fsdd-words" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "25" },
  },
  allowPositionals: true,
});
const [held = "takes", ...trainingWords] = positionals;

/** The run of a seed that has not heard what tests, trained if it is not there. */
function trained(test, seed) {
  const data = fsddFolder(join(said.work, `fsdd-${test}`), { test });
  const run = join(said.work, `${test}-${seed}`);
  const words = ["--epochs", said.epochs, "--seed", seed, "--out", run, ...trainingWords];
  if (!existsSync(run)) vrnn("train", data, "--model", "recognise", ...words);
  return run;
}

mkdirSync(said.work, { recursive: true });
const rows = said.seeds.split(",").flatMap((seed) =>
  (held === "takes" ? ["takes"] : SPEAKERS).map((test) => {
    const { utterances, right } = understoodBy(trained(test, seed));
    const row = { seed, test, utterances, right, accuracy: (100 * right) / utterances };
    if (!said.json)
      console.log(`seed ${seed}, ${test}: ${right} of ${utterances}, ${row.accuracy.toFixed(2)} %`);
    return row;
  }),
);
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
const accuracy = (100 * total("right")) / total("utterances");
console.log(said.json ? JSON.stringify({ rows, accuracy }) : `all: ${accuracy.toFixed(2)} %`);
