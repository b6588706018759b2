import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { timeName } from "../../src/data/tables/time-names.ts";
import { writtenTime } from "../../src/data/tables/written-time.ts";
import { fileWith } from "./temporary.ts";

const value = (i: number) => (2 + Math.sin(i / 5)).toFixed(2);
const csv = (header: string, rows: readonly string[], mark = ",") =>
  `${header}\n${rows.map((row, i) => `${row}${mark}${value(i)}\n`).join("")}`;
const read = (header: string, rows: readonly string[], options: SchemaOptions = {}) =>
  readDataset(fileWith("a.csv", csv(header, rows)), { split: [1, 0, 0], ...options });
const numbers = (count: number, of: (i: number) => number | string) =>
  Array.from({ length: count }, (_, i) => String(of(i)));
const iso = (start: string, seconds: number, count: number) =>
  numbers(count, (i) =>
    new Date(Date.parse(`${start}Z`) + seconds * 1000 * i).toISOString().slice(0, 19).replace("T", " "),
  );
const timesOf = (data: ReturnType<typeof read>) => [...data.splits.train[0]!.times!];

describe("a column of times is never a value", () => {
  const EPOCH = 1_714_550_400;
  test.each([
    ["epoch seconds with a double", "timestamp", numbers(60, (i) => EPOCH + (i === 30 ? 29 : i))],
    ["epoch seconds with a gap", "timestamps", numbers(60, (i) => (i === 30 ? "" : EPOCH + i))],
    ["epoch seconds, newest first", "epoch", numbers(60, (i) => EPOCH - i)],
    ["milliseconds", "epoch_ms", numbers(60, (i) => EPOCH * 1000 + 250 * i)],
    ["microseconds", "ts", numbers(60, (i) => EPOCH * 1e6 + 250 * i)],
    ["nanoseconds", "ts", numbers(60, (i) => `${EPOCH}${String(123_456_700 + 100 * i)}`)],
    ["times in no order", "time", numbers(60, (i) => (i * 17) % 60)],
    ["times that begin anew", "t", numbers(60, (i) => i % 20)],
    ["days as numbers", "date", numbers(60, (i) => 20_240_101 + (i % 29) + 100 * Math.floor(i / 29))],
    ["years", "year", numbers(60, (i) => 1950 + i)],
    ["dates under another name", "gemessen", iso("2024-01-01 00:00:00", 60, 60)],
    ["a name that says it", "recorded_at", numbers(60, (i) => EPOCH + 60 * i)],
    [
      "hours and minutes",
      "time",
      numbers(
        60,
        (i) => `${String(Math.floor(i / 4)).padStart(2, "0")}:${String((i % 4) * 15).padStart(2, "0")}`,
      ),
    ],
  ])("%s", (_, name, rows) => {
    const data = read(`${name},y`, rows);
    expect(data.columns.map((column) => column.name)).toEqual(["y"]);
    expect(data.notes.some((note) => note.includes(`"${name}"`))).toBe(true);
  });

  test("nor a level, where it cannot be read", () => {
    expect(() =>
      read(
        "date,y",
        numbers(40, (i) => `KW ${i}`),
      ),
    ).toThrow(/a\.csv:2, column "date": the column is called a time, and "KW 0" is no date that is known/);
    const parts = ["morning", "noon", "night"];
    expect(
      read(
        "time,y",
        numbers(60, (i) => parts[i % 3]!),
      ).columns[0]!.kind,
    ).toBe("categorical");
  });

  test.each([
    ["in a language that is not known", numbers(40, (i) => `${1 + (i % 28)} maj ${1990 + i}`)],
    ["in a zone that is not known", numbers(40, (i) => `2024-05-01 12:${10 + i}:00 EST`)],
    ["of weeks written otherwise", numbers(40, (i) => `KW${10 + i}/2024`)],
    ["of days without a year", numbers(40, (i) => `${1 + (i % 28)}-${i < 28 ? "Jan" : "Feb"}`)],
  ])("nor are dates %s a level, under whatever name", (_, rows) => {
    expect(() => read("when,y", rows)).toThrow(
      /a\.csv:2, column "when": the column looks like a time, and ".*" is no date that is known \(write dates as/,
    );
    expect(read("when,y", rows, { drop: ["when"] }).columns).toHaveLength(1);
  });

  test.each([
    ["set-01 in any order", "set-0", 1],
    ["gen-01 in any order", "gen-0", 1],
    ["mar-01 in any order", "mar-0", 1],
    ["gen-101 and on: digits of no year", "gen-", 101],
    ["MAR-1001 and on: no year of today", "MAR-", 1001],
    ["set-10 and on, in their order", "set-", 10],
  ])("but codes are, although they begin like a month: %s", (_, word, first) => {
    const isFew = first === 1;
    const rows = numbers(60, (i) => `${word}${first + (isFew ? (i * 7) % 3 : i)}`);
    const data = read("group,y", rows);
    expect([data.time, data.columns.map(({ kind }) => kind)]).toEqual([undefined, ["categorical", "real"]]);
    expect(data.notes.filter((note) => note.includes('"group"'))).toEqual([]);
  });

  test("months are dates where there are two of them, or where the name says that they are", () => {
    const halves = numbers(60, (i) => `${i % 2 === 0 ? "Jan" : "Jul"}-${String(10 + (i >> 1))}`);
    expect(read("when it was,y", halves).time?.kind).toBe("date");
    const years = numbers(60, (i) => `Jan ${1950 + i}`);
    expect(timesOf(read("month,y", years))[1]).toBe(Date.UTC(1951, 0, 1) / 1000);
  });

  test("dates in parts are told of, and no part is taken for the name of sequences", () => {
    const rows = numbers(60, (i) => `${2010 + Math.floor(i / 12)},${1 + (i % 12)}`);
    const { notes } = read("year,month,y", rows);
    expect(notes).toContain(
      'columns "year", "month" tell the time in parts, which are not put together: write it into one, such as 2024-05-01',
    );
    expect(notes.join()).not.toContain("did you mean the option sequence");
  });

  test.each([
    ["2024-W05", (i: number) => `2024-W${String(5 + i).padStart(2, "0")}`, "2024-01-29"],
    ["Q2 2000", (i: number) => `Q${1 + ((1 + i) % 4)} ${2000 + Math.floor((1 + i) / 4)}`, "2000-04-01"],
    ["1 févr. 2024", (i: number) => `${1 + i} févr. 2024`, "2024-02-01"],
    [
      "Jan-24",
      (i: number) => `${["Jan", "Feb", "Mar", "Apr"][i % 4]}-${24 + Math.floor(i / 4)}`,
      "2024-01-01",
    ],
  ])("%s is a date", (_, cell, first) => {
    const data = read("period,y", numbers(24, cell));
    expect(data.columns.map((column) => column.name)).toEqual(["y"]);
    expect(writtenTime(timesOf(data)[0]!, data.time!)).toBe(first);
  });

  test("but what is no time stays one", () => {
    const shuffledTimes = numbers(60, (i) => ((i * 37) % 60) / 10);
    for (const name of ["latency_ms", "response_time", "day", "hour", "uptime", "month"]) {
      const rows = shuffledTimes.map((each, i) => `${i},${each}`);
      expect(read(`t,${name},y`, rows).columns.map((column) => column.name)).toEqual([name, "y"]);
    }
    // A counter that grows unevenly is no clock.
    const counter = numbers(60, (i) => `${i},${i * i * i}`);
    expect(read("t,cpu_time,y", counter).columns.map((column) => column.name)).toEqual(["cpu_time", "y"]);
    expect(
      read(
        "timestamp,y",
        numbers(60, (i) => i),
        { kinds: { timestamp: "real" } },
      ).time,
    ).toBeUndefined();
  });

  test.each([
    ["hour", 3600],
    ["day", 86_400],
    ["week", 604_800],
    ["t (min)", 60],
    ["t", 1],
  ])("numbers under %s are of %d seconds each", (name, seconds) => {
    const { time, splits } = read(
      `${name},y`,
      numbers(60, (i) => i),
      { time: name },
    );
    expect((time?.perSecond ?? 1) * seconds).toBeCloseTo(1, 12);
    expect(splits.train[0]!.times![3]).toBeCloseTo(3 * seconds, 6);
  });

  test.each([
    ["time", "surely"],
    ["Date Time", "surely"],
    ["TimeStamp", "surely"],
    ["epoch_ms", "surely"],
    ["timestamp (s)", "surely"],
    ["recorded_at", "maybe"],
    ["startTime", "maybe"],
    ["uptime", undefined],
    ["station", undefined],
    ["temp", undefined],
  ])("the name %s says so: %s", (name, said) => {
    expect(timeName(name)).toBe(said);
  });
});

describe("newest first", () => {
  test("is turned round, with its values and its lines, in every sequence that falls", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 3, max: 12 })), { minLength: 1, maxLength: 5 }),
        (series) => {
          const rows = series.flatMap(([isFalling, length], s) => {
            const own = numbers(
              length,
              (i) => `s${s},${iso("2024-01-01 00:00:00", 60, length)[i]},${s * 100 + i}`,
            );
            return isFalling ? own.reverse() : own;
          });
          const path = fileWith("a.csv", `s,date,x\n${rows.join("\n")}\n`);
          const data = readDataset(path, { sequence: "s", split: [1, 0, 0], resolution: { x: 0 } });
          data.splits.train.forEach(({ values, times, length }, s) => {
            expect([...values]).toEqual(Array.from({ length }, (_, i) => s * 100 + i));
            expect([...times!]).toEqual([...times!].sort((a, b) => a - b));
          });
          expect(data.notes.some((note) => note.includes("newest first"))).toBe(
            series.some(([isFalling]) => isFalling),
          );
        },
      ),
    );
  });

  test("is turned round in new data of a model too, and an error tells the line of the file", () => {
    const { columns } = read("date,y", iso("2024-01-01 00:00:00", 60, 40));
    const falling = csv("date,y", iso("2024-02-01 00:00:00", 60, 40).reverse());
    const data = readDataset(fileWith("b.csv", falling), { columns, split: [0, 0, 1] });
    expect(data.splits.test[0]!.values[0]).toBe(Number(value(39)));
    expect(data.notes).toContain('column "date" falls (newest first): the rows were turned round');
    const path = fileWith("c.csv", falling.replace(/,2\.20\n/, ",oops\n"));
    const line = falling.split("\n").findIndex((row) => row.endsWith(",2.20")) + 1;
    expect(() => readDataset(path, { columns })).toThrow(`c.csv:${line}, column "y"`);
  });
});

