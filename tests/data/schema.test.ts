import { describe, expect, test } from "vitest";
import { buildDataset } from "../../src/data/tables/build.ts";
import type { Cell } from "../../src/data/tables/cells.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { columnValues, table } from "./temporary.ts";

const count = (length: number, of: (i: number) => Cell) => Array.from({ length }, (_, i) => of(i));
const x = count(20, (i) => i * 1.5);
const build = (columns: Record<string, readonly Cell[]>, options: SchemaOptions = {}) =>
  buildDataset([table(columns)], options, "test.csv");
const kindsOf = (columns: Record<string, readonly Cell[]>, options: SchemaOptions = {}) =>
  Object.fromEntries(build(columns, options).columns.map(({ name, kind }) => [name, kind]));

describe("kinds", () => {
  test("are inferred from what was observed", () => {
    expect(
      kindsOf({
        flag: count(20, (i) => (i === 3 ? Number.NaN : i % 2)),
        word: count(20, (i) => (i % 2 ? "TRUE" : "no")),
        state: count(20, (i) => "abc"[i % 3]!),
        few: count(20, (i) => (i % 3) + 1),
        x,
      }),
    ).toEqual({ flag: "binary", word: "binary", state: "categorical", few: "real", x: "real" });
  });

  test("can be given", () => {
    const columns = { flag: count(20, (i) => i % 2), few: count(20, (i) => (i * 7) % 3), x };
    const { columns: built } = build(columns, { kinds: { flag: "real", few: "categorical" } });
    expect(built.map(({ kind, levels }) => [kind, levels])).toEqual([
      ["real", []],
      ["categorical", ["0", "1", "2"]],
      ["real", []],
    ]);
  });

  test("numbers among the levels stand before texts, by size", () => {
    const { columns } = build({ c: count(20, (i) => [10, "b", 9, "a", "c"][i % 5]!), x });
    expect(columns[0]!.levels).toEqual(["9", "10", "a", "b", "c"]);
  });
});

describe("statistics", () => {
  test("come from the training split alone", () => {
    const values = count(20, (i) => (i < 14 ? (i % 2) * 2 + 1 : 1000.123));
    const [column] = build({ v: values }).columns;
    expect(column).toMatchObject({
      mean: 2,
      standardDeviation: 1,
      minimum: 1,
      maximum: 3,
      resolution: 1,
      missing: 0,
    });
  });

  test("ignore missing entries and tell their share", () => {
    const [column] = build({ v: count(20, (i) => (i < 7 ? Number.NaN : i)) }).columns;
    expect(column).toMatchObject({ mean: 10, minimum: 7, maximum: 13, missing: 0.5 });
  });

  test("tell the shares of levels", () => {
    const { columns } = build({ c: count(20, (i) => (i % 7 === 0 ? "rare" : "usual")), x });
    expect(columns[0]!.shares).toEqual([2 / 14, 12 / 14]);
  });

  test("the resolution can be given", () => {
    expect(build({ x }).columns[0]!.resolution).toBe(1.5);
    expect(build({ x }, { resolution: { x: 0.25 } }).columns[0]!.resolution).toBe(0.25);
  });
});

