import { appendFileSync, copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { operations } from "../../src/operations/index.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const notesOf = (stderr: string) => stderr.split("\n").filter((line) => line.startsWith("note: "));
const small = ["--hidden", "4", "--latent", "2", "--epochs", "1"];

/** A table of a wave and of a state that goes round some levels. */
const table = (rows: number, levels: string) =>
  `t,wave,state\n${Array.from({ length: rows }, (_, t) => `${t},${Math.sin(t / 5).toFixed(2)},${levels[t % levels.length]}`).join("\n")}\n`;

const time = 'note: time: column "t" (numbers, taken for seconds)';
const split = "note: split by time: the first 70 % train, 15 % valid, 15 % test";
const parts = "note: data: train 0 to 61, valid 62 to 75, test 76 to 89";
const strange = 'note: column "state": levels never seen in training count as missing (10 entries: "c")';
const changed = "note: the data are not those that the run was trained on: they have changed since";

beforeAll(async () => {
  writeFileSync(join(folder, "data.csv"), table(90, "ab"));
  writeFileSync(join(folder, "strange.csv"), table(30, "abc"));
  await run("train", "data.csv", ...small);
  const labels = ["--label", "state", "--label-per", "step", "--objective", "cross-entropy"];
  await run("train", "data.csv", ...small, ...labels, "--out", "runs/labelled");
});

/** What makes an operation quick. */
const quick: Readonly<Record<string, readonly string[]>> = {
  forecast: ["--horizon", "1", "--samples", "4", "--no-calibrate"],
  impute: ["--samples", "4"],
};
/** Of runs with a readout, and of runs of speech. */
const ofOtherRuns = ["classify", "transcribe"];
const onSequences = Object.entries(operations).flatMap(([name, { subject }]) =>
  subject === "sequences" && !ofOtherRuns.includes(name) ? [name] : [],
);

describe("whatever is read, its notes are told, each once", () => {
  test.each(onSequences)("%s", async (name) => {
    const args = [name, name === "classify" ? "runs/labelled" : "runs/data", ...(quick[name] ?? [])];
    const other = await run(...args, "--data", "strange.csv");
    expect(notesOf(other.stderr)).toEqual(expect.arrayContaining([time, strange]));
    const own = await run(...args, "--split", "valid");
    expect(notesOf(own.stderr)).toEqual(expect.arrayContaining([time, split]));
    for (const { stderr } of [other, own]) expect(new Set(notesOf(stderr)).size).toBe(notesOf(stderr).length);
  });

  test("programs get them too", async () => {
    const noted = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout).notes;
    const plain = (notes: readonly string[]) => notes.map((note) => note.slice("note: ".length));
    expect(await noted("evaluate", "runs/data", "--data", "strange.csv")).toEqual(plain([time, strange]));
    expect(await noted("train", "data.csv", ...small, "--force")).toEqual(plain([time, split, parts]));
    expect(await noted("info", "data.csv")).toEqual(plain([time, split, parts]));
    expect(await noted("sample", "runs/data", "--count", "1", "--steps", "2")).toBeUndefined();
    const prefix = ["--prefix", "strange.csv", "--count", "1", "--steps", "2"];
    expect(await noted("sample", "runs/data", ...prefix)).toEqual(plain([time, strange]));
  });

  test("training tells them before the description of the data, and once", async () => {
    const { stderr } = await run("train", "data.csv", ...small, "--force");
    expect(stderr.split("\n").slice(0, 4)).toEqual([time, split, parts, "train: 1 sequence, 62 steps"]);
    expect(notesOf(stderr)).toEqual([time, split, parts]);
  });
});

describe("data that are no longer what they were", () => {
  test("are worked on with a word of that; as they were, without", async () => {
    copyFileSync(join(folder, "data.csv"), join(folder, "moving.csv"));
    await run("train", "moving.csv", ...small);
    expect(notesOf((await run("score", "runs/moving")).stderr)).not.toContain(changed);
    appendFileSync(join(folder, "moving.csv"), "90,0.5,a\n");
    for (const name of ["score", "evaluate"])
      expect(notesOf((await run(name, "runs/moving")).stderr)).toContain(changed);
    const other = await run("score", "runs/moving", "--data", "strange.csv");
    expect(notesOf(other.stderr)).not.toContain(changed);
  });
});

describe("data that are not where those of training were", () => {
  test("are told by their column, by every command, and to programs", async () => {
    const moved = (rows: number, by: number) =>
      table(rows, "ab").replace(/^(\d+),(-?[\d.]+)/gm, (_, t, wave) => `${t},${Number(wave) + by}`);
    writeFileSync(join(folder, "moved.csv"), moved(30, 50));
    writeFileSync(join(folder, "wild.csv"), moved(30, 0).replace(/^3,[^,]+/m, "3,1e20"));
    const above = /^note: column "wave": its mean is 50, 7\d(\.\d)? deviations above that of training/m;
    const beyond =
      /^note: column "wave": 100000000000000000000 lies 1\d{20} deviations beyond all of training/m;
    for (const name of ["evaluate", "score"]) {
      expect((await run(name, "runs/data", "--data", "moved.csv")).stderr).toMatch(above);
      expect((await run(name, "runs/data", "--data", "wild.csv")).stderr).toMatch(beyond);
    }
    const { notes } = JSON.parse(
      (await run("evaluate", "runs/data", "--data", "moved.csv", "--json")).stdout,
    );
    expect(notes).toContainEqual(expect.stringMatching(/its mean is 50/));
  });
});

describe("a run that never finished an epoch", () => {
  const unfinished =
    /^note: none of the epochs of this run was finished: .*\(vrnn train --resume runs\/begun\)$/m;

  test("is worked with and a word of that", async () => {
    cpSync(join(folder, "runs/data"), join(folder, "runs/begun"), { recursive: true });
    writeFileSync(join(folder, "runs/begun/metrics.jsonl"), "");
    const { status, stdout, stderr } = await run("evaluate", "runs/begun", "--json");
    expect([status, stderr]).toEqual([0, expect.stringMatching(unfinished)]);
    expect(JSON.parse(stdout).notes[0]).toMatch(/^none of the epochs/);
    expect((await run("evaluate", "runs/data")).stderr).not.toMatch(/none of the epochs/);
  });

  test("and one without weights says how to go on", async () => {
    rmSync(join(folder, "runs/begun/weights.safetensors"));
    expect((await run("evaluate", "runs/begun")).stderr).toBe(
      "error: runs/begun: the run has no weights yet: none of its epochs was finished (go on with vrnn train --resume runs/begun)\n",
    );
    expect(readFileSync(join(folder, "runs/begun/metrics.jsonl"), "utf8")).toBe("");
  });
});
