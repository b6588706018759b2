/**
 * `mt-…`: Multi30k, test of 2016, by a conditional GRU with attention, with latent variables and without, beside the answer to the
 * nearest training pair.
 *
 *     node scripts/text/multi30k.mjs en de [--seed 1] [--json]
 *     node scripts/text/multi30k.mjs en de small-latent [--json]     # anew, small, small-latent, small-steps
 */
import { dataAt, positionals, print, vrnn } from "./common.mjs";

const [source, target, kind = "plain"] = positionals;
const run = `runs/${[source, target, kind].join("-")}`;

/** Chosen on the validation split. */
const LARGE = ["--vocabulary", 6000, "--epochs", 20];
/** So small that each takes a quarter of the time: to hold models against each other. */
const SMALL = ["--vocabulary", 3000, "--hidden", 160, "--embedding", 128, "--epochs", 10];
/** Their twin is the kind `small`. */
const LATENT = ["--latent", 64, "--free-bits", 0.02, "--kl-warmup", 2000, "--no-twin"];
const KINDS = {
  plain: LARGE,
  anew: [...LARGE, "--subword-dropout", 0.1],
  small: SMALL,
  "small-latent": [...SMALL, ...LATENT],
  "small-steps": [...SMALL, ...LATENT, "--latent-scope", "step"],
};

const { parameters, valid } = vrnn(
  ...["train", dataAt("text", "multi30k"), "--model", "translate", "--source", source, "--target", target],
  ...["--out", run, "--force", ...KINDS[kind]],
);

/** What the test of 2016 scores, by a beam of some width. */
const scored = (beam) => vrnn("translate", run, "--split", "test", "--beam", beam);

const { metric, baselines } = scored(5);
print({
  parameters,
  valid: valid.natsPerStep,
  ...metric,
  beamOfOne: scored(1).metric,
  memory: baselines["translation memory"],
});
