import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { type LiveOptions, openSteps } from "../../src/data/files-live.ts";
import { cellReader } from "../../src/data/tables/cells.ts";
import { parseCsv } from "../../src/data/tables/csv.ts";
import { mixed } from "../inference/columns.ts";
import { fileWith } from "./temporary.ts";

const notes: string[] = [];
const options: LiveOptions = {
  columns: mixed,
  source: "stdin",
  onNote: (note) => void notes.push(note),
};

/** What the lines hold, from the first on; a header gives nothing. */
function read(lines: readonly string[], own: Partial<LiveOptions> = {}) {
  notes.length = 0;
  const reader = openSteps(lines[0]!, 1, { ...options, ...own });
  const rows = lines.map((text, i) => (i === 0 && reader.isHeader ? undefined : reader.read(text, i + 1)));
  return rows.flatMap((row) => (row === undefined ? [] : [row]));
}

const valuesOf = (lines: readonly string[], own: Partial<LiveOptions> = {}) =>
  read(lines, own).map(({ values }) => [...values]);

describe("times", () => {
  const told = (times: readonly string[], own: Partial<LiveOptions> = {}) => {
    read(["time,level", ...times.map((time, i) => `${time},${100 + i}`)], own);
    return notes;
  };

  test.each([
    ["numbers", ["3", "4", "2", "1", "5"], '"2"'],
    ["dates", ["2024-05-01 12:00", "2024-05-01 12:01", "2024-05-01 11:00"], '"2024-05-01 11:00"'],
    ["zones", ["2024-05-01T12:00Z", "2024-05-01T12:05+01:00"], "2024-05-01T12:05+01:00"],
    ["German dates", ["31.01.2024", "01.02.2024", "31.01.2024"], '"31.01.2024"'],
    ["a header that comes again", ["3", "4", "5", "0"], '"0"'],
  ])("that go back are told of once, by their line: %s", (_, times, shown) => {
    const notes = told(times);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^stdin:\d: the time goes back \(".*"\), and steps are taken as they come/);
    expect(notes[0]).toContain(shown);
  });

  test("that stand still are told of once as well", () => {
    expect(told(["1", "1", "1", "2"])).toEqual([
      'stdin:3: the time stands still ("1"), and steps are taken as they come; it is told once',
    ]);
  });

  test.each([
    ["that go on", ["1", "2.5", "1e3"]],
    ["that are missing in between", ["1", "", "2"]],
    ["of an order of day and month that nothing tells", ["02/01/2024", "01/02/2024"]],
    ["that are none", ["noon", "night", "noon"]],
    ["of the calendar", ["2024-02-29", "2024-03-01"]],
  ])("%s leave no note", (_, times) => {
    expect(told(times)).toEqual([]);
  });

  test("are compared by the order of day and month that is told", () => {
    expect(told(["02/01/2024", "01/02/2024"], { dates: "day-first" })).toEqual([]);
    expect(told(["02/01/2024", "01/02/2024"], { dates: "month-first" })).toHaveLength(1);
  });
});

