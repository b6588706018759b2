import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const random = Random.stream(1, "backtest");
const values = Array.from(
  { length: 500 },
  (_, t) => Math.round(100 * (10 + 5 * Math.sin((2 * Math.PI * t) / 8) + 0.5 * random.normal())) / 100,
);
const few = ["--samples", "12", "--no-calibrate"];

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "season.csv"), `load\n${values.join("\n")}\n`);
  const quick = [
    "--hidden",
    "6",
    "--latent",
    "2",
    "--epochs",
    "2",
    "--emission",
    "gaussian",
    "--center",
    "mean",
  ];
  const { status, stderr } = await run("train", "season.csv", ...quick, "--out", "run");
  expect(stderr, stderr).toContain("saved in run");
  expect(status).toBe(0);
});

interface Told {
  origins: number;
  seasons: number[];
  rule: string;
  verdict: string;
  sentence: string;
  interval: [number, number];
  forecasters: {
    name: string;
    mse: number;
    mae: number;
    coverage: number;
    columns: Record<string, { mse: number }>;
  }[];
}
const told = async (...args: string[]): Promise<Told> => {
  const { stdout, stderr } = await run("backtest", "run", ...few, ...args, "--json");
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout);
};

describe("backtest", () => {
  test("rolls over the test split with all that was before: the rules' errors are those by hand", async () => {
    const { origins, seasons, forecasters } = await told("--horizon", "4", "--every", "2");
    expect(seasons).toEqual([8]);
    const first = 426; // 425 steps were trained and validated on, and the last origin has all four steps
    const starts = Array.from({ length: 36 }, (_, i) => first + 2 * i);
    expect(origins).toBe(starts.length);
    const errors = (rule: (origin: number, h: number) => number) =>
      starts.flatMap((origin) => [0, 1, 2, 3].map((h) => rule(origin, h) - values[origin + h]!));
    const mse = (rule: (origin: number, h: number) => number) =>
      errors(rule).reduce((sum, error) => sum + error ** 2 / (4 * starts.length), 0);
    const of = (name: string) => forecasters.find((each) => each.name === name)!;
    expect(of("naive").mse).toBeCloseTo(
      mse((origin) => values[origin - 1]!),
      8,
    );
    expect(of("seasonal naive (8)").mse).toBeCloseTo(
      mse((origin, h) => values[origin + h - 8]!),
      8,
    );
    expect(of("naive").columns.load!.mse).toBe(of("naive").mse);
    expect(forecasters[0]!.name).toBe("model");
  });

  test("says so plainly where a simple rule is ahead, with a paired interval", async () => {
    const { verdict, sentence, interval, rule } = await told("--horizon", "4", "--every", "1");
    expect(verdict).toBe("behind");
    expect(interval[0]).toBeGreaterThan(0);
    expect(sentence).toContain(`the model is behind ${rule}: wQL `);
    expect(sentence).toMatch(/95 %\); use it instead$/);
  });

  test("prints a table, and writes it with a picture", async () => {
    const files = ["--out", "b/t.csv", "--picture", "b/p.svg"];
    const { stdout, status } = await run("backtest", "run", "--horizon", "4", ...few, ...files);
    expect(status).toBe(0);
    expect(stdout).toMatch(/wQL +CRPS +MASE +MAE +MSE +MAPE +80 % holds/);
    const rows = readFileSync(join(folder, "b/t.csv"), "utf8").trimEnd().split("\n");
    expect(rows[0]).toBe("forecaster,column,wql,crps,mase,mae,mse,mape,coverage");
    expect(rows.some((row) => row.startsWith("ETS (8),load,"))).toBe(true);
    expect(readFileSync(join(folder, "b/p.svg"), "utf8")).toContain("load of season, the last forecast");
  });

  test("tells own and calibrated forecasts apart where validation is long enough", async () => {
    const { stdout } = await run(
      "backtest",
      "run",
      "--data",
      "season.csv",
      "--horizon",
      "4",
      "--samples",
      "12",
      "--json",
    );
    const names = (JSON.parse(stdout) as Told).forecasters.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["model", "model, not put right"]);
  });

  test.each([
    [["--horizon", "80"], /no sequence has 80 steps to be forecast, the longest has 75/],
    [["--season", "900"], /a season of 900 steps is longer than what was seen/],
    [["--columns", "lod"], /there is no quantity "lod" \(did you mean load\?\)/],
    [["--measure", "coverage"], /--measure/],
    [["--context", "some"], /it must be a number of steps, or all/],
  ])("refuses %j in a line", async (args, said) => {
    const { status, stdout, stderr } = await run("backtest", "run", ...few, ...args);
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(said);
  });
});

test("forecast reads the last steps alone, and says so", async () => {
  const args = ["forecast", "run", "--data", "season.csv", "--horizon", "2", ...few];
  const [bounded, all] = [await run(...args, "--context", "50"), await run(...args, "--context", "all")];
  expect(bounded.stderr).toContain("the last 50 steps of the sequence are read (--context all: every step)");
  expect(all.stderr).not.toContain("are read");
  expect(bounded.stdout.split("\n")[1]).toMatch(/^season,501,load,/);
  expect(all.stdout.split("\n")[1]).toMatch(/^season,501,load,/);
});
