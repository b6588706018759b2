/** What is odd in files, at the command line: told, drawn and judged by labels. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { parseXml } from "../report/xml.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const text = (name: string) => readFileSync(join(folder, name), "utf8");

const ODD = { first: 200, last: 230 };
const isOdd = (t: number) => t >= ODD.first && t <= ODD.last;

/** Two waves; of the second one the spread is eightfold for 31 rows. */
function rowsOf(seed: string, steps: number, isSpoilt: boolean): string {
  const random = Random.stream(1, seed);
  const rows = Array.from({ length: steps }, (_, t) => {
    const spread = isSpoilt && isOdd(t) ? 8 : 1;
    const [a, b] = [random.normal(), random.normal()];
    return `${(t / 5).toFixed(1)},${(Math.sin(t / 9) + 0.2 * a).toFixed(3)},${(Math.cos(t / 9) + 0.2 * spread * b).toFixed(3)}`;
  });
  return `time,calm,wild\n${rows.join("\n")}\n`;
}

beforeAll(async () => {
  writeFileSync(join(folder, "clean.csv"), rowsOf("clean", 3000, false));
  writeFileSync(join(folder, "spoilt.csv"), rowsOf("spoilt", 500, true));
  const labels = Array.from({ length: 500 }, (_, t) => (isOdd(t) ? 1 : 0));
  writeFileSync(join(folder, "labels.txt"), `${labels.join("\n")}\n`);
  const small = ["--hidden", "8", "--latent", "2", "--epochs", "12", "--lr", "0.02"];
  const { status, stderr } = await run("train", "clean.csv", "--out", "run", ...small);
  expect(status, stderr).toBe(0);
});

describe("a stretch of another spread", () => {
  test("is told with its rows and its column, step by step in a table, and drawn", async () => {
    const files = ["--out", "steps.csv", "--incidents", "found.jsonl", "--picture", "odd.svg"];
    const { status, stdout, stderr } = await run("detect", "run", "--data", "spoilt.csv", ...files, "--json");
    expect(status, stderr).toBe(0);
    const { incidents, odd, threshold } = JSON.parse(stdout);
    expect(incidents[0].text).toMatch(/^rows 20\d to 2[345]\d: wild(,| stood out)/);
    const lines = text("found.jsonl").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).text)).toEqual(
      incidents.map((one: { text: string }) => one.text),
    );
    const [names, ...steps] = text("steps.csv").trimEnd().split("\n");
    expect(steps).toHaveLength(500);
    const score = names!.split(",").indexOf("score");
    expect(steps.filter((row) => Number(row.split(",")[score]) > threshold)).toHaveLength(odd);
    expect(parseXml(text("odd.svg"))[0]!.name).toBe("svg");
    expect(text("odd.svg")).not.toContain("false alarm");
  });

  test("is judged by labels beside simple rules, with the delay in two digits", async () => {
    const labelled = ["--labels", "labels.txt", "--picture", "judged.svg"];
    const { status, stdout, stderr } = await run("detect", "run", "--data", "spoilt.csv", ...labelled);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(
      /^by incident: 1 of 1 found, median delay \d+(\.\d{1,2})? s, \d alarms? of which/m,
    );
    expect(stdout).toMatch(/^vrnn +0\.\d{3} /m);
    expect(stdout).toMatch(/^movingZ +0\.\d{3} /m);
    expect(text("judged.svg")).toContain("✓ labelled");
  });

  test("labels of another number of rows are refused in one line", async () => {
    writeFileSync(join(folder, "few.txt"), "0\n1\n");
    const { status, stderr } = await run("detect", "run", "--data", "spoilt.csv", "--labels", "few.txt");
    expect(status).toBe(1);
    expect(stderr).toContain("2 labels for 500 steps");
  });
});
