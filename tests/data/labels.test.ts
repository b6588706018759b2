/** A column of a table that is not modelled but told. */
import { describe, expect, test } from "vitest";
import { type Dataset, SPLIT_NAMES } from "../../src/data/dataset.ts";
import { tableDataset } from "../../src/data/field-dataset.ts";
import { fieldsSchema } from "../../src/data/field-schemas.ts";
import { readDataset } from "../../src/data/files.ts";
import { buildDataset } from "../../src/data/tables/build.ts";
import type { Cell } from "../../src/data/tables/cells.ts";
import { jsonLinesDataset } from "../../src/data/tables/jsonl-source.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import type { Table } from "../../src/data/tables/table.ts";
import { digestOf } from "../../src/run/digest.ts";
import { fileWith, memoryFile, table } from "./temporary.ts";

const LEVELS = ["walk", "run", "rest"];

/** A sequence of some steps, of one class or of a class of each step. */
const recorded = (k: number, classOf: (t: number) => Cell): Table =>
  table(
    {
      speed: Array.from({ length: 6 }, (_, t) => k + 0.5 * t),
      activity: Array.from({ length: 6 }, (_, t) => classOf(t)),
    },
    { name: `person ${k}` },
  );
/** Sorted by class: the first six walk, the next run, the last rest. */
const sorted = Array.from({ length: 18 }, (_, k) => recorded(k, () => LEVELS[Math.floor(k / 6)]!));
const build = (tables: readonly Table[], options: SchemaOptions) => buildDataset(tables, options, "people");
const labelOf = (data: Dataset, name: string) =>
  SPLIT_NAMES.flatMap((split) => data.splits[split]).find((one) => one.name === name)?.label;

test.each([
  ["digits with zeros before them", ["007", "012", "7"]],
  ["more digits than a number keeps", ["12345678901234567890", "12345678901234567891"]],
])("labels are names, %s too", (_, levels) => {
  const rows = Array.from({ length: 160 }, (_, t) => {
    const k = Math.floor(t / 4);
    return `s${k},${(t * 37) % 11},${levels[k % levels.length]}`;
  });
  const path = fileWith("a.csv", `id,x,c\n${rows.join("\n")}\n`);
  const data = readDataset(path, { sequence: "id", label: "c" });
  expect(data.label?.levels.toSorted()).toEqual(levels.toSorted());
  for (let k = 0; k < 40; k++)
    expect(data.label!.levels[labelOf(data, `s${k}`)![0]!]).toBe(levels[k % levels.length]);
  expect(data.notes.filter((note) => note.includes('"c"'))).toHaveLength(1);
});

test("a label that an older run keeps by its number is found by it", () => {
  const rows = Array.from({ length: 40 }, (_, t) => `s${t >> 2},${t % 3},${(t >> 2) % 2 ? "007" : "012"}`);
  const path = fileWith("a.csv", `id,x,c\n${rows.join("\n")}\n`);
  const options = { sequence: "id", label: "c", split: [0, 0, 1] } as const;
  const { columns } = readDataset(path, { sequence: "id", only: ["x"] });
  const data = readDataset(path, { ...options, columns, levels: ["7", "12"] });
  expect(data.splits.test.map(({ label }) => label![0])).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
});

