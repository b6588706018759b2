/**
 * `lm-shakespeare…`: characters of tinyshakespeare, the last tenth told, by a recurrent network of at most 3 million numbers:
 * its state carried, begun anew every 256 characters, and learning on from what it has told, by a rate that was chosen on
 * training text. With `latent` among the words the same network has 16 latent variables at each step.
 *
 *     node scripts/text/shakespeare.mjs [latent] [--seed 1] [--json]
 */
import { bestRate, positionals, print, seed, unpacked, vrnn } from "./common.mjs";

const text = unpacked("tinyshakespeare.tar.gz", "tinyshakespeare/input.txt");
const isLatent = positionals.includes("latent");
const run = `runs/shakespeare-${isLatent ? "latent" : "plain"}-${seed}`;

/** Chosen on the 3 % before the last tenth. */
const settings = [
  ...["--latent", isLatent ? 16 : 0, "--cell", "lstm", "--layers", 2, "--hidden", 400, "--embedding", 64],
  ...["--dropout", 0.25, "--dropout-at", "x=0.05", "--dropout-span", "window", "--weight-dropout", 0.1],
  ...["--weight-average", 0.99, "--batch", 64, "--window", 128, "--epochs", 12],
  ...["--lr", 0.004, "--schedule", "cosine", "--warmup", 100, "--clip", 1],
];

// What is held back to choose by trains in the end: nothing is chosen any more.
const { parameters } = vrnn(
  ...["train", text, "--tokens", "chars", "--split", "0.9,0,0.1", "--seed", seed, "--out", run, "--force"],
  ...settings,
);
// The last 3 % of training text, which the weights have seen like all of it: how fast they should move is told all the same.
const rate = isLatent ? undefined : bestRate(run, "train-end", [0.1, 0.2, 0.4]);
const told = vrnn("evaluate", run, ...(rate === undefined ? [] : ["--dynamic", rate]));
const { metric: anew } = vrnn("evaluate", run, "--reset", 256);
const nats = (measures) => measures.natsPerCharacter;
print({
  parameters,
  carried: nats(told.metric),
  windows: nats(anew),
  ...(rate !== undefined && { rate, dynamic: nats(told.metric.dynamic) }),
  kl: told.metric.kl ?? 0,
  activeUnits: told.metric.activeUnits ?? 0,
  mutualInformation: told.metric.mutualInformation ?? 0,
  baselines: Object.fromEntries(Object.entries(told.baselines).map(([name, own]) => [name, nats(own)])),
});
