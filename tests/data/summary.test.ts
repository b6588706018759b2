import { expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { describeDataset } from "../../src/data/summary.ts";
import { fileWith } from "./temporary.ts";

test("describeDataset tells sizes and a row per column; what else was found is in the notes", () => {
  const rows = Array.from(
    { length: 20 },
    (_, i) => `${i},${i === 2 ? "" : i * 0.25},${i % 2},${"abcde"[i % 5]},1`,
  );
  const path = fileWith("cpu.csv", `time_s,load,up,state,fixed\n${rows.join("\n")}\n`);
  const data = readDataset(path);
  expect(describeDataset(data)).toEqual([
    "train: 1 sequence, 14 steps",
    "valid: 1 sequence, 3 steps",
    "test: 1 sequence, 3 steps",
    "column  kind         range                missing  resolution",
    "load    real         0 to 3.25            7.1 %    0.25",
    "up      binary       50 % ones            -        -",
    "state   categorical  a, b, c, d, ... (5)  -        -",
  ]);
  expect(data.notes).toEqual([
    'time: column "time_s" (numbers, seconds)',
    "split by time: the first 70 % train, 15 % valid, 15 % test",
    "cpu: train 0 to 13, valid 14 to 16, test 17 to 19",
    'column "fixed" is left out: it is constant in the training split (1)',
  ]);
});

test("a piano roll is one row", () => {
  const roll = JSON.stringify({ train: [[[60], [61, 62]]], valid: [[[60]]], test: [[[60]]] });
  const data = readDataset(fileWith("roll.json", roll));
  expect(describeDataset(data)).toEqual([
    "train: 1 sequence, 2 steps",
    "valid: 1 sequence, 1 step",
    "test: 1 sequence, 1 step",
    "column     kind    range       missing  resolution",
    "21 to 108  binary  1.7 % ones  -        -",
  ]);
  expect(data.notes).toEqual(["split: as the files say"]);
});
