/** Gaps and hidden states of a hidden Markov model at the command line: by what came later too, without particles. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);

/** Two levels, 1 and −1, that stay twenty steps and more; every tenth step is taken away. */
const truth: number[] = [];
beforeAll(async () => {
  const random = Random.stream(3, "levels");
  const table = (gaps: boolean) => {
    let state = 1;
    return Array.from({ length: 12 }, (_, sequence) =>
      Array.from({ length: 80 }, (_, t) => {
        if (random.uniform() < 0.04) state = -state;
        const value = state + 0.3 * random.normal();
        if (!gaps || t % 10 !== 5) return `r${sequence},${value.toFixed(4)}`;
        truth.push(value);
        return `r${sequence},`;
      }),
    ).flat();
  };
  writeFileSync(join(folder, "levels.csv"), `run,level\n${table(false).join("\n")}\n`);
  writeFileSync(join(folder, "gaps.csv"), `run,level\n${table(true).join("\n")}\n`);
  const options = [
    "--sequence",
    "run",
    "--model",
    "hmm",
    "--states",
    "2",
    "--learner",
    "em",
    "--shards",
    "1",
  ];
  const trained = await run("train", "levels.csv", ...options, "--epochs", "15", "--out", "levels");
  expect(trained).toMatchObject({ status: 0 });
});

const rows = (table: string): string[][] =>
  table
    .trimEnd()
    .split("\n")
    .map((row) => row.split(","));

describe("gaps", () => {
  test("are filled closer to the truth than by the step before, and no particles are spoken of", async () => {
    const { status, stdout } = await run(
      "impute",
      "levels",
      "--data",
      "gaps.csv",
      "--out",
      "filled.csv",
      "--json",
    );
    expect(status).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary.filled).toBe(truth.length);
    expect(summary).not.toHaveProperty("islandSize");
    expect(summary).not.toHaveProperty("lag");
    expect(summary).not.toHaveProperty("effectiveSize");
    const [, ...filled] = rows(readFileSync(join(folder, "filled.csv"), "utf8"));
    const values = filled.map((row) => Number(row.at(-1)));
    const places = [...values.keys()].filter((i) => (i % 80) % 10 === 5);
    const error = (guess: (i: number) => number) =>
      Math.sqrt(places.reduce((sum, i, n) => sum + (guess(i) - truth[n]!) ** 2, 0) / places.length);
    expect(error((i) => values[i]!)).toBeLessThan(error((i) => values[i - 1]!));
    expect(error((i) => values[i]!)).toBeLessThan(0.5); // 0.3 had the state been seen
  });

  test.each([
    ["impute", "--lag", "3"],
    ["impute", "--particles", "8"],
    ["encode", "--samples", "5"],
  ])("are told of without particles: %s refuses %s", async (command, option, value) => {
    const out = ["--data", "gaps.csv", "--out", "other.csv"];
    const { status, stderr } = await run(command, "levels", ...out, option, value);
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`'${option}' has no effect: .* without particles \\(leave it out\\)`));
    expect(existsSync(join(folder, "other.csv"))).toBe(false);
  });
});

test("encode tells what state was behind each step, given all steps", async () => {
  const { status, stdout } = await run("encode", "levels", "--data", "gaps.csv");
  expect(status).toBe(0);
  const [header, ...steps] = rows(stdout);
  const at = header!.indexOf("smoothed.belief.1");
  expect(header!.slice(at)).toEqual(["smoothed.belief.1", "smoothed.belief.2"]);
  const shares = steps.map((row) => row.slice(at).map((log) => Math.exp(Number(log))));
  for (const [first, second] of shares) expect(first! + second!).toBeCloseTo(1, 4);
  const sure = shares.filter((each) => Math.max(...each) > 0.9).length;
  expect(sure / shares.length).toBeGreaterThan(0.9);
});
