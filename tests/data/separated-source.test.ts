import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dataset, sliceSequence } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/files.ts";
import type { Span } from "../../src/data/source.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { separatedDataset } from "../../src/data/tables/separated-source.ts";
import { seeded } from "./random-tables.ts";
import { all, expectSame } from "./streamed-tables.ts";
import { fileWith, memoryFile } from "./temporary.ts";

const files = fc.record({
  lengths: fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 60 }),
  isNamed: fc.boolean(),
  isInterleaved: fc.boolean(),
  hasTime: fc.boolean(),
  hasConditions: fc.boolean(),
  isQuoted: fc.boolean(),
  numbers: fc.constantFrom("plain", "commas", "units", "exponents"),
  end: fc.constantFrom("\n", "\r\n", "\n\n"),
  seed: fc.nat(),
});
type FileShape = typeof files extends fc.Arbitrary<infer Shape> ? Shape : never;

/** How the numbers of a file are written. */
const WAYS: Readonly<Record<FileShape["numbers"], (value: number) => string>> = {
  plain: (value) => value.toFixed(2),
  commas: (value) => value.toFixed(2).replace(".", ","),
  units: (value) => `${value.toFixed(2)} kW`,
  exponents: (value) => value.toExponential(6),
};

/** Random sequences as separated values. */
function written(shape: FileShape): { text: string; options: SchemaOptions } {
  const random = seeded(shape.seed);
  const quoted = (text: string) => (shape.isQuoted ? `"${text.replaceAll('"', '""')}"` : text);
  const load = WAYS[shape.numbers];
  const noise = shape.numbers === "commas" ? load : String;
  const rowOf = (t: number, i: number): Record<string, string> => ({
    ...(shape.isNamed && { run: `s${i}` }),
    ...(shape.hasTime && { time: String(t * 2 + random(2)) }),
    load: random(9) === 0 ? "" : load((random(4000) - 1000) / 100),
    noise: noise(Math.round(random(1_000_000) * 7.919) / 8),
    state: random(12) === 0 ? "NA" : quoted(["idle", "busy", 'down; "off"'][random(shape.isQuoted ? 3 : 2)]!),
    alarm: random(2) === 1 ? "yes" : "no",
    code: `0${random(9)}`,
    same: "v1",
    ...(shape.hasConditions && { shop: shape.isNamed ? `shop ${i % 3}` : "one", holiday: String(random(2)) }),
  });
  const lengths = shape.isNamed ? shape.lengths : [shape.lengths.reduce((sum, length) => sum + length, 9)];
  const rows = lengths.flatMap((length, i) => Array.from({ length }, (_, t) => ({ t, i, row: rowOf(t, i) })));
  if (shape.isInterleaved) rows.sort((a, b) => a.t - b.t);
  const lines = rows.map(({ row }) => Object.values(row).join(";"));
  const names = Object.keys(rows[0]!.row);
  const text = [names.join(";"), ...lines].join(shape.end) + shape.end;
  const options = {
    ...(shape.hasConditions && { statics: ["shop"], covariates: ["holiday"] }),
    ...(shape.isNamed && { sequence: "run" }),
  };
  return { text, options };
}

function readAtOnce(text: string, options: SchemaOptions, name = "memory.csv"): Dataset | Error {
  try {
    return readDataset(fileWith(name, text), options);
  } catch (fault) {
    return fault as Error;
  }
}

