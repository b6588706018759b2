import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { cellReader } from "../../src/data/tables/cells.ts";
import { parseCsv } from "../../src/data/tables/csv.ts";
import type { CsvOptions } from "../../src/data/tables/separated.ts";
import { namesIn } from "../../src/data/tables/table.ts";
import { cellsByName, fileWith } from "./temporary.ts";

const read = (text: string, options: CsvOptions = {}) =>
  parseCsv(text, "x.csv", "x", cellReader(), undefined, options);
const cellsOf = (text: string, options: CsvOptions = {}) => cellsByName(read(text, options).columns);
/** A table with a column of some cells, each in quotes, beside one that says nothing. */
const quoted = (cells: readonly string[]) => `n,x\n${cells.map((cell, i) => `${i},"${cell}"`).join("\n")}\n`;

describe("numbers of a file", () => {
  test.each([
    ["thousands in quotes", ["1,466", "987", "12,000"], [1466, 987, 12000]],
    ["money", ["$1,100.00", "$900.00", "-$5.50"], [1100, 900, -5.5]],
    ["percent", ["45 %", "37 %", "100 %"], [45, 37, 100]],
    ["blanks between thousands", ["1 000", "999", "2 500"], [1000, 999, 2500]],
    ["hexadecimal", ["0x00", "0x1F", "0xff"], [0, 31, 255]],
    ["a typed minus", ["−1", "2", "−3"], [-1, 2, -3]],
    ["decimal commas in quotes", ["18,5", "19", "20,25"], [18.5, 19, 20.25]],
    ["German thousands", ["1.234,5", "1.000", "2,5"], [1234.5, 1000, 2.5]],
    ["lakhs", ["1,23,456", "2,00,000", "99,999"], [123456, 200000, 99999]],
    ["a minus behind", ["10-", "5", "7-"], [-10, 5, -7]],
    ["Arabic digits", ["٢٠٫٥", "٣٫٢٥", "٤"], [20.5, 3.25, 4]],
    ["mostly None", ["None", "None", "45"], [Number.NaN, Number.NaN, 45]],
  ])("%s", (_, cells, values) => {
    expect(cellsOf(quoted(cells))["x"]).toEqual(values);
  });

  test("a column of them is no category, and the note says how it was read", () => {
    const data = readDataset(
      fileWith("few.csv", quoted(Array.from({ length: 30 }, (_, i) => `${1 + (i % 5)},100`))),
    );
    expect(data.columns.map(({ name, kind }) => [name, kind])).toContainEqual(["x", "real"]);
    expect(data.notes.join("\n")).toContain('column "x": "1,100" was read as 1100');
  });

  const rowsOf = (cell: (i: number) => string) => quoted(Array.from({ length: 60 }, (_, i) => cell(i % 30)));

  test.each([
    ["thousands and millions", (i: number) => (i % 2 ? `${i}.5K` : `${i}.25M`)],
    ["places on the earth", (i: number) => `${50 + i}.25N`],
    ["limits of detection", (i: number) => `<0.${10 + i}`],
    ["lengths of time", (i: number) => `00:${10 + i}:30`],
    ["errors", (i: number) => `${i}.5±0.1`],
    ["marks of a sheet", (i: number) => `'${i}`],
  ])("of %s are no categories", (_, cell) => {
    const file = fileWith("few.csv", rowsOf(cell));
    expect(() => readDataset(file)).toThrow(
      /few\.csv:2, column "x": the column holds text that writes numbers .*kinds: "x=categorical"/,
    );
    expect(readDataset(file, { kinds: { x: "categorical" } }).columns[1]!.levels.length).toBeGreaterThan(20);
  });

  test.each([
    ["n.d.", (i: number) => String(40 + i)],
    ["offline", (i: number) => (i / 3).toFixed(2)],
  ])("%s beside fewer numbers is asked about", (word, number) => {
    const file = fileWith(
      "few.csv",
      rowsOf((i) => (i % 3 === 0 ? number(i) : word)),
    );
    expect(() => readDataset(file)).toThrow(
      new RegExp(`column "x": "${word}" stands among numbers.* missing: "${word}"`),
    );
    const [, x] = readDataset(file, { missing: [word] }).columns;
    expect(x).toMatchObject({ kind: "real" });
    expect(x!.missing).toBeGreaterThan(0.6);
  });

  test("a few numbers beside a word are levels", () => {
    const fan = rowsOf((i) => ["off", "1", "off", "2", "off", "3"][i % 6]!);
    expect(readDataset(fileWith("fan.csv", fan)).columns[1]!.levels).toEqual(["1", "2", "3", "off"]);
  });

  test("a point before three digits is what the other columns say", () => {
    const german = "d;n;q\n1;1.032;19,47\n2;990;0,5\n3;1.100;2,25\n";
    expect(cellsOf(german)["n"]).toEqual([1032, 990, 1100]);
    const english = "d;n;q\n1;1,032;19.47\n2;990;0.5\n3;1,100;2.25\n";
    expect(cellsOf(english)).toEqual({ d: [1, 2, 3], n: [1032, 990, 1100], q: [19.47, 0.5, 2.25] });
  });

  test("where nothing tells, it is asked for, and the answer is heard", () => {
    const unclear = "d;n\n1;1,032\n2;990\n3;1,100\n";
    expect(() => cellsOf(unclear)).toThrow(
      'x.csv:2, column "n": "1,032" may be a thousand and more, or have decimals (say which with the option decimal: comma or point)',
    );
    expect(cellsOf(unclear, { decimal: "comma" })["n"]).toEqual([1.032, 990, 1.1]);
    expect(cellsOf(unclear, { decimal: "point" })["n"]).toEqual([1032, 990, 1100]);
  });

  test("points that may set off thousands are told of", () => {
    const { notes } = read("d;n\n1;1.032\n2;990\n3;1.100\n4;1.200\n");
    expect(notes.join()).toContain(
      '"1.032" was read as 1.032: if its point sets off thousands, say decimal: comma',
    );
  });

  test.each(["1E5", "007"])("%s may be a name, and the note says so", (code) => {
    const { notes } = read(
      `lot,x\n${["100000", code, "2000"].map((lot, i) => `${lot},${i}.5`).join("\n")}\n`,
    );
    expect(notes).toEqual([
      `x.csv, column "lot": "${code}" was read as ${Number(code)}: if it is a name, say kinds: lot=categorical`,
    ]);
  });

  test("1e30 is a number like any other", () => {
    expect(read("n,x\n1e30,1.5\n20,2.5\n21,3.5\n").notes).toEqual([]);
  });

  test("points and commas for decimals in one file are refused, but for a column that is dropped", () => {
    const mixed = "a;b\n1,5;2.5\n2,5;3.25\n";
    expect(() => cellsOf(mixed)).toThrow(
      /set off by a comma in "1,5" and by a point in "2.5" \(x\.csv:2, column "b"\).* kinds: a=categorical/,
    );
    expect(cellsOf(mixed, { dropped: ["b"] })["a"]).toEqual([1.5, 2.5]);
  });

  test.each([
    ["addresses", ["192.168.100.100", "192.168.100.101"]],
    ["versions", ["1.100.200", "1.100.201"]],
    ["hours of the day", ["12 am", "3 am"]],
    ["homes", ["1 bed", "2 bed"]],
  ])("%s are names, and say nothing of the decimals of other columns", (_, names) => {
    const text = `x,n\n${names.map((name, i) => `${i}.5,${name}`).join("\n")}\n`;
    expect(cellsOf(text)).toEqual({ x: [0.5, 1.5], n: names });
    expect(read(text).decimal).toBe("point");
  });

  test("whole numbers grouped by points are read where a decimal comma stands in the file, or is told", () => {
    const grouped = "n;q\n1.100.200;2\n2.100.200;3\n";
    expect(cellsOf(grouped)["n"]).toEqual(["1.100.200", "2.100.200"]);
    expect(cellsOf(grouped, { decimal: "comma" })["n"]).toEqual([1100200, 2100200]);
    expect(cellsOf(`${grouped}3.100.200;0,5\n`)["n"]).toEqual([1100200, 2100200, 3100200]);
    expect(cellsOf(`${grouped}1,101;4\n`)["n"]).toEqual([1100200, 2100200, 1.101]);
  });

  test("numbers in several units, or shares beside plain numbers, stay text and are refused as a category", () => {
    const rows = (cells: readonly string[]) =>
      quoted(Array.from({ length: 20 }, (_, i) => cells[i % cells.length]!));
    for (const cells of [
      ["5 MiB", "2 GiB"],
      ["45 %", "37", "1,5"],
    ])
      expect(() => readDataset(fileWith("units.csv", rows(cells)))).toThrow(
        /text that writes numbers|no number/,
      );
  });

  test("stray texts of all columns are told at once", () => {
    const rows = Array.from(
      { length: 20 },
      (_, i) => `${i === 3 ? "off" : i},${i === 5 ? "#DIV/0!" : i * 2},${i % 7}`,
    );
    expect(() => readDataset(fileWith("stray.csv", `a,b,c\n${rows.join("\n")}`))).toThrow(
      '"off", "#DIV/0!" are no numbers, though most of the column are (mend it, or read it as missing with the option missing: "off,#DIV/0!")',
    );
  });
});

