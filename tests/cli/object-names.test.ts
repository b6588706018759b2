import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
/** What every object of JavaScript has by itself. */
const names = Object.getOwnPropertyNames(Object.prototype);

beforeAll(async () => {
  const value = (t: number, d: number) => (t === 7 && d === 3 ? "" : (Math.sin(t / (3 + d)) + d).toFixed(2));
  const rows = names
    .slice(0, 6)
    .flatMap((run) =>
      Array.from({ length: 90 }, (_, t) => [run, ...names.map((_own, d) => value(t, d))].join(",")),
    );
  writeFileSync(join(folder, "odd.csv"), `run,${names.join(",")}\n${rows.join("\n")}\n`);
  const sizes = ["--sequence", "run", "--hidden", "4", "--latent", "2", "--epochs", "1"];
  const said = [
    "--kind",
    "toString=real",
    "--emission",
    "valueOf=student-t",
    "--resolution",
    "constructor=0.05",
  ];
  const { status, stderr } = await vrnn(["train", "odd.csv", ...sizes, ...said], folder);
  expect(stderr).not.toContain("bug");
  expect(status).toBe(0);
});

test("columns and sequences of such names train, with what was said of them, and have a report", () => {
  const { fields } = JSON.parse(readFileSync(join(folder, "runs/odd/config.json"), "utf8"));
  const columns: { name: string; resolution: number }[] = fields.x.columns;
  expect(columns.map(({ name }) => name)).toEqual(names);
  expect(columns.find(({ name }) => name === "constructor")!.resolution).toBe(0.05);
  expect(existsSync(join(folder, "runs/odd/report.html"))).toBe(true);
});

test.each([
  ["info", []],
  ["evaluate", ["--data", "odd.csv"]],
  ["score", ["--data", "odd.csv"]],
  ["forecast", ["--horizon", "2", "--samples", "4"]],
  ["filter", ["--samples", "4"]],
  ["impute", ["--data", "odd.csv", "--samples", "4"]],
  ["reconstruct", ["--samples", "4"]],
  ["encode", []],
  ["calibrate", []],
  ["sample", ["--count", "1", "--steps", "2", "--out", "made"]],
  ["export", ["--out", "odd.onnx"]],
] as const)("%s knows them", async (command, options) => {
  const { status, stdout, stderr } = await vrnn([command, "runs/odd", ...options], folder);
  expect(stderr).not.toMatch(/^error|this is a bug/m);
  expect(status).toBe(0);
  const made = join(folder, "made/sample-1.csv");
  const text = command === "sample" ? readFileSync(made, "utf8") : stdout;
  if (["score", "forecast", "filter", "impute", "reconstruct", "sample"].includes(command))
    for (const name of names) expect(text).toContain(name);
});
