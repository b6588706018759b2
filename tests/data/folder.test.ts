import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { folderWith } from "./temporary.ts";

const csv = (from: number) => `a,b\n${from},1\n${from + 1},3\n${from + 2},2\n`;
const namesOf = (folder: string) => {
  const { splits } = readDataset(folder);
  return [splits.train, splits.valid, splits.test].map((sequences) => sequences.map(({ name }) => name));
};

describe("a folder of files", () => {
  test("is split by sub-folders", () => {
    const folder = folderWith({
      "train/r1.csv": csv(1),
      "train/r2.csv": csv(2),
      "valid/v.csv": csv(3),
      "test/t.csv": csv(4),
    });
    expect(namesOf(folder)).toEqual([["r1", "r2"], ["v"], ["t"]]);
  });

  test("is split by the beginning of names, and leaves out files without one", () => {
    const folder = folderWith({
      "train-1.csv": csv(1),
      "valid-1.csv": csv(2),
      "test-1.csv": csv(3),
      "incidents.csv": "from,to\n1,2\n",
      "README.md": "# Data",
    });
    expect(namesOf(folder)).toEqual([["train-1"], ["valid-1"], ["test-1"]]);
    expect(readDataset(folder).notes.slice(0, 2)).toEqual([
      `${folder}/incidents.csv is left out`,
      `${folder}/README.md is left out`,
    ]);
  });

  test("is otherwise split in the order of the names, numbers by size", () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`run${i + 1}.csv`, csv(i)]));
    const [train, valid, test] = namesOf(folderWith(files));
    expect(train).toEqual(["run1", "run2", "run3", "run4", "run5", "run6", "run7", "run8"]);
    expect([valid, test]).toEqual([
      ["run9", "run10"],
      ["run11", "run12"],
    ]);
  });

  test("mixes formats as long as the columns agree", () => {
    const folder = folderWith({
      "1.csv": csv(1),
      "2.jsonl": '{"b": 1, "a": 5}\n{"b": 2, "a": 6}\n',
      "3.csv": csv(3),
    });
    expect(readDataset(folder).splits.valid[0]!.values).toEqual(Float64Array.of(5, 1, 6, 2));
  });
});
