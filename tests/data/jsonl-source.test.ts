import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dataset, SPLIT_NAMES, sliceSequence } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/files.ts";
import { streamJsonLines } from "../../src/data/files-streamed.ts";
import type { Span } from "../../src/data/source.ts";
import { jsonLinesDataset } from "../../src/data/tables/jsonl-source.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { seeded } from "./random-tables.ts";
import { all, columnsOf, expectSame } from "./streamed-tables.ts";
import { fileWith, memoryFile } from "./temporary.ts";

fc.configureGlobal({ seed: 1 });

const files = fc.record({
  lengths: fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 90 }),
  isArrays: fc.boolean(),
  isInterleaved: fc.boolean(),
  asks: fc.constantFrom("nothing", "test", "all"),
  hasTime: fc.boolean(),
  hasConditions: fc.boolean(),
  seed: fc.nat(),
});
type FileShape = typeof files extends fc.Arbitrary<infer Shape> ? Shape : never;

/** Random sequences as JSON Lines: arrays, or steps with the name of their sequence. */
function written(shape: FileShape): { text: string; options: SchemaOptions } {
  const random = seeded(shape.seed);
  const states = ["idle", "busy", "down"];
  const stepOf = (t: number, i: number) => ({
    ...(shape.hasTime && { time: t * 2 + random(2) }),
    load: random(9) === 0 ? null : (random(4000) - 1000) / 100,
    noise: random(1_000_000) / 7919 + 1e6,
    state: random(12) === 0 ? "NA" : states[random(i === 0 ? 2 : 3)],
    alarm: random(2) === 1,
    same: "v1",
    ...(shape.hasConditions && { shop: `shop ${i % 3}`, holiday: random(2) }),
  });
  const sequences = shape.lengths.map((length, i) => Array.from({ length }, (_, t) => stepOf(t, i)));
  const conditions = shape.hasConditions ? { statics: ["shop"], covariates: ["holiday"] } : {};
  if (shape.isArrays) {
    const splitOf = (i: number) =>
      shape.asks === "all" ? SPLIT_NAMES[i % 3] : shape.asks === "test" && i % 4 === 3 ? "test" : undefined;
    const lines = sequences.map((steps, i) =>
      JSON.stringify({
        name: `s${i}`,
        split: splitOf(i),
        ...Object.fromEntries(
          Object.keys(steps[0]!).map((key) => [key, steps.map((step) => step[key as keyof typeof step])]),
        ),
      }),
    );
    return { text: `${lines.join("\n")}\n`, options: conditions };
  }
  const rows = sequences.flatMap((steps, i) =>
    steps.map((step, t) => ({ t, line: { run: `s${i}`, ...step } })),
  );
  if (shape.isInterleaved) rows.sort((a, b) => a.t - b.t);
  const text = rows.map(({ line }) => JSON.stringify(line)).join("\r\n\n");
  return { text, options: { ...conditions, sequence: "run" } };
}

describe("a stream of JSON Lines", () => {
  test("is what is read at once, in any layout, of few sequences and many", async () => {
    await fc.assert(
      fc.asyncProperty(files, async (shape) => {
        const { text, options } = written(shape);
        const expected = readAtOnce(text, options);
        if (expected instanceof Error) {
          await expect(jsonLinesDataset(memoryFile(text), options)).rejects.toThrow(
            expect.objectContaining({ code: (expected as Error & { code: string }).code }),
          );
          return;
        }
        await expectSame(await jsonLinesDataset(memoryFile(text), options), expected);
      }),
      { numRuns: 150 },
    );
  });

  test("of one long sequence is cut by time, and trains on its first part alone", async () => {
    const random = seeded(5);
    const steps = Array.from({ length: 5000 }, (_, t) => ({
      load: random(100) / 10 + (t > 3499 ? 1000 : 0),
    }));
    const text = steps.map((step) => JSON.stringify(step)).join("\n");
    const data = await jsonLinesDataset(memoryFile(text));
    expect(columnsOf(data, "x")[0]!.maximum).toBeLessThan(10);
    await expectSame(data, readAtOnce(text, {}) as Dataset);
  });

  test.each([true, false])(
    "gives any part of any sequence, in any order (a line each: %s)",
    async (isArrays) => {
      const shape = { lengths: [700, 300, 5], isInterleaved: true, asks: "nothing", hasTime: true } as const;
      const { text, options } = written({
        ...shape,
        lengths: [...shape.lengths],
        isArrays,
        hasConditions: true,
        seed: 3,
      });
      const split = [1, 0, 0] as const;
      const before = readAtOnce(text, { ...options, split }) as Dataset;
      const data = await jsonLinesDataset(memoryFile(text), { ...options, split });
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
    },
  );

  test("is read with the columns of a trained model, levels it does not know as missing", async () => {
    const { text, options } = written({
      lengths: [30, 30, 30],
      isArrays: true,
      isInterleaved: false,
      asks: "nothing",
      hasTime: true,
      hasConditions: true,
      seed: 1,
    });
    const trained = readAtOnce(text, options) as Dataset;
    const { columns, conditions } = trained;
    const other = text.replaceAll('"busy"', '"asleep"');
    const reading = { ...options, columns, conditions };
    const data = await jsonLinesDataset(memoryFile(other), reading);
    expect(data.notes.join("\n")).toContain("levels never seen in training count as missing");
    await expectSame(data, readAtOnce(other, reading) as Dataset);
  });

  test("closes its file when all splits are closed", async () => {
    const { text } = written({
      lengths: [9, 9, 9],
      isArrays: true,
      isInterleaved: false,
      asks: "nothing",
      hasTime: false,
      hasConditions: false,
      seed: 1,
    });
    let closed = 0;
    const close = async () => {
      closed += 1;
    };
    const { splits } = await jsonLinesDataset({ ...memoryFile(text), close });
    await splits.train.close();
    await splits.train.close();
    await splits.valid.close();
    expect(closed).toBe(0);
    await splits.test.close();
    expect(closed).toBe(1);
  });
});

