/**
 * `lm-wikitext2`: subwords of WikiText-2, trained on its validation file and told on its test file, in bits per byte, by a
 * recurrent network without latent variables, or with 16 of them at each step (`latent`).
 *
 *     node scripts/text/wikitext2.mjs [latent] [--seed 1] [--json]
 */
import { positionals, print, unpacked, vrnn } from "./common.mjs";

const [train, test] = ["valid", "test"].map((split) =>
  unpacked("wikitext2_valid_test.tar.gz", `wikitext2_valid_test/${split}.txt`),
);
const latent = positionals.includes("latent") ? 16 : 0;
const run = `runs/wikitext2-${latent}`;
vrnn(
  ...["train", train, "--tokens", "bpe", "--vocabulary", 2000, "--split", "0.95,0.05,0"],
  ...["--latent", latent, "--cell", "lstm", "--hidden", 320, "--embedding", 320, "--tied"],
  ...["--dropout", 0.4, "--dropout-at", "x=0.2", "--dropout-span", "window", "--weight-dropout", 0.2],
  ...["--weight-average", 0.99, "--batch", 32, "--window", 64, "--epochs", 14],
  ...["--lr", 0.004, "--schedule", "cosine", "--warmup", 100, "--clip", 1, "--weight-decay", 0.01],
  ...["--out", run, "--force"],
);
const { metric, baselines } = vrnn("evaluate", run, "--data", test);
print({
  bitsPerByte: metric.bitsPerByte,
  kl: metric.kl ?? 0,
  baselines: Object.fromEntries(Object.entries(baselines).map(([name, own]) => [name, own.bitsPerByte])),
});