describe("CSV", () => {
  test("columns are found by name in any order, levels by index, empty fields and NA are missing", () => {
    expect(valuesOf(["mode,level,flag", "busy,100.25,yes", "idle,,0", "NA,99,1"])).toEqual([
      [100.25, 1, 1],
      [Number.NaN, 0, 0],
      [99, 1, Number.NaN],
    ]);
  });

  test("a column that does not come is missing, one that is not the model's is told once", () => {
    expect(valuesOf(["level,fan", "100,7", "101,8"])).toEqual([
      [100, Number.NaN, Number.NaN],
      [101, Number.NaN, Number.NaN],
    ]);
    expect(notes).toEqual(['column "fan" is not one of the model\'s and is left out']);
  });

  test("names that are new in every line are told as long as there are few, and shortly", () => {
    const long = "x".repeat(2000);
    read(Array.from({ length: 500 }, (_, i) => `{"level": 1, "${i}${long}": 2}`));
    expect(notes).toHaveLength(101);
    expect(notes.at(-1)).toBe("there is more to notice, which is not told any more");
    expect(Math.max(...notes.map(({ length }) => length))).toBeLessThan(200);
  });

  test("quotes, other delimiters and decimal commas are read as in files", () => {
    expect(valuesOf(['"level";flag;mode', '"100,5";1;"busy"', "99,25;0;off"])).toEqual([
      [100.5, 1, 1],
      [99.25, 0, 2],
    ]);
  });

  test("units are told of, once each, as nobody looks whether they are those of training", () => {
    expect(valuesOf(["level,flag,mode", "100 W,1,busy", "101 W,0,busy", "0.5 kW,1,idle"])).toMatchObject([
      [100, 1, 1],
      [101, 0, 1],
      [0.5, 1, 0],
    ]);
    expect(notes).toEqual(
      ["W", "kW"].map(
        (unit) => `numbers are read without their unit ("${unit}"): it has to be that of training`,
      ),
    );
  });

  test("words of the run that mean missing do so here", () => {
    expect(valuesOf(["level", "-999", "99"], { missing: ["-999"] }).map(([level]) => level)).toEqual([
      Number.NaN,
      99,
    ]);
  });

  test.each([
    [["level,flag,mode", "100,1"], /stdin:2, column "mode": the row has 2 fields, the header 3/],
    [["level,flag,mode", "100,1,idle,5"], /stdin:2: the row has 4 fields/],
    [["level,flag", "warm,1"], /stdin:2, column "level": "warm" is no number/],
    [["level,flag", "inf,1"], /stdin:2, column "level": an infinite value/],
    [["level,flag", "1,2"], /stdin:2, column "flag": "2" is no 0 or 1/],
    [["level,flag", '"1,2'], /stdin:2, .*a quote is opened and never closed/],
    [["level,level", "1,2"], /stdin:1: the header names column "level" twice/],
    [
      ["speed,fan", "1,2"],
      /stdin:1: the header names none of the model's columns \(they are level, flag, mode\)/,
    ],
  ])("%j is refused by its line", (lines, message) => {
    expect(() => read(lines)).toThrow(message);
  });
});

describe("numbers that may be a thousand and more", () => {
  const [level] = mixed;
  const columns = [
    { ...level!, name: "a" },
    { ...level!, name: "b" },
  ];
  const steps = (text: string, own: Partial<LiveOptions> = {}) =>
    valuesOf(text.trimEnd().split("\n"), { columns, ...own });

  test.each([
    ["German", "a;b\n2.101,5;1.100\n1.102,25;1.200\n", "a;b\n7;1.100\n", [7, 1100]],
    ["English with tabs", "a\tb\n1,101\t0.5\n1,102\t0.25\n", "a\tb\n1,101\t0.5\n", [1101, 0.5]],
    ["plain points", "a;b\n1.101;1\n1.102;2\n1.103;3\n", "a;b\n1.101;1,234\n", [1.101, 1234]],
  ])("are read by the mark of the training data: %s", (_, trained, live, values) => {
    const { decimal } = readDataset(fileWith("trained.csv", trained), { split: [1, 0, 0] });
    expect(steps(live, { decimal })).toEqual([values]);
  });

  test("are refused where no mark is known, and a number of the other mark where one is", () => {
    const { decimal } = readDataset(fileWith("whole.csv", "a;b\n1;2\n2;3\n"), { split: [1, 0, 0] });
    expect(decimal).toBeUndefined();
    expect(() => steps("a;b\n1,101;2\n")).toThrow(/stdin:2, column "a": "1,101" may be a thousand/);
    expect(() => steps("a;b\n1;1.101\n")).toThrow(/stdin:2, column "b": "1.101" may be a thousand/);
    expect(steps("a,b\n1.101,2\n")).toEqual([[1.101, 2]]);
    expect(() => steps("a;b\n0.5;2\n", { decimal: "comma" })).toThrow(/"0.5" is no number/);
  });

  test("are the same in a file and line by line, however they are written", () => {
    const number = fc.integer({ min: -2_000_000, max: 2_000_000 });
    const notation = fc.constantFrom("en-US", "de-DE", "de-CH", "fr-FR");
    const written = (thousandths: number, digits: number, locale: string) =>
      (thousandths / 1000).toLocaleString(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: 3,
      });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 8 }),
        fc.tuple(notation, fc.constantFrom(";", "\t"), fc.integer({ min: 0, max: 3 })),
        (rows, [locale, delimiter, digits]) => {
          const lines = rows.map((row) => row.map((each) => written(each, digits, locale)).join(delimiter));
          const text = `a${delimiter}b\n${lines.join("\n")}\n`;
          const table = tableOf(text);
          fc.pre(table !== undefined);
          const [a, b] = ["a", "b"].map((name) => [...table!.columns.get(name)!]);
          fc.pre([...a!, ...b!].every((cell) => typeof cell === "number"));
          expect(steps(text, { decimal: table!.decimal })).toEqual(a!.map((cell, row) => [cell, b![row]]));
        },
      ),
      { numRuns: 300 },
    );
  });

  /** A file as a table, unless it does not say how its numbers are written. */
  function tableOf(text: string) {
    try {
      return parseCsv(text, "x.csv", "x", cellReader());
    } catch (error) {
      expect(String(error)).toMatch(/may be a thousand|set off by/);
      return undefined;
    }
  }
});