describe("a label of each sequence", () => {
  const data = build(sorted, { label: "activity" });

  test("is told and not modelled", () => {
    expect(data.columns.map(({ name }) => name)).toEqual(["speed"]);
    expect(data.conditions).toBeUndefined();
    expect(data.label).toMatchObject({ name: "activity", over: "sequence", levels: ["rest", "run", "walk"] });
    for (const [k] of sorted.entries())
      expect(labelOf(data, `person ${k}`)).toEqual(Int32Array.of([2, 1, 0][Math.floor(k / 6)]!));
    expect(data.notes).toContain(
      'column "activity" is not modelled but told: the label of each sequence (rest, run, walk)',
    );
  });

  test("is a field of its own, as a run keeps it", () => {
    const { fields } = tableDataset(data);
    expect(fields["label"]).toMatchObject({ kind: "label", role: "label", axis: "none" });
    expect(fieldsSchema.parse(JSON.parse(JSON.stringify(fields)))).toEqual(fields);
    const { shares } = data.label!;
    const counts = [0, 1, 2].map(
      (level) => data.splits.train.filter(({ label }) => label![0] === level).length,
    );
    expect(shares).toEqual(counts.map((count) => count / data.splits.train.length));
  });

  test("is dealt out in another order, as files are often sorted, and the same each time", () => {
    for (const split of SPLIT_NAMES) expect(data.splits[split].length).toBeGreaterThan(1);
    expect(new Set(data.splits.train.map(({ label }) => label![0])).size).toBe(3);
    const namesOf = (own: Dataset) => own.splits.test.map(({ name }) => name);
    expect(namesOf(build(sorted, { label: "activity" }))).toEqual(namesOf(data));
    expect(namesOf(build(sorted, { label: "activity", shuffle: 1 }))).toEqual(namesOf(data));
    expect(namesOf(build(sorted, { label: "activity", shuffle: 2 }))).not.toEqual(namesOf(data));
    expect(namesOf(build(sorted, { drop: ["activity"] }))).toEqual(["person 15", "person 16", "person 17"]);
    expect(namesOf(build(sorted, { drop: ["activity"], shuffle: 1 }))).not.toEqual(namesOf(data)); // by class
  });

  test("keeps the order of what is read for a trained model, and says nothing of dealing out", () => {
    const options = { label: "activity", levels: LEVELS, columns: data.columns, split: [0, 0, 1] } as const;
    const read = build(sorted, { ...options });
    expect(read.splits.test.map(({ name }) => name)).toEqual(sorted.map(({ name }) => name));
    expect(read.notes.join()).not.toMatch(/order|dealt out|split/);
  });

  test("may be unknown, or said of some steps alone", () => {
    const partly = [
      ...sorted,
      recorded(20, (t) => (t < 4 ? Number.NaN : "run")),
      recorded(21, () => Number.NaN),
    ];
    const own = build(partly, { label: "activity" });
    expect(labelOf(own, "person 20")).toEqual(Int32Array.of(1));
    expect(labelOf(own, "person 21")).toEqual(Int32Array.of(-1));
  });

  test("of a trained model has its levels, and may be missing from other data", () => {
    const { columns } = data;
    const known: SchemaOptions = { label: "activity", columns, levels: data.label!.levels, split: [0, 0, 1] };
    const other = build([recorded(1, () => "run"), recorded(2, () => "swim")], known);
    expect(other.splits.test.map(({ label }) => label![0])).toEqual([1, -1]);
    expect(other.notes.join("\n")).toContain("levels never seen in training");
    const bare = table({ speed: [1, 2, 3] }, { name: "bare" });
    const unlabelled = build([bare], known);
    expect(unlabelled.splits.test[0]!.label).toEqual(Int32Array.of(-1));
    expect(unlabelled.notes).toContain('there is no column "activity": no label is known');
  });

  test("is part of what a run remembers its data by", () => {
    const changed = sorted.map((one, k) => (k === 3 ? recorded(3, () => "run") : one));
    expect(digestOf(build(changed, { label: "activity" }))).not.toBe(digestOf(data));
    expect(digestOf(build([...sorted], { label: "activity" }))).toBe(digestOf(data));
  });
});

describe("a label of each step", () => {
  const options: SchemaOptions = { label: "activity", labelPer: "step" };
  const one = table({
    speed: Array.from({ length: 20 }, (_, t) => t / 2),
    activity: Array.from({ length: 20 }, (_, t) => (t === 5 ? Number.NaN : LEVELS[t % 2]!)),
  });

  test("is cut with its sequence", () => {
    const { splits, label, columns } = build([one], options);
    expect(columns.map(({ name }) => name)).toEqual(["speed"]);
    expect(label).toMatchObject({ over: "step", levels: ["run", "walk"] });
    const train = splits.train[0]!;
    expect(train.length).toBe(14);
    expect([...train.label!]).toEqual(Array.from({ length: 14 }, (_, t) => (t === 5 ? -1 : 1 - (t % 2))));
    expect([...splits.valid[0]!.label!]).toEqual([1, 0, 1]);
    expect(label!.shares).toEqual([6 / 13, 7 / 13]);
  });

  test("is dealt out by whole sequences, in a random order, where there are several", () => {
    const { splits } = build(sorted, options);
    expect(new Set(splits.train.map(({ label }) => label![0])).size).toBe(3);
    expect(splits.test.every(({ length, label }) => label!.length === length)).toBe(true);
    const whole = build(sorted, { drop: ["activity"], shuffle: 1 });
    expect(splits.test.map(({ name }) => name)).toEqual(whole.splits.test.map(({ name }) => name));
    expect(build([one], options).notes.join("\n")).not.toContain("random order");
  });

  test("is a field along the steps", () => {
    expect(tableDataset(build([one], options)).fields["label"]).toMatchObject({ axis: "T" });
  });
});

