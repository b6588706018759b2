import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openRun } from "../../src/run/run.ts";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(["train", "waves.csv", ...tiny, ...args], folder);
const weightsOf = (name: string) => openRun(join(folder, name)).weights;

beforeAll(async () => {
  writeSeries(join(folder, "waves.csv"));
  expect(await run("--out", "first")).toMatchObject({ status: 0 });
});

/** A learning rate so small that what a run begins with is what it ends with. */
const still = ["--lr", "1e-30"];

test("a run begins with another's weights, and says so", async () => {
  const { status, stderr } = await run("--from", "first", "--out", "second", "--seed", "5", ...still);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^note: begun with (\d+) of \1 parameters of first$/m);
  expect(weightsOf("second")).toEqual(weightsOf("first"));
  const config = JSON.parse(readFileSync(join(folder, "second", "config.json"), "utf8"));
  expect(config).not.toHaveProperty("from");
});

test("a model of other sizes takes what fits, and names what does not", async () => {
  const { status, stderr } = await run("--from", "first", "--out", "third", "--latent", "3", ...still);
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /begun with \d+ of \d+ parameters of first; new are: phi_z\.weight is \[2, 6\] there, \[3, 6\] here/,
  );
});

test.each([
  [
    ["--from", "first", "--hidden", "9", "--latent", "5", "--layers", "2", "--drop", "high"],
    /first: no parameter of this run fits/,
  ],
  [["--from", "nowhere"], /nowhere.*there is no run here/],
])("%j is refused in one line, and no run is made", async (args, message) => {
  const { status, stderr } = await run(...args, "--out", "refused");
  expect(status).toBe(1);
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(message);
  expect(() => openRun(join(folder, "refused"))).toThrow(/no run here/);
});

test("a run that goes on has weights of its own", async () => {
  const { status, stderr } = await run("--from", "second", "--resume", "--out", "first");
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--resume and --from exclude each other/)]);
});

test("a family that nobody knows is told before anything is read", async () => {
  const { status, stdout, stderr } = await vrnn(["train", "waves.csv", "--model", "vrn"], folder);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toBe('error: option \'--model\': there is no model family "vrn" (did you mean "vrnn"?)\n');
  const help = await vrnn(["train", "--model", "vrnn", "--help"], folder);
  expect(help.stdout).toMatch(/--prior <name> +of the latent variables/);
});