/** Where a message stands is told by the whole path of a file, or by its name. */
const told = (message: string) => message.replace(/[^\s("]*\/(?=[\w-]+\.csv)/g, "");
const withNames = (data: Dataset): Dataset => ({ ...data, notes: data.notes.map(told) });

async function expectAlike(text: string, options: SchemaOptions): Promise<void> {
  const expected = readAtOnce(text, options);
  const reading = separatedDataset(memoryFile(text, "memory.csv"), options);
  if (expected instanceof Error) {
    await expect(reading).rejects.toThrow(told(expected.message));
    return;
  }
  await expectSame(await reading, withNames(expected));
}

describe("a stream of separated values", () => {
  test("is what is read at once, however numbers are written, of few sequences and many", async () => {
    await fc.assert(
      fc.asyncProperty(files, async (shape) => {
        const { text, options } = written(shape);
        await expectAlike(text, options);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("gives any part of any sequence, in any order", async () => {
    const { text, options } = written({
      ...{ lengths: [700, 300, 5], isNamed: true, isInterleaved: true, hasTime: true, hasConditions: true },
      ...{ isQuoted: true, numbers: "commas", end: "\r\n", seed: 3 },
    });
    const split = [1, 0, 0] as const;
    const before = readAtOnce(text, { ...options, split }) as Dataset;
    const data = await separatedDataset(memoryFile(text, "memory.csv"), { ...options, split });
    const random = seeded(9);
    const plan = Array.from({ length: 200 }, (): Span => {
      const i = random(3);
      const from = random(before.splits.train[i]!.length + 1);
      return { i, from, to: from + random(before.splits.train[i]!.length - from + 1) };
    });
    const expected = plan.map(({ i, from, to }) => {
      const { length, values, conditions, times } = sliceSequence(before.splits.train[i]!, from, to);
      return { length, values: { x: values, condition: conditions }, times };
    });
    expect(await all(data.splits.train, plan)).toEqual(expected);
  });

  test("is read with the columns of a trained model, levels it does not know as missing", async () => {
    const { text, options } = written({
      ...{ lengths: [40, 40, 40], isNamed: true, isInterleaved: false, hasTime: true, hasConditions: true },
      ...{ isQuoted: false, numbers: "plain", end: "\n", seed: 1 },
    });
    const { columns, conditions } = readAtOnce(text, options) as Dataset;
    const other = text.replaceAll(";busy;", ";asleep;");
    await expectAlike(other, { ...options, columns, conditions });
  });

  /** Rows beyond the first megabyte, by which a pass begins. */
  const long = (cell: (row: number) => string) =>
    `load;n\n${Array.from({ length: 90_000 }, (_, i) => `${cell(i)};${i % 97}`).join("\n")}\n`;

  test.each([
    ["whole numbers have decimal commas", (i: number) => (i < 85_000 ? String(i % 50) : `${i % 50},5`)],
    ["numbers get a unit", (i: number) => (i < 85_000 ? String(i % 50) : `$ ${i % 50}`)],
    ["numbers are written as names are", (i: number) => (i < 85_000 ? String(i % 50) : `0${i % 50}`)],
    ["nothing was observed", (i: number) => (i < 85_000 ? "" : String(i % 50))],
    ["a number is too large", (i: number) => (i < 85_000 ? String(i % 50) : "1e999")],
    ["text stands among numbers", (i: number) => (i === 85_000 ? "offline" : String(i % 50))],
  ])("is what is read at once where after a megabyte %s", async (_, cell) => {
    await expectAlike(long(cell), {});
  });

  // biome-ignore format: one case a line
  test.each<[string, string, SchemaOptions]>([
    ["a row of another width", "a,b\n1,2\n3\n", {}],
    ["a quote that is never closed", 'a,b\n1,2\n"3,4\n', {}],
    ["text after a quote", 'a,b\n1,2\n"3" x,4\n5,6\n', {}],
    ["a name that stands twice", "a,a\n1,2\n3,4\n", {}],
    ["a header alone", "a,b\n", {}],
    ["an empty file", "\n\n", {}],
    ["a single row", "a,b\n1,2\n", {}],
    ["marks of two kinds", "a;b\n1,5;0.5\n2,5;1.5\n3,5;2.5\n", {}],
    ["a step of no sequence", "a,s\n1,x\n2,\n3,x\n", { sequence: "s" }],
    ["a name of no sequence column", "a,b\n1,2\n3,4\n", { sequence: "s" }],
    ["another kind than was said", "a,b\n1,2\n-1,4\n", { kinds: { a: "count" } }],
    ["a time that goes back", "a,when\n1,2\n2,3\n3,1\n", { time: "when" }],
  ])("what is wrong is refused as it is when it is read at once: %s", async (_, text, options) => {
    expect(readAtOnce(text, options)).toBeInstanceOf(Error);
    await expectAlike(text, options);
  });

  test("refuses what is made of whole tables alone", async () => {
    const reading = (text: string | Uint8Array, options: SchemaOptions) =>
      expect(separatedDataset(memoryFile(text, "memory.csv"), options)).rejects;
    const text = "when,a\n2024-01-01,1\n2024-01-02,2\n2024-01-03,4\n2024-01-04,1\n";
    await reading(text, { calendar: ["hour"] }).toThrow("the calendar is not read of data that stream");
    await reading(text, { label: "a" }).toThrow("labels are not read of data that stream");
    await reading(text, { scaleSteps: 2 }).toThrow("read as it is needed");
    await reading(Buffer.from(`\ufeff${text}`, "utf16le"), {}).toThrow("UTF-16 is not read in parts");
  });

  test.each([
    ["remarks and a separator line", "sep=;\n# made by hand\na;b\n1;2\n3;5\n2;2\n4;1\n"],
    ["blanks between columns", "a  b\n1  2\n3 5\n2   2\n4 1\n"],
    ["no header", "1.5,2\n3.5,5\n2.5,2\n4.5,1\n"],
    ["a column that numbers the rows, and one of nothing", ",a,\n0,1.5,\n1,3.5,\n2,2.5,\n3,4.5,\n4,0.5,\n"],
    ["one column with gaps", "a\n1.5\n\n\n2.5\n3.5\n\n1.5\n\n\n"],
    ["one column with gaps, in quotes", 'a\n"1.5"\n\n\n2.5\n3.5\n\n1.5\n\n\n'],
    ["rows over several lines", 'a,b\n1,"x\n\ny"\n2,"z"\n3,"x\n\ny"\n4,z\n5,z\n6,"z"\n'],
  ])("is what is read at once: %s", async (_, text) => {
    await expectAlike(text, {});
  });
});
