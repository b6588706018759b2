import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countsOf } from "../../src/data/counts.ts";
import { type Dataset, sliceSequence } from "../../src/data/dataset.ts";
import { Feeder } from "../../src/data/feeder.ts";
import { tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import type { Fields } from "../../src/data/fields.ts";
import { type InputSpec, tableInputs } from "../../src/data/inputs.ts";
import { columnScaling } from "../../src/data/scaling.ts";
import { cutPart, type Part } from "../../src/data/source.ts";
import type { Values } from "../../src/runtime/runtime.ts";
import { type Fed, knownFeeds, makeBatch, observedSteps, repeatRows, shardFeeds } from "./before-fields.ts";
import { tables } from "./random-tables.ts";
import { plainColumn } from "./temporary.ts";

fc.configureGlobal({ seed: 1 });

const ragged = tables(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 7 }));

const partsOf = (data: Dataset): Part[] =>
  data.splits.train.map((sequence) => {
    const fields = tableFields(data);
    return cutPart(tableSequence(sequence), fields, 0, sequence.length);
  });
const feederOf = (data: Dataset) => new Feeder(tableInputs(tableFields(data)), tableFields(data));

/** Bit for bit: the shapes, and the bytes of the numbers. */
const bits = (fed: Values | Readonly<Record<string, Fed>>) =>
  Object.entries(fed).map(([name, { shape, data }]) => [
    name,
    shape,
    [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
  ]);

describe("tables are fed bit for bit as they were", () => {
  test("to training: values, mask and conditions of each shard", () => {
    fc.assert(
      fc.property(ragged, fc.integer({ min: 1, max: 4 }), (data, shards) => {
        const { columns, conditions = [], splits } = data;
        const batch = makeBatch(splits.train, columns, conditions);
        const before = shardFeeds(batch, columns.length, conditions.length, shards);
        const fed = feederOf(data).feed(partsOf(data), { shards });
        expect(fed.map(bits)).toEqual(before.map(bits));
        expect(countsOf(partsOf(data), tableFields(data))["x"]!.steps).toBe(observedSteps(batch));
      }),
    );
  });

  test("to forecasts: conditions that end early, or are not known at all", () => {
    fc.assert(
      fc.property(ragged, fc.nat(8), fc.integer({ min: 1, max: 9 }), fc.nat(6), (data, from, steps, gap) => {
        const { conditions = [], splits } = data;
        if (conditions.length === 0) return;
        const known = splits.train.map((sequence, i) => (i === gap ? undefined : sequence.conditions));
        const width = conditions.length;
        const parts = known.map((table = new Float64Array()): Part => {
          const condition = table.subarray(from * width, (from + steps) * width);
          return { length: condition.length / width, values: { condition } };
        });
        const specs = tableInputs(tableFields(data)).filter(({ field }) => field === "condition");
        const [fed] = new Feeder(specs, tableFields(data)).feed(parts, { steps });
        expect(bits(fed!)).toEqual(bits(knownFeeds(conditions, known, from, steps)));
      }),
    );
  });

  test("to particles: a window of one sequence as all of them see it", () => {
    fc.assert(
      fc.property(ragged, fc.integer({ min: 1, max: 5 }), (data, particles) => {
        const { columns, conditions = [], splits } = data;
        const sequence = sliceSequence(splits.train[0]!, 0, splits.train[0]!.length >> 1);
        const { steps, values, mask, condition } = makeBatch([sequence], columns, conditions);
        const shared = (all: Float32Array, width: number) => repeatRows(all, steps, width, particles);
        const before = {
          x: shared(values, columns.length),
          mask: shared(mask, columns.length),
          ...(conditions.length > 0 && {
            condition: shared(condition.values, conditions.length),
            "condition.mask": shared(condition.mask, conditions.length),
          }),
        };
        const part = cutPart(tableSequence(sequence), tableFields(data), 0, sequence.length);
        expect(feederOf(data).feed([part], { repeat: particles }).map(bits)).toEqual([bits(before)]);
      }),
    );
  });

  test("with conditions withheld from some rows of the whole batch: their masks are 0, their values stay", () => {
    fc.assert(
      fc.property(ragged, fc.integer({ min: 1, max: 3 }), (data, shards) => {
        const { columns, conditions = [], splits } = data;
        const isOdd = (row: number) => row % 2 === 1;
        const batch = makeBatch(splits.train, columns, conditions);
        batch.condition.mask.forEach((_, i) => {
          const row = Math.floor(i / Math.max(1, conditions.length)) % batch.batchRows;
          if (isOdd(row)) batch.condition.mask[i] = 0;
        });
        const before = shardFeeds(batch, columns.length, conditions.length, shards);
        const fed = feederOf(data).feed(partsOf(data), { shards, withhold: { condition: isOdd } });
        expect(fed.map(bits)).toEqual(before.map(bits));
      }),
    );
  });
});

/** A message and what class it is of, a picture a step, a sentence of another length, the place it was written. */
const fields: Fields = {
  message: { kind: "tokens", role: "target", axis: "T", vocabulary: { unit: "characters", tokens: ["a"] } },
  source: { kind: "tokens", role: "source", axis: "S", vocabulary: { unit: "characters", tokens: ["b"] } },
  picture: { kind: "frames", role: "target", axis: "T", shape: [2, 1], storage: "uint8", range: [0, 200] },
  cover: { kind: "frames", role: "static", axis: "none", shape: [2], storage: "float32", range: [0, 1] },
  place: {
    kind: "columns",
    role: "static",
    axis: "none",
    columns: [plainColumn("latitude", { mean: 10, standardDeviation: 2 })],
  },
  class: { kind: "label", role: "label", axis: "none", levels: ["ham", "spam"] },
  phase: { kind: "label", role: "label", axis: "T", levels: ["up", "down"] },
};
const parts: Part[] = [
  {
    length: 3,
    values: {
      message: Int32Array.of(4, 1, 4),
      source: Int32Array.of(4),
      picture: Uint8Array.of(0, 50, 100, 150, 200, 0),
      cover: Float32Array.of(0.5, 7),
      place: Float64Array.of(14),
      class: Int32Array.of(1),
      phase: Int32Array.of(0, 1, -1),
    },
  },
  {
    length: 1,
    values: {
      message: Int32Array.of(3),
      source: Int32Array.of(4, 4),
      picture: Uint8Array.of(20, 40),
      cover: Float32Array.of(-1, 2),
      place: Float64Array.of(Number.NaN),
      class: Int32Array.of(-1),
      phase: Int32Array.of(1),
    },
  },
];

type Told = readonly [shape: readonly number[], numbers: readonly number[]];

/** The shape and the numbers of one input. */
function told(spec: Omit<InputSpec, "name">, from: readonly Part[] = parts, options = {}): Told {
  const [fed] = new Feeder([{ ...spec, name: "input" }], fields).feed(from, options);
  const { shape, data } = fed!["input"]!;
  return [shape, Array.from(data, Number)];
}

describe("any field is fed", () => {
  const ids = { what: "ids", dtype: "int64" } as const;
  const level = { what: "level", dtype: "int64" } as const;
  const lengths = { what: "lengths", dtype: "int64", shape: ["B"] } as const;
  const values = { what: "values", dtype: "float32" } as const;
  const mask = { what: "mask", dtype: "float32" } as const;
  // biome-ignore format: one case a line
  test.each<[string, Omit<InputSpec, "name">, Told]>([
    ["ids, time first", { field: "message", ...ids, shape: ["T", "B"] }, [[3, 2], [4, 3, 1, 0, 4, 0]]],
    ["ids, row first", { field: "source", ...ids, shape: ["B", "S"] }, [[2, 2], [4, 0, 4, 4]]],
    ["where there are ids", { field: "source", ...mask, shape: ["S", "B"] }, [[2, 2], [1, 1, 0, 1]]],
    ["lengths of steps", { field: "message", ...lengths }, [[2], [3, 1]]],
    ["lengths of a source", { field: "source", ...lengths }, [[2], [1, 2]]],
    ["frames in their range", { field: "picture", ...values, shape: ["B", "T", 2, 1] }, [[2, 3, 2, 1], [0, 0.25, 0.5, 0.75, 1, 0, 0.1, 0.2, 0, 0, 0, 0].map(Math.fround)]],
    ["where there are frames", { field: "picture", ...mask, shape: ["T", "B"] }, [[3, 2], [1, 1, 1, 0, 1, 0]]],
    ["a frame once a row", { field: "cover", ...values, shape: ["B", 2] }, [[2, 2], [0.5, 7, -1, 2]]],
    ["what is known once, at each step", { field: "place", ...values, shape: ["T", "B", 1] }, [[3, 2, 1], [2, 0, 2, 0, 2, 0]]],
    ["whether it is known", { field: "place", ...mask, shape: ["B", 1] }, [[2, 1], [1, 0]]],
    ["levels", { field: "class", ...level, shape: ["B"] }, [[2], [1, 0]]],
    ["whether levels are known", { field: "class", ...mask, shape: ["B"] }, [[2], [1, 0]]],
    ["levels of steps", { field: "phase", ...level, shape: ["T", "B"] }, [[3, 2], [0, 1, 1, 0, 0, 0]]],
    ["whether levels of steps are known", { field: "phase", ...mask, shape: ["T", "B"] }, [[3, 2], [1, 1, 1, 0, 0, 0]]],
  ])("%s", (_, spec, expected) => {
    expect(told(spec)).toEqual(expected);
  });

  test("counts what was observed of each", () => {
    expect(countsOf(parts, fields)).toEqual({
      message: { steps: 4, entries: 4 },
      source: { steps: 3, entries: 3 },
      picture: { steps: 4, entries: 8 },
      cover: { steps: 2, entries: 4 },
      place: { steps: 1, entries: 1 },
      class: { steps: 1, entries: 1 },
      phase: { steps: 3, entries: 3 },
    });
  });
});

describe("units are fed", () => {
  const columns = [
    plainColumn("level", { mean: 1e9, standardDeviation: 4, resolution: 0.5 }),
    plainColumn("flag", { kind: "binary" }),
  ];
  const own: Fields = { x: { kind: "columns", role: "target", axis: "T", columns } };
  const spec = (what: "shift" | "scale" | "cell" | "values", ...shape: InputSpec["shape"]): InputSpec => ({
    name: what,
    field: "x",
    what,
    dtype: "float64",
    shape: [...shape, 2],
  });
  const values = { x: Float64Array.of(1e9, 1, 1e9 + 2, 0) };
  const part: Part = { length: 2, values };
  const scaled: Part = {
    ...part,
    units: { x: { shift: Float64Array.of(1e9, 0), scale: Float64Array.of(2, 1) } },
  };
  const moving: Part = {
    ...part,
    units: { x: { shift: Float64Array.of(1e9, 0, 1e9 + 1, 0), scale: Float64Array.of(2, 1) } },
  };
  const fed = (specs: readonly InputSpec[], from: readonly Part[]) =>
    Object.values(new Feeder(specs, own).feed(from)[0]!).map(({ shape, data }) => [shape, [...data]]);

  test("of the columns, the same for all rows", () => {
    const { shift, scale } = columnScaling(columns[0]!);
    expect(fed([spec("shift"), spec("scale"), spec("cell")], [part, part])).toEqual([
      [[2], [shift, 0]],
      [[2], [scale, 1]],
      [[2], [0.125, 0]],
    ]);
  });

  test("of each series, with its values scaled by them", () => {
    expect(fed([spec("scale", "B"), spec("cell", "B"), spec("values", "T", "B")], [part, scaled])).toEqual([
      [
        [2, 2],
        [4, 1, 2, 1],
      ],
      [
        [2, 2],
        [0.125, 0, 0.25, 0],
      ],
      [
        [2, 2, 2],
        [0, 1, 0, 1, 0.5, 0, 1, 0],
      ],
    ]);
  });

  test("of each step; beyond the end they are those of the last", () => {
    const cut = cutPart({ name: "a", ...moving }, own, 1, 2);
    expect(fed([spec("shift", "T", "B"), spec("values", "T", "B")], [moving, cut])).toEqual([
      [
        [2, 2, 2],
        [1e9, 0, 1e9 + 1, 0, 1e9 + 1, 0, 1e9 + 1, 0],
      ],
      [
        [2, 2, 2],
        [0, 1, 0.5, 0, 0.5, 0, 0, 0],
      ],
    ]);
  });

  test.each([
    [spec("shift"), scaled, 'input shift: the units of "x" differ from row to row'],
    [spec("shift", "B"), moving, 'input shift: the units of "x" change from step to step'],
  ])("%o refuses units that it has no room for", (wanted, odd, message) => {
    expect(() => new Feeder([wanted], own).feed([odd])).toThrow(message);
  });
});

describe("what a field cannot give is refused by name", () => {
  const spec = { name: "input", field: "message", what: "ids", dtype: "int64", shape: ["T", "B"] } as const;
  test.each<[string, Partial<InputSpec>]>([
    ['there is no field "constructor" (the fields are message,', { field: "constructor" }],
    ["a field of tokens has no values", { what: "values" }],
    ["ids cannot be float32, only int64", { dtype: "float32" }],
    ["mask cannot be int64, only float32 or float64", { what: "mask" }],
    ["ids of a field of axis T cannot go over [B]", { shape: ["B"] }],
    ["ids of a field of axis T cannot go over [S, B]", { shape: ["S", "B"] }],
    ["ids of a field of axis T cannot go over [B, B]", { shape: ["B", "B"] }],
    ["lengths of a field of axis T cannot go over [T, B]", { what: "lengths" }],
    ["its shape is [T, B], not [T, B, 3]", { shape: ["T", "B", 3] }],
    [
      "its shape is [T, B, 2, 1], not [T, B, 2]",
      { field: "picture", what: "values", dtype: "float32", shape: ["T", "B", 2] },
    ],
  ])("%s", (message, change) => {
    expect(() => new Feeder([{ ...spec, ...change }], fields)).toThrow(`input input: ${message}`);
  });

  test("and so is a part without its values", () => {
    expect(() => new Feeder([spec], fields).feed([{ length: 2, values: {} }])).toThrow(
      'field "message": 2 steps of 1 columns make 2 values, the sequence has 0',
    );
  });
});
