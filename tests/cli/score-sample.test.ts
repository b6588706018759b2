import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
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
    expect(read("scores/test.csv")).toBe((await run("score", "runs/waves")).stdout);
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
