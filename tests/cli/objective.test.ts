import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { objectives } from "../../src/objectives/index.ts";
import { openRun } from "../../src/run/run.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { evaluateRun } from "../../src/workbench/evaluate.ts";
import { readRunData } from "../../src/workbench/run-data.ts";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(["train", "waves.csv", ...tiny, ...args], folder);

beforeAll(() => writeSeries(join(folder, "waves.csv")));

test("a run is trained by particles, keeps how, and is evaluated by the bound it was trained by", async () => {
  expect(await run("--objective", "fivo", "--particles", "3", "--out", "fivo")).toMatchObject({ status: 0 });
  expect(openRun(join(folder, "fivo")).config.training).toMatchObject({ objective: "fivo", particles: 3 });
  const { status, stdout } = await vrnn(["evaluate", "fivo"], folder);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^fivo per step +-?\d+\.\d+ nats$/m);
});

test("a likelihood that is no bound is called by its name wherever it is told", async () => {
  const states = ["--model", "hmm", "--states", "2", "--epochs", "2", "--window", "16", "--out", "hmm"];
  expect(await vrnn(["train", "waves.csv", "--sequence", "run", ...states], folder)).toMatchObject({
    status: 0,
  });
  const evaluated = await vrnn(["evaluate", "hmm"], folder);
  expect(evaluated.stdout).toMatch(/^log-likelihood per step +-?\d+\.\d+ nats$/m);
  expect(evaluated.stdout).not.toMatch(/elbo/);
  const told = await vrnn(["info", "hmm"], folder);
  expect(told.stdout).toMatch(/^train\/log-likelihood +best -?[\d.]+/m);
  expect(told.stdout).not.toMatch(/\/elbo/);
  expect(told.stdout).not.toMatch(/^memory/m);
  for (const args of [
    ["evaluate", "hmm"],
    ["score", "hmm", "--out", "hmm.csv"],
  ])
    expect(JSON.parse((await vrnn([...args, "--json"], folder)).stdout).bound).toBe("log-likelihood");
});

test("info tells how much memory training takes, when it is asked", async () => {
  const told = await vrnn(["info", "fivo", "--memory"], folder);
  expect(told.stdout).toMatch(
    /^memory +about \d+\.\d MB with full batches: 8 sequences of \d+ steps in 2 shards, beside/m,
  );
  expect(told.stdout).toMatch(/^ +weights +[\d.]+ kB\n +steps +[\d.]+ [kM]B\n +validation +[\d.]+ [kM]B$/m);
  const { memory } = JSON.parse((await vrnn(["info", "fivo", "--memory", "--json"], folder)).stdout);
  expect(memory.total).toBeGreaterThan(1e8);
  const ofData = await vrnn(["info", "waves.csv", "--memory"], folder);
  expect([ofData.status, ofData.stderr]).toEqual([
    2,
    "error: option '--memory' tells of a run (name the folder of one)\n",
  ]);
});

