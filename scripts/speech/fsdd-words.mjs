/**
 * `fsdd-accuracy` and `fsdd-leave-one-speaker`: how many digits of the Free Spoken Digit Dataset a recogniser hears rightly, takes 0 to 4 of
 * all speakers after training on the others, or all takes of a speaker after training on the other five. Beside it stands the nearest
 * template by dynamic time warping: `fsdd-dtw.mjs`.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/speech/fsdd-words.mjs takes|speakers [--work fsdd-words] [--seeds 1,2,3] [--epochs 12]
 *       [--json]      # everything behind -- goes to vrnn train
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fsddFolder, SPEAKERS } from "./fsdd-data.mjs";
import { understoodBy } from "./understood.mjs";
import { trainedRun } from "./vrnn.mjs";

const { values: said, positionals } = parseArgs({
  options: {
    json: { type: "boolean" },
    work: { type: "string", default: "fsdd-words" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "12" },
  },
  allowPositionals: true,
});
const [held = "takes", ...trainingWords] = positionals;

/** A tenth of what AN4 holds, of single words: a smaller model, perturbed less, that learns in fewer and larger steps. */
const RECIPE = [
  ...["--encoder", "160", "--encoder-layers", "2", "--hidden", "32", "--latent", "8"],
  ...["--batch", "32", "--lr", "0.003", "--dropout", "0.1"],
  ...["--noise", "0.1", "--warp", "0.03", "--masks", "0", "--mask-bands", "0"],
];

/** The run of a seed that has not heard what tests. */
function trained(test, seed) {
  const data = fsddFolder(join(said.work, `fsdd-${test}`), { test });
  const words = [data, "--model", "recognise", "--epochs", said.epochs, "--seed", seed, ...RECIPE];
  return trainedRun(join(said.work, `${test}-${seed}`), ...words, ...trainingWords);
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
