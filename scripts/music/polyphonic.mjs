/**
 * Polyphonic music, a row each: trains on the training split, keeps the epoch that validation prefers, and tells the test split once, pooled over
 * all steps, the first of each piece among them.
 *
 *     node scripts/music/polyphonic.mjs jsb-rnn-nade [--seed 1] [--json]     # one row; without a name all are listed
 *
 * A run that was stopped goes on where it stood (in the folder where the script is called). What is learned from in other keys says so.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dataAt, positionals, print, vrnn, work } from "../series/common.mjs";

const FILES = {
  jsb: "jsb-chorales.json.gz",
  piano: "piano-midi.json.gz",
  nottingham: "nottingham.json.gz",
  muse: "musedata.json.gz",
};

const slowly = ["--schedule", "cosine", "--weight-average", 0.999];
const nade = [
  "--model",
  "rnn",
  "--cell",
  "lstm",
  "--emission",
  "nade",
  "--batch",
  16,
  "--warmup",
  100,
  ...slowly,
];

/** What is trained, and by which bound it is told where that is another than training's. */
const ROWS = {
  "jsb-rnn-nade": {
    data: "jsb",
    training: [
      ...nade,
      "--hidden",
      200,
      "--epochs",
      400,
      "--patience",
      60,
      "--lr",
      3e-3,
      "--dropout",
      0.4,
      "--transpose",
      6,
    ],
  },
};

/** The run, trained or gone on with, and what its training told. */
function trained(name, { data, training }) {
  const run = work(name)("run");
  const [path, begun] = [dataAt("music", FILES[data]), existsSync(join(run, "config.json"))];
  const told = begun ? vrnn("train", path, "--resume", run) : vrnn("train", path, ...training, "--out", run);
  return { run, ...told };
}

const [name] = positionals;
const row = ROWS[name];
if (row === undefined) {
  console.log(Object.keys(ROWS).join("\n"));
  process.exit(name === undefined ? 0 : 1);
}
const { run, parameters, bestEpoch, epochs, valid, test } = trained(name, row);
const { natsPerStep, bound = "log-likelihood" } =
  row.evaluation === undefined ? test : vrnn("evaluate", run, "--split", "test", ...row.evaluation);
const weights = createHash("sha256")
  .update(readFileSync(join(run, "weights.safetensors")))
  .digest("hex");
print({
  row: name,
  natsPerStep,
  bound,
  validation: valid.natsPerStep,
  parameters,
  bestEpoch,
  epochs,
  weights,
});
