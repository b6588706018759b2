import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellReader } from "../../src/data/tables/cells.ts";
import { parseCsv } from "../../src/data/tables/csv.ts";
import { plainTable } from "../../src/data/tables/plain-columns.ts";
import { parseTexts } from "../../src/data/tables/separated.ts";

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: least, maxLength: most });
/** Decimals as people and programs write them, those among them that are no plain ones. */
const decimal = fc
  .record({
    sign: fc.constantFrom("", "", "-", "+"),
    whole: digits(0, 18),
    point: fc.constantFrom("", "."),
    places: digits(0, 18),
    exponent: fc.constantFrom("", "", "", "e5", "E-7", "e+300"),
  })
  .map(({ sign, whole, point, places, exponent }) => sign + whole + point + (point && places) + exponent);
const short = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 5 }))
  .map(([units, places]) => (units / 10 ** places).toFixed(places));
const odd = fc.constantFrom(
  "",
  "NA",
  "-",
  "nan",
  "007",
  "1,5",
  "$ 3",
  "idle",
  ".",
  "1.234",
  "123",
  "1e999",
  " 4 ",
  "−5",
  "0x1f",
);

/** A column of mostly one sort of cells. */
const column = fc.oneof(
  fc.array(short, { minLength: 12, maxLength: 12 }),
  fc.array(fc.oneof({ weight: 9, arbitrary: short }, { weight: 1, arbitrary: odd }), {
    minLength: 12,
    maxLength: 12,
  }),
  fc.array(decimal, { minLength: 12, maxLength: 12 }),
  fc.array(fc.constantFrom("1.234", "5.678", "123", "999", "2.500"), { minLength: 12, maxLength: 12 }),
  fc.array(odd, { minLength: 12, maxLength: 12 }),
);

interface Read {
  readonly fault?: string;
  readonly table?: unknown;
}

/** Everything that is read of a text, or the error. */
function readOf(text: string, delimiter: string, missing: readonly string[], read = parseCsv): Read {
  try {
    const { at, columns, written, missingWords, ...rest } = read(
      text,
      "x.csv",
      "x",
      cellReader(missing),
      delimiter,
    );
    const all = [...columns].map(([name, cells]) => [name, Array.from(cells)]);
    const kept = [...(written ?? [])].map(([name, cells]) => [name, Array.from(cells)]);
    return {
      table: {
        ...rest,
        all,
        kept,
        words: [...missingWords!].sort(),
        places: [...columns.keys()].map((name) => at(name, 3)),
      },
    };
  } catch (fault) {
    return { fault: (fault as Error).message };
  }
}

describe("columns of plain numbers", () => {
  test("are what is read of the same cells one by one, in any mixture", () => {
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 1, maxLength: 4 }),
        fc.constantFrom("\n", "\r\n"),
        fc.constantFrom("\t", "|"),
        fc.constantFrom([], ["-999"], ["123"]),
        (columns, end, between, missing) => {
          const rows = columns[0]!.map((_, row) => columns.map((cells) => cells[row]!).join(between));
          const text = (first: string) =>
            [[first, ...columns.slice(1).map((_, i) => `c${i + 1}`)].join(between), ...rows].join(end) + end;
          // A field in quotes is read one sign at a time, and so is all of its file.
          const read = readOf(text("a"), between, missing);
          expect(read).toEqual(readOf(text('"a"'), between, missing));
          expect(read).toEqual(readOf(text("a"), between, missing, parseTexts));
        },
      ),
      { numRuns: 1500, seed: 1 },
    );
  });

  test("are the numbers that are nearest to what is written, to the last bit", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(decimal, short), { minLength: 1, maxLength: 40 }), (texts) => {
        const wanted = { width: 1, headerRows: 0, mayBePlain: () => true };
        const place = { file: "x.csv", delimiter: ",", firstLine: 1 };
        for (const text of texts) {
          const column = plainTable(`${text}\n`, place, wanted, cellReader())?.columns.get(0);
          if (column !== undefined && text !== "") expect(column.read()[0]).toBe(Number(text));
        }
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  test("are refused with the line where one of them changes", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => `${i / 4},${i}`);
    rows[899] = "offline,899";
    expect(() => parseCsv(["a,b", ...rows].join("\n"), "x.csv", "x", cellReader())).not.toThrow();
    const table = parseCsv(["a,b", ...rows].join("\n"), "x.csv", "x", cellReader());
    expect(table.columns.get("a")![899]).toBe("offline");
    expect(table.columns.get("b")).toBeInstanceOf(Float64Array);
    expect(table.at("a", 899)).toBe('x.csv:901, column "a"');
  });

  test("of rows of another width are none: the row is refused with its line", () => {
    expect(() => parseCsv("a,b\n1,2\n3\n", "x.csv", "x", cellReader())).toThrow("x.csv:3");
    expect(() => parseCsv("a,b\n1,2\n3,4,5\n", "x.csv", "x", cellReader())).toThrow("x.csv:3");
  });
});
