import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConditionColumn, Dataset } from "../../src/data/dataset.ts";
import type { CalendarWord } from "../../src/data/derived/names.ts";
import { mostForetold } from "../../src/data/derived/profile.ts";
import { wallClock } from "../../src/data/derived/zone.ts";
import { readDataset } from "../../src/data/files.ts";
import { readDays } from "../../src/data/files-days.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { Random } from "../../src/random/generator.ts";
import { errorOf, scratchFolder } from "../run/scratch.ts";
import { plainColumn } from "./temporary.ts";

const folder = scratchFolder();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Written {
  readonly write?: (at: number) => string;
  readonly valueAt?: (at: number, t: number) => number;
}

const anyhow = (_: number, t: number): number => ((t * 7) % 5) + (t % 3) / 10;

/** A file of a column that varies, a row for each moment in milliseconds. */
function fileOf(
  name: string,
  moments: readonly number[],
  { write = (at) => new Date(at).toISOString(), valueAt = anyhow }: Written = {},
): string {
  const path = join(folder, name);
  const rows = moments.map((at, t) => `${write(at)},${valueAt(at, t).toFixed(3)}`);
  writeFileSync(path, `time,load\n${rows.join("\n")}\n`);
  return path;
}

const evenly = (from: string, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, t) => Date.parse(from) + t * step);

const monthly = (count: number): number[] => Array.from({ length: count }, (_, t) => Date.UTC(2015, t, 1));

const read = (path: string, calendar: readonly CalendarWord[], more: SchemaOptions = {}): Dataset =>
  readDataset(path, { calendar, ...more });

const namesOf = ({ conditions = [] }: Dataset): string[] =>
  conditions.map(({ name }) => name.replace("calendar.", "").replace(/\.(?:co)?sine$/, ""));

/** Each moment of the data with the value of a covariate there, levels by their names. */
function valuesOf({ conditions = [], splits }: Dataset, name: string): [at: Date, value: number | string][] {
  const place = conditions.findIndex((column) => column.name === name);
  const { levels } = conditions[place] as ConditionColumn;
  return Object.values(splits)
    .flat()
    .flatMap(({ length, times, conditions: rows }) =>
      Array.from({ length }, (_, t): [Date, number | string] => {
        const value = rows![t * conditions.length + place]!;
        return [new Date(times![t]! * 1000), levels[value] ?? value];
      }),
    );
}

const halfDay = (time: number): number => Math.floor(time / 43_200) % 2;

const NOISE = Random.stream(7, "calendar");

/** A day, a week and a year in a value, with noise as wide as each. */
const seasonal = (at: number): number => {
  const date = new Date(at);
  const [hour, month] = [date.getUTCHours() / 24, date.getUTCMonth() / 12];
  const isFree = date.getUTCDay() % 6 === 0;
  return (
    Math.sin(2 * Math.PI * hour) + Number(isFree) + 2 * Math.sin(2 * Math.PI * month) + 0.5 * NOISE.normal()
  );
};

