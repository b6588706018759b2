/** Options of the split that would have no effect are refused. */
import { describe, expect, test } from "vitest";
import type { SplitName } from "../../src/data/dataset.ts";
import { rollDataset } from "../../src/data/music/piano-roll.ts";
import { buildDataset } from "../../src/data/tables/build.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { labelledDataset, textDataset } from "../../src/data/text/text-dataset.ts";
import { table } from "./temporary.ts";

const waves = (count: number) =>
  Array.from({ length: count }, (_, k) =>
    table({ wave: Array.from({ length: 20 }, (_, t) => Math.sin(t + k)) }, { name: `wave ${k}` }),
  );
const read = (count: number, options: SchemaOptions) => buildDataset(waves(count), options, "waves");
const rolls = (count: number) =>
  Array.from({ length: count }, (_, k) => ({
    name: `piece ${k}`,
    steps: Array.from({ length: 9 }, (_, t) => [60 + ((t + k) % 3)]),
  }));

const texts = (splits: readonly SplitName[]) =>
  splits.map((split, k) => ({ name: `${k}`, text: `word ${k}`, label: k % 2 ? "a" : "b", split }));

const idle = expect.objectContaining({ code: "data/shuffle" });

describe("refused", () => {
  test.each<[string, () => unknown]>([
    ["one sequence", () => read(1, { shuffle: 3 })],
    ["two, which are cut by time", () => read(2, { shuffle: 3 })],
    ["many that are cut by time", () => read(5, { shuffle: 3, splitBy: "time" })],
    ["a piece of music", () => rollDataset(rolls(1), { shuffle: 3 }, "pieces")],
    ["a text", () => textDataset("the cat sat on the mat", "a.txt", { unit: "characters", shuffle: 3 })],
  ])("%s", (_, make) => {
    expect(make).toThrow(idle);
    expect(make).toThrow(/shuffle has no effect: .* cut by time \(leave it out, or .*split-by: sequence\)/);
  });
});

/** Sequences whose files say their splits. */
const said = (splits: readonly (SplitName | undefined)[], options: SchemaOptions) =>
  buildDataset(
    waves(splits.length).map((own, i) => ({ ...own, split: splits[i] })),
    options,
    "waves",
  );
const ALL: readonly SplitName[] = ["train", "train", "train", "valid", "test"];

describe("refused of data that say their splits", () => {
  test.each<[string, () => unknown]>([
    ["shuffle", () => said(ALL, { shuffle: 3 })],
    ["split", () => said(ALL, { split: [0.5, 0.25, 0.25] })],
    ["split-by", () => said(ALL, { splitBy: "time" })],
    [
      "split",
      () => said([undefined, undefined, undefined, "valid"], { split: [0.5, 0.25, 0.25], shuffle: 3 }),
    ],
    ["split", () => labelledDataset(texts(ALL), "texts", { unit: "words", split: [0.5, 0.25, 0.25] })],
  ])("%s", (option, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "data/split" }));
    expect(make).toThrow(
      `the option ${option} has no effect: the data say which split they are of (leave it out, or`,
    );
  });

  test("unless validation is taken from the end of training", () => {
    const { splits, notes } = said(["train", "train", "test"], { split: [0.5, 0.5, 0], splitBy: "time" });
    expect([splits.train[0]!.length, splits.valid[0]!.length]).toEqual([10, 10]);
    expect(notes.join("\n")).not.toContain("random order");
    const dealt = said(["train", "train", "train", "train", "test"], { shuffle: 3 });
    expect(dealt.notes).toContain("sequences were put in a random order (seed 3) before they were dealt out");
  });

  test("nor is it told that they were put in a random order, labelled as they are", () => {
    const labelled = ALL.map((split, k) =>
      table({ wave: [1, 2, k], kind: Array<string>(3).fill(k % 2 ? "a" : "b") }, { name: `${k}`, split }),
    );
    const { notes } = buildDataset(labelled, { label: "kind" }, "waves");
    expect(notes).toContain("split: as the files say");
    expect(notes.join("\n")).not.toContain("random order");
    expect(() => labelledDataset(texts(ALL), "texts", { unit: "words", shuffle: 1 })).not.toThrow();
  });

  test("nor of a run that was trained so before", () => {
    const { columns } = said(ALL, {});
    expect(() => said(ALL, { columns, shuffle: 3, split: [0.5, 0.25, 0.25] })).not.toThrow();
  });
});

describe("taken", () => {
  test.each<[string, () => unknown]>([
    ["three sequences", () => read(3, { shuffle: 3 })],
    ["two that are dealt out", () => read(2, { shuffle: 3, splitBy: "sequence" })],
    ["one of a run that was trained so before", () => read(1, { shuffle: 3, columns: read(1, {}).columns })],
    ["pieces of music", () => rollDataset(rolls(4), { shuffle: 3 }, "pieces")],
  ])("%s", (_, make) => {
    expect(make).not.toThrow();
  });
});
