import { describe, expect, test } from "vitest";
import { type Dataset, SPLIT_NAMES } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/files.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { VrnnError } from "../../src/errors.ts";
import { fileWith, folderWith } from "./temporary.ts";

const WHOLE = { split: [1, 0, 0] } as const;
const codeOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof VrnnError) return error.code;
    throw error;
  }
  return "no error";
};
const valuesOf = ({ splits }: Dataset, split: (typeof SPLIT_NAMES)[number] = "train") =>
  Object.fromEntries(splits[split].map(({ name, values }) => [name, Array.from(values)]));

describe("long tables with a column of names and one of values", () => {
  const long = [
    "Time,Parameter,Value",
    "00:00,Age,54",
    "00:00,HR,70",
    "00:30,HR,80",
    "00:30,Na,140",
    "01:00,Na,141",
    "01:00,HR,90",
    "",
  ].join("\n");
  const folder = folderWith({
    "a.txt": long,
    "b.txt": long.replaceAll("Na", "K").replace("54", "60").replace("140", "4"),
  });
  const options = { ...WHOLE, format: "csv", pivot: "Parameter:Value", statics: ["Age"] } as const;

  test("become a column a name, steps a time, statics where they have one value, in all files alike", () => {
    const data = readDataset(folder, options);
    expect(data.columns.map(({ name }) => name)).toEqual(["HR", "Na", "K"]);
    expect(valuesOf(data)["a"]).toEqual([70, NaN, NaN, 80, 140, NaN, 90, 141, NaN]);
    expect(data.splits.train.map(({ conditions }) => Array.from(conditions!))).toEqual([
      [54, 54, 54],
      [60, 60, 60],
    ]);
    expect(Array.from(data.splits.train[0]!.times!)).toEqual([0, 1800, 3600]);
    expect(data.notes.join("\n")).not.toContain('"Na" (');
  });

  test("are read again with the columns of a trained model, whatever names occur", () => {
    const trained = readDataset(folder, options);
    const fewer = fileWith("c.txt", "Time,Parameter,Value\n00:00,HR,71\n00:00,New,1\n00:10,HR,72\n");
    const again = readDataset(fewer, {
      ...options,
      columns: trained.columns,
      conditions: trained.conditions,
    });
    expect(valuesOf(again)["c"]).toEqual([71, NaN, NaN, 72, NaN, NaN]);
    expect(again.unknown).toEqual(["New"]);
  });

  test("group by a sequence column, and say when a value stands beside another", () => {
    const path = fileWith(
      "long.csv",
      "id,t,what,is\n1,0,a,1\n1,0,a,2\n1,1,a,3\n2,0,a,4\n2,1,b,5\n2,2,a,7\n2,3,b,7\n",
    );
    const data = readDataset(path, { ...WHOLE, sequence: "id", pivot: "what:is" });
    expect(valuesOf(data)).toEqual({ 1: [2, NaN, 3, NaN], 2: [4, NaN, NaN, 5, 7, NaN, NaN, 7] });
    expect(data.notes).toContain("1 value stood at the same step as another of its name: the last was taken");
  });

  test.each([
    ["what", "data/pivot"],
    ["what:is:more", "data/pivot"],
    ["what:of", "data/unknown-column"],
  ])("%s is refused", (pivot, code) => {
    const path = fileWith("long.csv", "t,what,is\n0,a,1\n1,a,2\n");
    expect(codeOf(() => readDataset(path, { pivot }))).toBe(code);
  });

  test("a name that is also a column is refused", () => {
    const path = fileWith("long.csv", "t,what,is\n0,t,1\n1,a,2\n");
    expect(codeOf(() => readDataset(path, { pivot: "what:is" }))).toBe("data/pivot");
  });
});