describe("auto takes what varies, comes twice in the training data and foretells values", () => {
  const auto = (moments: readonly number[], valueAt: Written["valueAt"] = seasonal) =>
    namesOf(read(fileOf("auto.csv", moments, { valueAt }), ["auto"])).toSorted();
  const twice = (names: string[]) => names.flatMap((name) => [name, name]);

  test.each([
    ["hours of 2 days (70 % of 69)", evenly("2024-01-01", HOUR, 69), twice(["hour"])],
    ["hours of less", evenly("2024-01-01", HOUR, 66), []],
    ["hours of 9 weeks", evenly("2024-01-01", HOUR, 24 * 63), [...twice(["hour"]), "weekday"]],
    ["days of 9 weeks", evenly("2024-01-01", DAY, 63), ["weekday"]],
    ["days of 6 years", evenly("2018-01-01", DAY, 2200), [...twice(["day-of-year"]), "weekday"]],
    ["weeks of 6 years", evenly("2018-01-01", 7 * DAY, 320), twice(["day-of-year"])],
    ["months of 6 years", monthly(72), ["month"]],
    ["months of 2 years", monthly(24), []],
    ["years", Array.from({ length: 40 }, (_, t) => Date.UTC(1980 + t, 0, 1)), []],
  ])("%s", (_, moments, names) => {
    expect(auto(moments)).toEqual(names);
  });

  test("and nothing of noise, or of a walk at random", () => {
    const random = Random.stream(3, "walks");
    let level = 0;
    const walk = () => {
      level += random.normal();
      return level;
    };
    for (let i = 0; i < 5; i++) {
      expect(auto(evenly("2018-01-01", DAY, 2200), walk)).toEqual([]);
      expect(auto(evenly("2018-01-01", HOUR, 2200), walk)).toEqual([]);
      expect(auto(evenly("2018-01-01", HOUR, 2200), () => random.normal())).toEqual([]);
    }
  });

  test("and says of what", () => {
    const { notes } = read(fileOf("said.csv", evenly("2024-01-01", HOUR, 400), { valueAt: seasonal }), [
      "auto",
    ]);
    expect(notes.filter((note) => note.startsWith("calendar"))).toEqual([
      expect.stringMatching(
        /^calendar: hour \(foretells [\d.]+ % of how "load" varies within a day\), made of the times in "time", known beside the columns; to leave it out: the option calendar: none$/,
      ),
    ]);
  });

  test("by the profile of every other round, held against the rounds between", () => {
    // In days by turns 0, 1, 0, 1 ... and 0, 3, 0, 3 ... over two stretches: profiles are -.5, .5 and -1.5, 1.5.
    const times = Float64Array.from({ length: 40 }, (_, t) => t * 43_200);
    const values = Float64Array.from({ length: 40 }, (_, t) => (t % 2) * (t % 4 < 2 ? 1 : 3));
    const round = { name: "a day", period: 86_400, start: 0, stretches: 2, stretchOf: halfDay };
    const whole = {
      columns: [plainColumn("x")],
      conditions: [],
      notes: [],
      sequences: [{ name: "a", length: 40, values, times }],
    };
    const parts = [{ index: 0, split: "train" as const, start: 0, end: 40 }];
    // Of .25 the profile of the others leaves (.5 - 1.5)², which is worse; of 2.25 theirs leaves 1.
    expect(mostForetold(whole, { parts }, round, (time) => time)).toBeUndefined();
    const alike = {
      ...whole,
      sequences: [{ ...whole.sequences[0]!, values: values.map((value) => Math.min(value, 1)) }],
    };
    expect(mostForetold(alike, { parts }, round, (time) => time)).toMatchObject({ column: "x", share: 1 });
  });

  test("and the time between steps where that varies", () => {
    const uneven = evenly("2024-01-01", 60_000, 40).map((at, t) => at + ((t * t) % 7) * 7000);
    const data = read(fileOf("uneven.csv", uneven), ["auto"]);
    expect(namesOf(data)).toEqual(["elapsed"]);
    expect(data.notes).toContain(
      'calendar: elapsed (steps are uneven), made of the times in "time", known beside the columns; to leave it out: the option calendar: none',
    );
    const train = data.splits.train[0]!;
    const distances = [...train.times!].map((time, t) => time - (train.times![t - 1] ?? Number.NaN));
    const usual = distances.slice(1).toSorted((a, b) => a - b)[(train.length - 1) >> 1]!;
    expect(train.conditions![0]).toBeNaN(); // withheld: nothing was before it
    for (let t = 1; t < train.length; t++)
      expect(train.conditions![t]).toBeCloseTo(Math.log(1 + distances[t]! / usual), 9);
    // The first step of a later split has one before it.
    expect(data.splits.valid[0]!.conditions![0]).toBeGreaterThan(0);
  });

  test("of numbers that count from 1970 too", () => {
    const path = fileOf("epoch.csv", evenly("2024-01-01", HOUR, 100), { write: String, valueAt: seasonal });
    expect(namesOf(read(path, ["auto"]))).toEqual(["hour", "hour"]);
  });

  test("nothing where it is left out", () => {
    const path = fileOf("none.csv", evenly("2024-01-01", HOUR, 100));
    expect(read(path, ["none"]).conditions).toBeUndefined();
    expect(readDataset(path).conditions).toBeUndefined();
  });
});

