/** Runs of which each sequence is scaled by its own first steps, at the command line. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { type Outcome, tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const json = ({ stdout }: Outcome) => JSON.parse(stdout);
let outcome: Outcome;

beforeAll(async () => {
  writeSeries(join(folder, "waves.csv"));
  writeSeries(join(folder, "short.csv"), { lengths: [5] });
  outcome = await run("train", "waves.csv", ...tiny, "--scale-series", "8", "--json");
});

test("train says how sequences are scaled, and the run keeps it", async () => {
  expect(outcome.status).toBe(0);
  expect(outcome.stderr).toContain(
    "each sequence is scaled by its own first 8 steps, these by the columns' statistics",
  );
  const { data, fields } = JSON.parse(readFileSync(join(folder, "runs/waves/config.json"), "utf8"));
  expect([data.schema.scaleSteps, fields.x.scaleSteps]).toEqual([8, 8]);
  expect((await run("info", "runs/waves")).stdout).toContain(
    "3 columns, each sequence scaled by its first 8 steps",
  );
  const resumed = await run(
    "train",
    "--resume",
    "runs/waves",
    "--epochs",
    "3",
    "--scale-series",
    "8",
    "--json",
  );
  expect(json(resumed)).toMatchObject({ epochs: 3 });
  const other = await run("train", "--resume", "runs/waves", "--scale-series", "9");
  expect(other.stderr).toContain("--scale-series is 8 in this run and cannot become 9");
});

describe("in the units of the data", () => {
  test("evaluate gives the figure of training, and score nearly the same", async () => {
    const [trained, evaluated, scored] = [
      json(await run("train", "--resume", "runs/waves", "--epochs", "3", "--json")),
      json(await run("evaluate", "runs/waves", "--json")),
      json(await run("score", "runs/waves", "--samples", "30", "--out", "s.csv", "--json")),
    ];
    expect(evaluated.natsPerStep).toBe(trained.test.natsPerStep);
    expect(Math.abs(scored.natsPerStep - evaluated.natsPerStep)).toBeLessThan(0.2);
  });

  test("forecast, sample with and without a prefix, impute, filter, reconstruct and encode work", async () => {
    const { columns } = readDataset(join(folder, "waves.csv"), { sequence: "run" });
    const forecast = await run(
      "forecast",
      "runs/waves",
      "--horizon",
      "3",
      "--samples",
      "12",
      "--no-calibrate",
    );
    const means = forecast.stdout
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    expect(means.length % 9).toBe(0);
    for (const [, , name, , mean] of means) {
      const { minimum, maximum } = columns.find((column) => column.name === name)!;
      expect(Number(mean)).toBeGreaterThan(2 * minimum - maximum);
      expect(Number(mean)).toBeLessThan(2 * maximum - minimum);
    }
    for (const args of [
      ["sample", "runs/waves", "--steps", "20", "--out", "made"],
      ["sample", "runs/waves", "--prefix", "waves.csv", "--steps", "4", "--count", "1", "--out", "more"],
      ["impute", "runs/waves", "--data", "waves.csv", "--out", "i.csv"],
      ["filter", "runs/waves", "--samples", "8", "--out", "f.csv"],
      ["reconstruct", "runs/waves", "--out", "r.csv"],
      ["encode", "runs/waves", "--out", "e.csv"],
    ])
      expect((await run(...args)).status, args.join(" ")).toBe(0);
  });
});

describe("refused by name", () => {
  test.each([
    [["forecast", "runs/waves", "--data", "short.csv"], /scale of a sequence takes 8 steps, 5 were seen/],
    [["export", "runs/waves", "--out", "exported"], /scaled one by one.*without --scale-series/],
    [["watch", "runs/waves"], /scaled one by one.*without --scale-series/],
    [["watch", "runs/waves", "--by", "particles"], /scaled one by one.*without --scale-series/],
    [
      ["train", "waves.csv", ...tiny, "--scale-series", "1", "--out", "x"],
      /a scale takes two steps at least/,
    ],
    [
      ["train", "waves.csv", "--sequence", "run", "--only", "high", "--scale-series", "4", "--out", "x"],
      /no column is real/,
    ],
    [
      ["train", "waves.csv", "--sequence", "run", "--model", "hmm", "--scale-series", "4", "--out", "x"],
      /one scale for all/,
    ],
    [
      ["train", "words.txt", "--scale-series", "4", "--out", "x"],
      /--scale-series.*tables and drawings, and the data are text/,
    ],
  ])("%j", async (args, message) => {
    writeFileSync(join(folder, "words.txt"), "some words\n");
    const { status, stderr } = await run(...args);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(["exported", "x"].some((name) => existsSync(join(folder, name)))).toBe(false);
  });
});
