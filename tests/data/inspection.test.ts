import { expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { inspectionOf } from "../../src/data/inspection.ts";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import { Random } from "../../src/random/generator.ts";
import { dataSchemaOf, schemaFileOf } from "../../src/run/schema-file.ts";
import { spanWords } from "../../src/words/spans.ts";
import { fileWith } from "./temporary.ts";

const random = Random.stream(3, "inspection");
const noise = (length: number) => Array.from({ length }, () => random.normal());

test("seasons, gaps and shifts of columns are seen, and none of them where there is none", () => {
  const season = noise(600).map((value, t) => value + 3 * Math.sin((2 * Math.PI * t) / 12));
  const shifted = noise(600).map((value, t) => value + (t >= 400 ? 30 : 0));
  const holes = noise(600).map((value, t) => (t > 100 && t < 120 ? Number.NaN : value));
  const { columns, steps, lengths, step, shown } = inspectionOf(
    datasetFromArrays({ season, shifted, holes }),
  );
  expect([steps, lengths, step, shown.length]).toEqual([600, [600, 600, 600], undefined, 600]);
  expect(columns.map(({ seasons }) => seasons.map((each) => each.steps))).toEqual([[12], [], []]);
  expect(columns.map(({ gap }) => gap)).toEqual([0, 0, 19]);
  expect(columns.map(({ shift }) => shift === undefined)).toEqual([true, false, true]);
  expect(Math.abs(columns[1]!.shift!.step - 400)).toBeLessThan(20);
});

test("steps of months are even, and missing days are not", () => {
  const months = Array.from(
    { length: 36 },
    (_, i) => `${2020 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")},${i % 5}`,
  );
  const even = inspectionOf(readDataset(fileWith("x.csv", `month,x\n${months.join("\n")}\n`)));
  expect(even.step?.irregular).toBe(0);
  expect([spanWords(even.step!.usual), spanWords(12 * even.step!.usual)]).toEqual(["1 month", "1 year"]);
  const days = [1, 2, 3, 4, 8, 9, 10, 11, 12, 13].map(
    (day) => `2024-01-${String(day).padStart(2, "0")},${day % 3}`,
  );
  const odd = inspectionOf(readDataset(fileWith("x.csv", `day,x\n${days.join("\n")}\n`))).step!;
  expect([odd.usual, odd.longest]).toEqual([86_400, 4 * 86_400]);
  expect(odd.irregular).toBeCloseTo(1 / 9);
});

test("a schema says how data are read as they were", () => {
  const path = fileWith(
    "x.csv",
    `at,id,load,state,age,note\n${Array.from({ length: 40 }, (_, i) => `${i % 20},${i < 20 ? "a" : "b"},${i / 4},${i % 3 ? "on" : "off"},${i < 20 ? 5 : 6},n`).join("\n")}\n`,
  );
  const said = { sequence: "id", statics: ["age"], drop: ["note"], splitBy: "time" } as const;
  const data = readDataset(path, said);
  const file = schemaFileOf(data, { ...said, statics: ["age"], drop: ["note"] }, { load: { missing: 0 } });
  const again = readDataset(path, dataSchemaOf(JSON.parse(JSON.stringify(file)), "x.json"));
  expect(again.columns).toEqual(data.columns);
  expect(again.conditions).toEqual(data.conditions);
  expect(again.splits).toEqual(data.splits);
});

test.each([
  [{ columns: [] }, "it names no column to model"],
  [{ columns: [{ name: "x", role: "static" }] }, "it names no column to model"],
  [
    {
      columns: [
        { name: "x", role: "target" },
        { name: "x", role: "label" },
      ],
    },
    'it names the column "x" twice',
  ],
  [{ columns: [{ name: "x", role: "targte" }] }, "columns.0.role: it must be one of"],
  [{}, "columns: "],
  [[1], ""],
])("%j is no schema, in one line", (content, message) => {
  expect(() => dataSchemaOf(content, "x.json")).toThrow(new RegExp(`^x\\.json: ${message}[^\\n]*$`));
});

test.each([
  [1, "1 second"],
  [90, "90 seconds"],
  [1800, "30 minutes"],
  [86_400, "1 day"],
  [7 * 86_400, "1 week"],
  [0.004, "0.004 seconds"],
])("%d seconds are %s", (seconds, words) => {
  expect(spanWords(seconds)).toBe(words);
});
