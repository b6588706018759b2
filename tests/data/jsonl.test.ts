import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { cellReader } from "../../src/data/tables/cells.ts";
import { parseJsonLines } from "../../src/data/tables/jsonl.ts";
import { cellsByName, columnValues, fileWith } from "./temporary.ts";

const read = (text: string) => parseJsonLines(text, "x.jsonl", "x", cellReader(["-1"]));

const values = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
  fc.constant(null),
  fc.boolean(),
  fc.constantFrom("idle", 'say "hi"', "two\nlines"),
);
const cellOf = (value: unknown) => {
  if (value === null) return Number.NaN;
  return typeof value === "boolean" ? String(value) : value;
};
const sequences = fc.array(fc.record({ a: values, b: values }), { minLength: 1, maxLength: 10 });

describe("parseJsonLines", () => {
  test("reads back one object per step", () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const [table] = read(`${steps.map((step) => JSON.stringify(step)).join("\n")}\n`);
        expect(table!.rows).toBe(steps.length);
        expect(cellsByName(table!.columns)).toEqual({
          a: steps.map(({ a }) => cellOf(a)),
          b: steps.map(({ b }) => cellOf(b)),
        });
      }),
    );
  });

  test("reads back one object of arrays per sequence", () => {
    fc.assert(
      fc.property(fc.array(sequences, { minLength: 1, maxLength: 4 }), (all) => {
        const lines = all.map((steps, i) =>
          JSON.stringify({
            name: `s${i}`,
            split: "train",
            a: steps.map(({ a }) => a),
            b: steps.map(({ b }) => b),
          }),
        );
        const tables = read(lines.join("\r\n"));
        expect(tables.map(({ name, split, rows }) => ({ name, split, rows }))).toEqual(
          all.map((steps, i) => ({ name: `s${i}`, split: "train", rows: steps.length })),
        );
        expect(tables.flatMap(({ columns }) => [...columns.get("a")!])).toEqual(
          all.flatMap((steps) => steps.map(({ a }) => cellOf(a))),
        );
      }),
    );
  });

  test("an absent field is missing, and so is what the options name", () => {
    const [table] = read('{"a": 1}\n\n{"b": "NA", "a": -1}\n{"b": "2"}\n');
    expect(cellsByName(table!.columns)).toEqual({
      a: [1, Number.NaN, Number.NaN],
      b: [Number.NaN, Number.NaN, 2],
    });
    expect(table!.at("b", 1)).toBe('x.jsonl:3, column "b"');
  });

  test("a field that is no array holds at every step", () => {
    const tables = read('{"id": 7, "age": 61, "pulse": [70, 72]}\n{"age": 40, "pulse": [80]}');
    expect(tables.map(({ name }) => name)).toEqual(["7", "line 2"]);
    expect(tables.map(({ columns }) => [...columns.get("age")!])).toEqual([[61, 61], [40]]);
  });
});

test("rows are grouped by the sequence column, also when they alternate", () => {
  const lines = Array.from({ length: 12 }, (_, i) => JSON.stringify({ run: "abcd"[i % 4], x: i * i, y: i }));
  const { splits, columns } = readDataset(fileWith("runs.jsonl", lines.join("\n")), { sequence: "run" });
  expect(columns.map(({ name }) => name)).toEqual(["x", "y"]);
  expect(splits.train.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(columnValues(splits.train, 1, 2)).toEqual([0, 4, 8, 1, 5, 9]);
  expect(columnValues(splits.test, 1, 2)).toEqual([3, 7, 11]);
});

describe("steps that share few fields", () => {
  const steps = (rows: number, fields: number) =>
    Array.from({ length: rows }, (_, i) => JSON.stringify({ [`f${i % fields}`]: i })).join("\n");

  test("are refused before they fill the memory", () => {
    expect(() => read(steps(10_000, 10_000))).toThrow(
      /^x\.jsonl:\d+, column "f\d+": nearly all would be missing: \d,\d+ values among \d,\d+ fields of \d,\d+ steps \(give steps the same fields/,
    );
  });

  test("are a table as long as that is not huge", () => {
    const [table] = read(steps(3000, 300));
    expect(table!.columns.size).toBe(300);
    const column = [...table!.columns.get("f7")!];
    expect(column.flatMap((cell, row) => (Number.isNaN(cell) ? [] : [row]))).toEqual(
      Array.from({ length: 10 }, (_, i) => 7 + 300 * i),
    );
  });
});

describe("a table in another form of JSON", () => {
  test.each([
    [
      "records under a name",
      {
        data: [
          { t: 0, x: 1 },
          { t: 1, x: 2 },
        ],
      },
    ],
    [
      "columns and rows apart",
      {
        columns: ["t", "x"],
        index: [0, 1],
        data: [
          [0, 1],
          [1, 2],
        ],
      },
    ],
    [
      "rows without names",
      [
        [0, 1.5, 3],
        [1, 2.5, 4],
      ],
    ],
    [
      "rows of text",
      [
        ["t", "x"],
        ["0", "1"],
      ],
    ],
  ])("is refused by its own name: %s", (_, content) => {
    expect(() => readDataset(fileWith("a.json", JSON.stringify(content)))).toThrow(
      /a\.json: this looks like a table, whose rows are no list of objects of its own \(write it as \[\{"time": 0/,
    );
  });
});