describe("a run is evaluated by another bound than that of its training", () => {
  beforeAll(async () => {
    expect(await run("--out", "elbo")).toMatchObject({ status: 0 });
  });
  const evaluated = async (...args: string[]) => {
    const { status, stdout } = await vrnn(["evaluate", "elbo", "--json", ...args], folder);
    expect(status).toBe(0);
    return JSON.parse(stdout);
  };

  test("that of particles, which are told, and the more there are the higher", async () => {
    const [elbo, few, many] = [
      await evaluated("--split", "train"),
      await evaluated("--split", "train", "--bound", "iwae", "--particles", "4"),
      await evaluated("--split", "train", "--bound", "iwae", "--particles", "512"),
    ];
    expect(elbo).not.toHaveProperty("particles");
    expect(few).toMatchObject({ bound: "iwae", particles: 4 });
    expect(elbo.natsPerStep).toBeLessThan(few.natsPerStep);
    expect(few.natsPerStep).toBeLessThan(many.natsPerStep);
    const fivo = await evaluated("--bound", "fivo", "--per-sequence");
    expect(fivo).toMatchObject({ bound: "fivo", particles: 4, resampling: "systematic" });
    expect(fivo.perSequence).not.toHaveLength(0);
    const trained = openRun(join(folder, "elbo"));
    const sequences = readRunData(trained.config, () => {}).splits.test;
    const { natsPerStep } = await evaluateRun(trained, sequences, nodeRuntime(), objectives.fivo.create({}));
    expect(fivo.natsPerStep).toBe(natsPerStep);
  });

  test("with a picture of how many particles count, between none but one and all", async () => {
    await evaluated("--bound", "fivo", "--particles", "8", "--picture", "sizes.svg");
    const picture = readFileSync(join(folder, "sizes.svg"), "utf8");
    expect(picture).toMatch(/<title>Particles over /);
    expect(picture).toMatch(/of 8<.*>1<.*>8</s);
  });

  test("that of the evidence, and lines name it", async () => {
    const { stdout } = await vrnn(["evaluate", "fivo", "--bound", "elbo"], folder);
    expect(stdout).toMatch(/^elbo per step +-?\d+\.\d+ nats$/m);
  });

  test.each([
    [["elbo", "--particles", "8"], "option '--particles': no other bound is asked for"],
    [
      ["elbo", "--bound", "elbo", "--particles", "8"],
      "option '--particles': the bound elbo does not read it",
    ],
    [
      ["elbo", "--bound", "iwae", "--resampling", "multinomial"],
      "'--resampling': the bound iwae does not read it",
    ],
    [["elbo", "--bound", "cross-entropy"], "--bound"],
    [
      ["elbo", "--bound", "elbo", "--picture", "sizes.svg"],
      "option '--picture': there are no particles to draw",
    ],
    [["hmm", "--bound", "iwae"], "option '--bound' has no effect: the likelihood of the model is exact"],
  ])("%j is refused", async (args, message) => {
    const { status, stderr } = await vrnn(["evaluate", ...args], folder);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test.each([
  [
    ["--objective", "fivo", "--free-bits", "0.1"],
    "option '--free-bits': the objective fivo does not read it",
  ],
  [["--particles", "4"], "option '--particles': the objective elbo does not read it"],
  [["--objective", "iwae", "--resampling", "systematic"], "the objective iwae does not read it"],
])("%j has no effect, and is refused", async (args, message) => {
  const { status, stderr } = await run(...args, "--out", "refused");
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(existsSync(join(folder, "refused"))).toBe(false);
});

test.each([
  [
    ["--model", "hmm", "--free-bits", "0.1"],
    "'--free-bits' has no effect: the model draws no latent variables",
  ],
  [
    ["--model", "hmm", "--kl-warmup", "5"],
    "'--kl-warmup' has no effect: the model draws no latent variables",
  ],
  [
    ["--model", "hmm", "--dropout", "0.2"],
    "'--dropout' has no effect: the model has no hidden values to drop",
  ],
  [["--model", "hmm", "--objective", "iwae", "--particles", "8"], "'--particles' has no effect"],
  [
    ["--condition-dropout", "0.2"],
    "'--condition-dropout' has no effect: the model takes nothing beside the data",
  ],
  [
    ["--latent", "0", "--free-bits", "0.1"],
    "'--free-bits' has no effect: the model draws no latent variables",
  ],
])("%j is not read by the model, and is refused", async (args, message) => {
  const { status, stderr } = await vrnn(
    ["train", "waves.csv", "--sequence", "run", ...args, "--out", "refused"],
    folder,
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(existsSync(join(folder, "refused"))).toBe(false);
});

test("options at their defaults ask for nothing, whatever the model", async () => {
  const args = ["--model", "hmm", "--states", "2", "--epochs", "1", "--dropout", "0", "--free-bits", "0"];
  const outcome = await vrnn(
    ["train", "waves.csv", "--sequence", "run", ...args, "--out", "defaults"],
    folder,
  );
  expect(outcome).toMatchObject({ status: 0 });
});
