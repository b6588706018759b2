import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isDerived } from "../../src/data/derived/derived-column.ts";
import { derivedAhead, derivedRows } from "../../src/data/derived/rows.ts";
import { conditionColumnSchema } from "../../src/data/field-schemas.ts";
import { readDataset } from "../../src/data/files.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { LiveDerived } from "../../src/inference/live-derived.ts";
import { errorOf, scratchFolder } from "../run/scratch.ts";

const folder = scratchFolder();

/** A file of a column that varies, a row for each time. */
function fileOf(name: string, times: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `time,load\n${times.map((time, t) => `${time},${(t * 7) % 5}`).join("\n")}\n`);
  return path;
}

const hourly = (from: string, steps: number): string[] =>
  Array.from({ length: steps }, (_, t) => new Date(Date.parse(from) + t * 3_600_000).toISOString());

const HOURS = fileOf("hours.csv", hourly("2024-02-28T21:00:00Z", 100));
const read = (options: SchemaOptions) => readDataset(HOURS, options);

describe("the hour of the day", () => {
  const data = read({ calendar: ["hour"] });
  const conditions = data.conditions!;

  test("is a covariate of two columns, and no column of the file", () => {
    expect(conditions.map(({ name, role }) => [name, role])).toEqual([
      ["calendar.hour.sine", "covariate"],
      ["calendar.hour.cosine", "covariate"],
    ]);
    expect(data.columns.map(({ name }) => name)).toEqual(["load"]);
    expect(data.notes).toContain('calendar: hour beside the columns, from the dates of "time"');
  });

  test("has the place of each step on the circle of a day", () => {
    for (const sequence of Object.values(data.splits).flat())
      for (let t = 0; t < sequence.length; t++) {
        const hours = new Date(sequence.times![t]! * 1000).getUTCHours();
        const [sine, cosine] = sequence.conditions!.subarray(2 * t, 2 * t + 2);
        expect(sine).toBeCloseTo(Math.sin((hours / 12) * Math.PI), 9);
        expect(cosine).toBeCloseTo(Math.cos((hours / 12) * Math.PI), 9);
      }
  });

  test("is read back out of what a run keeps, and made again of other data", () => {
    const kept = conditions.map((column) => conditionColumnSchema.parse(JSON.parse(JSON.stringify(column))));
    const again = read({ columns: data.columns, conditions: kept });
    expect(again.splits).toEqual(data.splits);
    expect(again.conditions).toEqual(conditions);
  });

  test("goes on beyond the end by the times to come", () => {
    const derived = conditions.filter(isDerived);
    const [sequence] = data.splits.test;
    const times = Float64Array.of(sequence!.times!.at(-1)! + 3600, sequence!.times!.at(-1)! + 7200);
    const ahead = derivedAhead(derived, data.columns, sequence!, { horizon: 2, times });
    const values = new Float64Array(2);
    expect([...ahead]).toEqual([...derivedRows(derived, data.columns, { times, values })]);
  });

  test("is that of whole sequences in a stream, and known of its next step", () => {
    const live = new LiveDerived(data.columns, conditions);
    const [sequence] = data.splits.train;
    const rows = sequence!.conditions!;
    for (let t = 0; t < 10; t++) {
      const x = sequence!.values.subarray(t, t + 1);
      const known = live.known({ x, told: new Float64Array(), time: sequence!.times![t]! });
      live.taken();
      expect(known.condition).toEqual(rows.slice(2 * t, 2 * t + 2));
      if (t > 0) expect(known.upcoming).toEqual(rows.slice(2 * t + 2, 2 * t + 4));
    }
  });

  test("goes on in a stream that another began", () => {
    const whole = new LiveDerived(data.columns, conditions);
    const step = (live: LiveDerived, hours: number) => {
      const known = live.known({ x: Float64Array.of(1), told: new Float64Array(), time: hours * 3600 });
      live.taken();
      return known;
    };
    for (const hours of [1, 3, 5]) step(whole, hours);
    const second = new LiveDerived(data.columns, conditions, JSON.parse(JSON.stringify(whole.state)));
    expect(step(second, 7)).toEqual(step(whole, 7));
  });

  test("is withheld where a line of a stream has no time", () => {
    const live = new LiveDerived(data.columns, conditions);
    const { condition } = live.known({ x: Float64Array.of(1), told: new Float64Array(), time: Number.NaN });
    expect(condition).toEqual(Float64Array.of(Number.NaN, Number.NaN));
  });
});

test("a calendar without dates is refused", () => {
  const numbered = fileOf("numbered.csv", ["0", "10", "20", "31", "40", "50", "60", "70"]);
  expect(errorOf(() => readDataset(numbered, { calendar: ["hour"] }))).toMatchObject({
    code: "data/no-times",
    what: "the data tell no dates, so there is no calendar",
  });
});

test("a model of the calendar refuses data without dates", () => {
  const { columns, conditions } = read({ calendar: ["hour"] });
  const numbered = fileOf("numbered.csv", ["0", "10", "20", "31", "40", "50", "60", "70"]);
  expect(errorOf(() => readDataset(numbered, { columns, conditions }))).toMatchObject({
    code: "data/no-times",
    what: "the model reads calendar.hour.sine, and the data tell no dates",
  });
});
