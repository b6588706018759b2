import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { parseNpy } from "../../src/data/arrays/npy.ts";
import { tablesOfArray } from "../../src/data/arrays/tables.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { SPLIT_NAMES } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/files.ts";
import { readerFor } from "../../src/data/files-fields.ts";
import { cellReader } from "../../src/data/tables/cells.ts";
import { looksLikeTable } from "../../src/data/tables/loose.ts";
import { parseTimeSeries } from "../../src/data/tables/ts.ts";
import { isUcr, parseUcr } from "../../src/data/tables/ucr.ts";
import { VrnnError } from "../../src/errors.ts";
import { npyOf } from "./npy-bytes.ts";
import { fileWith, folderWith } from "./temporary.ts";

const WHOLE = { split: [1, 0, 0] } as const;
const cells = () => cellReader();
const messageOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof VrnnError) return error.message;
    throw error;
  }
  throw new Error("it did not fail");
};
const namesOf = ({ splits }: Dataset) => SPLIT_NAMES.flatMap((name) => splits[name].map((each) => each.name));
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const value = fc.oneof(number, fc.constant(Number.NaN));

describe("the .ts of UEA", () => {
  const text = "@problemName P\n@classLabel true a b\n@data\n1,2,?:4,5,6:a\n# a comment\n7:8:b\n";

  test("has a series a line, with its channels and its class", () => {
    const [one, other] = parseTimeSeries(text, "x.ts", "x", cells(), { label: "class" });
    expect([one?.name, one?.rows, other?.rows]).toEqual(["x 1", 3, 1]);
    expect(Object.fromEntries(one!.columns)).toEqual({
      m0: Float64Array.of(1, 2, Number.NaN),
      m1: Float64Array.of(4, 5, 6),
      class: ["a", "a", "a"],
    });
    expect(one!.at("m1", 2)).toBe("x.ts:4, m1, step 3");
  });

  test("leaves classes aside unless they are asked for, and says so", () => {
    const [one] = parseTimeSeries(text, "x.ts", "x", cells());
    expect([...one!.columns.keys()]).toEqual(["m0", "m1"]);
    expect(one!.notes).toEqual(["x.ts: the class of each series is left aside: --label class learns it"]);
  });

  test("comes back as it was written", () => {
    const series = fc.integer({ min: 1, max: 3 }).chain((channels) =>
      fc.array(
        fc.integer({ min: 1, max: 5 }).chain((length) =>
          fc.array(fc.array(value, { minLength: length, maxLength: length }), {
            minLength: channels,
            maxLength: channels,
          }),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    );
    fc.assert(
      fc.property(series, (all) => {
        const lines = all.map((each) =>
          each.map((channel) => channel.map((each) => (Number.isNaN(each) ? "?" : String(each)))).join(":"),
        );
        const tables = parseTimeSeries(`@data\n${lines.join("\n")}\n`, "x.ts", "x", cells());
        expect(tables.map(({ columns }) => [...columns.values()].map((own) => Array.from(own)))).toEqual(
          all.map((channels) => channels.map((channel) => channel.map((each) => (each === 0 ? 0 : each)))),
        );
      }),
    );
  });

  test.each([
    ["1,2", "x.ts: there is no line @data"],
    ["@data\n", "x.ts: there is no series after @data"],
    ["@data\n1,2:3,4\n1,2\n", "x.ts:3: 1 channel where line 2 has 2"],
    ["@data\n1,2:3\n", "x.ts:2: channel 2 has 1 value, the first has 2"],
    ["@classLabel true a b\n@data\n1,2:c\n", 'x.ts:3: the class "c" is none of a, b'],
    ["@data\n1,two\n", 'x.ts:2: "two" is no number'],
    ["@timeStamps true\n@data\n(0,1)\n", "x.ts: its values have time stamps"],
    ["@classLabel true a\n@data\na\n", "x.ts:3: the series has no values"],
  ])("%j is refused in one line", (content, message) => {
    const told = messageOf(() => parseTimeSeries(content, "x.ts", "x", cells()));
    expect(told.slice(0, message.length)).toBe(message);
    expect(told).toMatch(/^[^\n]+ \([^\n]+\)$/);
  });

  test("pairs of a folder called _TRAIN and _TEST are these splits", () => {
    const of = (label: string) => `@classLabel true a b\n@data\n1,2,3:${label}\n3,2,1:${label}\n`;
    const data = readDataset(folderWith({ "P_TRAIN.ts": of("a"), "P_TEST.ts": of("b") }));
    expect(data.splits.test.map(({ name }) => name)).toEqual(["P_TEST 1", "P_TEST 2"]);
    expect(data.splits.train[0]!.name).toBe("P_TRAIN 1");
  });
});

describe("the text files of UCR", () => {
  const row = (label: string, length: number) => [label, ...Array.from({ length }, (_, i) => String(i / 4))];
  const table = (mark: string) => [row("1", 20), row("-1", 20)].map((fields) => fields.join(mark)).join("\n");
  const told = (path: string, text: string) => isUcr({ path, text: () => text });

  test("are told by their names and rows, whatever stands between values", () => {
    for (const mark of ["\t", ",", "  "]) expect(told("A_TRAIN.tsv", table(mark))).toBe(true);
    expect(told("A.tsv", table("\t"))).toBe(false);
    expect(told("A_TRAIN.tsv", `x\t${table("\t")}`)).toBe(false);
  });

  test("become a sequence a row, which is told; as columns where that is said", () => {
    const path = fileWith("A_TRAIN.tsv", table("\t"));
    const read = readDataset(path, WHOLE);
    expect(read.splits.train.map(({ length }) => length)).toEqual([20, 20]);
    expect(read.notes[0]).toMatch(/as the archive of UCR has it.*as columns with --format tsv/);
    expect(readDataset(path, { ...WHOLE, format: "tsv", header: "no" }).columns.length).toBe(1);
  });

  test("come back as they were written, without what fills rows up", () => {
    const series = fc.array(fc.tuple(fc.integer(), fc.array(number, { minLength: 1, maxLength: 8 })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 3 }), (all, filling) => {
        const text = all
          .map(([label, own]) => [label, ...own, ...Array(filling).fill("NaN")].join("\t"))
          .join("\n");
        const tables = parseUcr(text, "x", "x", cells(), { label: "class" });
        expect(
          tables.map(({ columns }) => [columns.get("class")![0], Array.from(columns.get("value")!)]),
        ).toEqual(all.map(([label, own]) => [String(label), own.map((value) => value + 0)])); // -0 is written as 0
      }),
    );
  });

  test("a row without values and a word are refused with the line", () => {
    expect(messageOf(() => parseUcr("1\t2\n1\tNaN\n", "x", "x", cells()))).toMatch(
      /^x:2: the row has no values/,
    );
    expect(messageOf(() => parseUcr("1\t2\n1\tb\n", "x", "x", cells()))).toMatch(/^x:2: "b" is no number/);
  });
});

