import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { type Cell, cellReader } from "../../src/data/tables/cells.ts";
import { parseCsv } from "../../src/data/tables/csv.ts";
import { sniffDelimiter } from "../../src/data/tables/dialect.ts";
import { cellsByName, columnValues, fileWith } from "./temporary.ts";

const read = (text: string) => parseCsv(text, "x.csv", "x", cellReader());
const cellsOf = (text: string) => cellsByName(read(text).columns);

interface Written {
  readonly cell: Cell;
  readonly text: string;
}

const numbers = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => ({ cell: value + 0, text: String(value + 0) }));
const missing = fc.constantFrom("NA", "NaN", "null", "?", "nan").map((text) => ({ cell: Number.NaN, text }));
const texts = fc
  .constantFrom("a,b", 'say "hi"', "two\nlines", "é;|", "tab\there", "x", "infinite")
  .map((text) => ({ cell: text, text }));
const tables = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.array(fc.array(fc.oneof(numbers, missing, texts), { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 12,
  }),
);

function write(
  rows: readonly (readonly Written[])[],
  delimiter: string,
  newline: string,
  quoteAll: boolean,
): string {
  const quote = (text: string) =>
    quoteAll || /[",;|\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const header = rows[0]!.map((_, i) => quote(`c${i}`));
  const lines = [header, ...rows.map((row) => row.map(({ text }) => quote(text)))];
  return lines.map((line) => line.join(delimiter)).join(newline) + newline;
}

describe("parseCsv", () => {
  test("reads back whatever was written: values, missing entries, quotes, any delimiter and line end", () => {
    const styles = fc.tuple(
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
    );
    fc.assert(
      fc.property(tables, styles, (rows, [delimiter, newline, quoteAll]) => {
        const { columns } = read(write(rows, delimiter, newline, quoteAll));
        const expected = rows[0]!.map((_, i) => [`c${i}`, rows.map((row) => row[i]!.cell)]);
        expect(Object.entries(cellsByName(columns))).toEqual(expected);
      }),
    );
  });

  test("takes a first line of numbers for data", () => {
    const { columns, notes } = read("1,2.5\n3,4\n");
    expect(cellsByName(columns)).toEqual({ column1: [1, 3], column2: [2.5, 4] });
    expect(notes).toEqual(["x.csv has no header: columns were named by their position"]);
  });

  test("reads decimal commas between semicolons, and says so", () => {
    const { columns, notes } = read("a;b\n1,5;-2,25e1\n3;4\n");
    expect(cellsByName(columns)).toEqual({ a: [1.5, 3], b: [-22.5, 4] });
    expect(notes).toEqual(["x.csv: decimal commas were read as points"]);
  });

  test("skips blank lines, unless the only column may be missing", () => {
    expect(cellsOf("a,b\n\n1,2\n\n\n3,4\n\n")).toEqual({ a: [1, 3], b: [2, 4] });
    expect(cellsOf("a\n1\n\n3\n\n\n")).toEqual({ a: [1, Number.NaN, 3] });
  });

  test("names nameless columns by their position and forgives spaces around quotes", () => {
    expect(cellsOf(',"b" , c\n"1" ,2, "x y"\n')).toEqual({ column1: [1], b: [2], c: ["x y"] });
  });

  test("knows the line of each row, also after fields that span lines", () => {
    const { at } = read('a,b\n1,"two\nlines"\n\n3,x\n');
    expect([at("a"), at("a", 0), at("b", 1)]).toEqual([
      'x.csv:1, column "a"',
      'x.csv:2, column "a"',
      'x.csv:5, column "b"',
    ]);
  });
});

describe("sniffDelimiter", () => {
  test.each([
    ["a,b;c,d\n1,2;3,4\n", ","],
    ["a;b\n1,5;2,5\n", ";"],
    ["a\tb,c\n1\t2\n", "\t"],
    ['"a|b|c|d";e\n1;2\n', ";"],
    ["single\n1\n", ","],
  ])("%j has %j", (text, delimiter) => {
    expect(sniffDelimiter(text)).toBe(delimiter);
  });
});

describe("readDataset of a table", () => {
  const rows = Array.from({ length: 20 }, (_, i) => [i * 0.5, i % 2 === 0 ? "yes" : "no", "xyz"[i % 3]]);
  const csv = `time;load;up;state\n${rows.map(([load, up, state], i) => `${i};${load};${up};${state}`).join("\n")}`;

  test.each([
    ["cpu.csv", csv],
    ["cpu.csv.gz", gzipSync(csv)],
    ["cpu.tsv", csv.replaceAll(";", "\t")],
    ["cpu.csv", `\ufeff${csv}`],
  ])("%s gives columns, values, times and splits", (name, content) => {
    const { columns, splits, time } = readDataset(fileWith(name, content));
    expect(columns.map((column) => [column.name, column.kind])).toEqual([
      ["load", "real"],
      ["up", "binary"],
      ["state", "categorical"],
    ]);
    expect(columns[0]).toMatchObject({ resolution: 0.5, mean: 3.25, minimum: 0, maximum: 6.5, missing: 0 });
    expect(columns[2]!.levels).toEqual(["x", "y", "z"]);
    expect(time).toEqual({ name: "time", kind: "number" });
    const all = [...splits.train, ...splits.valid, ...splits.test];
    expect(all.map(({ name: own, offset = 0, length }) => [own, offset, length])).toEqual([
      ["cpu", 0, 14],
      ["cpu", 14, 3],
      ["cpu", 17, 3],
    ]);
    expect(columnValues(all, 0, 3)).toEqual(rows.map(([load]) => load));
    expect(columnValues(all, 1, 3)).toEqual(rows.map(([, up]) => Number(up === "yes")));
    expect(columnValues(all, 2, 3)).toEqual(rows.map((_, i) => i % 3));
    expect(all.flatMap(({ times }) => [...times!])).toEqual(rows.map((_, i) => i));
  });
});
