import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { pianoRoll } from "../../src/data/music/piano-roll.ts";
import { testWithSharedData } from "../shared-data.ts";
import { fileWith } from "./temporary.ts";

/** Sequences and steps of training, validation and test, as published. */
const COUNTS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  "jsb-chorales": [
    [229, 13807],
    [76, 4602],
    [77, 4725],
  ],
  nottingham: [
    [694, 176561],
    [173, 45513],
    [170, 44463],
  ],
  musedata: [
    [524, 245202],
    [135, 82755],
    [124, 64339],
  ],
  "piano-midi": [
    [87, 75911],
    [12, 8540],
    [25, 19036],
  ],
};

describe("the four music sets", () => {
  for (const [name, counts] of Object.entries(COUNTS)) {
    testWithSharedData(`${name} has the published numbers of sequences and steps`, (folder) => {
      const { columns, splits } = readDataset(join(folder, "music", `${name}.json.gz`));
      const found = [splits.train, splits.valid, splits.test].map((sequences) => [
        sequences.length,
        sequences.reduce((sum, { length }) => sum + length, 0),
      ]);
      expect(found).toEqual(counts);
      expect(columns.map((column) => column.name)).toEqual(
        Array.from({ length: 88 }, (_, i) => String(21 + i)),
      );
    });
  }
});

describe("a piano roll", () => {
  const roll = { train: [[[21, 108], []], [[60]]], valid: [[[60], [61]]], test: [[[], [108]]] };

  test("knows its splits by other names, and says what it leaves out", () => {
    const { train, valid, test: held } = roll;
    const text = JSON.stringify({ Train: train, val: valid, dev: valid, test: held, tempo: 100 });
    const { splits, notes } = readDataset(fileWith("roll.json", text));
    expect([splits.train, splits.valid, splits.test].map((own) => own.length)).toEqual([2, 2, 1]);
    expect(notes[0]).toMatch(/roll\.json: "tempo" is left out$/);
  });

  test("becomes 88 binary columns, keys never struck included", () => {
    const { columns, splits } = readDataset(fileWith("roll.json", JSON.stringify(roll)));
    expect(new Set(columns.map(({ kind }) => kind))).toEqual(new Set(["binary"]));
    expect(columns.filter(({ mean }) => mean > 0).map(({ name, mean }) => [name, mean])).toEqual([
      ["21", 1 / 3],
      ["60", 1 / 3],
      ["108", 1 / 3],
    ]);
    const [first] = splits.train;
    expect([first!.length, first!.values.length]).toEqual([2, 176]);
    expect(Array.from(first!.values.entries()).filter(([, value]) => value === 1)).toEqual([
      [0, 1],
      [87, 1],
    ]);
  });

  test("takes validation from training when it has none", () => {
    const { splits } = pianoRoll({ train: Array.from({ length: 20 }, () => [[60], [62]]) }, "roll.json", {});
    expect([splits.train.length, splits.valid.length, splits.test.length]).toEqual([16, 4, 0]);
  });

  test("keeps to the keys that the options ask for", () => {
    const { columns, splits } = pianoRoll(roll, "roll.json", { only: ["60", "108"] });
    expect(columns.map(({ name }) => name)).toEqual(["60", "108"]);
    expect([...splits.test[0]!.values]).toEqual([0, 0, 0, 1]);
  });
});
