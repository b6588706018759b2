import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pianoRoll } from "../../src/data/music/piano-roll.ts";
import { modalityOfOldRun } from "../../src/data/old-modality.ts";
import { cellReader } from "../../src/data/tables/cells.ts";
import { parseCsv } from "../../src/data/tables/csv.ts";
import {
  csvText,
  fieldOf,
  inDigits,
  observedField,
  pianoRollJson,
  sequenceCsv,
} from "../../src/data/write.ts";
import { mixed } from "../inference/columns.ts";

const reread = (text: string) => parseCsv(text, "file", "name", cellReader(), ",");

test("any text comes back from a table as it went in, trimmed", () => {
  const field = fc.string().map((text) => `x${text.replace(/[\r\n]+/g, "\n")}x`);
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { minLength: 1 }), (rows) => {
      const { columns } = reread(csvText(["a", 'b "quoted", with comma'], rows));
      expect([...columns.keys()]).toEqual(["a", 'b "quoted", with comma']);
      expect([...columns.values()].map((cells) => [...cells])).toEqual([
        rows.map(([a]) => a),
        rows.map(([, b]) => b),
      ]);
    }),
  );
});

test("a sequence as a table: numbers in full, levels by name, nothing where an entry is missing", () => {
  const sequence = { name: "s", length: 2, values: Float64Array.of(100.25, 1, 2, Number.NaN, 0, 0) };
  expect(sequenceCsv(mixed, sequence)).toBe("level,flag,mode\n100.25,1,off\n,0,idle\n");
  const { columns } = reread(sequenceCsv(mixed, sequence));
  expect(columns.get("mode")).toEqual(["off", "idle"]);
});

test("a column without a grid is written to the digits of a float32", () => {
  const fine = [{ ...mixed[0]!, resolution: 0 }];
  const sequence = { name: "s", length: 1, values: Float64Array.of(0.30000001192092896) };
  expect(sequenceCsv(fine, sequence)).toBe("level\n0.3\n");
});

describe("digits", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  test("what was observed comes back as it was", () => {
    const fine = { ...mixed[0]!, resolution: 0 };
    fc.assert(
      fc.property(finite, (value) => {
        const { columns } = reread(csvText(["x", "y"], [[observedField(fine, value), 1]]));
        expect([...columns.get("x")!]).toEqual([value + 0]);
      }),
    );
  });

  test("what a model made keeps seven digits of the deviation, however large the level", () => {
    const level = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    const deviation = fc.double({ min: 1e-4, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(level, deviation, (value, spread) => {
        const rounding = 1e-6 * Math.min(spread, Math.max(spread * 1e-7, Math.abs(value)));
        const ulp = Number.EPSILON * Math.abs(value);
        expect(Math.abs(inDigits(value, spread) - value)).toBeLessThanOrEqual(rounding + ulp);
      }),
    );
  });

  test.each([
    [0.123456789, 1, 0.1234568],
    [113.404954123456, 2e-5, 113.40495412346],
    [1000000003.82692, 3, 1000000003.82692],
    [987654321012.4, 350, 987654321012.4],
    [1e-200 / 3, 7e-201, 3.333333e-201],
    [0, 1, 0],
    [Number.NaN, 1, Number.NaN],
  ])("%d of a column of deviation %d is written as %d", (value, deviation, written) => {
    expect(inDigits(value, deviation)).toBe(written);
    expect(fieldOf({ ...mixed[0]!, resolution: 0, standardDeviation: deviation }, value)).toBe(written);
  });
});

describe("piano rolls", () => {
  const roll = { train: [[[60, 64], [], [108]], [[21]]] };
  const { columns, splits } = pianoRoll({ ...roll, valid: [[[50]]], test: [[[51]]] }, "roll.json", {});

  test("come back as they went in", () => {
    expect(JSON.parse(pianoRollJson(columns, splits.train))).toEqual(roll);
  });

  test("of old runs are told by their columns", () => {
    expect(modalityOfOldRun(columns)).toEqual({ name: "music" });
    expect(modalityOfOldRun(mixed)).toEqual({ name: "table" });
    expect(modalityOfOldRun([{ ...mixed[1]!, name: "7" }])).toEqual({ name: "table" });
  });
});
