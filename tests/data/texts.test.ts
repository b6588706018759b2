import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell } from "../../src/data/tables/cells.ts";
import { GrowingCells, Texts } from "../../src/data/tables/texts.ts";

const textsOf = (all: readonly string[]): Texts => {
  const texts = new Texts();
  for (const text of all) texts.add(text);
  return texts;
};
const rowsOf = (texts: Texts) => Array.from({ length: texts.length }, (_, row) => texts.at(row));

describe("the texts of a column", () => {
  const text = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom("", "7", "é", "😀", "-1.25") },
    { weight: 1, arbitrary: fc.constantFrom("long".repeat(20), "x".repeat(70_000), "of\0two") },
  );
  const columns = fc.oneof(
    fc.array(text, { maxLength: 20 }),
    fc.array(text, { minLength: 1020, maxLength: 1030 }),
    fc.array(text, { minLength: 2040, maxLength: 2060, size: "max" }),
  );

  test("are those that were added, however many and long", () => {
    fc.assert(
      fc.property(columns, fc.integer({ min: 0, max: 3 }), (all, start) => {
        const texts = textsOf(all);
        expect(rowsOf(texts)).toEqual(all);
        fc.pre(start <= all.length);
        expect(rowsOf(texts.after(start))).toEqual(all.slice(start));
      }),
      { numRuns: 60 },
    );
  });

  test("are found from a row on", () => {
    const texts = textsOf(Array.from({ length: 3000 }, (_, row) => String(row % 1500))).after(1);
    expect(texts.find((own) => own === "7")).toBe(6);
    expect(texts.find((own) => own === "7", 7)).toBe(1506);
    expect(texts.find((own, row) => own === "7" && row > 1506)).toBe(-1);
  });
});

describe("cells that are read one by one", () => {
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.constantFrom<Cell>("a", "b", Number.NaN, -0),
    fc.double(),
    fc.string(),
  );

  test("are those that were set last, side by side where all are numbers", () => {
    const changes = fc.array(fc.tuple(fc.nat(30), cell), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 30 }), changes, (all, later) => {
        const cells = new GrowingCells(all.length);
        all.forEach((own, row) => {
          cells.set(row, own);
        });
        const expected = [...all];
        for (const [row, own] of later.filter(([each]) => each < all.length)) {
          cells.set(row, own);
          expected[row] = own;
        }
        expect([...cells.all]).toEqual(expected);
        expect(expected.map((_, row) => cells.at(row))).toEqual(expected);
        expect(cells.all instanceof Float64Array).toBe(expected.every((own) => typeof own === "number"));
      }),
    );
  });
});