describe("arrays of numpy", () => {
  test("of one, two and three axes are a sequence, a sequence of columns, and sequences", () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    const array = shape.chain((sizes) => {
      const count = sizes.reduce((product, size) => product * size, 1);
      return fc.tuple(fc.constant(sizes), fc.array(value, { minLength: count, maxLength: count }));
    });
    fc.assert(
      fc.property(array, ([sizes, values]) => {
        const tables = tablesOfArray(
          parseNpy(npyOf(values, sizes), "x.npy"),
          { name: "x", file: "x.npy" },
          cells(),
        );
        const rows = tables.flatMap(({ rows, columns }) =>
          Array.from({ length: rows }, (_, t) => [...columns.values()].map((own) => own[t])),
        );
        expect(rows.flat()).toEqual(values);
        expect(tables.length).toBe(sizes.length === 3 ? sizes[0] : 1);
      }),
    );
  });

  test("are read from .npy, .npy.gz and .npz, by the names of splits", () => {
    const values = Array.from({ length: 24 }, (_, i) => i % 5);
    const one = readDataset(fileWith("x.npy", npyOf(values, [12, 2])), WHOLE);
    expect(one.columns.map(({ name }) => name)).toEqual(["m0", "m1"]);
    expect(readDataset(fileWith("x.npy.gz", gzipSync(npyOf(values, [12, 2]))), WHOLE).splits).toEqual(
      one.splits,
    );
    const [train, test] = [npyOf(values, [2, 4, 3]), npyOf(values, [8, 3])];
    const zipped = readDataset(fileWith("x.npz", zipSync({ "train.npy": train, "test.npy": test })));
    expect([zipped.splits.train.length, zipped.splits.test.map(({ name }) => name)]).toEqual([2, ["test"]]);
    const columns = readDataset(
      fileWith("y.npz", zipSync({ "wind.npy": npyOf(values, [24]), "load.npy": npyOf(values, [24]) })),
      WHOLE,
    );
    expect(columns.columns.map(({ name }) => name)).toEqual(["wind", "load"]);
  });

  test("of other shapes are refused", () => {
    const path = fileWith("x.npy", npyOf([1, 2], [1, 1, 1, 2]));
    expect(messageOf(() => readDataset(path))).toMatch(/an array of shape \(1, 1, 1, 2\) is no table/);
  });
});