function readAtOnce(text: string, options: SchemaOptions): Dataset | Error {
  try {
    return readDataset(fileWith("memory.jsonl", text), options);
  } catch (fault) {
    return fault as Error;
  }
}

describe("what is wrong is refused as it is when it is read at once", () => {
  // biome-ignore format: one case a line
  test.each<[string, string, SchemaOptions]>([
    ["no JSON", '{"a": 1}\n{"a": }\n', {}],
    ["no object", '{"a": 1}\n[2]\n', {}],
    ["another column", '{"a": [1, 2]}\n{"b": [1, 2]}\n', {}],
    ["arrays of two lengths", '{"a": [1, 2], "b": [1]}\n', {}],
    ["no step", '{"a": []}\n', {}],
    ["an infinite value", '{"a": 1}\n{"a": 1e999}\n', {}],
    ["text among numbers", '{"a": 1}\n{"a": 2}\n{"a": "x"}\n', {}],
    ["only missing values", '{"a": null, "b": 1}\n{"a": null, "b": 3}\n', {}],
    ["too many levels", Array.from({ length: 70 }, (_, i) => `{"a": "level ${i}"}`).join("\n"), {}],
    ["another kind than was said", '{"a": 1}\n{"a": -1}\n', { kinds: { a: "count" } }],
    ["a name of no column", '{"a": 1}\n{"a": 2}\n', { only: ["b"] }],
    ["a name of no sequence column", '{"a": 1}\n{"a": 2}\n', { sequence: "b" }],
    ["a step of no sequence", '{"a": 1, "s": "x"}\n{"a": 2}\n', { sequence: "s" }],
    ["a static that changes", ["x", "y", "y", "x", "x", "x"].map((s, a) => JSON.stringify({ a, s })).join("\n"), { statics: ["s"] }],
    ["a time that goes back", '{"a": 1, "when": 2}\n{"a": 2, "when": 3}\n{"a": 3, "when": 1}\n', { time: "when" }],
    ["a time that is none", '{"a": 1, "when": "x"}\n{"a": 2, "when": "y"}\n', { time: "when" }],
    ["a single row", '{"a": 1}\n', {}],
    ["nothing that varies", '{"a": 1}\n{"a": 1}\n', {}],
    ["an empty file", "\n\n", {}],
  ])("%s", async (_, text, options) => {
    const path = fileWith("a.jsonl", text);
    const expected = errorOf(() => readDataset(path, options));
    await expect(streamJsonLines(path, options)).rejects.toThrow(expected);
  });

  const errorOf = (read: () => unknown): string => {
    try {
      read();
    } catch (fault) {
      return (fault as Error).message;
    }
    throw new Error("it was read");
  };

  test("steps among sequences, and sequences among steps", async () => {
    const mixed = (text: string) => expect(jsonLinesDataset(memoryFile(text))).rejects;
    await mixed('{"a": [1, 2]}\n{"a": 1}\n').toThrow(
      "memory.jsonl:2: the line holds a single step, others hold arrays",
    );
    await mixed('{"a": 1}\n{"a": [1, 2]}\n').toThrow(
      "memory.jsonl:2: the line holds arrays, others hold single steps",
    );
  });

  test("a column that is to name sequences that are lines", async () => {
    const reading = jsonLinesDataset(memoryFile('{"a": [1, 2]}\n'), { sequence: "a" });
    await expect(reading).rejects.toThrow("the line is a sequence of its own");
  });

  test("a compressed file", async () => {
    const path = fileWith("a.jsonl.gz", Uint8Array.of(0x1f, 0x8b, 8, 0));
    await expect(streamJsonLines(path)).rejects.toThrow(
      "a compressed file cannot be read in parts (unpack it with gunzip)",
    );
  });
});

describe("numbers that stand for missing", () => {
  const value = fc.constantFrom(-9999, -999, 9999, 1e30, 9.96921e36, -1, 65535, 0);
  const shape = fc.record({
    fills: fc.uniqueArray(value, { maxLength: 4 }),
    every: fc.integer({ min: 5, max: 60 }),
    level: fc.constantFrom(0, 20, 1013),
    spread: fc.constantFrom(0.5, 3, 30),
    digits: fc.constantFrom(0, 2, 6),
  });

  test("are told of as they are of a file that is read at once", async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(shape, async ({ fills, every, level, spread, digits }) => {
        const rows = Array.from({ length: 400 }, (_, i) => {
          const fill = i % every === 3 ? fills[Math.floor(i / every) % Math.max(1, fills.length)] : undefined;
          return { x: fill ?? Number((level + spread * Math.sin(i * i)).toFixed(digits)), y: i % 7 };
        });
        const text = rows.map((row) => JSON.stringify(row)).join("\n");
        const { notes } = readDataset(fileWith("f.jsonl", text));
        expect((await jsonLinesDataset(memoryFile(text, "f.jsonl"))).notes).toEqual(notes);
        if (notes.some((note) => note.includes("--missing="))) told += 1;
      }),
      { numRuns: 150 },
    );
    expect(told).toBeGreaterThan(50);
  });
});