describe("series of one variable", () => {
  const rows = (count: number, value: (t: number) => string) =>
    Array.from({ length: count }, (_, t) => value(t));

  test("in columns are sequences, cut by time, without what is missing about them", () => {
    const lines = rows(20, (t) => `${t},${t < 3 ? "" : t * 2},${t < 18 ? t * 3 : ""}`);
    const path = fileWith("wide.csv", `t,north,south\n${lines.join("\n")}\n`);
    const data = readDataset(path, { series: "columns", time: "t" });
    expect(data.columns.map(({ name }) => name)).toEqual(["value"]);
    const lengths = SPLIT_NAMES.map((name) => data.splits[name].map(({ length }) => length));
    expect(lengths).toEqual([
      [11, 12],
      [3, 3],
      [3, 3],
    ]);
    expect(valuesOf(data)["north"]![0]).toBe(6);
    expect(data.splits.train[0]!.times![0]).toBe(3);
    expect(data.notes.some((note) => note.startsWith("split by time"))).toBe(true);
  });

  test("in rows are called by their first text, end where cells do, and have the dates of their columns", () => {
    const m4 = fileWith("m4.csv", '"V1","V2","V3","V4","V5"\n"H1","5","6","7",""\n"H2","1","2","3","4"\n');
    expect(valuesOf(readDataset(m4, { ...WHOLE, series: "rows" }))).toEqual({
      H1: [5, 6, 7],
      H2: [1, 2, 3, 4],
    });
    const dated = fileWith("x.csv", "country,2020-01-01,2020-01-02,2020-01-03\nA,1,2,3\nB,4,6,5\n");
    const data = readDataset(dated, { ...WHOLE, series: "rows" });
    expect(data.time?.name).toBe("date");
    expect(data.splits.train[1]!.times![1]).toBe(Date.UTC(2020, 0, 2) / 1000);
  });

  test("keep a label and statics of their rows", () => {
    const path = fileWith("x.csv", "id,class,a,b,c\n1,up,1,2,3\n2,down,3,2,1\n3,up,1,3,4\n4,down,4,3,1\n");
    const options: SchemaOptions = { ...WHOLE, series: "rows", sequence: "id", label: "class" };
    const { label, splits } = readDataset(path, options);
    expect(label?.levels).toEqual(["down", "up"]);
    expect(Object.fromEntries(splits.train.map(({ name, label: own }) => [name, own![0]]))).toEqual({
      1: 1,
      2: 0,
      3: 1,
      4: 0,
    });
  });

  test("without a column of numbers are refused", () => {
    const path = fileWith("x.csv", "a,b\nx,y\ny,z\n");
    for (const series of ["rows", "columns"] as const)
      expect(codeOf(() => readDataset(path, { series }))).toBe("data/series");
  });
});

describe("what looks like another shape is said to", () => {
  const hints = /--pivot|--series rows/;
  const notesOf = (content: string, options: SchemaOptions = {}) =>
    readDataset(fileWith("x.csv", content), { ...WHOLE, ...options }).notes.filter((note) =>
      hints.test(note),
    );
  const long = `t,what,is\n${Array.from({ length: 40 }, (_, i) => `${i >> 1},${i % 2 ? "HR" : "Temp"},${i % 7}`).join("\n")}\n`;

  test("a long table", () => {
    expect(notesOf(long)).toEqual([
      'column "what" names what the values of "is" are of: a column each with --pivot what:is',
    ]);
    expect(notesOf(long, { pivot: "what:is" })).toEqual([]);
    expect(notesOf(long, { sequence: "what" })).toEqual([]); // said to name the sequences
  });

  test("a table of a state and two values is none", () => {
    const plain = Array.from({ length: 40 }, (_, i) => `${i},${i % 3 ? "on" : "off"},${i % 7}`);
    expect(notesOf(`t,state,load\n${plain.join("\n")}\n`)).toEqual([]);
  });

  test("series in rows, where their names are refused as levels", () => {
    const header = ["id", ...Array.from({ length: 30 }, (_, i) => `V${i + 2}`)].join(",");
    const row = (name: string, i: number) =>
      [name, ...Array.from({ length: 30 }, (_, t) => ((t * t + i) % 11) / 4)].join(",");
    const rows = (count: number) => Array.from({ length: count }, (_, i) => row(`H${i}`, i)).join("\n");
    expect(() => notesOf(`${header}\n${rows(70)}\n`)).toThrow(/of over 64 levels .*--series rows/);
    expect(notesOf(`${header}\n${rows(20)}\n`).length).toBe(1);
  });
});

test("the name of a series is a static column, and one that was never trained on is missing", () => {
  const lines = Array.from({ length: 12 }, (_, t) => `${t * 2 + 1},${(t * t) % 7}`);
  const path = fileWith("wide.csv", `north,south\n${lines.join("\n")}\n`);
  const options = { series: "columns", seriesEmbedding: true } as const;
  const data = readDataset(path, options);
  expect(data.conditions?.map(({ name, role, levels }) => [name, role, levels])).toEqual([
    ["series", "static", ["north", "south"]],
  ]);
  const other = fileWith("other.csv", `north,west\n${lines.join("\n")}\n`);
  const again = readDataset(other, {
    ...options,
    ...WHOLE,
    columns: data.columns,
    conditions: data.conditions,
  });
  expect(again.splits.train.map(({ conditions }) => conditions![0])).toEqual([0, Number.NaN]);
  expect(again.notes.join("\n")).toMatch(/west/);
});

test("a series that is new at score time is scaled by its own first steps", () => {
  const of = (level: number) =>
    Array.from({ length: 24 }, (_, t) => level * (1 + ((t * t) % 7) / 7)).join("\n");
  const trained = readDataset(folderWith({ "a.csv": `x\n${of(1)}\n`, "b.csv": `x\n${of(10)}\n` }), {
    ...WHOLE,
    scaleSteps: 6,
  });
  const fresh = readDataset(fileWith("new.csv", `x\n${of(1000)}\n`), {
    ...WHOLE,
    scaleSteps: 6,
    columns: trained.columns,
  });
  const [{ units, values }] = fresh.splits.train as readonly [(typeof fresh.splits.train)[number]];
  const first = Array.from(values.subarray(0, 6));
  expect(units?.from).toBe(6);
  expect(units?.shift[0]).toBeCloseTo(first.reduce((sum, value) => sum + value, 0) / 6, 6);
});
