import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type NumberArray, NumberBudget } from "../../src/data/arrays/dtype.ts";
import { parseNpy } from "../../src/data/arrays/npy.ts";
import { readNpz } from "../../src/data/arrays/npz.ts";
import { unpickle } from "../../src/data/arrays/pickle.ts";
import { readDataset } from "../../src/data/files.ts";
import { drawingsOfArrays, strokeDataset } from "../../src/data/strokes/strokes.ts";
import { strokesJson, untilEnd } from "../../src/data/write.ts";
import { VrnnError } from "../../src/errors.ts";
import { testWithSharedData } from "../shared-data.ts";
import { fileWith } from "./temporary.ts";

const fixture = (name: string) => join(import.meta.dirname, "fixtures/strokes", name);

/** What make_npz.py draws, drawing by drawing: dx is i + 1 times as wide in drawing i. */
const CORNER = [
  [0, 0, 0],
  [10, 0, 0],
  [0, 8, 1],
  [3, 3, 0],
  [-5, 2, 1],
] as const;
const LENGTHS = { train: [5, 4, 3], valid: [2], test: [5, 2] };
const drawn = (split: keyof typeof LENGTHS) =>
  LENGTHS[split].map((length, i) => CORNER.slice(0, length).map(([dx, dy, pen]) => [dx * (i + 1), dy, pen]));

const rowsOf = (values: Float64Array, width = 3) =>
  Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);

describe("files of numpy", () => {
  test.each(["sketch-rnn", "lengths", "protocol-2", "protocol-4", "protocol-5"])(
    "%s.npz holds the drawings of each split",
    (name) => {
      const { columns, splits } = readDataset(fixture(`${name}.npz`));
      expect(columns.map((column) => [column.name, column.kind, column.resolution])).toEqual([
        ["dx", "real", 1],
        ["dy", "real", 1],
        ["pen", "binary", 0],
      ]);
      for (const split of ["train", "valid", "test"] as const)
        expect(splits[split].map(({ values }) => rowsOf(values))).toEqual(drawn(split));
      expect(splits.test.map((sequence) => sequence.name)).toEqual(["test 1", "test 2"]);
    },
  );

  test("padded stroke-5 ends with its drawing, and the pen has three states", () => {
    const { columns, splits } = readDataset(fixture("padded.npz"));
    const pen = columns[2]!;
    expect([pen.kind, [...pen.levels].sort()]).toEqual(["categorical", ["down", "end", "up"]]);
    const states = splits.train.map(({ values }) => rowsOf(values).map(([, , state]) => pen.levels[state!]));
    expect(states[2]).toEqual(["down", "down", "up", "end"]);
    expect(states.map(({ length }) => length)).toEqual([6, 5, 4]);
    expect(splits.train[1]!.values.slice(3, 5)).toEqual(Float64Array.of(20, 0));
  });

  test("arrays in the order of Fortran and of 16 bits are one drawing", () => {
    const drawings = drawingsOfArrays(readNpz(readFileSync(fixture("fortran.npz")), "f"), "f");
    expect(drawings.map(({ values }) => rowsOf(Float64Array.from(values)))).toEqual([CORNER]);
  });

  test("the arrays of Python 2 are read", () => {
    const { train } = readNpz(readFileSync(fixture("python-2.npz")), "p");
    expect((train as NumberArray[])[0]).toEqual({ shape: [5, 3], values: Float64Array.from(CORNER.flat()) });
  });

  testWithSharedData("Omniglot has the published numbers of characters", (folder) => {
    const all = parseNpy(gunzipSync(readFileSync(join(folder, "strokes/omniglot.npy.gz"))), "omniglot.npy");
    const { shape, values } = all as NumberArray;
    expect(shape).toEqual([996_293, 3]);
    const lengths = JSON.parse(readFileSync(join(folder, "strokes/omniglot_lengths.json"), "utf8"));
    const sizes: readonly number[] = [...lengths.valid, ...lengths.test];
    const first = lengths.train.reduce((sum: number, size: number) => sum + size, 0);
    const arrays = {
      test: { shape: [996_293 - first, 3], values: values.subarray(first * 3) },
      test_lengths: { shape: [sizes.length], values: Float64Array.from(sizes) },
    };
    const drawings = drawingsOfArrays(arrays, "omniglot").map((drawing) => ({
      ...drawing,
      split: undefined,
    }));
    const { columns, splits } = strokeDataset(drawings, { split: [0.5, 0.5, 0] }, "omniglot");
    expect([splits.train.length, splits.valid.length]).toEqual([1000, 1000]);
    expect(columns.map(({ resolution }) => resolution)).toEqual([1, 1, 0]);
  });
});

