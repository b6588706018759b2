/**
 * `captions-ucm-…`: captions of the UC Merced pictures from above (Qu et al. 2016), read as 96 × 96, test as given, by convolutions and a
 * conditional GRU with attention and one z for each caption, beside its twin without z, the caption of the class, the most frequent one and
 * one person against the four others.
 *
 *     node scripts/vision/captions-ucm.mjs [--seed 1] [--json]
 *
 * Trains what is not there; whether and how widely is searched, or on which of some drawn captions they agree and from how many sides the
 * picture is seen for them, is chosen by CIDEr-D of validation.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { dataAt, print, train, vrnn } from "../series/common.mjs";

const DATA = "ucm-captions";
if (!existsSync(join(DATA, "captions.json"))) {
  mkdirSync(DATA, { recursive: true });
  const archive = dataAt("images", "ucm_captions_128px.tar.gz");
  execFileSync("tar", ["xzf", archive, "--no-same-owner", "-C", DATA]);
}

const SETTINGS = [
  ...["--size", "96x96", "--turns", "--widths", "24,48,96,160", "--hidden", 192, "--embedding", 96],
  ...["--class-weight", 3, "--batch", 16, "--lr", 0.0015, "--weight-decay", 0.05],
  ...["--epochs", 95, "--patience", 6],
];
const KINDS = {
  latent: ["--latent", 8, "--free-bits", 0.02, "--kl-warmup", 300, "--no-twin"],
  twin: ["--latent", 0],
};
const seed = process.argv.includes("--seed") ? process.argv[process.argv.indexOf("--seed") + 1] : 1;
const [BEAMS, POWERS, TEMPERATURES, VIEWS] = [
  [1, 3, 5, 10],
  [0, 0.7, 1],
  [0.7, 1],
  [1, 8],
];
const WAYS = [
  ...BEAMS.flatMap((beam) => POWERS.map((power) => ["--beam", beam, "--length-power", power])),
  ...TEMPERATURES.flatMap((each) =>
    VIEWS.map((views) => ["--consensus", 32, "--temperature", each, "--views", views]),
  ),
];

/** What a run says of pictures of a split. */
const told = (run, split, way) => vrnn("caption", run, "--split", split, ...way);

function results(kind) {
  const run = join("runs", `ucm-${kind}-${seed}`);
  if (!existsSync(join(run, "report.html")))
    train(run, DATA, ["--model", "caption", ...SETTINGS, ...KINDS[kind]]);
  const scored = WAYS.map((way) => ({ way, ciderD: told(run, "valid", way).metric.ciderD }));
  const { way } = scored.reduce((best, each) => (each.ciderD > best.ciderD ? each : best));
  return { way, ...told(run, "test", way) };
}

const { way, metric, baselines, accuracy, within } = results("latent");
const { metric: twin, within: twinWithin } = results("twin");
print({
  way,
  ...metric,
  accuracy,
  within,
  baselines: { ...baselines, "the twin without z": twin },
  twinWithin,
});
