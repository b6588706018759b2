import { CsvError, parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eachRow, type Row } from "../../src/data/tables/rows.ts";
import { VrnnError } from "../../src/errors.ts";

/** What csv-parse makes of a text: its rows, or nothing where it refuses it. */
function oracle(text: string, delimiter: string): string[][] | undefined {
  try {
    const options = {
      delimiter,
      trim: true,
      relax_column_count: true,
      record_delimiter: ["\r\n", "\n", "\r"],
    };
    return parse(text, options) as string[][];
  } catch (cause) {
    if (cause instanceof CsvError) return undefined;
    throw cause;
  }
}

function rowsOf(text: string, delimiter: string): Row[] | undefined {
  const rows: Row[] = [];
  try {
    eachRow(text, { file: "x.csv", delimiter, firstLine: 1 }, (fields, line) => rows.push({ fields, line }));
  } catch (cause) {
    if (cause instanceof VrnnError) return undefined;
    throw cause;
  }
  return rows;
}

describe("rows", () => {
  const piece = fc.constantFrom(
    "a",
    "7.5",
    "é",
    " ",
    ",",
    ";",
    '"',
    '""',
    '"b"',
    '"c,\nd"',
    "\n",
    "\r\n",
    "\r",
  );
  const isBlank = (fields: readonly string[]) => fields.length === 1 && fields[0] === "";

  /** To csv-parse a field of nothing in quotes has not begun, so that other quotes may follow. */
  const AFTER_NOTHING = /"" +"/;

  test("are those of csv-parse, which refuses the same texts", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.constantFrom(",", ";"), (pieces, delimiter) => {
        // A line of `x` has several fields, so that blank ones mean nothing.
        const text = `x${delimiter}y\n${pieces.join("")}`;
        fc.pre(!AFTER_NOTHING.test(text));
        const expected = oracle(text, delimiter)?.filter((fields) => !isBlank(fields));
        expect(rowsOf(text, delimiter)?.map(({ fields }) => fields)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(['a,b\n"" "",1', 'a,b\n"x" "y",1', 'a,b\n"" x,1'])("%j has text after a quote", (text) => {
    expect(rowsOf(text, ",")).toBeUndefined();
  });

  test("know the line that they begin on", () => {
    const text = 'a,b\n1,"two\r\nlines"\n\n3,x\r4,"y"';
    expect(rowsOf(text, ",")).toEqual([
      { fields: ["a", "b"], line: 1 },
      { fields: ["1", "two\r\nlines"], line: 2 },
      { fields: ["3", "x"], line: 5 },
      { fields: ["4", "y"], line: 6 },
    ]);
  });
});
