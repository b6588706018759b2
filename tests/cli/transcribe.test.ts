import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { spokenFolder, spokenWav, type ToneWord } from "../data/spoken.ts";
import { folderWith } from "../data/temporary.ts";
import { vrnn } from "./vrnn.ts";

const small =
  "--model recognise --hidden 8 --latent 2 --encoder 32 --encoder-layers 1 --batch 4 --lr 5e-3 --dropout 0 --pad 0 --epochs 30 --json".split(
    " ",
  );

describe("speech of two words, told by their tones", () => {
  let home: string;
  const run = (...args: string[]) => vrnn(args, home);
  beforeAll(async () => {
    home = folderWith(
      Object.fromEntries(
        Object.entries(spokenFolder(40)).map(([name, content]) => [join("tones", name), content]),
      ),
    );
    const trained = await run("train", "tones", "--out", "run", ...small);
    expect(trained.stderr).toContain("what was said: manifest.csv (60 utterances)");
    expect(trained.status).toBe(0);
  }, 120_000);

  test("is transcribed, and held against what was said", async () => {
    const { status, stdout, stderr } = await run("transcribe", "run", "--split", "test");
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(10);
    expect(stdout).toMatch(/^wav\/test-0\.wav\t[a-z ]*$/m);
    const [, rate] = /word error rate ([\d.]+) %/.exec(stderr) ?? [];
    // Whoever says the commoner word each time has more than half of them wrong.
    expect(Number(rate)).toBeLessThan(40);
  });

  test("with times, alternatives and figures as JSON", async () => {
    const { stdout } = await run("transcribe", "run", "--split", "valid", "--json", "--alternatives", "3");
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(11);
    const [first] = lines;
    expect(first.alternatives.length).toBeGreaterThan(1);
    for (const { start, end, confidence } of first.words) {
      expect(end).toBeGreaterThan(start);
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
    }
    expect(lines.at(-1)).toMatchObject({ words: expect.any(Number), substitutions: expect.any(Number) });
  });

  test("other recordings, of another rate, are heard too, and that is said", async () => {
    const other = folderWith({
      "manifest.csv": "path,text\na.wav,high\nb.wav,low\n",
      "a.wav": spokenWav(["high"], 5, 16_000),
      "b.wav": spokenWav(["low"], 6, 16_000),
    });
    const { status, stdout, stderr } = await run("transcribe", "run", "--data", other);
    expect(status).toBe(0);
    expect(stderr).toContain("2 recordings of 16000 samples a second brought to 8000");
    expect(stdout.trim().split("\n")).toHaveLength(2);
  });

  test("a page shows and plays what was heard", async () => {
    const { status, stderr } = await run("transcribe", "run", "--split", "valid", "--report", "page.html");
    expect(stderr).toContain("written to page.html");
    expect(status).toBe(0);
    const page = readFileSync(join(home, "page.html"), "utf8");
    expect(page).toContain("<audio");
    expect(page).toContain("data:audio/wav;base64,UklGR");
  });

  test("a page plays recordings that no list names", async () => {
    const unlisted = folderWith({ "a.wav": spokenWav(["high"], 5) });
    const words = ["--data", join(unlisted, "a.wav"), "--report", "unlisted.html"];
    const { status, stdout, stderr } = await run("transcribe", "run", ...words);
    expect(stderr).toContain("written to unlisted.html");
    expect(status).toBe(0);
    const [, heard = ""] = stdout.trim().split("\t");
    const page = readFileSync(join(home, "unlisted.html"), "utf8");
    expect(page).toContain("data:audio/wav;base64,UklGR");
    for (const word of heard.split(" ")) expect(page).toContain(word);
  });

  test("an utterance of any length is learned from as a whole", async () => {
    const words = Array.from({ length: 60 }, (_, i): ToneWord => (i % 3 === 0 ? "high" : "low"));
    const long = folderWith({
      "manifest.csv": `path,text,split\na.wav,${words.join(" ")},train\nb.wav,low,valid\n`,
      "a.wav": spokenWav(words, 1),
      "b.wav": spokenWav(["low"], 2),
    });
    const { status, stderr } = await run("train", long, "--out", "long", ...small, "--epochs", "1");
    expect(stderr).toMatch(
      /windows are of \d{3} steps, as long as the longest utterance: it is heard as a whole/,
    );
    expect(status).toBe(0);
    const cut = await run("train", long, "--out", "cut", ...small, "--epochs", "1", "--window", "100");
    expect(cut.status).toBe(1);
    expect(cut.stderr).toContain("give a window as long");
  });

  test("a run of other material is refused", async () => {
    const table = folderWith({
      "data.csv": `load\n${Array.from({ length: 60 }, (_, i) => Math.sin(i)).join("\n")}\n`,
    });
    const trained = await vrnn(
      [
        "train",
        "data.csv",
        "--out",
        "table",
        "--hidden",
        "4",
        "--latent",
        "2",
        "--epochs",
        "1",
        "--window",
        "16",
      ],
      table,
    );
    expect(trained.status).toBe(0);
    const { status, stderr } = await vrnn(["transcribe", "table"], table);
    expect(status).toBe(1);
    expect(stderr).toContain("this run is of table, not of speech");
  });
});

test("a table has no transcripts to learn", async () => {
  const folder = folderWith({
    "data.csv": `load\n${Array.from({ length: 60 }, (_, i) => i % 7).join("\n")}\n`,
  });
  const { status, stderr } = await vrnn(["train", "data.csv", "--model", "recognise"], folder);
  expect(status).toBe(1);
  expect(stderr).toContain("the data have no transcripts");
});
