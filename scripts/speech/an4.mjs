/**
 * The rows `an4-…` of a trained recogniser: weights of the words that came before are chosen on validation, whose speakers training has
 * not heard; the test split is told once with them, and only when asked.
 *
 *     vrnn train an4 --model recognise --epochs 80 --out runs/an4
 *     node scripts/speech/an4.mjs runs/an4 [--data an4] [--test] [--json]
 *
 * Beside it: letters alone, the likeliest at each step; letters searched with a beam; phones over the words of the dictionary without
 * what came before.
 */
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

const { values: said, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, test: { type: "boolean" }, data: { type: "string" } },
});

const GRID = { order: [2, 3], weight: [0.2, 0.35, 0.5, 0.7, 1], bonus: [-1, 0, 1, 2, 3] };
const LETTERS = "letters";

const run = openRun(positionals[0]);
const { fields, modality } = run.config;
const known = knownOfSpeech(modality);
const data = await readFields("speech", said.data ?? run.config.data.path, run.config.data.schema);
const acoustic = await AcousticModel.open({
  ...{ runtime: nodeRuntime(), model: run.model, weights: run.weights, fields },
});
const tokens = Object.fromEntries(
  Object.entries(fields).flatMap(([name, { vocabulary }]) =>
    vocabulary ? [[name, [...Array(RESERVED.length).fill(""), ...vocabulary.tokens]]] : [],
  ),
);

/** What was said in each utterance of a split, and how likely each symbol was at each step. */
async function heardOf(split) {
  const source = data.splits[split];
  const heard = [];
  for await (const { values } of source.open(wholeSpans(await source.index()))) {
    acoustic.rest();
    const { logProb } = await acoustic.hear(values.x);
    const text = Array.from(values.letters, (id) => tokens.letters[id]).join("");
    heard.push({ said: text.split(" "), logProb });
  }
  return heard;
}

const words = (text) => text.split(/\s+/).filter((word) => word !== "");
const errorsOf = (heard, wordsOf) =>
  wordErrors(heard.map((each) => ({ said: each.said, heard: wordsOf(each) })));

/** By the search of a beam. */
function searched(heard, options) {
  const { field, units, beam } = decodingOf(fields, known, { letters: false, width: 32, ...options });
  return errorsOf(heard, ({ logProb }) => {
    const search = new PrefixBeam(beam);
    for (let at = 0; at < logProb[field].length; at += units.length)
      search.push(logProb[field].subarray(at, at + units.length));
    return search.finish(1)[0]?.words.map(({ word }) => word) ?? [];
  });
}

/** The likeliest letter of each step. */
const greedy = (heard) =>
  errorsOf(heard, ({ logProb }) =>
    words(
      bestPath(logProb[LETTERS], tokens.letters.length)
        .map(({ label }) => tokens.letters[label])
        .join(""),
    ),
  );

const valid = await heardOf("valid");
let chosen;
for (const order of GRID.order)
  for (const weight of GRID.weight)
    for (const bonus of GRID.bonus) {
      const errors = searched(valid, { order, weight, bonus });
      if (chosen === undefined || errors.rate < chosen.errors.rate) chosen = { order, weight, bonus, errors };
    }
const { errors: _, ...weights } = chosen;

const rowsOf = (heard) => ({
  phones: searched(heard, weights),
  withoutLanguageModel: searched(heard, { order: 2, weight: 0, bonus: 0 }),
  letterBeam: searched(heard, { ...weights, letters: true }),
  greedyLetters: greedy(heard),
});
const told = {
  weights,
  valid: rowsOf(valid),
  ...(said.test && { test: rowsOf(await heardOf("test")) }),
};
await acoustic.close();

if (said.json) console.log(JSON.stringify(told));
else {
  console.log(
    `chosen on validation: order ${weights.order}, weight ${weights.weight}, bonus ${weights.bonus}`,
  );
  for (const split of ["valid", "test"])
    for (const [
      name,
      { rate, interval, words: count, substitutions, deletions, insertions },
    ] of Object.entries(told[split] ?? {}))
      console.log(
        `${split} ${name}: ${rate.toFixed(2)} % (${interval?.map((each) => each.toFixed(1)).join(" to ")}), S ${substitutions} D ${deletions} I ${insertions} of ${count}`,
      );
}
process.exit(0);