describe("times are told", () => {
  test("doubled and missing ones with their lines, and these are put between their neighbours", () => {
    const rows = iso("2024-05-01 00:00:00", 60, 50);
    rows[20] = "";
    rows[30] = rows[29]!;
    const data = read("date,y", rows);
    expect(data.notes[1]).toMatch(/a\.csv:22, column "date"$/);
    expect(data.notes[1]).toMatch(/^column "date" has rows without a time/);
    expect(data.notes[2]).toMatch(
      /^column "date" repeats the time of the row before 1 time, the first at .*a\.csv:32/,
    );
    const times = timesOf(data);
    expect(times[20]! - times[19]!).toBe(60);
    expect(times[30]).toBe(times[29]);
  });

  test("holes, and the distance that is usual", () => {
    const rows = [...iso("2024-05-01 00:00:00", 60, 50), ...iso("2024-05-04 00:00:00", 60, 50)];
    const { notes } = read("date,y", rows);
    expect(notes[1]).toMatch(
      /has a hole: 2\.97 days in place of 60 s, 4,271 times the usual distance \(before .*a\.csv:52/,
    );
    expect(read("date,y", iso("2024-05-01 00:00:00", 60, 50)).notes).toEqual(['time: column "date" (dates)']);
  });

  test("an hour of autumn that comes twice is no disorder", () => {
    const local = (i: number) =>
      new Date(Date.UTC(2024, 9, 27, 0, 15 * i) - (i >= 12 ? 3_600_000 : 0)).toISOString();
    const data = read(
      "date,y",
      numbers(40, (i) => local(i).slice(0, 16)),
    );
    expect(data.time?.name).toBe("date");
    expect(data.notes[1]).toMatch(
      /goes back by an hour, as clocks do in autumn, 1 time, the first at .*a\.csv:14/,
    );
    const further = numbers(40, (i) => local(i < 12 ? i : i - 8).slice(0, 16));
    expect(read("date,y", further).time).toBeUndefined();
  });

  test("a column with which times begin anew is asked about", () => {
    const rows = ["north", "south"].flatMap((store) =>
      iso("2024-01-01 00:00:00", 86_400, 30).map((day) => `${day},${store}`),
    );
    const { notes } = read("date,store,y", rows);
    expect(notes).toContain(
      '"date" begins anew with each "store": did you mean the option sequence: "store"?',
    );
  });
});

describe("day and month", () => {
  const days = (count: number, write: (day: number, month: number) => string) =>
    numbers(count, (i) => {
      const date = new Date(Date.UTC(2024, 0, 1 + i));
      return write(date.getUTCDate(), date.getUTCMonth() + 1);
    });

  test("are told apart by a day over 12", () => {
    for (const [order, write] of [
      ["day-first", (d: number, m: number) => `${d}/${m}/2024`],
      ["month-first", (d: number, m: number) => `${m}/${d}/2024`],
    ] as const) {
      const data = read("date,y", days(60, write));
      expect(data.time).toEqual({ name: "date", kind: "date", order, isDay: true });
      expect(timesOf(data)).toEqual(numbers(60, (i) => Date.UTC(2024, 0, 1 + i) / 1000).map(Number));
      expect(data.notes[0]).toBe(`time: column "date" (dates, read ${order.replace("-", " ")})`);
    }
  });

  test("are asked about where nothing tells them apart", () => {
    const rows = days(12, (d, m) => `${d}/${m}/2024`);
    expect(() => read("date,y", rows)).toThrow(
      /nothing tells the day from the month in "1\/1\/2024" .* \(say which stands first with the option dates: day-first/,
    );
    const january = read("date,y", rows, { dates: "day-first" });
    expect(timesOf(january)[11]).toBe(Date.UTC(2024, 0, 12) / 1000);
    const firsts = read("date,y", rows, { dates: "month-first" });
    expect(timesOf(firsts)[11]).toBe(Date.UTC(2024, 11, 1) / 1000);
  });

  test("a day comes first where points stand between, and it is said", () => {
    const data = read(
      "date,y",
      days(12, (d, m) => `${d}.${m}.2024`),
    );
    expect(timesOf(data)[11]).toBe(Date.UTC(2024, 0, 12) / 1000);
    expect(data.notes[0]).toBe('time: column "date" (dates, read day first)');
  });

  test("the order in which times rise decides where it can", () => {
    const rows = numbers(
      12,
      (i) => `${String(i < 6 ? 1 + i : 1 + i - 6).padStart(2, "0")}/${i < 6 ? "01" : "02"}/2024`,
    );
    const data = read("date,y", rows);
    expect(data.time?.order).toBe("day-first");
  });

  test("an order that is told decides only what the dates leave open", () => {
    const rows = numbers(12, (i) => `03/${10 + i}/2024`);
    const data = read("date,y", rows, { dates: "day-first" });
    expect(data.time?.order).toBe("month-first");
    expect(data.notes[0]).toBe('time: column "date" (dates, read month first)');
  });

  test("a date that there is not is named among others", () => {
    const rows = numbers(40, (i) => `2024-02-${String(i === 20 ? 30 : 1 + (i % 25)).padStart(2, "0")}`);
    expect(() => read("date,y", rows)).toThrow(/a\.csv:22, column "date": "2024-02-30" is no date/);
  });
});

test("date and time of day in two columns are one time", () => {
  const rows = iso("2024-04-28 22:00:00", 900, 60).map((text) => `${text.slice(0, 10)},${text.slice(11)}`);
  const data = read("Date,Time,y", rows);
  expect(data.columns.map(({ name }) => name)).toEqual(["y"]);
  expect(data.time).toEqual({ name: "Date", kind: "date", clock: "Time" });
  expect(timesOf(data)).toEqual(numbers(60, (i) => Date.UTC(2024, 3, 28, 22, 15 * i) / 1000).map(Number));
});

describe("inside, times are seconds; outside they are as the file wrote them", () => {
  test.each([
    ["epoch_ms", numbers(30, (i) => 1_714_550_400_123 + 250 * i)],
    ["epoch", numbers(30, (i) => 1_714_550_400 + 5 * i)],
    ["ts", numbers(30, (i) => 1_714_550_400_123_450 + 250 * i)],
    ["time_ms", numbers(30, (i) => 20 * i)],
    ["t (min)", numbers(30, (i) => 7 * i)],
    ["time (h)", numbers(30, (i) => 0.1 * i)],
    ["date", numbers(30, (i) => 45_000 + i)],
  ])("%s", (name, rows) => {
    const data = read(`${name},y`, rows);
    const written = timesOf(data).map((seconds) => writtenTime(seconds, data.time!));
    expect(written).toEqual(rows.map((text) => Number(Number(text).toPrecision(15)) || Number(text)));
  });

  test("a second is a second", () => {
    const spans = [
      ["epoch_ms", numbers(30, (i) => 1_714_550_400_000 + 1000 * i)],
      ["t", numbers(30, (i) => i)],
      ["date", iso("2024-01-01 00:00:00", 1, 30)],
      ["minutes", numbers(30, (i) => `00:00:${String(i).padStart(2, "0")}`)],
      ["time_h", numbers(30, (i) => i / 3600)],
      ["date", numbers(30, (i) => 45_000 + i / 86_400)],
    ] as const;
    for (const [name, rows] of spans) {
      const times = timesOf(read(`${name},y`, rows, { time: name }));
      expect(times[29]! - times[0]!).toBeCloseTo(29, 6);
    }
  });

  test("days are written as days, hours by the clock", () => {
    expect(writtenTime(86_400, { name: "d", kind: "date", isDay: true })).toBe("1970-01-02");
    expect(writtenTime(86_400.5, { name: "d", kind: "date" })).toBe("1970-01-02T00:00:00.500Z");
    expect(writtenTime(130_500, { name: "t", kind: "duration" })).toBe("36:15:00");
    expect(writtenTime(3723.25, { name: "t", kind: "duration" })).toBe("01:02:03.25");
  });
});

test.each([
  ["is_anomaly", true],
  ["label", true],
  ["relay", false],
])("a mark of %s beside the values is told: %s", (name, isTold) => {
  const rows = numbers(60, (i) => `${i},${Number(i % 20 === 7)}`);
  const told = read(`t,${name},y`, rows).notes.some((note) => note.includes(`"${name}" looks like a label`));
  expect(told).toBe(isTold);
});
