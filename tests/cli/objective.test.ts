import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openRun } from "../../src/run/run.ts";
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
  for (const args of [
    ["evaluate", "hmm"],
    ["score", "hmm", "--out", "hmm.csv"],
  ])
    expect(JSON.parse((await vrnn([...args, "--json"], folder)).stdout).bound).toBe("log-likelihood");
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
    "'--free-bits' has no effect: the model has no latent variables",
  ],
  [["--model", "hmm", "--kl-warmup", "5"], "'--kl-warmup' has no effect: the model has no latent variables"],
  [
    ["--model", "hmm", "--dropout", "0.2"],
    "'--dropout' has no effect: the model has no hidden values to drop",
  ],
  [["--model", "hmm", "--objective", "iwae", "--particles", "8"], "'--particles' has no effect"],
  [
    ["--condition-dropout", "0.2"],
    "'--condition-dropout' has no effect: the model takes nothing beside the data",
  ],
  [["--latent", "0", "--free-bits", "0.1"], "'--free-bits' has no effect: the model has no latent variables"],
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
