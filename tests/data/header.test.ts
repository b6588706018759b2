import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { cellReader } from "../../src/data/tables/cells.ts";
import { parseCsv } from "../../src/data/tables/csv.ts";
import { dialectOf } from "../../src/data/tables/dialect.ts";
import type { CsvOptions } from "../../src/data/tables/separated.ts";
import { cellsByName, fileWith } from "./temporary.ts";

const read = (text: string, options: CsvOptions = {}) =>
  parseCsv(text, "x.csv", "x", cellReader(), undefined, options);
const namesOf = (text: string, options: CsvOptions = {}) => [...read(text, options).columns.keys()];
const wave = (rows: number, row: (i: number) => string) =>
  Array.from({ length: rows }, (_, i) => row(i)).join("\n");
const fractions = wave(
  30,
  (i) => `${(50 + Math.sin(i)).toFixed(3)},${(70 + Math.cos(i)).toFixed(3)},${i % 7}.250`,
);

describe("a first row of", () => {
  test.each([
    ["numbers", "50.125,70.250,90.500"],
    ["numbers and a gap", "50.125,,90.500"],
    ["numbers and a word for missing", "50.125,NaN,90.500"],
    ["whole numbers that do not count", "50,71,12"],
    ["decimal commas", '"50,125","70,25","90,5"'],
  ])("%s is data", (_, first) => {
    const { columns, rows, notes } = read(
      `${first}\n${wave(30, (i) => `${i * 3},${i % 5},${i % 7}`)}\n`.replaceAll(";", ","),
    );
    expect([...columns.keys()]).toEqual(["column1", "column2", "column3"]);
    expect(rows).toBe(31);
    expect(notes).toContain("x.csv has no header: columns were named by their position");
  });

  test("a date and numbers is data, and the dates are the time", () => {
    const text = wave(30, (i) => `2024-01-01T00:${String(i).padStart(2, "0")}:00Z,${i % 7},${i % 5}.5`);
    const { time, notes } = readDataset(fileWith("dates.csv", text));
    expect(time).toEqual({ name: "column1", kind: "date" });
    expect(notes.join()).toContain("has no header");
  });

  test("a date and levels that occur again is data", () => {
    const text = wave(
      30,
      (i) => `2024-01-01T00:${String(i).padStart(2, "0")}:00Z,${["idle", "busy"][i % 2]},${i % 5}.5`,
    );
    expect(namesOf(text)).toEqual(["column1", "column2", "column3"]);
  });

  test("dates over numbers is a row of names", () => {
    const text = `country,2024-01-01,2024-01-02\n${wave(9, (i) => `c${i},${i},${i * 2}`)}\n`;
    expect(namesOf(text)).toEqual(["country", "2024-01-01", "2024-01-02"]);
  });

  test.each([["0,1,2"], ["2021,2022,2023"], ["100,250,900"]])(
    "%s over fractions are names, with a note",
    (first) => {
      const { columns, notes } = read(`${first}\n${fractions}\n`);
      expect([...columns.keys()]).toEqual(first.split(","));
      expect(notes).toEqual([
        `x.csv:1: the numbers of the first row (${first.replaceAll(",", ", ")}) are taken for names: if they are data, say header: no`,
      ]);
      expect(namesOf(`${first}\n${fractions}\n`, { header: "no" })).toEqual([
        "column1",
        "column2",
        "column3",
      ]);
    },
  );

  test.each([["0,1,2"], ["1,2,3"], ["2021,2022,2023"]])("%s over whole numbers is asked about", (first) => {
    const text = `${first}\n${wave(30, (i) => `${i * 3},${i % 5},${i % 7}`)}\n`;
    expect(() => read(text)).toThrow(
      /x\.csv:1: the first row .* may be names or data \(say which with the option header/,
    );
    expect(namesOf(text, { header: "yes" })).toEqual(first.split(","));
    expect(read(text, { header: "no" }).rows).toBe(31);
  });

  test("a gap, 0, 1 over an index without gaps is that of a data frame", () => {
    for (const first of [",0", ",0,1"]) {
      const { columns, notes } = read(
        `${first}\n${wave(9, (i) => `${1821 + i}${`,${i * 7}`.repeat(first.length / 2)}`)}\n`,
      );
      expect([...columns.keys()]).toEqual(["column1", ...first.split(",").slice(1)]);
      expect(notes.join()).toContain("are taken for names");
    }
  });

  test("names of a trained model are the header, whatever they look like", () => {
    const text = `0,1,2\n${wave(5, (i) => `${i * 3},${i % 5},${i % 7}`)}\n`;
    expect(namesOf(text, { expected: ["0", "2"] })).toEqual(["0", "1", "2"]);
    expect(read(text, { expected: ["column1", "column3"] }).rows).toBe(6);
  });

  test("text over text is a header, and names that are numbers are told of", () => {
    expect(namesOf("a,b\nx,y\nz,w\n")).toEqual(["a", "b"]);
    const { columns, notes } = read(`sensor,50.125\n${wave(9, (i) => `s${i},${i}.5`)}\n`);
    expect([...columns.keys()]).toEqual(["sensor", "50.125"]);
    expect(notes).toEqual(['x.csv:1: columns are called "50.125": if the first row is data, say header: no']);
  });
});

describe("a row under the header", () => {
  const body = wave(20, (i) => `${i},${(2 + Math.sin(i)).toFixed(3)},${(i % 5) + 0.5}`);

  test("that holds units is left out, with a note, and lines keep their numbers", () => {
    const { columns, rows, notes, at } = read(`Time,Level,Flow\ns,[m],m³/s\n${body}\n`);
    expect(rows).toBe(20);
    expect(columns.get("Time")![0]).toBe(0);
    expect(notes).toEqual([
      'x.csv:1: the row under the header holds units ("s", "[m]", "m³/s") and is left out',
    ]);
    expect(at("Level", 0)).toBe('x.csv:3, column "Level"');
  });

  test.each([
    ["text that occurs again", wave(20, (i) => `idle,${i},${i % 3}`)],
    ["a single odd word", `1,oops,2\n${body}`],
    [
      "levels in all columns",
      wave(20, (i) => `${["a", "b"][i % 2]},${["c", "d"][i % 2]},${["e", "f"][i % 2]}`),
    ],
  ])("that is %s stays", (_, rows) => {
    expect(read(`p,q,r\n${rows}\n`).rows).toBe(rows.split("\n").length);
  });
});

describe("a header whose names are numbers, over a row of units", () => {
  const body = wave(20, (i) => `${i},${(2 + Math.sin(i)).toFixed(3)},${(i % 5) + 0.5}`);

  test("is taken where the units are no names: two are the same", () => {
    const { columns, rows, notes } = read(`time,1,2\ns,mV,mV\n${body}\n`);
    expect([[...columns.keys()], rows]).toEqual([["time", "1", "2"], 20]);
    expect(notes).toEqual([
      'x.csv:1: the row under the header holds units ("s", "mV", "mV") and is left out',
    ]);
  });

  test("is taken where it is said that it is one", () => {
    const text = `time,1,2\ns,mV,uV\n${body}\n`;
    expect(() => read(text)).toThrow(/if it is the header, say header: yes/);
    const { time, columns } = readDataset(fileWith("x.csv", text), { header: "yes" });
    expect([time?.name, columns.map(({ name }) => name)]).toEqual(["time", ["1", "2"]]);
  });
});

describe("what stands above the header", () => {
  const remedy = "begin what stands above the header with #, or leave it out";

  test("is told by its one field", () => {
    expect(() => read(`Station 12 Roof\nt,x,y\n${wave(9, (i) => `${i},1,2`)}\n`)).toThrow(
      `x.csv:2: the row has 3 fields, the header 1 (${remedy})`,
    );
  });

  test.each([
    ["Station,12", "t,x"],
    [", made by a logger", "t,x"],
    ["Report,2024-05-01", "Level,Flow"],
  ])("is not taken for names, nor the names for units: %s", (title, names) => {
    const text = `${title}\n${names}\n${wave(20, (i) => `${i},${i % 3}.5`)}\n`;
    expect(() => read(text)).toThrow(
      `x.csv:1: this row names fewer columns than the one below it (${remedy}; if it is the header, say header: yes)`,
    );
    expect([...read(text.replace(title, `# ${title}`)).columns.keys()]).toEqual(names.split(","));
  });
});

describe("columns that are none", () => {
  test("without a name or a value are left out, with a note", () => {
    const { columns, notes } = read(`a,b,\n${wave(9, (i) => `${i},${i % 3},`)}\n`);
    expect([...columns.keys()]).toEqual(["a", "b"]);
    expect(notes).toEqual(["x.csv: column3 has neither a name nor a value and is left out"]);
  });

  test.each([
    ["", "column1"],
    ["Unnamed: 0", "Unnamed: 0"],
    ["index", "index"],
    ["step", "step"],
  ])("a column %j that counts the rows is left out, unless it is asked for", (header, name) => {
    const path = fileWith("frame.csv", `${header},x\n${wave(30, (i) => `${i},${(i * 7) % 11}`)}\n`);
    const { columns, notes } = readDataset(path);
    expect(columns.map((column) => column.name)).toEqual(["x"]);
    expect(notes).toContain(
      `column "${name}" numbers the rows and is left out; to have it, name it in the option time or kinds`,
    );
    const gaps = fileWith(
      "gaps.csv",
      `${header},x\n${wave(30, (i) => `${i + 4 * Math.floor(i / 9)},${i % 7}`)}\n`,
    );
    expect(readDataset(gaps).columns.map((column) => column.name)).toEqual(["x"]);
    const ids = fileWith("ids.csv", `${header},x\n${wave(30, (i) => `${i * 900 + (i % 5)},${i % 7}`)}\n`);
    expect(readDataset(ids).columns).toHaveLength(2);
    expect(readDataset(path, { kinds: { [name]: "real" } }).columns).toHaveLength(2);
    expect(readDataset(path, { time: name }).time?.name).toBe(name);
  });

  test("but not one that does not", () => {
    const path = fileWith("frame.csv", `index,x\n${wave(30, (i) => `${i * 2},${(i * 7) % 11}`)}\n`);
    expect(readDataset(path).columns.map(({ name }) => name)).toEqual(["index", "x"]);
  });
});

describe("what stands before the rows", () => {
  test.each([
    ["sep=;", "sep=;\na;b\n1;2\n", ["a", "b"], 2],
    ["sep=; and CRLF", "sep=;\r\na;b\r\n1;2\r\n", ["a", "b"], 2],
    ["remarks", "# roof\n# serial 7\n#\na,b\n1,2\n", ["a", "b"], 4],
    ["a header behind #", "# host;load\nbox;2\nbox;3\n", ["host", "load"], 1],
    ["a name that begins with #", "#id,load\n1,2\n", ["#id", "load"], 1],
  ])("%s", (_, text, names, line) => {
    const { columns, at } = read(text);
    expect([...columns.keys()]).toEqual(names);
    expect(at(names[0]!)).toBe(`x.csv:${line}, column "${names[0]}"`);
  });

  test("remarks are counted in a note", () => {
    expect(read("# roof\n# serial 7\na,b\n1,2\n").notes).toEqual([
      "x.csv: 2 lines of # before the header left out",
    ]);
    expect(dialectOf("# host;load\nbox;2\n", "x.csv").notes).toEqual([]);
  });
});

describe("rows", () => {
  test("may be set apart by blanks", () => {
    const { columns, notes } = read("time  temp   hum\n   0  20.5  70\n   1  21.0  NA\n  10  22.5  71\n");
    expect(cellsByName(columns)).toEqual({
      time: [0, 1, 10],
      temp: [20.5, 21, 22.5],
      hum: [70, Number.NaN, 71],
    });
    expect(notes).toEqual(["x.csv: columns are set apart by blanks"]);
  });

  test("of one column with blanks in their texts are one column", () => {
    expect(namesOf("state of it\non fire\nall well\n")).toEqual(["state of it"]);
  });

  test("of a single column may have decimal commas", () => {
    expect(cellsByName(read("kWh\n0,125\n1,5\n2\n").columns)).toEqual({ kWh: [0.125, 1.5, 2] });
  });

  test.each([["\r\n"], ["\n"], ["\r"]])("may end in %j after others that end otherwise", (end) => {
    for (const quote of ["", '"']) {
      const text = `a,b\r\n1,${quote}x${quote}\n2,${quote}y${quote}\r3,z${end}4,w${end}`;
      const { columns, at } = read(text);
      expect(cellsByName(columns)).toEqual({ a: [1, 2, 3, 4], b: ["x", "y", "z", "w"] });
      expect(at("a", 3)).toBe('x.csv:5, column "a"');
    }
  });
});