describe("what is left out", () => {
  test("a constant column, with a note", () => {
    const { columns, notes } = build({
      x,
      one: count(20, () => 1),
      late: count(20, (i) => (i < 14 ? 5 : i)),
    });
    expect(columns.map(({ name }) => name)).toEqual(["x"]);
    expect(notes).toContain('column "one" is left out: it is constant in the training split (1)');
    expect(notes).toContain('column "late" is left out: it is constant in the training split (5)');
  });

  test("a column without a value in the training split, with a note", () => {
    const { columns, notes } = build({ x, late: count(20, (i) => (i < 14 ? Number.NaN : i)) });
    expect(columns.map(({ name }) => name)).toEqual(["x"]);
    expect(notes).toContain('column "late" is left out: it has no value in the training split');
  });

  test("columns that the options drop or do not ask for", () => {
    const columns = { x, y: x, z: x };
    expect(Object.keys(kindsOf(columns, { drop: ["y"] }))).toEqual(["x", "z"]);
    expect(Object.keys(kindsOf(columns, { only: ["z", "x"] }))).toEqual(["z", "x"]);
  });

  test("a level never seen in training is missing, with a note", () => {
    const states = count(20, (i) => (i >= 18 ? "new" : "ab"[i % 2]!));
    const { splits, notes } = build({ states, x });
    expect(columnValues(splits.test, 0, 2)).toEqual([1, Number.NaN, Number.NaN]);
    expect(notes).toContain(
      'column "states": levels never seen in training count as missing (2 entries: "new")',
    );
  });
});

describe("the time column", () => {
  const dates = count(20, (i) => `2024-01-${String(i + 1).padStart(2, "0")} 06:00`);

  test("is known by its name or by ISO dates in the first place", () => {
    expect(build({ x, Timestamp: count(20, (i) => i * i) }).time).toEqual({
      name: "Timestamp",
      kind: "number",
    });
    const { time, splits } = build({ day: dates, x });
    expect(time).toEqual({ name: "day", kind: "date" });
    expect(splits.train[0]!.times!.slice(0, 2)).toEqual(
      Float64Array.of(Date.UTC(2024, 0, 1, 6) / 1000, Date.UTC(2024, 0, 2, 6) / 1000),
    );
  });

  test("must increase, and is no value where it does not", () => {
    const disordered = build({ t: count(20, (i) => (i * 3) % 20), x });
    expect(disordered.columns.map(({ name }) => name)).toEqual(["x"]);
    expect(disordered.notes[0]).toMatch(/^column "t" .* to model it, name it in the option kinds/);
    const mixed = build({ date: count(20, (i) => dates[(i * 7) % 20]!), x });
    expect(mixed.columns.map(({ name }) => name)).toEqual(["x"]);
    expect(mixed.notes[0]).toBe(
      'column "date" does not increase strictly (test.csv:5, column "date"): it is no time axis and is left out',
    );
  });

  test("increases within each sequence, not across", () => {
    const columns = {
      id: count(40, (i) => (i < 20 ? "a" : "b")),
      t: count(40, (i) => i % 20),
      x: [...x, ...x],
    };
    expect(build(columns, { sequence: "id" }).time).toEqual({ name: "t", kind: "number" });
  });

  test("can be given, and refused", () => {
    expect(build({ step: count(20, (i) => i), x }, { time: "step" }).time?.name).toBe("step");
    expect(build({ t: count(20, (i) => i), x }, { kinds: { t: "real" } }).time).toBeUndefined();
  });
});

describe("sequences of another table read with known columns", () => {
  const trained = build({ state: count(20, (i) => "ab"[i % 2]!), x });

  test("keep levels and statistics, whatever their own would be", () => {
    const fresh = table({ extra: [1, 2], x: [100, 200], state: ["b", "c"] });
    const { columns, splits, notes } = buildDataset(
      [fresh],
      { columns: trained.columns, split: [0, 0, 1] },
      "new.csv",
    );
    expect(columns).toEqual(trained.columns);
    expect([...splits.test[0]!.values]).toEqual([1, 100, Number.NaN, 200]);
    expect(notes).toContain(
      'column "state": levels never seen in training count as missing (1 entries: "c")',
    );
  });

  test("need these columns, but may be a single step", () => {
    const single = buildDataset(
      [table({ x: [1], state: ["a"] })],
      { columns: trained.columns, split: [0, 0, 1] },
      "n",
    );
    expect(single.splits.test[0]!.length).toBe(1);
    expect(() => buildDataset([table({ x: [1, 2] })], { columns: trained.columns }, "new.csv")).toThrow(
      'new.csv: there is no column "state", which the model needs (the columns are x)',
    );
  });
});