describe("JSON", () => {
  const lists = { train: drawn("train"), valid: drawn("valid"), test: drawn("test") };

  test("is told from a piano roll by what it holds", () => {
    const strokes = readDataset(fileWith("a.json", JSON.stringify(lists)));
    expect(strokes.columns.map(({ name }) => name)).toEqual(["dx", "dy", "pen"]);
    expect(strokes.splits.valid[0]!.values).toEqual(Float64Array.from(CORNER.slice(0, 2).flat()));
    const roll = readDataset(fileWith("b.json", JSON.stringify({ train: [[[], [60, 64, 67], [60]]] })));
    expect(roll.columns).toHaveLength(88);
    expect([strokes.modality, roll.modality]).toEqual([{ name: "strokes" }, { name: "music" }]);
  });

  test.each([
    ["a plain list", lists.train],
    ["strokes", { strokes: lists.train }],
  ])("%s is split like any other", (_, content) => {
    const { splits } = readDataset(fileWith("a.json", JSON.stringify(content)));
    expect([splits.train.length, splits.valid.length, splits.test.length]).toEqual([1, 1, 1]);
  });

  test("the pen may be true or false", () => {
    const told = lists.train.map((drawing) => drawing.map(([dx, dy, pen]) => [dx, dy, pen === 1]));
    const { splits } = readDataset(fileWith("a.json", JSON.stringify({ train: told })), { split: [1, 0, 0] });
    const plain = readDataset(fileWith("b.json", JSON.stringify({ train: lists.train })), {
      split: [1, 0, 0],
    });
    expect(splits.train.map(({ values }) => values)).toEqual(plain.splits.train.map(({ values }) => values));
  });

  test("a number beside the arrays of an npz is no drawing", () => {
    const arrays = readNpz(readFileSync(fixture("sketch-rnn.npz")), "s");
    const scale = { shape: [], values: Float64Array.of(36.5) };
    expect(drawingsOfArrays({ ...arrays, scale_factor: scale }, "s")).toEqual(drawingsOfArrays(arrays, "s"));
  });

  test("drawings come back as they went in", () => {
    const { modality, columns, splits } = readDataset(fixture("sketch-rnn.npz"));
    expect(modality).toEqual({ name: "strokes" });
    expect(JSON.parse(strokesJson(columns, splits.train))).toEqual({ train: drawn("train") });
  });

  test("stroke-5 comes back as it went in, and ends where the pen says so", () => {
    const { columns, splits } = readDataset(fixture("padded.npz"));
    const text = strokesJson(columns, splits.train);
    expect(JSON.parse(text).train[2]).toEqual([
      [0, 0, 1, 0, 0],
      [30, 0, 1, 0, 0],
      [0, 8, 0, 1, 0],
      [0, 0, 0, 0, 1],
    ]);
    const again = readDataset(fileWith("a.json", text), { columns, split: [1, 0, 0] });
    expect(again.splits.train.map(({ values }) => values)).toEqual(splits.train.map(({ values }) => values));
    const endless = splits.train
      .map(({ values }) => [...values, ...values])
      .map((values) => Float64Array.from(values));
    expect(
      endless.map((values) => untilEnd(columns, { name: "a", length: values.length / 3, values }).length),
    ).toEqual([6, 5, 4]);
  });
});

const npy = (header: string, data: Uint8Array = new Uint8Array(), version = 1) =>
  Uint8Array.from([
    0x93,
    ...strToU8("NUMPY"),
    version,
    0,
    header.length & 255,
    header.length >> 8,
    ...strToU8(header),
    ...data,
  ]);
const numbers = (shape: string, bytes: number, type = "<f4") =>
  npy(`{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }\n`, new Uint8Array(bytes));
const uint32 = (value: number) => [0, 8, 16, 24].map((bits) => (value >> bits) & 255);
const npz = (content: Uint8Array) => zipSync({ "train.npy": content });