describe("names", () => {
  const written = (text: string, options: CsvOptions = {}) => namesIn(read(text, options), "id");

  test("are kept as they are written, where a column holds text or codes", () => {
    expect(written("id,x\n19E0365,1\n19B0365,2\n007,3\n")).toEqual(["19E0365", "19B0365", "007"]);
    expect(written("id,x\n007,1\n7,2\n1E2,3\n100,4\n")).toEqual(["007", "7", "1E2", "100"]);
    expect(written("id,x\n1.50,1\n1.5,2\n", { names: new Map([["id", new Set()]]) })).toEqual([
      "1.50",
      "1.5",
    ]);
  });

  const name = fc.oneof(
    fc.constantFrom(
      "0123",
      "123",
      "1E2",
      "100",
      "1e2",
      "+1",
      "1",
      "1.0",
      "01",
      ".5",
      "0.5",
      "0x1",
      "1,0",
      "19E0365",
    ),
    fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "true", "1 000", "$5", "5 %"),
    fc.stringMatching(/^[a-z0-9][a-z0-9 .]{0,6}[a-z0-9]$/),
  );
  const names = fc.uniqueArray(name, { minLength: 2, maxLength: 8 }).filter((all) => !all.some(isWord));
  function isWord(text: string): boolean {
    return cellReader().isMissing(text);
  }

  test("any two that are written differently are two sequences, in CSV and JSON Lines", () => {
    fc.assert(
      fc.property(names, (ids) => {
        const rows = ids.flatMap((id) => [0, 1, 2].map((t) => ({ id, x: t * 7 + id.length })));
        const csv = `id,x\n${rows.map(({ id, x }) => `"${id}",${x}`).join("\n")}\n`;
        const jsonl = rows.map((row) => JSON.stringify(row)).join("\n");
        for (const [file, text] of [
          ["a.csv", csv],
          ["a.jsonl", jsonl],
        ] as const) {
          const { splits } = readDataset(fileWith(file, text), { sequence: "id", split: [1, 0, 0] });
          expect(splits.train.map((sequence) => sequence.name)).toEqual(ids);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("and two levels, which come back by their texts", () => {
    fc.assert(
      fc.property(names, (ids) => {
        const rows = ids.flatMap((id, i) => [0, 1, 2].map((t) => `"${id}",${t * 7 + i}`));
        const path = fileWith("levels.csv", `id,x\n${rows.join("\n")}\n`);
        const { columns, splits } = readDataset(path, { kinds: { id: "categorical" }, split: [1, 0, 0] });
        const [sequence] = splits.train;
        const back = ids.map((_, i) => columns[0]!.levels[sequence!.values[i * 3 * 2]!]);
        expect(back).toEqual(ids);
      }),
      { numRuns: 40 },
    );
  });

  test("that may be numbers as well are read as these, with a note", () => {
    const { columns, notes } = read("plz,x\n01067,1\n01069,2\n10115,3\n");
    expect(cellsByName(columns)["plz"]).toEqual([1067, 1069, 10115]);
    expect(notes).toEqual([
      'x.csv, column "plz": "01067" was read as 1067: if it is a name, say kinds: plz=categorical',
    ]);
  });

  test("of more digits than JSON keeps are refused as names, and taken as numbers", () => {
    const lines = [0, 1, 2, 3].map((t) => `{"id": 9007199254740993, "x": ${t}}`).join("\n");
    const path = fileWith("ids.jsonl", lines);
    expect(() => readDataset(path, { sequence: "id" })).toThrow(/:1, column "id": .* more digits than/);
    expect(() => readDataset(path, { kinds: { id: "categorical" } })).toThrow(/more digits than/);
    const named = fileWith("named.jsonl", '{"name": 12345678901234567890, "x": [1, 2]}\n');
    expect(() => readDataset(named)).toThrow(/more digits than/);
    expect(readDataset(path, { split: [1, 0, 0] }).columns.map(({ name: own }) => own)).toEqual(["x"]);
  });

  test("a level of a model that was trained before is found by its number", () => {
    const before = readDataset(fileWith("a.csv", "part,x\n7,1\n8,2\n7,3\n8,5\n"), {
      kinds: { part: "categorical" },
      split: [1, 0, 0],
    });
    const { splits, notes } = readDataset(fileWith("b.csv", "part,x\n007,1\n8,2\n9,2\n"), {
      columns: before.columns,
      split: [0, 0, 1],
    });
    expect([...splits.test[0]!.values]).toEqual([0, 1, 1, 2, Number.NaN, 2]);
    expect(notes).toContain('column "part": "007" was taken for the level "7"');
  });

  test("a word for missing that a model knows as a level is that level", () => {
    const [column] = readDataset(fileWith("a.csv", "state,x\nNone,1\nlow,2\nNone,3\nlow,5\n"), {
      notMissing: ["None"],
      split: [1, 0, 0],
    }).columns;
    expect(column!.levels).toEqual(["None", "low"]);
    const { splits } = readDataset(fileWith("b.csv", "state\nNone\nlow\nNA\n"), {
      columns: [column!],
      split: [0, 0, 1],
    });
    expect([...splits.test[0]!.values]).toEqual([0, 1, Number.NaN]);
  });
});

describe("words for missing", () => {
  test("are known, told all at once with how often they stand there, and taken back", () => {
    const words = ["None", "<NA>", "NaT", "#N/A", "-", "-nan", "NaN", ""];
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 5 === 0 ? words[(i / 5) % 8] : i},${i % 7}`);
    const text = `a,b\n${rows.join("\n")}\n`;
    const { columns, notes } = readDataset(fileWith("words.csv", text));
    expect(columns.map(({ kind }) => kind)).toEqual(["real", "real"]);
    expect(notes).toContain(
      'read as missing: "None" (1), "<NA>" (1), "NaT" (1), "#N/A" (1), "-" (1); the option not-missing takes words back',
    );
    expect(() => readDataset(fileWith("words.csv", text), { notMissing: ["-"] })).toThrow('"-" is no number');
  });

  test("a name that is such a word can be one", () => {
    const text = ["DE", "NA", "PE"].flatMap((id) => [1, 2, 3].map((x) => `${id},${x}`)).join("\n");
    const path = fileWith("countries.csv", `country,x\n${text}\n`);
    expect(() => readDataset(path, { sequence: "country" })).toThrow(
      /read as missing \("NA"\) with the option not-missing/,
    );
    const { splits } = readDataset(path, { sequence: "country", notMissing: ["NA"], split: [1, 0, 0] });
    expect(splits.train.map(({ name: own }) => own)).toEqual(["DE", "NA", "PE"]);
  });
});

test("every name that objects have by themselves is a column, a sequence and a level like any other", () => {
  const odd = Object.getOwnPropertyNames(Object.prototype);
  const rows = Array.from({ length: 20 }, (_, i) => odd.map((_, d) => ((i * 7 + d) % 11) / 10));
  const csv = `${odd.join(",")}\n${rows.map((row) => row.join(",")).join("\n")}\n`;
  const jsonl = rows.map((row) => `{${odd.map((own, d) => `"${own}": ${row[d]}`).join(", ")}}`).join("\n");
  for (const [file, text] of [
    ["a.csv", csv],
    ["a.jsonl", jsonl],
  ] as const) {
    const { columns, notes } = readDataset(fileWith(file, text), {
      kinds: Object.fromEntries([["valueOf", "real" as const]]),
      resolution: Object.fromEntries([["toString", 0.5]]),
    });
    expect(columns.map(({ name: own, kind }) => [own, kind])).toEqual(odd.map((own) => [own, "real"]));
    expect(columns.map(({ resolution }) => resolution)).toEqual(
      odd.map((own) => (own === "toString" ? 0.5 : 0.1)),
    );
    expect(notes.join()).not.toContain("read as");
  }
  const levels = `state,x\n${odd.flatMap((own, i) => [`${own},${i}`, `${own},${i + 1}`]).join("\n")}\n`;
  const { columns } = readDataset(fileWith("levels.csv", levels), { split: [1, 0, 0] });
  expect([...columns[0]!.levels].sort()).toEqual([...odd].sort());
  const { splits } = readDataset(fileWith("levels.csv", levels), { sequence: "state", split: [1, 0, 0] });
  expect(splits.train.map(({ name: own }) => own)).toEqual(odd);
});
