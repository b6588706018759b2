/** Covariates that are made of the time column, at the command line. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const lines = (name: string) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n");

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
/** Nothing of the value before tells this one: the hour alone does. */
const rowOf = (t: number): string => {
  const wave = 5 + 3 * Math.sin((2 * Math.PI * (t % 24)) / 24);
  return `${new Date(START + t * HOUR).toISOString()},${(wave + ((t * 7919) % 100) / 200).toFixed(2)}`;
};
const tableOf = (from: number, to: number) =>
  ["time,load", ...Array.from({ length: to - from }, (_, i) => rowOf(from + i)), ""].join("\n");
const small = ["--hidden", "16", "--latent", "2", "--epochs", "60", "--lr", "0.01", "--window", "24"];

let trained: Outcome;

beforeAll(async () => {
  writeFileSync(join(folder, "load.csv"), tableOf(0, 288));
  writeFileSync(join(folder, "stream.csv"), tableOf(288, 312));
  trained = await run("train", "load.csv", "--calendar", "hour", ...small);
});

test("train says what was made of the times, and info of the run what it reads", async () => {
  expect(trained.status).toBe(0);
  expect(trained.stderr).toContain('calendar: hour beside the columns, from the dates of "time"');
  const info = await run("info", "runs/load");
  expect(info.stdout).toContain("calendar.hour.sine (covariate), calendar.hour.cosine (covariate)");
});

test("a watch gives each line the hour that a score gives its row", async () => {
  const scored = await run("score", "runs/load", "--data", "stream.csv", "--out", "scores.csv");
  expect(scored.stderr).toContain("24 steps");
  const totals = lines("scores.csv")
    .slice(1)
    .map((line) => Number(line.split(",")[3]));
  const watched = await vrnnFed(["watch", "runs/load", "--no-flags", "--seed", "1"], folder, (stdin) =>
    stdin.end(tableOf(288, 312)),
  );
  const scores = watched.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).score);
  expect(scores).toHaveLength(24);
  for (const [t, score] of scores.entries()) expect(score).toBeCloseTo(totals[t]!, 3); // a stream draws by the name "stream"
});

test("a forecast goes round the clock without a table of what is to come", async () => {
  const horizon = ["--horizon", "24", "--samples", "50", "--no-calibrate"];
  const forecast = await run("forecast", "runs/load", ...horizon, "--out", "ahead.csv");
  expect(forecast.status).toBe(0);
  const rows = lines("ahead.csv").map((line) => line.split(","));
  const [header, ...ahead] = rows;
  const at = (row: string[], name: string) => row[header!.indexOf(name)]!;
  expect(at(ahead[0]!, "time")).toBe("2024-01-13T00:00:00.000Z");
  const meanAt = (hour: number) => Number(at(ahead[hour]!, "mean"));
  expect(meanAt(6)).toBeGreaterThan(meanAt(18) + 3); // the wave goes from 8 to 2
});

test("a calendar where there is none, or that a model cannot read, is refused in a line", async () => {
  writeFileSync(join(folder, "plain.csv"), "load\n1\n2\n4\n3\n5\n6\n2\n7\n");
  const refused = await run("train", "plain.csv", "--calendar", "hour");
  expect(refused.stderr.trim()).toBe(
    "error: plain.csv: the data tell no dates, so there is no calendar (name a column of dates with the option time, or leave the option calendar out)",
  );
  const unread = await run("train", "load.csv", "--calendar", "hour", "--model", "hmm", "--out", "runs/hmm");
  expect(unread.stderr).toContain("a hidden Markov model takes nothing beside the data");
});
