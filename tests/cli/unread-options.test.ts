/** What is said and would have no effect is refused: what, why and the remedy, in one line, and nothing is written. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outcome, tiny, vrnn } from "./vrnn.ts";

const folder = mkdtempSync(join(tmpdir(), "vrnn-unread-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = Array.from({ length: 60 }, (_, t) => `${Math.sin(t / 3).toFixed(3)},${Math.floor(t / 15)}`);

/** `[2, 3, 2, 2]` bytes as NumPy keeps them. */
function clips(): Buffer {
  const dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 2, 2), }";
  const header = `${dictionary.padEnd(128 - 10 - 1)}\n`;
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0]),
    Buffer.from(header),
    Buffer.alloc(24, 7),
  ]);
}

beforeAll(() => {
  const files = {
    "waves.csv": ["wave,run", ...rows, ""].join("\n"),
    "one.csv": ["wave", ...rows.map((row) => row.split(",")[0]), ""].join("\n"),
    "waves.jsonl": rows.map((row) => `{"wave": ${row.split(",")[0]}}`).join("\n"),
    "words.txt": "the cat sat on the mat. ".repeat(20),
    "roll.json": JSON.stringify({ train: [[[60], [62], [64]]], valid: [[[60], [62]]], test: [[[60], [62]]] }),
    "clips.npy": clips(),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
});

const error = ({ stderr }: Outcome): string => stderr.trim().split("\n").at(-1) as string;

describe("options of other data, models, objectives and learners", () => {
  const table = ["waves.csv", "--sequence", "run"];
  test.each<[string, readonly string[], RegExp]>([
    ["an option of models of text on a table", [...table, "--tied"], /'--tied' .* about text, .* are tables/],
    [
      "of reading text",
      [...table, "--case", "ignored"],
      /'--case' .* are tables \(leave it out, or .*--tokens\)/,
    ],
    [
      "of music",
      [...table, "--grid", "4"],
      /'--grid' .* about music, and the data are tables \(leave it out\)/,
    ],
    ["of tables on text", ["words.txt", "--sequence", "run"], /'--sequence' .* about tables, .* are text/],
    ["conditions of text", ["words.txt", "--static", "run"], /'--static' .* about tables and drawings/],
    [
      "emissions of text",
      ["words.txt", "--emission", "mixture"],
      /'--emission' .* tables, music, drawings and speech/,
    ],
    ["of text on music", ["roll.json", "--tied"], /'--tied' .* about text, and the data are music/],
    ["of MIDI on JSON", ["roll.json", "--grid", "4"], /'--grid' .* about midi, and the data are json/],
    [
      "of CSV on JSON Lines",
      ["waves.jsonl", "--decimal", "comma"],
      /'--decimal' .* csv and tsv, .* are jsonl/,
    ],
    [
      "of tables on clips",
      ["clips.npy", "--model", "frame-vrnn", "--missing", "x"],
      /'--missing' .* are frames/,
    ],
    ["an order of clips", ["clips.npy", "--model", "frame-vrnn", "--shuffle", "1"], /'--shuffle' .* frames/],
    [
      "an objective of latents",
      [...table, "--model", "hmm", "--objective", "iwae"],
      /'--objective iwae' .* no latent/,
    ],
    [
      "latents' prior",
      [...table, "--latent", "0", "--prior", "standard"],
      /'--prior' has no effect: .* no latent/,
    ],
    [
      "an initial state",
      [...table, "--initial", "learned"],
      /'--initial' has no effect: .*--static or --covariates/,
    ],
    [
      "of gradients",
      [...table, "--model", "hmm", "--learner", "em", "--window", "9"],
      /'--window': the learner em/,
    ],
  ])("%s", async (_, args, line) => {
    const before = readdirSync(folder);
    const outcome = await vrnn(["train", ...args, "--out", "x"], folder);
    expect(outcome).toMatchObject({ status: 2, stdout: "" });
    expect(error(outcome)).toMatch(line);
    expect(readdirSync(folder)).toEqual(before);
  });

  test("those of reading are refused where data are looked at", async () => {
    expect(error(await vrnn(["info", "waves.csv", "--grid", "2"], folder))).toMatch(
      /'--grid' .* about music/,
    );
  });

  test("those of other runs are refused", async () => {
    const trained = await vrnn(
      ["train", ...table, ...tiny.slice(2), "--epochs", "1", "--out", "run"],
      folder,
    );
    expect(trained.status).toBe(0);
    const unnamed = await vrnn(["score", "run", "--format", "csv"], folder);
    expect(error(unnamed)).toMatch(
      /option '--format': it says what kind of file --data names, and none is named/,
    );
    const levels = await vrnn(["impute", "run", "--quantiles", "0.5", "--out", "filled.csv"], folder);
    expect(levels).toMatchObject({ status: 2, stdout: "" });
    expect(error(levels)).toMatch(/'--quantiles' has no effect: .* \(say where it goes with --entries/);
    const exact = ["--latent", "0", "--hidden", "4", "--epochs", "1", "--out", "exact"];
    expect((await vrnn(["train", ...table, ...exact], folder)).status).toBe(0);
    expect(error(await vrnn(["score", "exact", "--samples", "5"], folder))).toMatch(
      /'--samples' has no effect: the model draws no latent variables/,
    );
    const outcome = await vrnn(["sample", "run", "--tempo", "90", "--out", "x"], folder);
    expect(outcome).toMatchObject({ status: 2, stdout: "" });
    expect(error(outcome)).toMatch(/'--tempo' has no effect: it is about music, and the data are tables/);
  });
});
