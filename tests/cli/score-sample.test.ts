import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseMidi } from "midi-file";
import { beforeAll, describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { parseMidiRoll } from "../../src/data/music/midi.ts";
import { midiBytes } from "../../src/data/music/midi-writer.ts";
import { rollDataset } from "../../src/data/music/piano-roll.ts";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const run = (...args: string[]) => vrnn(args, folder);

describe("on a table with missing entries", () => {
  beforeAll(async () => {
    writeSeries(join(folder, "waves.csv"));
    await run("train", "waves.csv", ...tiny);
  });

  test("score prints a row per step of the test split, with nothing where an entry is missing", async () => {
    const { status, stdout } = await run("score", "runs/waves");
    expect(status).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split("\n");
    expect(header).toBe("sequence,step,total,wave,slow,high,kl");
    const { splits } = readDataset(join(folder, "waves.csv"), { sequence: "run" });
    const values = splits.test.flatMap((sequence) => [...sequence.values]);
    expect(rows).toHaveLength(values.length / 3);
    const fields = rows.map((row) => row.split(","));
    expect(fields.flatMap((row) => row.slice(3, 6)).map((field) => field === "")).toEqual(
      values.map(Number.isNaN),
    );
    expect(fields.map((row) => `${row[0]} ${row[1]}`)[0]).toBe(`${splits.test[0]!.name} 1`);
    for (const [, , total, ...parts] of fields) {
      const kl = Number(parts.pop());
      expect(parts.reduce((sum, part) => sum + Number(part), -kl)).toBeCloseTo(Number(total), 4);
    }
  });

  test("the same table goes to a file, its figures to stdout", async () => {
    const { stdout } = await run("score", "runs/waves", "--out", "scores/test.csv", "--json");
    const { steps, natsPerStep, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({ out: "scores/test.csv", bound: "elbo" });
    const totals = read("scores/test.csv")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((row) => Number(row.split(",")[2]));
    expect(totals).toHaveLength(steps);
    expect(totals.reduce((sum, total) => sum + total, 0) / steps).toBeCloseTo(natsPerStep, 4);
    const printed = (await run("score", "runs/waves")).stdout;
    expect(read("scores/test.csv")).toBe(printed);
    expect((await run("score", "runs/waves", "--out", "/dev/stdout")).stdout).toBe(printed);
    symlinkSync("test.csv", join(folder, "scores/link.csv"));
    await run("score", "runs/waves", "--data", "waves.csv", "--out", "scores/link.csv");
    expect(lstatSync(join(folder, "scores/link.csv")).isSymbolicLink()).toBe(true);
    expect(read("scores/test.csv").length).toBeGreaterThan(printed.length);
  });

  test.each([
    [
      ["score", "runs/waves", "--out", "scores"],
      /scores: cannot write a file where a folder is \(name a file in it/,
    ],
    [
      ["train", "waves.csv", ...tiny, "--out", "/dev/null"],
      /\/dev\/null: cannot write here: this is no folder/,
    ],
    [["sample", "runs/waves", "--out", "/dev/null"], /\/dev\/null: cannot write here: this is no folder/],
  ])("%j is refused, and what stands there stays", async (args, message) => {
    const { status, stdout, stderr } = await run(...args);
    expect([status, stdout, stderr]).toEqual([1, "", expect.stringMatching(message)]);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(readdirSync(join(folder, "scores")).sort()).toEqual(["link.csv", "test.csv"]);
  });

  test("other data are scored whole, other seeds and more samples give other scores of the same kind", async () => {
    const all = (await run("score", "runs/waves", "--data", "waves.csv")).stdout;
    expect(all.trimEnd().split("\n")).toHaveLength(1 + 23 + 40 + 31 + 12 + 17);
    const other = (await run("score", "runs/waves", "--data", "waves.csv", "--seed", "2", "--samples", "3"))
      .stdout;
    expect(other).not.toBe(all);
    expect(other.split("\n")).toHaveLength(all.split("\n").length);
  });

  test.each([
    [["score", "runs/waves", "--json"], /--json leaves no place for the table/],
    [["score", "runs/waves", "--samples", "0", "--out", "refused"], /'--samples'/],
    [
      ["score", "runs/waves", "--data", "absent.csv", "--out", "refused"],
      /absent\.csv: there is no such file/,
    ],
    [["sample", "runs/waves", "--count", "0", "--out", "refused"], /'--count'/],
    [["sample", "runs/waves", "--steps", "0", "--out", "refused"], /'--steps'/],
    [["sample", "runs/waves", "--temperature", "0", "--out", "refused"], /'--temperature'/],
    [["sample", "runs/none", "--out", "refused"], /there is no run here/],
  ])("%j is refused in one line, and nothing is written", async (args, message) => {
    const { status, stdout, stderr } = await run(...args);
    expect(status).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});

describe("on music", () => {
  const chord = (root: number) => [root, root + 4, root + 7];
  const song = Array.from({ length: 24 }, (_, t) => (t % 6 === 5 ? [] : chord(60 + (t % 3))));
  beforeAll(async () => {
    writeFileSync(
      join(folder, "songs.json"),
      JSON.stringify({ train: [song, song], valid: [song], test: [song] }),
    );
    await run("train", "songs.json", "--hidden", "6", "--latent", "2", "--epochs", "1");
  });

  test("sample writes a piano roll that reads back, and a picture of each sequence", async () => {
    const { stdout } = await run(
      "sample",
      "runs/songs",
      "--count",
      "2",
      "--steps",
      "12",
      "--out",
      "made",
      "--json",
    );
    const { files, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ run: "runs/songs", count: 2, steps: 12, seed: 1, temperature: 1 });
    expect(files).toEqual([
      "made/samples.json",
      "made/sample-1.mid",
      "made/sample-2.mid",
      "made/sample-1.svg",
      "made/sample-2.svg",
    ]);
    expect(readdirSync(join(folder, "made")).sort()).toEqual([
      "sample-1.mid",
      "sample-1.svg",
      "sample-2.mid",
      "sample-2.svg",
      "samples.json",
    ]);
    const roll: number[][][] = JSON.parse(read("made/samples.json")).train;
    expect(roll.map((sequence) => sequence.length)).toEqual([12, 12]);
    expect(roll.flat(2).every((pitch) => Number.isInteger(pitch) && pitch >= 21 && pitch <= 108)).toBe(true);
    expect(read("made/sample-1.svg")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });
});

describe("on music in MIDI files", () => {
  const chord = (root: number) => [root, root + 4, root + 7];
  const steps = Array.from({ length: 24 }, (_, t) => (t % 6 === 5 ? [] : chord(60 + (t % 3))));
  beforeAll(async () => {
    const { columns, splits } = rollDataset([{ name: "a", steps }], { split: [1, 0, 0] }, "test");
    mkdirSync(join(folder, "pieces"));
    for (const name of ["train-1", "valid-1", "test-1"]) {
      const bytes = midiBytes(columns, splits.train[0]!, { grid: 2, tempo: 100 });
      writeFileSync(join(folder, "pieces", `${name}.mid`), bytes);
    }
    await run("train", "pieces", "--grid", "2", "--hidden", "6", "--latent", "2", "--epochs", "1");
  });

  test("the grid belongs to the run: it is kept, resumed and scored with, and cannot change", async () => {
    expect(JSON.parse(read("runs/pieces/config.json")).data.schema).toEqual({ grid: 2 });
    const scored = await run("score", "runs/pieces", "--data", "pieces", "--out", "pieces.csv", "--json");
    expect(JSON.parse(scored.stdout).steps).toBe(3 * 23);
    const resumed = await run("train", "--resume", "runs/pieces", "--epochs", "2");
    expect([resumed.status, resumed.stderr]).toEqual([0, expect.stringContaining("grid: 2 steps to a beat")]);
    const other = await run("train", "--resume", "runs/pieces", "--grid", "4");
    expect(other.stderr).toMatch(/--grid is 2 in this run and cannot become 4/);
  });

  test("what is sampled is played on the grid of the run, or on another, at a tempo", async () => {
    await run("sample", "runs/pieces", "--count", "1", "--steps", "8", "--out", "heard");
    await run(
      "sample",
      "runs/pieces",
      "--count",
      "1",
      "--steps",
      "8",
      "--out",
      "fast",
      "--grid",
      "4",
      "--tempo",
      "120",
    );
    const [own, other] = ["heard", "fast"].map((name) =>
      parseMidi(readFileSync(join(folder, name, "sample-1.mid"))),
    );
    expect([own!.header.ticksPerBeat, other!.header.ticksPerBeat]).toEqual([192, 384]);
    expect(other!.tracks[0]![0]).toMatchObject({ type: "setTempo", microsecondsPerBeat: 500_000 });
    const roll = JSON.parse(read("heard/samples.json")).train[0];
    const again = parseMidiRoll(readFileSync(join(folder, "heard/sample-1.mid")), "", "", 2).steps;
    expect(again).toEqual(roll.slice(0, again.length));
  });

  test.each([
    [["train", "pieces", "--grid", "0", "--out", "refused"], /'--grid'/],
    [
      ["sample", "runs/pieces", "--grid", "97", "--out", "refused"],
      /'--grid': it must be at most 96, and 97 was given/,
    ],
    [
      ["sample", "runs/pieces", "--tempo", "2", "--out", "refused"],
      /'--tempo': it must be at least 4, and 2 was given/,
    ],
  ])("%j is refused in one line", async (args, message) => {
    const { status, stderr } = await run(...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});

describe("on drawings", () => {
  const drawing = Array.from({ length: 20 }, (_, t) => [t % 3, (t * 7) % 5, t % 4 === 3 ? 1 : 0]);
  const flags = ([dx, dy, lifted]: number[]) => [dx, dy, 1 - lifted!, lifted, 0];
  const ended = [...drawing.map(flags), [0, 0, 0, 0, 1]];

  test.each([
    ["stroke-3", drawing, 3],
    ["stroke-5", ended, 5],
  ])("sample writes %s that reads back, and a drawing of each", async (name, one, width) => {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify([one, one, one, one]));
    await run("train", `${name}.json`, "--hidden", "6", "--latent", "2", "--epochs", "1");
    const made = await run(
      "sample",
      `runs/${name}`,
      "--count",
      "2",
      "--steps",
      "30",
      "--out",
      `${name}-made`,
      "--json",
    );
    expect(JSON.parse(made.stdout).files.map((path: string) => path.split("/")[1])).toEqual([
      "samples.json",
      "sample-1.svg",
      "sample-2.svg",
    ]);
    const points: number[][][] = JSON.parse(read(`${name}-made/samples.json`)).train;
    expect(points.flat().every((point) => point.length === width)).toBe(true);
    // An end is the last point of its drawing.
    expect(points.every((each) => each.slice(0, -1).every((point) => point[4] !== 1))).toBe(true);
    const scored = await run(
      "score",
      `runs/${name}`,
      "--data",
      `${name}-made/samples.json`,
      "--out",
      "s.csv",
      "--json",
    );
    expect(JSON.parse(scored.stdout).steps).toBe(points.flat().length);
    expect(read(`${name}-made/sample-1.svg`)).toContain("stroke-linecap");
    expect(read(`runs/${name}/report.html`)).toContain("stroke-linecap");
  });
});
