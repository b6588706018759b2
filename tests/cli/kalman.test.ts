/** Kalman filters at the command line. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { openRun } from "../../src/run/run.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(["train", ...args, "--model", "kalman", "--epochs", "3"], folder);

beforeAll(() => {
  const random = Random.stream(2, "hours");
  const levels = Array.from({ length: 120 }, (_, t) => Math.sin(t / 4) + 0.1 * random.normal());
  const when = (t: number) => new Date(Date.UTC(2024, 0, 1, t)).toISOString().slice(0, 16);
  const dated = levels.map((level, t) => `${when(t)},${level.toFixed(7)}`);
  writeFileSync(join(folder, "hours.csv"), `when,load\n${dated.join("\n")}\n`);
  const twice = levels.map((level) => `${level.toFixed(7)},${(2 * level).toFixed(7)}`);
  writeFileSync(join(folder, "twice.csv"), `a,b\n${twice.join("\n")}\n`);
});

test("a structure takes no calendar unasked, and names the option where one is asked for", async () => {
  expect(await run("hours.csv", "--structure", "level", "--out", "level")).toMatchObject({ status: 0 });
  expect(openRun(join(folder, "level")).model.conditions).toEqual([]);
  const asked = await run("hours.csv", "--structure", "level", "--calendar", "hour", "--out", "asked");
  expect([asked.status, asked.stderr]).toEqual([1, expect.stringContaining("--calendar none")]);
});

test("a structure has states of its own", async () => {
  const { status, stderr } = await run("hours.csv", "--structure", "level", "--states", "3", "--out", "both");
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining("--states: a structure has hidden states of its own"),
  ]);
});

test("a column that follows from another is told of, as a joint density of both has no bound", async () => {
  const { stderr } = await run("twice.csv", "--out", "twice");
  expect(stderr).toMatch(/note: columns "a" and "b" follow from each other .*--drop b/);
});