// biome-ignore format: one case a line
test.each<[string, readonly Table[], SchemaOptions, string]>([
  ["a class that changes", [...sorted, recorded(20, (t) => LEVELS[t % 2]!)], { label: "activity" }, 'a sequence has one label, and after "walk" comes "run"'],
  ["a single level", sorted.slice(0, 5), { label: "activity" }, 'the training split has one label only ("walk")'],
  ["sequences that are cut by time", [sorted[0]!, sorted[9]!], { label: "activity" }, "are not cut into training and validation"],
  ["a column that is not there", sorted, { label: "activty" }, 'the option label names a column "activty" that does not exist (did you mean "activity"?)'],
  ["a condition", sorted, { label: "activity", statics: ["activity"] }, 'the column "activity" cannot be known and told'],
  ["nothing but a label", sorted, { label: "activity", drop: ["speed"] }, "no column is left to model"],
  ["a measurement", [table({ a: Array.from({ length: 2000 }, (_, t) => t % 7), b: Array.from({ length: 2000 }, (_, t) => (t * 7919) % 2003) })], { label: "b", labelPer: "step" }, "the label has 1400 levels"],
])("%s is no label", (_, tables, options, message) => {
  expect(() => build(tables, options)).toThrow(message);
});

test("a column that looks like time, where it is the label, is the label", () => {
  const rows = Array.from({ length: 8 }, (_, t) => t % 3);
  const tables = Array.from({ length: 9 }, (_, k) =>
    table({ a: rows, time: rows.map(() => k % 3) }, { name: `${k}` }),
  );
  const { columns, label, time } = build(tables, { label: "time" });
  expect([columns.map(({ name }) => name), label!.levels, time]).toEqual([["a"], ["0", "1", "2"], undefined]);
});

test("music has no labels, and neither have data that stream", async () => {
  const roll = fileWith("a.json", JSON.stringify({ train: [[[60], [62]]], valid: [], test: [] }));
  expect(() => readDataset(roll, { label: "key" })).toThrow(
    'the option label names a column "key" that does not exist',
  );
  const lines = '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n{"a": 3, "b": "x"}\n';
  await expect(jsonLinesDataset(memoryFile(lines), { label: "b" })).rejects.toThrow(
    "labels are not read of data that stream",
  );
});

describe("labelled sequences are dealt to the splits class by class", () => {
  const countsOf = (data: Dataset, split: (typeof SPLIT_NAMES)[number], level: string) =>
    data.splits[split].filter(({ label }) => data.label!.levels[label![0]!] === level).length;
  const many = (sizes: Readonly<Record<string, number>>) =>
    Object.entries(sizes).flatMap(([level, count]) =>
      Array.from({ length: count }, (_, k) => recorded(k, () => level)),
    );

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "whatever the seed (%i), each split has its share of each",
    (shuffle) => {
      const data = build(many({ walk: 7, run: 20, rest: 60 }), { label: "activity", shuffle });
      for (const [level, count] of Object.entries({ walk: 7, run: 20, rest: 60 })) {
        expect(countsOf(data, "valid", level)).toBeGreaterThanOrEqual(1);
        expect(countsOf(data, "test", level)).toBeGreaterThanOrEqual(1);
        expect(Math.abs(countsOf(data, "train", level) - 0.7 * count)).toBeLessThanOrEqual(1.5);
      }
      expect(data.notes).toContain(
        `sequences were put in a random order (seed ${shuffle}), class by class, before they were dealt out`,
      );
    },
  );

  test("a class of one sequence trains", () => {
    const data = build(many({ walk: 1, run: 30 }), { label: "activity" });
    expect(countsOf(data, "train", "walk")).toBe(1);
  });

  test("a model whose sequences were dealt so finds them where they were, and an older one those that it had", () => {
    const tables = many({ walk: 9, run: 12, rest: 6 });
    const options = { label: "activity" } as const;
    const data = build(tables, options);
    const { columns, label } = data;
    const again = build(tables, { ...options, columns, levels: label!.levels, byClass: label!.byClass });
    const namesOf = ({ splits }: Dataset) =>
      SPLIT_NAMES.map((split) => splits[split].map(({ label: own }) => own![0]));
    expect(namesOf(again)).toEqual(namesOf(data));
    const older = build(tables, { ...options, columns, levels: label!.levels });
    expect(older.label!.byClass).toBeUndefined();
    expect(namesOf(older)).not.toEqual(namesOf(data));
  });
});
