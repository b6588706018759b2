import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/files.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { separatedDataset } from "../../src/data/tables/separated-source.ts";
import { seeded } from "./random-tables.ts";
import { expectSame } from "./streamed-tables.ts";
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
});