describe("bad input gives one clear line", () => {
  const good = readFileSync(fixture("sketch-rnn.npz"));
  const name = "a.npz";

  test.each<[string, Uint8Array, string, string]>([
    ["no zip", strToU8("hello"), "data/npz", "a.npz: corrupt zip: invalid zip data"],
    ["an empty file", new Uint8Array(), "data/npz", "a.npz: corrupt zip: invalid zip data"],
    ["half a zip", good.subarray(0, good.length / 2), "data/npz", "a.npz: corrupt zip: invalid zip data"],
    ["a zip of nothing", zipSync({ "a.txt": strToU8("a") }), "data/npz", "a.npz: it holds no array"],
    ["no array", npz(strToU8("hello world")), "data/npy", "a.npz, train.npy: no array"],
    [
      "another version",
      npz(npy("{}", undefined, 9)),
      "data/npy",
      "a.npz, train.npy: version 9 of the format is not known",
    ],
    [
      "half a header",
      npz(numbers("(2, 3)", 24).subarray(0, 40)),
      "data/npy",
      "a.npz, train.npy: the header is cut short",
    ],
    [
      "no shape",
      npz(npy("{'descr': '<f4'}")),
      "data/npy",
      "a.npz, train.npy: the header has no shape or order",
    ],
    [
      "missing data",
      npz(numbers("(2, 3)", 20)),
      "data/npy",
      "a.npz, train.npy: shape (2, 3) needs 24 bytes, there are 20",
    ],
    [
      "an absurd shape",
      npz(numbers("(999999999, 999999999, 3)", 8)),
      "data/npy",
      "a.npz, train.npy: shape (999999999, 999999999, 3) is absurd",
    ],
    [
      "complex numbers",
      npz(numbers("(1, 3)", 24, "<c8")),
      "data/npy",
      'a.npz, train.npy: numbers of the type "<c8" are not known',
    ],
    [
      "texts",
      readFileSync(fixture("text.npz")),
      "data/npy",
      'a.npz, train.npy: numbers of the type "<U1" are not known',
    ],
    [
      "records",
      readFileSync(fixture("record.npz")),
      "data/npy",
      "a.npz, train.npy: the array is no plain array of numbers",
    ],
    [
      "a pickle that runs a program",
      readFileSync(fixture("attack.npz")),
      "data/pickle",
      'a.npz, train.npy, byte 147: the pickle asks for "posix.system", which is no array and is not run',
    ],
    [
      "a shape that is neither drawing nor table",
      npz(numbers("(1, 1, 2, 2)", 16)),
      "data/array",
      "a.npz, train: an array of shape (1, 1, 2, 2) is no table",
    ],
    [
      "a pen in no state",
      npz(numbers("(2, 5)", 40)),
      "data/strokes",
      'a.npz, train 1, point 1, column "pen": no strokes: the pen makes no sense',
    ],
  ])("%s", (_, bytes, code, message) => {
    const path = fileWith(name, bytes);
    const error = failureOf(() => readDataset(path));
    const place = path.slice(0, path.length - name.length);
    expect(error.message.replace(place, "")).toMatch(/^[^\n]+ \([^\n]+\)$/);
    expect(error.message.replace(place, "").slice(0, message.length)).toBe(message);
    expect(error.code).toBe(code);
  });

  test.each<[string, unknown, string]>([
    ["a drawing that is none", [7], "drawing 1: no strokes: the drawing is no list of points"],
    ["a drawing without points", [[]], "drawing 1: no strokes: the drawing has no points"],
    [
      "a short point",
      [
        [
          [0, 0, 0],
          [1, 1],
        ],
      ],
      "drawing 1, point 2: no strokes: a point is 3 numbers, or 5, the same for all",
    ],
    [
      "a pen of 2",
      [
        [
          [0, 0, 2],
          [1, 1, 0],
        ],
      ],
      'drawing 1, point 1, column "pen": no strokes: the pen makes no sense',
    ],
    [
      "both formats",
      [[[0, 0, 1]], [[0, 0, 0, 0, 1]]],
      "drawing 2: no strokes: a point has 5 numbers, others have 3",
    ],
    [
      "a list of something else",
      { train: [[[0, 0, 1]]], test: 7 },
      `PATH: no strokes: "test" is no list of drawings`,
    ],
  ])("%s in JSON", (_, content, message) => {
    const path = fileWith("a.json", JSON.stringify(content));
    const error = failureOf(() => readDataset(path));
    expect([
      error.code,
      error.message.replace(`${path}, `, "").replace(path, "PATH").startsWith(message),
    ]).toEqual(["data/strokes", true]);
  });

  test("a file cut at any byte is told to be, in one line", () => {
    for (let length = 0; length < good.length; length++)
      expect(failureOf(() => readNpz(good.subarray(0, length), "a")).code).toBe("data/npz");
  });

  test("a pickle cut at any byte, or with any bytes changed, is read or refused", () => {
    const stored = readNpy("protocol-4.npz");
    for (let length = 0; length < stored.length; length++)
      expect(failureOf(() => unpickle(stored.subarray(0, length), "a")).code).toBe("data/pickle");
    const change = fc.tuple(fc.nat(stored.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const copy = stored.slice();
        for (const [offset, byte] of changes) copy[offset] = byte;
        const outcome = attempt(() => unpickle(copy, "a"));
        if (outcome instanceof VrnnError) expect(outcome.message).not.toContain("\n");
      }),
      { numRuns: 500 },
    );
  });

  test("a list that holds itself, and one that doubles itself, end at once", () => {
    expect(
      failureOf(() => unpickle(Uint8Array.of(0x80, 2, 0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e), "a")).code,
    ).toBe("data/pickle");
    // Each list holds the one before twice: 2^12 lists if all were written out.
    const twice = Array.from({ length: 12 }, (_, i) => [
      0x5d,
      0x71,
      i + 1,
      0x28,
      0x68,
      i,
      0x68,
      i,
      0x65,
    ]).flat();
    const doubling = Uint8Array.from([0x80, 2, 0x5d, 0x71, 0, ...twice, 0x2e]);
    const halves = unpickle(doubling, "a") as unknown[];
    expect([halves.length, halves[0]]).toEqual([2, halves[1]]);
    expect(halves[0]).toBe(halves[1]);
  });

  test("names made of lists that double themselves are refused before they are written out", () => {
    // Each tuple holds the one before twice: written out, 28 of them are 2^28 words.
    const twice = Array.from({ length: 28 }, (_, i) => [0x68, i, 0x68, i, 0x86, 0x71, i + 1]).flat();
    const bytes = Uint8Array.from([0x80, 4, 0x29, 0x71, 0, ...twice, 0x68, 28, 0x93, 0x2e]);
    expect(failureOf(() => unpickle(bytes, "a")).message).toContain("corrupt pickle: a name is no text");
  });

  test("a type with a name of 300 kB is refused in one short line", () => {
    const name = new Uint8Array(300_000).fill(0x61);
    const type = [
      0x80,
      2,
      0x63,
      ...strToU8("numpy\ndtype\n"),
      0x54,
      ...uint32(name.length),
      ...name,
      0x85,
      0x52,
    ];
    const array = [0x63, ...strToU8("numpy.core.numeric\n_frombuffer\n"), 0x28, 0x55, 1, 0];
    const bytes = Uint8Array.from([
      ...type,
      0x71,
      0,
      ...array,
      0x68,
      0,
      0x4b,
      1,
      0x85,
      0x4e,
      0x74,
      0x52,
      0x2e,
    ]);
    expect(failureOf(() => unpickle(bytes, "a")).message).toMatch(
      /numbers of the type "a{80}" are not known/,
    );
  });

  test("arrays of the same bytes are read until the numbers of the file are spent", () => {
    const size = 60;
    const array = [0x63, ...strToU8("numpy.core.numeric\n_frombuffer\n"), 0x28, 0x68, 0];
    const type = [0x63, ...strToU8("numpy\ndtype\n"), 0x58, ...uint32(2), ...strToU8("u1"), 0x85, 0x52];
    const shape = [0x4a, ...uint32(size), 0x85];
    const one = [...array, ...type, ...shape, 0x58, ...uint32(1), ...strToU8("C"), 0x74, 0x52];
    const head = [0x80, 2, 0x42, ...uint32(size)];
    const tail = [0x71, 0, ...one, ...one, 0x86, 0x2e];
    const bytes = Uint8Array.from([...head, ...new Uint8Array(size), ...tail]);
    expect(failureOf(() => unpickle(bytes, "a", new NumberBudget(100))).message).toContain(
      "all arrays together hold more than 100 numbers",
    );
  });

  test("an array of more axes than numpy has is refused, however many", () => {
    const shape = `(${"1, ".repeat(20_000)})`;
    const bytes = npy(`{'descr': '<f4', 'fortran_order': True, 'shape': ${shape}, }\n`, new Uint8Array(4));
    expect(failureOf(() => readNpz(npz(bytes), "a.npz")).message).toBe(
      "a.npz, train.npy: shape (1, 1, 1, 1, 1, 1, 1, 1, and 19992 more) is absurd (save it again with numpy.save)",
    );
  });
});

/** The pickle of the training drawings of a fixture. */
function readNpy(name: string): Uint8Array {
  const bytes = unzipSync(readFileSync(fixture(name)))["train.npy"]!;
  return bytes.subarray(10 + (bytes[8]! | (bytes[9]! << 8)));
}

function attempt<T>(work: () => T): T | VrnnError {
  try {
    return work();
  } catch (error) {
    if (error instanceof VrnnError) return error;
    throw error;
  }
}

function failureOf(work: () => unknown): VrnnError {
  const outcome = attempt(work);
  if (outcome instanceof VrnnError) return outcome;
  throw new Error("no error");
}