describe("parts of the calendar agree with the clock of another", () => {
  const days = read(fileOf("days.csv", evenly("2019-12-20", 9 * HOUR, 2000)), [
    "weekday",
    "month",
    "weekend",
    "minute",
    "day-of-month",
    "day-of-year",
  ]);
  const told = (at: Date, format: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en", { timeZone: "UTC", ...format }).format(at);

  test("weekday and month, one level each", () => {
    for (const [at, weekday] of valuesOf(days, "calendar.weekday"))
      expect(weekday).toBe(told(at, { weekday: "long" }));
    for (const [at, month] of valuesOf(days, "calendar.month"))
      expect(month).toBe(told(at, { month: "long" }));
  });

  test("weekend", () => {
    for (const [at, isFree] of valuesOf(days, "calendar.weekend"))
      expect(isFree).toBe(/^S/.test(told(at, { weekday: "short" })) ? 1 : 0);
  });

  test("the day of the year goes round once a year, leap years too", () => {
    for (const [at, cosine] of valuesOf(days, "calendar.day-of-year.cosine")) {
      const year = at.getUTCFullYear();
      const length = new Date(year, 1, 29).getMonth() === 1 ? 366 : 365;
      const gone = (at.getTime() - Date.parse(`${year}-01-01T00:00:00Z`)) / DAY;
      expect(cosine).toBeCloseTo(Math.cos((2 * Math.PI * gone) / length), 9);
    }
  });

  test("what does not vary is left out, which is told", () => {
    expect(namesOf(days)).not.toContain("minute");
    expect(days.notes.filter((note) => note.includes('"calendar.minute.sine" is left out'))).toHaveLength(1);
  });
});

test("what comes once in the training data is told to be hardly learned", () => {
  const data = read(fileOf("once.csv", evenly("2024-01-01", HOUR, 300)), ["hour", "month"]);
  expect(data.notes.filter((note) => note.includes("go round"))).toEqual([
    "calendar: the training data do not go round the month twice, so what it means is hardly learned",
  ]);
});

describe("holidays", () => {
  const path = fileOf("free.csv", evenly("2024-12-01", HOUR, 800));

  test("are a covariate of the days of a list", () => {
    const data = read(path, ["none"], { holidays: ["2024-12-03", "2024-12-25"] });
    for (const [at, isFree] of valuesOf(data, "calendar.holiday"))
      expect(isFree).toBe(["2024-12-03", "2024-12-25"].includes(at.toISOString().slice(0, 10)) ? 1 : 0);
  });

  test("come from a file, whose bad lines are refused by their number", () => {
    const list = join(folder, "days.txt");
    writeFileSync(list, "# Christmas\n2024-12-25\r\n\n2024-12-26\n");
    expect(readDays(list)).toEqual(["2024-12-25", "2024-12-26"]);
    for (const bad of ["2024-02-30", "25.12.2024", "Christmas", "2024-12-5"]) {
      writeFileSync(list, `2024-12-25\n${bad}\n`);
      expect(errorOf(() => readDays(list))).toMatchObject({ code: "data/day", at: `${list}:2` });
    }
  });
});

describe("the clock on the wall", () => {
  test("is that which dates were written by", () => {
    const path = fileOf("zoned.csv", evenly("2024-01-01", HOUR, 100), {
      write: (at) => new Date(at + 2 * HOUR).toISOString().replace("Z", "+02:00"),
    });
    for (const [at, sine] of valuesOf(read(path, ["hour"]), "calendar.hour.sine"))
      expect(sine).toBeCloseTo(Math.sin(((at.getUTCHours() + 2) / 12) * Math.PI), 9);
  });

  test("is that of a zone, whose summer begins and ends", () => {
    const path = fileOf("utc.csv", evenly("2024-03-29", HOUR, 100));
    const berlin = new Intl.DateTimeFormat("en", {
      timeZone: "Europe/Berlin",
      hour: "numeric",
      hourCycle: "h23",
    });
    const data = read(path, ["hour"], { timeZone: "Europe/Berlin" });
    for (const [at, sine] of valuesOf(data, "calendar.hour.sine"))
      expect(sine).toBeCloseTo(Math.sin((Number(berlin.format(at)) / 12) * Math.PI), 9);
  });

  test("is as far from UTC as is said", () => {
    expect(wallClock("-03:30")(0)).toBe(-12_600);
    expect(wallClock("Asia/Kathmandu")(1_700_000_000)).toBe(1_700_000_000 + 20_700);
    expect(errorOf(() => wallClock("Mars/Olympus"))).toMatchObject({ code: "data/time-zone" });
  });

  test("of several zones is told", () => {
    const path = fileOf("summer.csv", evenly("2024-03-30", HOUR, 60), {
      write: (at) => {
        const hours = at < Date.parse("2024-03-31T01:00Z") ? 1 : 2;
        return new Date(at + hours * HOUR).toISOString().replace("Z", `+0${hours}:00`);
      },
    });
    expect(read(path, ["hour"]).notes.filter((note) => note.includes("zones"))).toEqual([
      'column "time" is written by clocks of several zones (+01:00 and +02:00): the calendar is that of the first, or of the option time-zone: Europe/Berlin',
    ]);
  });

  test("is refused where some times tell it and some do not", () => {
    const path = fileOf("mixed.csv", evenly("2024-01-01", HOUR, 60), {
      write: (at) => {
        const text = new Date(at).toISOString();
        return at === Date.parse("2024-01-02T05:00Z") ? text.replace("Z", "") : text;
      },
    });
    for (const options of [{}, { time: "time" }])
      expect(errorOf(() => readDataset(path, options))).toMatchObject({
        code: "data/time-zones",
        at: `${path}:31, column "time"`,
        what: 'some times tell their zone and some do not: "2024-01-02T05:00:00.000" is the first that differs',
      });
  });
});

test("zones that turn round the order of times are what is told, not the order", () => {
  const some = fileOf("some.csv", evenly("2024-01-01", HOUR, 60), {
    write: (at) => {
      const text = new Date(at).toISOString().replace("Z", "");
      return at > Date.parse("2024-01-02T05:00Z") ? `${text}+02:00` : text;
    },
  });
  expect(errorOf(() => readDataset(some))).toMatchObject({ code: "data/time-zones" });
  const turned = fileOf("turned.csv", evenly("2024-01-01", HOUR, 60), {
    write: (at) => {
      const text = new Date(at).toISOString().replace("Z", "");
      return at % (2 * HOUR) === 0 ? `${text}Z` : `${text}+01:00`;
    },
  });
  expect(readDataset(turned).notes.join("\n")).toMatch(/several zones, \+00:00 and \+01:00/);
});

describe("even steps", () => {
  const path = fileOf("quarters.csv", evenly("2024-01-01T00:10:00Z", 15 * 60_000, 400));

  /** All steps of a data set of one sequence: when, and the value of its first column. */
  const steps = ({ splits }: Dataset): [string, number][] =>
    Object.values(splits)
      .flat()
      .flatMap(({ times, values }) =>
        [...times!].map((time, t): [string, number] => [new Date(time * 1000).toISOString(), values[t]!]),
      );

  test("hold the mean of their rows, and begin on the hour", () => {
    const [fine, coarse] = [steps(readDataset(path)), steps(readDataset(path, { every: "1h" }))];
    expect(coarse).toHaveLength(100);
    for (const [at, value] of coarse) {
      const rows = fine.filter(([row]) => row.slice(0, 13) === at.slice(0, 13)).map(([, each]) => each);
      expect(at.slice(13)).toBe(":00:00.000Z");
      expect(value).toBeCloseTo(rows.reduce((sum, each) => sum + each, 0) / rows.length, 9);
    }
  });

  test.each([
    ["sum", (values: number[]) => values.reduce((sum, each) => sum + each, 0)],
    ["min", (values: number[]) => Math.min(...values)],
    ["max", (values: number[]) => Math.max(...values)],
    ["first", (values: number[]) => values[0]!],
    ["last", (values: number[]) => values.at(-1)!],
  ] as const)("or the %s where that is said", (way, expected) => {
    const fine = steps(readDataset(path));
    const stretch = (at: string) => Math.floor(Date.parse(at) / (3 * HOUR));
    for (const [at, value] of steps(readDataset(path, { every: "3h", aggregate: { load: way } }))) {
      const rows = fine.filter(([row]) => stretch(row) === stretch(at)).map(([, each]) => each);
      expect(value).toBeCloseTo(expected(rows), 9);
    }
  });

  test("take the last of texts, of yes and no, and of what is known of all", () => {
    const mixed = join(folder, "mixed-columns.csv");
    const rows = Array.from({ length: 96 }, (_, t) => {
      const at = new Date(Date.UTC(2024, 0, 1) + t * 15 * 60_000 * (t > 40 ? 2 : 1)).toISOString();
      return `${at},${t % 7},${t % 2},${["idle", "busy", "off"][t % 3]},north`;
    });
    writeFileSync(mixed, `time,load,on,mode,site\n${rows.join("\n")}\n`);
    const data = readDataset(mixed, { every: "30m", statics: ["site"], drop: ["on"] });
    expect(data.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "load real",
      "mode categorical",
    ]);
    expect(data.notes).toContain(
      'of several rows in a step is taken the mean of "load" and the last of "mode" and "site" (the option aggregate says otherwise)',
    );
    expect(
      readDataset(mixed, { every: "30m", drop: ["mode", "site"] }).columns.map(({ kind }) => kind),
    ).toEqual(["real", "binary"]);
    const error = errorOf(() => readDataset(mixed, { every: "1h", aggregate: { mode: "sum" } }));
    expect(error).toMatchObject({
      code: "data/aggregate",
      what: 'column "mode" holds text, which has no sum',
    });
  });

  test("without a row are missing, which is told", () => {
    const gaps = fileOf(
      "gaps.csv",
      evenly("2024-01-01", HOUR, 100).filter((_, t) => t % 10 !== 5),
    );
    const data = readDataset(gaps, { every: "1h" });
    expect(data.notes).toContain(
      "every 1h: 90 rows became 100 steps, 10 of which have no row and are missing",
    );
    const missing = steps(data).flatMap(([at, value]) =>
      Number.isNaN(value) ? [new Date(at).getTime()] : [],
    );
    expect(missing).toEqual(evenly("2024-01-01", HOUR, 100).filter((_, t) => t % 10 === 5));
  });

  test("of months and years are those of the calendar", () => {
    const days = fileOf("many-days.csv", evenly("2019-11-15", DAY, 900));
    const months = steps(readDataset(days, { every: "1M" })).map(([at]) => at.slice(0, 10));
    expect(months.slice(0, 5)).toEqual([
      "2019-11-01",
      "2019-12-01",
      "2020-01-01",
      "2020-02-01",
      "2020-03-01",
    ]);
    const quarters = steps(readDataset(days, { every: "3M" })).map(([at]) => at.slice(0, 10));
    expect(quarters.slice(0, 3)).toEqual(["2019-10-01", "2020-01-01", "2020-04-01"]);
    const weeks = steps(readDataset(days, { every: "1w" }));
    for (const [at] of weeks) expect(new Date(at).getUTCDay()).toBe(1);
  });

  test("of days begin at the midnight of a zone", () => {
    const hours = fileOf("hours-utc.csv", evenly("2024-03-28", HOUR, 24 * 8));
    const days = steps(readDataset(hours, { every: "1d", timeZone: "Europe/Berlin" })).map(([at]) => at);
    expect(days.slice(1, 6)).toEqual([
      ...["2024-03-28T23:00:00.000Z", "2024-03-29T23:00:00.000Z", "2024-03-30T23:00:00.000Z"],
      ...["2024-03-31T22:00:00.000Z", "2024-04-01T22:00:00.000Z"], // summer began on the 31st
    ]);
  });

  test("are made again of other data by a model's columns", () => {
    const { columns } = readDataset(path, { every: "1h" });
    const again = readDataset(path, { every: "1h", columns });
    expect(steps(again)).toEqual(steps(readDataset(path, { every: "1h" })));
  });

  test("keep every row where there is one a step, whatever the times", () => {
    const places = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(places, (hours) => {
        const moments = hours.toSorted((a, b) => a - b).map((hour) => Date.UTC(2024, 1, 27) + hour * HOUR);
        const sparse = fileOf("sparse.csv", moments);
        const [given, even] = [steps(readDataset(sparse)), steps(readDataset(sparse, { every: "1h" }))];
        expect(even.filter(([, value]) => !Number.isNaN(value))).toEqual(given);
        expect(even).toHaveLength((moments.at(-1)! - moments[0]!) / HOUR + 1);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    [{ every: "1s" }, "data/every", "nearly all without a row"],
    [{ every: "5x" }, "data/every", '"5x" is no length of a step'],
    [{ aggregate: { load: "sum" } }, "data/aggregate", "no length of a step is told"],
  ] as const)("are refused: %j", (options, code, what) => {
    const far = fileOf("far.csv", evenly("2024-01-01", DAY, 20));
    expect(errorOf(() => readDataset(far, options))).toMatchObject({
      code,
      what: expect.stringContaining(what),
    });
  });

  test("are refused of data without times, and months of numbers that count from anywhere", () => {
    const plain = join(folder, "plain.csv");
    writeFileSync(plain, `load\n${Array.from({ length: 20 }, (_, t) => (t * 7) % 5).join("\n")}\n`);
    expect(errorOf(() => readDataset(plain, { every: "1h" }))).toMatchObject({
      what: "the data tell no times",
    });
    const counted = fileOf("counted.csv", evenly("1970-01-01", 1000, 20), {
      write: (at) => String(at / 1000),
    });
    expect(errorOf(() => readDataset(counted, { every: "1M" }))).toMatchObject({
      what: "the data tell no dates, so there are no months",
    });
  });
});
