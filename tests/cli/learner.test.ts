/** Expectation maximisation at the command line: it learns, goes on where it was stopped, and is refused by name. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { openRun } from "../../src/run/run.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) =>
  vrnn(["train", "states.csv", "--sequence", "run", "--shards", "1", ...args], folder);
const em = ["--model", "hmm", "--learner", "em", "--states", "2"];
const json = async (...args: string[]) =>
  JSON.parse((await run(...args, "--json")).stdout) as Record<string, { natsPerStep: number }>;

/** Two states that stay nine steps of ten, 1 and −1 with a deviation of a quarter. */
beforeAll(() => {
  const random = Random.stream(3, "two states");
  const rows = Array.from({ length: 20 }, (_, sequence) => {
    let state = 1;
    return Array.from({ length: 60 }, () => {
      if (random.uniform() < 0.1) state = -state;
      return `r${sequence},${(state + 0.25 * random.normal()).toFixed(6)}`;
    });
  });
  writeFileSync(join(folder, "states.csv"), `run,level\n${rows.flat().join("\n")}\n`);
});

test("learns the states, at least as well as the gradient does, and is scored and sampled", async () => {
  const learnt = await json(...em, "--epochs", "25", "--out", "em");
  const { training } = openRun(join(folder, "em")).config;
  expect(training.learner).toBe("em");
  const gradient = await json(
    "--model",
    "hmm",
    "--states",
    "2",
    "--epochs",
    "25",
    "--lr",
    "0.03",
    "--out",
    "gradient",
  );
  expect(learnt["train"]!.natsPerStep).toBeGreaterThan(gradient["train"]!.natsPerStep - 1e-3);
  // States so far apart are as good as seen: a step costs the entropy of its value and of its move. Three standard errors of 840 steps.
  const known = -0.5 * Math.log(2 * Math.PI * Math.E * 0.25 ** 2);
  const moves = 0.1 * Math.log(0.1) + 0.9 * Math.log(0.9);
  expect(Math.abs(learnt["train"]!.natsPerStep - (known + moves))).toBeLessThan(0.1);
  expect(await vrnn(["score", "em"], folder)).toMatchObject({ status: 0 });
  expect(await vrnn(["sample", "em", "--out", "samples"], folder)).toMatchObject({ status: 0 });
});

test("chooses the number of states, by BIC unless told, and tells the likeliest path", async () => {
  const { stderr } = await run(
    ...em.slice(0, -2),
    "--choose-states",
    "1,2,3",
    "--epochs",
    "3",
    "--out",
    "chosen",
  );
  expect(stderr).toMatch(/1 state: BIC [\d.]+, train -[\d.]+, valid -[\d.]+ nats per step/);
  expect(stderr).toContain("chosen: 2 states, by BIC");
  expect(stderr).toMatch(
    /4 starts came to -[\d.]+, -[\d.]+, -[\d.]+, -[\d.]+ nats per training step; start \d goes on/,
  );
  expect(openRun(join(folder, "chosen")).config.model).toMatchObject({ states: 2 });
  const { stdout } = await vrnn(["encode", "chosen", "--path"], folder);
  const [header, ...rows] = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  expect(header!.at(-1)).toBe("path");
  expect(new Set(rows.map((row) => row.at(-1)))).toEqual(new Set(["1", "2"]));
});

test("more states to choose from than training steps, and a sequence of missing values alone, are told of", async () => {
  const { status, stderr } = await vrnn(
    [
      "train",
      "states.csv",
      "--sequence",
      "run",
      ...em.slice(0, -2),
      "--choose-states",
      "2,4000",
      "--out",
      "many",
    ],
    folder,
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error: --choose-states: 4000 hidden states cannot be learned from \d+ training steps/m,
  );
  const rows = ["a", "b", "c", "d"].flatMap((name) =>
    Array.from({ length: 30 }, (_, t) => `${name},${name === "b" ? "" : Math.sin(t)}`),
  );
  writeFileSync(join(folder, "hole.csv"), `run,level\n${rows.join("\n")}\n`);
  const hole = ["train", "hole.csv", "--sequence", "run", ...em, "--epochs", "2", "--out", "hole"];
  expect((await vrnn(hole, folder)).stderr).toContain("1 sequence holds missing values alone: b (nothing");
});

