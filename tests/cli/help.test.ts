/** The help of `vrnn train` lists what can have an effect under what was said before. */
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { vrnn } from "./vrnn.ts";

async function listed(...words: string[]): Promise<ReadonlySet<string>> {
  const { status, stdout } = await vrnn(["train", ...words, "--help"], tmpdir());
  expect(status).toBe(0);
  const lines = stdout.split("\n").filter((line) => /^ {2}-/.test(line));
  return new Set(
    lines.map(
      (line) =>
        line
          .slice(0, 31)
          .match(/--[a-z-]+/g)
          ?.at(-1) as string,
    ),
  );
}

const always = ["--model", "--out", "--resume", "--force", "--from", "--schema", "--json", "--help"];
const training = ["--epochs", "--batch", "--patience", "--seed", "--shards"];
const gradient = [
  ...["--window", "--recompute", "--learning-rate", "--schedule", "--warmup"],
  ...["--clip", "--weight-decay", "--decay-group", "--weight-average", "--state-dropout"],
];
const reading = ["--split", "--format"];
const columns = ["--drop", "--only", "--split-by", "--shuffle"];

describe("options that cannot have an effect are not listed", () => {
  test("of frames", async () => {
    const own = ["--hidden", "--latent", "--latent-family", "--channels"];
    const pictures = ["--size", "--crop", "--colours", "--fps"];
    const bounds = ["--objective", "--kl-warmup", "--free-bits", "--particles", "--resampling"];
    const all = [...always, ...training, ...gradient, ...reading, ...pictures, ...own, ...bounds];
    expect([...(await listed("--model", "frame-vrnn"))].sort()).toEqual(all.sort());
  });

  test("of a hidden Markov model of music that is learnt by expectation maximisation", async () => {
    const own = [
      "--states",
      "--restarts",
      "--choose-states",
      "--choose-by",
      "--emission",
      "--learner",
      "--grid",
    ];
    const all = [...always, ...training, ...reading, ...columns, ...own];
    expect([...(await listed("song.mid", "--model=hmm", "--learner", "em"))].sort()).toEqual(all.sort());
  });

  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    [
      "everything without a word",
      [],
      ["--tied", "--grid", "--sequence", "--label", "--particles"],
      ["--learner"],
    ],
    ["text", ["a.txt"], ["--tied", "--tokens", "--label", "--per"], ["--grid", "--sequence", "--emission"]],
    [
      "music",
      ["a.mid.gz"],
      ["--grid", "--only"],
      ["--tied", "--tokens", "--sequence", "--missing", "--label"],
    ],
    ["drawings", ["a.npz"], ["--emission", "--resolution"], ["--tied", "--grid", "--time"]],
    ["a bound", ["--objective", "iwae"], ["--particles"], ["--resampling", "--kl-warmup", "--elbo-weight"]],
    ["srnn", ["--model", "srnn"], ["--static", "--scale-series", "--tokens"], ["--label", "--elbo-weight"]],
  ])("%s", async (_, words, shown, hidden) => {
    const found = await listed(...words);
    expect([...shown].filter((name) => !found.has(name))).toEqual([]);
    expect([...hidden].filter((name) => found.has(name))).toEqual([]);
  });
});