describe("JSON lines", () => {
  test("absent fields and null are missing; true and levels are what they say", () => {
    expect(valuesOf(['{"level": 100, "flag": true}', '{"mode": "off", "level": null}', "{}"])).toEqual([
      [100, 1, Number.NaN],
      [Number.NaN, Number.NaN, 2],
      [Number.NaN, Number.NaN, Number.NaN],
    ]);
  });

  test("names of things that every object has are no fields", () => {
    const columns = [{ ...mixed[0]!, name: "constructor" }];
    expect(valuesOf(["{}", '{"constructor": 3}'], { columns })).toEqual([[Number.NaN], [3]]);
    expect(() => valuesOf(['{"x": 1}'], { columns })).toThrow(/"x" is none of the model's columns/);
  });

  test("an object that tells of other things alone is refused, one of a time alone is a step without values", () => {
    expect(() => valuesOf(['{"tmep": 21.5, "time": 3}'])).toThrow(
      'stdin:1: "tmep" is none of the model\'s columns, nor is any other (they are level, flag, mode)',
    );
    expect(valuesOf(['{"time": 3}'])).toEqual([[Number.NaN, Number.NaN, Number.NaN]]);
  });

  test("what told sequences apart in training is told: a stream is one sequence", () => {
    read(['{"level": 100, "id": "a"}', '{"level": 101, "id": "b"}'], { sequence: "id" });
    expect(notes).toEqual([
      'column "id" told sequences apart in training: here all lines are one sequence (give each a stream of its own)',
    ]);
  });

  test("a level never seen in training is missing, which is told once", () => {
    expect(valuesOf(['{"mode": "asleep"}', '{"mode": "asleep"}'])).toEqual(
      Array(2).fill([Number.NaN, Number.NaN, Number.NaN]),
    );
    expect(notes).toEqual(['column "mode": levels never seen in training count as missing']);
  });

  test.each([
    ['{"level": 1,}', /stdin:2:13: invalid JSON/],
    ['{"level": NaN}', /write null for a missing value/],
    ['{"level": 1e999}', /an infinite value/],
    ['{"level": [1, 2]}', /an array or object where one value belongs/],
    ["[1, 2]", /stdin:2: the line is no object/],
  ])("%s is refused by its line", (line, message) => {
    expect(() => read(["{}", line])).toThrow(message);
  });
});

describe("the time", () => {
  test("is the field with such a name, handed on as it came, and no stranger", () => {
    expect(read(["timestamp,level", "2024-05-01 12:30:00,100"])[0]!.time).toBe("2024-05-01 12:30:00");
    expect(read(['{"t": 0.2, "level": 1}'])[0]!.time).toBe(0.2);
    expect(notes).toEqual([]);
  });

  test("is the field that the run says", () => {
    expect(read(["at,level", "7,100"], { time: "at" })[0]!.time).toBe(7);
    expect(read(["level", "100"])[0]).not.toHaveProperty("time");
  });
});

test("the format that is asked for is not guessed", () => {
  expect(() => read(['{"level"'], { format: "csv" })).toThrow(/csv|quote|header/);
  expect(() => read(["level,flag"], { format: "jsonl" })).toThrow(/invalid JSON/);
});
