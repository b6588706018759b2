/**
 * The rows `an4-…`: how many words of AN4 a recogniser gets wrong. It trains a run for each seed that is not there yet; weights of the words
 * that came before are chosen on validation, whose speakers training has not heard, for all seeds together; the test split is told once
 * with them, and only when asked.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/speech/an4.mjs [--work an4-runs] [--body streaming|bidirectional|no-vrnn]
 *       [--seeds 1,2,3] [--epochs 80] [--test] [--json]
 *
 * Beside it: letters alone, the likeliest at each step; letters searched with a beam; phones over the words of the dictionary without
 * what came before.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readFields } from "../../dist/data/files-fields.js";
import { wholeSpans } from "../../dist/data/plan.js";
import { RESERVED } from "../../dist/data/text/tokens.js";
import {
  AcousticModel,
  bestPath,
  decodingOf,
  knownOfSpeech,
  PrefixBeam,
  wordErrors,
} from "../../dist/index.js";
import { nodeRuntime, openRun } from "../../dist/node.js";
import { trainedRun } from "./vrnn.mjs";

const { values: said } = parseArgs({
  options: {
    json: { type: "boolean" },
    test: { type: "boolean" },
    work: { type: "string", default: "an4-runs" },
    body: { type: "string", default: "streaming" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "80" },
  },
});

const BODIES = {
  streaming: [],
  bidirectional: ["--hears", "both"],
  "no-vrnn": ["--no-vrnn-state", "--elbo-weight", "0"],
};
const GRID = { order: [2, 3], weight: [0.2, 0.35, 0.5, 0.7, 1], bonus: [-1, 0, 1, 2, 3] };
const LETTERS = "letters";

/** The folder of AN4, unpacked. */
function unpacked() {
  const folder = join(said.work, "an4");
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  const archive = join(process.env.VRNN_DATA ?? "data", "speech", "an4.tar.gz");
  execFileSync("tar", ["-xzf", archive, "-C", folder]);
  return folder;
}

/** The run of a seed. */
const trained = (data, seed) =>
  trainedRun(
    join(said.work, `${said.body}-${seed}`),
    ...[data, "--model", "recognise", "--epochs", said.epochs, "--seed", seed],
    ...BODIES[said.body],
  );

/** What was said in each utterance of the splits, and how likely a run finds each symbol at each step. */
async function heardBy(folder, data, splits) {
  const { config, model, weights } = openRun(folder);
  const { fields, modality } = config;
  const { splits: sources } = await readFields("speech", data, config.data.schema);
  const acoustic = await AcousticModel.open({ runtime: nodeRuntime(), model, weights, fields });
  const tokens = [...Array(RESERVED.length).fill(""), ...fields[LETTERS].vocabulary.tokens];
  const heard = Object.fromEntries(splits.map((split) => [split, []]));
  for (const split of splits)
    for await (const { values } of sources[split].open(wholeSpans(await sources[split].index()))) {
      acoustic.rest();
      const { logProb } = await acoustic.hear(values.x);
      const text = Array.from(values.letters, (id) => tokens[id]).join("");
      heard[split].push({ said: text.split(" "), logProb });
    }
  await acoustic.close();
  return { fields, known: knownOfSpeech(modality), tokens, heard };
}

const words = (text) => text.split(/\s+/).filter((word) => word !== "");
const errorsOf = (heard, wordsOf) =>
  wordErrors(heard.map((each) => ({ said: each.said, heard: wordsOf(each) })));

/** By the search of a beam. */
function searched({ fields, known, heard }, split, options) {
  const { field, units, beam } = decodingOf(fields, known, { letters: false, width: 32, ...options });
  return errorsOf(heard[split], ({ logProb }) => {
    const search = new PrefixBeam(beam);
    for (let at = 0; at < logProb[field].length; at += units.length)
      search.push(logProb[field].subarray(at, at + units.length));
    return search.finish(1)[0]?.words.map(({ word }) => word) ?? [];
  });
}

/** The likeliest letter of each step. */
const greedy = ({ tokens, heard }, split) =>
  errorsOf(heard[split], ({ logProb }) =>
    words(
      bestPath(logProb[LETTERS], tokens.length)
        .map(({ label }) => tokens[label])
        .join(""),
    ),
  );

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rateOf = (errors) => meanOf(errors.map(({ rate }) => rate));

/** The weights that are best on validation, for all runs together. */
function chosenFor(runs) {
  const all = GRID.order.flatMap((order) =>
    GRID.weight.flatMap((weight) => GRID.bonus.map((bonus) => ({ order, weight, bonus }))),
  );
  const rates = all.map((weights) => rateOf(runs.map((run) => searched(run, "valid", weights))));
  return all[rates.indexOf(Math.min(...rates))];
}

const seeds = said.seeds.split(",");
const data = unpacked();
const splits = said.test ? ["valid", "test"] : ["valid"];
const runs = [];
for (const seed of seeds) runs.push(await heardBy(trained(data, seed), data, splits));
const weights = chosenFor(runs);
const ways = {
  phones: (run, split) => searched(run, split, weights),
  withoutLanguageModel: (run, split) => searched(run, split, { order: 2, weight: 0, bonus: 0 }),
  letterBeam: (run, split) => searched(run, split, { ...weights, letters: true }),
  greedyLetters: greedy,
};
const told = { weights };
for (const split of splits)
  told[split] = Object.fromEntries(
    Object.entries(ways).map(([name, errorsBy]) => {
      const errors = runs.map((run) => errorsBy(run, split));
      return [name, { rate: rateOf(errors), seeds: errors }];
    }),
  );

if (said.json) console.log(JSON.stringify(told));
else {
  console.log(
    `chosen on validation: order ${weights.order}, weight ${weights.weight}, bonus ${weights.bonus}`,
  );
  for (const split of splits)
    for (const [name, { rate, seeds: each }] of Object.entries(told[split])) {
      console.log(`${split} ${name}: ${rate.toFixed(2)} % of words wrong`);
      for (const [i, errors] of each.entries())
        console.log(
          `  seed ${seeds[i]}: ${errors.rate.toFixed(2)} % (${errors.interval?.map((end) => end.toFixed(1)).join(" to ")}), S ${errors.substitutions} D ${errors.deletions} I ${errors.insertions} of ${errors.words}`,
        );
    }
}
process.exit(0);