describe("Parquet, as pyarrow writes it", () => {
  const fixture = (name: string) =>
    fileURLToPath(new URL(`../fixtures/parquet/${name}.parquet`, import.meta.url));
  const expected = readDataset(
    fileWith(
      "x.csv",
      `at,machine,load,count,on\n${Array.from({ length: 40 }, (_, i) =>
        [
          new Date(Date.UTC(2024, 0, 1, i)).toISOString(),
          i < 20 ? "a" : "b",
          i % 7 === 3 ? "" : i / 8,
          i * i,
          i % 3 === 0,
        ].join(","),
      ).join("\n")}\n`,
    ),
    { ...WHOLE, sequence: "machine" },
  );

  test.each(["snappy", "zstd", "gzip", "brotli", "lz4", "none", "version2"])("%s", (name) => {
    const data = readDataset(fixture(name), { ...WHOLE, sequence: "machine" });
    expect(data.columns).toEqual(expected.columns);
    expect(data.splits).toEqual(expected.splits);
    expect(data.time).toEqual(expected.time);
  });

  test("lists in a column are left out with a note", () => {
    expect(readDataset(fixture("none"), WHOLE).notes.join("\n")).toMatch(
      /pair holds lists or records and is left out/,
    );
  });

  test("cut anywhere or changed anywhere it is one clear line, or a table", () => {
    const whole = readFileSync(fixture("snappy"));
    const path = fileWith("x.parquet", whole.subarray(0, whole.length >> 1));
    expect(messageOf(() => readDataset(path))).toBe(
      `${path}: the file is cut short: it does not end with PAR1 (write or fetch the file again)`,
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, byte) => {
        const changed = Uint8Array.from(whole);
        changed[place] = byte;
        writeFileSync(path, changed);
        try {
          expect(readDataset(path, WHOLE).columns.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(VrnnError);
          expect((error as VrnnError).message).not.toContain("\n");
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("texts that may be tables", () => {
  test("are such where most of what they hold is numbers in columns", () => {
    expect(looksLikeTable("a b\n1 2\n3 4\n5 6\n")).toBe(true);
    expect(looksLikeTable("0.5\n0.25\n0.75\n0.5\n")).toBe(true);
    expect(looksLikeTable("To be, or\nnot to be\nthat is, the\nquestion, whether\n")).toBe(false);
    expect(looksLikeTable("1 2\n3 4\n")).toBe(false);
  });

  test("decide by what they hold, compressed or not, and a folder of them by each", () => {
    const table = Array.from({ length: 9 }, (_, i) => `${i / 8} ${(i * i) % 7}`).join("\n");
    expect(readerFor(fileWith("x.txt.gz", gzipSync(table)), {})).toBeUndefined();
    expect(readerFor(fileWith("x.txt", "some words\nof prose\n\nand more\nof it\n"), {})).toBe("text");
    const folder = folderWith({ "a/1.txt": table, "b/2.txt": table, "README.txt": "words of prose\n" });
    expect(namesOf(readDataset(folder, WHOLE))).toEqual(["a/1", "b/2"]);
    const beside = folderWith({ "1.csv": "x\n1\n2\n3\n", "numbers.txt": table });
    expect(namesOf(readDataset(beside, WHOLE))).toEqual(["1"]);
  });
});

describe("patterns and folders below folders", () => {
  const csv = (shift: number) => `x\n${[1, 2, 4, 3].map((each) => each + shift).join("\n")}\n`;

  test("name their files by their places", () => {
    const folder = folderWith({
      "a/run-2.csv": csv(0),
      "a/run-10.csv": csv(1),
      "b/c/run-1.csv": csv(2),
      "b/note.md": "",
    });
    expect(namesOf(readDataset(join(folder, "*/run-*.csv"), WHOLE))).toEqual(["run-2", "run-10"]);
    const all = ["a/run-2", "a/run-10", "b/c/run-1"];
    expect(namesOf(readDataset(join(folder, "**/*.csv"), WHOLE))).toEqual(all);
    expect(namesOf(readDataset(folder, WHOLE))).toEqual(all);
    expect(
      readDataset([join(folder, "a/*.csv"), join(folder, "b/c/run-1.csv")], WHOLE).splits.train.length,
    ).toBe(3);
  });

  test("that match nothing, or files of different kinds or columns, are one clear line", () => {
    const folder = folderWith({ "a.csv": csv(0), "b.mid": "", "c.csv": "y\n1\n2\n" });
    expect(messageOf(() => readDataset(join(folder, "*.xlsx")))).toMatch(/no file matches the pattern/);
    expect(messageOf(() => readDataset(join(folder, "*")))).toMatch(/of another kind|keep tables/);
    expect(messageOf(() => readDataset(join(folder, "*.csv")))).toMatch(
      /there is no column "x", which .*a\.csv has/,
    );
  });

  test("files called after splits are these, wherever a pattern finds them", () => {
    const folder = folderWith({ "train.csv": csv(0), "valid.csv": csv(1), "test.csv": csv(2) });
    const { splits } = readDataset(join(folder, "*.csv"));
    expect([splits.train, splits.valid, splits.test].map((all) => all.map(({ name }) => name))).toEqual([
      ["train"],
      ["valid"],
      ["test"],
    ]);
  });
});

test("a column that changes from numbers to words at row 900,000 is told with its line", () => {
  const rows = Array.from({ length: 900_100 }, (_, i) => (i < 900_000 ? String(i % 97) : "broken"));
  const path = fileWith("long.csv", `x\n${rows.join("\n")}\n`);
  expect(messageOf(() => readDataset(path))).toMatch(/long\.csv:900002, column "x"/);
});
