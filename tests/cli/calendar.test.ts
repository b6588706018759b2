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
const sizes = ["--hidden", "16", "--latent", "2", "--epochs", "50", "--lr", "0.01", "--window", "24"];
const small = [...sizes, "--emission", "load=gaussian"]; // nothing is tried first

let trained: Outcome;

beforeAll(async () => {
  writeFileSync(join(folder, "load.csv"), tableOf(0, 288));
  writeFileSync(join(folder, "stream.csv"), tableOf(288, 312));
  trained = await run("train", "load.csv", "--calendar", "hour", ...small);
});

test("train says what was made of the times, and info of the run what it reads", async () => {
  expect(trained.status).toBe(0);
  expect(trained.stderr).toContain('calendar: hour, made of the times in "time", known beside the columns');
  const info = await run("info", "runs/load");
  expect(info.stdout).toContain(
    "calendar.hour.sine (made of the data themselves), calendar.hour.cosine (made of the data themselves)",
  );
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

test("a table of other covariates does not have to hold what is made of the times", async () => {
  const priced = lines("load.csv").map((line, i) => `${line},${i === 0 ? "price" : i % 5}`);
  writeFileSync(join(folder, "priced.csv"), priced.join("\n"));
  writeFileSync(join(folder, "prices.csv"), "price\n1\n0\n1\n");
  const quick = [...sizes.slice(0, 4), "--epochs", "1", "--emission", "load=gaussian"];
  const outcome = await run("train", "priced.csv", "--covariates", "price", "--calendar", "hour", ...quick);
  expect(outcome.stderr).toContain('column "price" is not modelled but known (covariate)');
  const ahead = ["forecast", "runs/priced", "--samples", "4", "--no-calibrate", "--future", "prices.csv"];
  const short = await run(...ahead, "--horizon", "4");
  expect(short.stderr).toContain("the covariates have 3 steps, the forecast needs 4");
  const dated = (from: string) => {
    const start = Date.parse(from);
    const rows = [1, 1, 0, 1].map((price, h) => `${new Date(start + 3_600_000 * h).toISOString()},${price}`);
    writeFileSync(join(folder, "prices.csv"), `time,price\n${rows.join("\n")}\n`);
  };
  const next = await run(...ahead, "--horizon", "3");
  dated("2024-01-12T23:00:00Z");
  const onTime = await run(...ahead, "--horizon", "3");
  expect(onTime.stderr).toContain(
    "the first 1 row of prices.csv are of steps that have been, and are left aside",
  );
  expect(onTime.stdout).toBe(next.stdout);
  dated("2025-01-01T00:00:00Z");
  const late = await run(...ahead, "--horizon", "3");
  expect([late.status, late.stderr]).toEqual([1, expect.stringContaining("and the next step of")]);
  dated("2023-01-01T00:00:00Z");
  expect((await run(...ahead, "--horizon", "3")).stderr).toContain(
    "the covariates end at 2023-01-01T03:00:00.000Z",
  );
  const none = await run("forecast", "runs/priced", "--horizon", "3");
  expect(none.stderr).toContain("the model needs to know price of the steps to come");
});

test("even steps are made again of other data, and said of a stream", async () => {
  const quick = [
    ...sizes.slice(0, 4),
    "--epochs",
    "1",
    "--emission",
    "load=gaussian",
    "--out",
    "runs/coarse",
  ];
  const outcome = await run("train", "load.csv", "--every", "3h", ...quick);
  expect(outcome.stderr).toContain("every 3h: 288 rows became 96 steps");
  const score = await run("score", "runs/coarse", "--data", "stream.csv");
  expect(score.stderr).toContain("8 steps");
  const watch = await vrnnFed(["watch", "runs/coarse", "--no-flags"], folder, (stdin) =>
    stdin.end(tableOf(288, 290)),
  );
  expect(watch.stderr).toContain("the model knows steps of 3h: each line counts as one");
  const ahead = await run("forecast", "runs/coarse", "--horizon", "2", "--samples", "4", "--no-calibrate");
  expect(ahead.stdout).toContain(",2024-01-13T03:00:00.000Z,");
});

test("a calendar where there is none, or that a model cannot read, is refused in a line", async () => {
  writeFileSync(join(folder, "plain.csv"), "load\n1\n2\n4\n3\n5\n6\n2\n7\n");
  const refused = await run("train", "plain.csv", "--calendar", "hour");
  expect(refused.stderr.trim()).toBe(
    "error: plain.csv: the data tell no dates, of which the calendar is made (name a column of dates with the option time, or leave the option calendar out)",
  );
  const unread = await run("train", "load.csv", "--calendar", "hour", "--model", "hmm", "--out", "runs/hmm");
  expect(unread.stderr).toContain("a hidden Markov model takes nothing beside the data");
});
