import { describe, expect, test } from "vitest";
import { type Dataset, type Sequence, sliceSequence } from "../../src/data/dataset.ts";
import { Feeder } from "../../src/data/feeder.ts";
import { tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import type { InputSpec } from "../../src/data/inputs.ts";
import { pianoRoll } from "../../src/data/music/piano-roll.ts";
import { columnScaling } from "../../src/data/scaling.ts";
import { scaleSeries, seriesUnits } from "../../src/data/series-units.ts";
import { cutPart } from "../../src/data/source.ts";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import { jsonLinesDataset } from "../../src/data/tables/jsonl-source.ts";
import { unscaled } from "../../src/inference/rows.ts";
import { Random } from "../../src/random/generator.ts";
import { memoryFile, plainColumn } from "./temporary.ts";

const columns = [
  plainColumn("level", { mean: 50, standardDeviation: 20, resolution: 0.5 }),
  plainColumn("flag", { kind: "binary", mean: 0.3 }),
];
const usual = columnScaling(columns[0]!);

/** A sequence of these levels; the flag is 1 throughout. */
const sequenceOf = (...levels: number[]): Sequence => ({
  name: "a",
  length: levels.length,
  values: Float64Array.from(levels.flatMap((level) => [level, 1])),
});

describe("the units of a sequence", () => {
  test("are mean and deviation of its own first steps, of real and quantised columns alone", () => {
    const units = seriesUnits(sequenceOf(7, 9, 11, 1000), columns, 3);
    expect([...units.shift]).toEqual([9, 0]);
    expect(units.scale[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(units.scale[1]).toBe(1);
    expect(units.from).toBe(3);
  });

  test("leave missing entries aside", () => {
    const units = seriesUnits(sequenceOf(7, Number.NaN, 11), columns, 3);
    expect([units.shift[0], units.scale[0]]).toEqual([9, 2]);
  });

  test.each([
    ["nothing", [Number.NaN, Number.NaN, 8]],
    ["one value", [Number.NaN, 8, 9]],
    ["the same value twice", [8, 8, 9]],
    ["a difference that the rest would drown", [8, 8 + 1e-5, 9]],
  ])("are the columns' where the first steps hold %s", (_, levels) => {
    const { shift, scale } = seriesUnits(sequenceOf(...levels), columns, 2);
    expect([shift[0], scale[0]]).toEqual([usual.shift, usual.scale]);
  });

  test("know nothing of what comes after these steps", () => {
    const [some, others] = [sequenceOf(7, 9, 11, 12), sequenceOf(7, 9, -1e9, Number.NaN)];
    expect(seriesUnits(some, columns, 2)).toEqual(seriesUnits(others, columns, 2));
  });
});

describe("a data set of which each sequence has units of its own", () => {
  const data: Dataset = {
    columns,
    splits: { train: [sequenceOf(7, 9, 11), sequenceOf(1, 2)], valid: [], test: [sequenceOf(1, 3, 9)] },
    notes: ["as it was"],
  };

  test("keeps its values, and says how they are scaled and which are too short for that", () => {
    const scaled = scaleSeries(data, 2);
    expect(scaled.splits.test[0]).toEqual({
      ...data.splits.test[0],
      units: { shift: Float64Array.of(2, 0), scale: Float64Array.of(1, 1), from: 2 },
    });
    expect(scaled.scaleSteps).toBe(2);
    expect(scaled.notes).toEqual([
      "as it was",
      "each sequence is scaled by its own first 2 steps, these by the columns' statistics; 1 of 3 have no more and keep those",
    ]);
    expect(scaleSeries(data, undefined)).toBe(data);
  });

  test("says where no training sequence is long enough, which data of a trained model need not have", () => {
    const idle = "no training sequence is longer than 3 steps: none is scaled by its own";
    expect(scaleSeries(data, 3).notes.at(-1)).toBe(idle);
    expect(scaleSeries(data, 2).notes).not.toContain(idle);
    const other = { ...data, splits: { train: [], valid: [], test: data.splits.test } };
    expect(scaleSeries(other, 3).notes).not.toContain(idle);
  });

  test.each([1, 0, 2.5, Number.NaN])("%d steps tell no scale", (steps) => {
    expect(() => scaleSeries(data, steps)).toThrow(expect.objectContaining({ code: "data/scale-steps" }));
  });

  test("is refused where no column is scaled", () => {
    const flags = { ...data, columns: [columns[1]!] };
    expect(() => scaleSeries(flags, 2)).toThrow(/no column is real or quantised/);
  });

  test("comes of what is read so", () => {
    const arrays = { load: Array.from({ length: 40 }, (_, t) => Math.sin(t) * 3 + t / 7) };
    const read = datasetFromArrays(arrays, { scaleSteps: 5 });
    const plain = datasetFromArrays(arrays);
    expect(read.scaleSteps).toBe(5);
    expect(read.columns).toEqual(plain.columns);
    const [first] = plain.splits.train;
    expect(read.splits.train[0]!.units).toEqual(seriesUnits(first!, plain.columns, 5));
    // What the series goes on with is scaled by how it began.
    expect(read.splits.valid[0]!.units).toEqual({ ...seriesUnits(first!, plain.columns, 5), from: 0 });
  });

  test("of a series whose first part is too short for them they are told by the next one", () => {
    const walk = sequenceOf(1, 2, 4, 8, 16, 32, 64, 128);
    const { splits } = scaleSeries(
      {
        columns,
        splits: { train: [sliceSequence(walk, 0, 2)], valid: [sliceSequence(walk, 2, 8)], test: [] },
        notes: [],
      },
      3,
    );
    expect(splits.valid[0]!.units).toEqual(seriesUnits(sliceSequence(walk, 2, 8), columns, 3));
  });

  test.each([
    ["sequence", () => "walk", [1]],
    ["step", (t: number) => (t % 2 === 0 ? "rest" : "walk"), [0, 1, 0]],
  ] as const)("keeps labels of each %s, also when it is cut", (labelPer, gaitOf, gaits) => {
    const person = (k: number) => {
      const steps = Array.from({ length: 8 }, (_, t) => t);
      return { speed: steps.map((t) => k + t ** 2 / 2), gait: steps.map(gaitOf) };
    };
    const people = Array.from({ length: 8 }, (_, k) => person(k));
    const options = { label: "gait", labelPer, levels: ["rest", "walk"], scaleSteps: 4 };
    const { splits, columns: own } = datasetFromArrays(people, options);
    const [first] = splits.train;
    const part = tableSequence(sliceSequence(first!, 2, 5));
    expect(part.units).toEqual({ x: { ...seriesUnits(first!, own, 4), from: 2 } });
    expect([...part.values["label"]!]).toEqual(gaits);
  });
});

describe("what cannot be scaled so says so", () => {
  const refused = expect.objectContaining({ code: "data/scale-steps" });

  test("music, whose keys sound or do not", () => {
    const roll = { train: [[[60], [62]]], valid: [[[60], [62]]], test: [[[60], [62]]] };
    expect(() => pianoRoll(roll, "roll.json", { scaleSteps: 2 })).toThrow(refused);
  });

  test("JSON Lines that are read as they are needed", async () => {
    const file = memoryFile('{"x": 1}\n{"x": 2}\n{"x": 4}\n');
    await expect(jsonLinesDataset(file, { scaleSteps: 2 })).rejects.toThrow(refused);
  });
});

describe("units that begin amid a sequence", () => {
  const sequence = scaleSeries(
    { columns, splits: { train: [sequenceOf(40, 60, 41, 42, 80, 10)], valid: [], test: [] }, notes: [] },
    3,
  ).splits.train[0]!;
  const fields = tableFields({ columns });
  const specs = (["values", "shift", "scale", "cell"] as const).map(
    (what): InputSpec => ({ name: what, field: "x", what, dtype: "float64", shape: ["T", "B", 2] }),
  );
  const feeder = new Feeder(specs, fields);
  const fed = (from: number, to: number) =>
    feeder.feed([cutPart(tableSequence(sequence), fields, from, to)])[0]!;
  const columnOf = (name: string, from: number, to: number) =>
    [...(fed(from, to)[name]!.data as Float64Array)].filter((_, i) => i % 2 === 0);

  test("scale each step by what holds there, whatever window it stands in", () => {
    const { shift, scale } = sequence.units!;
    const levels = [40, 60, 41, 42, 80, 10];
    const unitOf = (t: number) => (t < 3 ? [50, 20] : [shift[0]!, scale[0]!]) as [number, number];
    for (const [from, to] of [
      [0, 6],
      [0, 3],
      [2, 5],
      [3, 6],
      [5, 6],
    ] as const) {
      const steps = levels.map((level, t) => [level, ...unitOf(t)] as const).slice(from, to);
      expect(columnOf("values", from, to)).toEqual(steps.map(([level, m, s]) => (level - m) / s));
      expect(columnOf("shift", from, to)).toEqual(steps.map(([, m]) => m));
      expect(columnOf("scale", from, to)).toEqual(steps.map(([, , s]) => s));
      columnOf("cell", from, to).forEach((cell, i) => {
        expect(cell).toBeCloseTo(0.5 / steps[i]![2], 14);
      });
    }
  });

  test("are cut with tables as with parts", () => {
    expect(sliceSequence(sequence, 1, 5).units).toEqual({ ...sequence.units, from: 2 });
    const { from: _, ...own } = sequence.units!;
    expect(sliceSequence(sequence, 4, 6).units).toEqual(own);
    expect(cutPart(tableSequence(sequence), fields, 4, 6).units!["x"]).toEqual(own);
  });

  test("are taken back to the units of the data, also for several rows a step", () => {
    const values = fed(1, 5)["values"]!.data as Float64Array;
    const twice = Float64Array.from([0, 1, 2, 3].flatMap((t) => [0, 1, 0, 1].map((d) => values[2 * t + d]!)));
    const back = unscaled(twice, columns, { units: sequence.units, start: 1, rows: 2 });
    [60, 41, 42, 80].forEach((level, t) => {
      expect(back[4 * t]).toBeCloseTo(level, 10);
      expect(back[4 * t + 2]).toBeCloseTo(level, 10);
      expect(back[4 * t + 1]).toBe(1);
    });
  });

  test("have no room in inputs without time", () => {
    const spec = { ...specs[2]!, shape: ["B", 2] as const };
    const part = cutPart(tableSequence(sequence), fields, 0, 6);
    expect(() => new Feeder([spec], fields).feed([part])).toThrow(/change from step to step/);
    const later = cutPart(tableSequence(sequence), fields, 3, 6);
    expect([...new Feeder([spec], fields).feed([later])[0]!["scale"]!.data]).toEqual([
      ...sequence.units!.scale,
    ]);
  });
});

test("units of each step, of random tables, are those of the step at which they stand", () => {
  const random = Random.stream(1, "units of steps");
  const [length, width] = [7, 2];
  const numbers = () => Float64Array.from({ length: length * width }, () => 1 + random.uniform());
  const [values, shift, scale] = [numbers(), numbers(), numbers()];
  const both = [plainColumn("a"), plainColumn("b")];
  const back = unscaled(values, both, { units: { shift, scale } });
  back.forEach((value, i) => {
    expect(value).toBeCloseTo(values[i]! * scale[i]! + shift[i]!, 14);
  });
});
