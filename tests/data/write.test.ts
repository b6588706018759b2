import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCsv } from "../../src/data/files-csv.ts";
import { pianoRoll } from "../../src/data/music/piano-roll.ts";
import { modalityOfOldRun } from "../../src/data/old-modality.ts";
import { cellReader } from "../../src/data/tables/cells.ts";
import { csvText, pianoRollJson, sequenceCsv } from "../../src/data/write.ts";
import { mixed } from "../inference/columns.ts";

const reread = (text: string) => parseCsv(text, "file", "name", cellReader(), ",");

test("any text comes back from a table as it went in, trimmed", () => {
  const field = fc.string().map((text) => `x${text.replace(/[\r\n]+/g, "\n")}x`);
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { minLength: 1 }), (rows) => {
      const { columns } = reread(csvText(["a", 'b "quoted", with comma'], rows));
      expect([...columns.keys()]).toEqual(["a", 'b "quoted", with comma']);
      expect([...columns.values()]).toEqual([rows.map(([a]) => a), rows.map(([, b]) => b)]);
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
