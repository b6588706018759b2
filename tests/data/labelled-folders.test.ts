import { expect, test } from "vitest";
import { readTextDataset } from "../../src/data/files-text.ts";
import { folderWith } from "./temporary.ts";

const rows = (word: string, count: number) =>
  `text,category\n${Array.from({ length: count }, (_, i) => `${word} ${i},${i % 2 ? "odd" : "even"}\n`).join("")}`;
const options = { unit: "words", labelled: { label: "category" } } as const;

test("a folder of tables holds a split in each", async () => {
  const folder = folderWith({
    "train.csv": rows("a", 20),
    "dev.csv": rows("b", 6),
    "test.csv": rows("c", 8),
    "categories.json": "[]",
  });
  const { splits, fields, notes } = readTextDataset(folder, options);
  const names = await Promise.all(
    Object.values(splits).map(async (split) => (await split.index()).map(({ name }) => name)),
  );
  expect(names.map(({ length }) => length)).toEqual([20, 6, 8]);
  expect(names[2]![0]).toBe("test.csv line 2");
  expect(fields["label"]).toMatchObject({ levels: ["even", "odd"] });
  expect(notes).toContain("tables: dev.csv, test.csv, train.csv");
});

test("of a folder that says no validation it is taken from training, at random", async () => {
  const folder = folderWith({ "train.csv": rows("a", 40), "test.csv": rows("c", 8) });
  const { splits } = readTextDataset(folder, { ...options, shuffle: 1 });
  const valid = (await splits.valid.index()).map(({ name }) => name);
  expect(valid.length).toBeGreaterThan(3);
  expect(valid.every((name) => name.startsWith("train.csv"))).toBe(true);
  expect(await splits.test.index()).toHaveLength(8);
});

test("a column that one of them has not is refused with its name", () => {
  const folder = folderWith({ "train.csv": rows("a", 4), "test.csv": "text,label\nx,odd\n" });
  expect(() => readTextDataset(folder, options)).toThrow(/test\.csv: .*category/);
});

test("tables are found without being told of, where the columns are called text and label and no folders lie beside", () => {
  const tables = { "train.csv": "text,label\na b,odd\nc d,even\n", "test.csv": "text,label\nx y,odd\n" };
  const plain = { unit: "words", split: [0.7, 0, 0.3] } as const;
  expect(readTextDataset(folderWith(tables), plain).fields["label"]).toMatchObject({
    levels: ["even", "odd"],
  });
  const mixed = folderWith({ ...tables, "pos/1.txt": "good", "neg/1.txt": "bad", "neg/2.txt": "poor" });
  expect(readTextDataset(mixed, { ...plain, split: [1, 0, 0] }).fields["label"]).toMatchObject({
    levels: ["neg", "pos"],
  });
});