test.each([
  [2, ["--restarts", "3"], /--restarts': the learner gradient does not read it \(add --learner em/],
  [2, ["--choose-states", "2,3"], /--choose-states': the learner gradient does not read it/],
  [1, ["--learner", "em", "--choose-states", "2,3", "--stream"], /read in parts \(give --states/],
])("what has no effect is refused, with status %i: %j", async (code, words, message) => {
  const { status, stderr } = await run("--model", "hmm", ...words, "--out", "refused");
  expect([status, stderr]).toEqual([code, expect.stringMatching(message)]);
});

test("more states than observed steps are refused, and no run is made", async () => {
  const { status, stderr } = await run(...em.slice(0, -1), "4000", "--out", "refused");
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining(
      "--states: 4000 hidden states cannot be learned from 840 training steps (ask for fewer",
    ),
  ]);
  expect(existsSync(join(folder, "refused"))).toBe(false);
});

test("tells which epoch's weights are kept: that of the best validation", async () => {
  const { stdout, stderr } = await run(...em, "--epochs", "6", "--out", "told", "--json");
  const lines = readFileSync(join(folder, "told", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  const valid = lines
    .map((line) => JSON.parse(line) as Record<string, number>)
    .flatMap((event) => (event["valid/elbo"] === undefined ? [] : [event["valid/elbo"]]));
  const best = valid.indexOf(Math.max(...valid)) + 1;
  expect(valid).toHaveLength(6);
  expect(JSON.parse(stdout)).toMatchObject({ epochs: 6, bestEpoch: best });
  expect(stderr).toContain(`6 epochs in`);
  expect(stderr).toContain(`kept: the weights of epoch ${best}, the best`);
});

test("goes on to the same weights, bit for bit", async () => {
  await run(...em, "--epochs", "6", "--out", "whole");
  await run(...em, "--epochs", "2", "--out", "halves");
  expect(await vrnn(["train", "--resume", "halves", "--epochs", "6"], folder)).toMatchObject({ status: 0 });
  expect(openRun(join(folder, "halves")).weights).toEqual(openRun(join(folder, "whole")).weights);
});

describe("is refused by name, and no run is made", () => {
  test.each([
    [
      ["--model", "vrnn", "--learner", "em"],
      "a vrnn is not learnt by em (leave it out, or choose --model hmm or --model kalman)",
    ],
    [["--learner", "em"], "a vrnn is not learnt by em"],
    [[...em, "--lr", "0.1"], "option '--learning-rate': the learner em does not read it"],
    [[...em, "--objective", "fivo"], "option '--objective': the learner em does not read it"],
    [[...em, "--free-bits", "0.1"], "option '--free-bits': the learner em does not read it"],
    [[...em, "--learner", "sgd"], "--learner"],
  ])("%j", async (args, message) => {
    const { status, stderr } = await run(...args, "--out", "refused");
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("columns that are told by what is not fitted so", async () => {
    const { status, stderr } = await run(...em, "--emission", "student-t", "--out", "refused");
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("expectation maximisation does not fit columns by student-t"),
    ]);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});

test.each([
  [
    ["--model", "hmm", "--learner", "em", "--states", "4", "--choose-states", "2,3"],
    "--choose-states: the number of states is named",
  ],
  [["--model", "hmm", "--states", "2000"], "--states: 2000 hidden states cannot be learned from"],
])("%j is refused: there is nothing to choose, or too little to learn from", async (args, message) => {
  const { status, stderr } = await run(...args, "--out", "refused");
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
});
