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

const ELBO = "--hidden 128 --latent 32 --dropout 0.3 --weight-average 0.998 --shards 1";
const FIVO =
  "--latent 32 --objective fivo --particles 16 --schedule cosine --weight-average 0.998 --shards 1";
/** Of the longer pieces. */
const LONG_ELBO = `${ELBO} --kl-warmup 2000 --window 100`;
const LONG_FIVO = `${FIVO} --hidden 64 --dropout 0.1 --lr 3e-3 --window 100`;
const NADE =
  "--model rnn --cell lstm --emission nade --batch 16 --warmup 100 --schedule cosine --weight-average 0.999 --transpose 6";
/** The same, wider, and how such a one goes on by FIVO. */
const WIDE =
  "--hidden 256 --latent 32 --dropout 0.15 --weight-average 0.998 --window 100 --batch 16 --shards 1";
const WIDE_FIVO = `${WIDE} --objective fivo --particles 16 --epochs 3 --lr 3e-4 --schedule cosine`;
/** Of the longer pieces, as they stand. */
const LONG_NADE =
  "--model rnn --cell lstm --emission nade --hidden 300 --batch 16 --window 100 --warmup 100 --schedule cosine --weight-average 0.998 --shards 1";
const BY_128 = "--bound fivo --particles 128";

/** What is trained, from which row's weights, and by which bound it is told where that is another than training's. */
const ROWS = {
  "jsb-vrnn-elbo": { data: "jsb", training: `${ELBO} --kl-warmup 1000 --epochs 150` },
  "jsb-vrnn-elbo-128": { of: "jsb-vrnn-elbo", evaluation: BY_128 },
  "jsb-vrnn-fivo": {
    data: "jsb",
    training: `${FIVO} --hidden 100 --dropout 0.3 --lr 2e-3 --epochs 120 --patience 20`,
    evaluation: BY_128,
  },
  "jsb-rnn-nade": {
    data: "jsb",
    training: `${NADE} --hidden 200 --epochs 400 --patience 60 --lr 3e-3 --dropout 0.4`,
  },
  "jsb-best": {
    data: "jsb",
    training: `${NADE} --hidden 400 --epochs 400 --patience 80 --lr 3e-3 --dropout 0.3 --shards 1`,
  },
  "piano-vrnn-elbo": {
    data: "piano",
    training: `${LONG_ELBO} --epochs 60 --patience 10`,
  },
  "piano-vrnn-elbo-128": { of: "piano-vrnn-elbo", evaluation: BY_128 },
  "piano-vrnn-fivo": {
    data: "piano",
    training: `${LONG_FIVO} --epochs 40 --patience 10`,
    evaluation: BY_128,
  },
  "piano-best": {
    data: "piano",
    training: `${LONG_NADE} --dropout 0.3 --lr 2e-3 --epochs 60 --patience 10`,
  },
  "nottingham-vrnn-elbo": {
    data: "nottingham",
    training: `${WIDE} --kl-warmup 2000 --epochs 45 --patience 8`,
  },
  "nottingham-vrnn-elbo-128": { of: "nottingham-vrnn-elbo", evaluation: BY_128 },
  "nottingham-vrnn-fivo": {
    data: "nottingham",
    from: "nottingham-vrnn-elbo",
    training: WIDE_FIVO,
    evaluation: BY_128,
  },
  "nottingham-best": {
    data: "nottingham",
    training: `${LONG_NADE} --dropout 0.1 --lr 3e-3 --epochs 30 --patience 8`,
  },
  "muse-vrnn-elbo": {
    data: "muse",
    training: `${WIDE} --kl-warmup 2000 --epochs 30 --patience 8`,
  },
  "muse-vrnn-elbo-128": { of: "muse-vrnn-elbo", evaluation: BY_128 },
  "muse-vrnn-fivo": {
    data: "muse",
    from: "muse-vrnn-elbo",
    training: WIDE_FIVO,
    evaluation: BY_128,
  },
  "muse-best": {
    data: "muse",
    training: `${LONG_NADE} --dropout 0.1 --lr 3e-3 --epochs 30 --patience 6`,
  },
};

const words = (said) => said.split(" ");

/** The run, trained or gone on with, and what its training told. */
function trained(name, { data, training, from }) {
  const run = work(name)("run");
  const [path, begun] = [dataAt("music", FILES[data]), existsSync(join(run, "config.json"))];
  const beginning = begun || from === undefined ? [] : ["--from", trained(from, ROWS[from]).run];
  const told = begun
    ? vrnn("train", path, "--resume", run)
    : vrnn("train", path, ...words(training), ...beginning, "--out", run);
  return { run, ...told };
}

const [name] = positionals;
const row = ROWS[name];
if (row === undefined) {
  console.log(Object.keys(ROWS).join("\n"));
  process.exit(name === undefined ? 0 : 1);
}
const { run, parameters, bestEpoch, epochs, valid, test } = trained(row.of ?? name, ROWS[row.of] ?? row);
/** What is told where nothing else is asked for. */
const usual = test.kl > 0 ? "elbo" : "log-likelihood";
const { natsPerStep, bound = usual } =
  row.evaluation === undefined ? test : vrnn("evaluate", run, "--split", "test", ...words(row.evaluation));
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
