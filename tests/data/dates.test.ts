import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DateOrder, dateOrders } from "../../src/data/tables/answers.ts";
import { compactDate, parseDate, parseDuration, readDate } from "../../src/data/tables/dates.ts";

const utc = (...parts: Parameters<typeof Date.UTC>) => Date.UTC(...parts) / 1000;
const two = (value: number) => String(value).padStart(2, "0");
const SHORT = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Every way in which a day may be written, with the order that tells it. */
const WRITTEN: Readonly<Record<string, [(y: number, m: number, d: number) => string, DateOrder]>> = {
  iso: [(y, m, d) => `${y}-${two(m)}-${two(d)}`, "year-first"],
  slashes: [(y, m, d) => `${y}/${two(m)}/${two(d)}`, "year-first"],
  points: [(y, m, d) => `${y}.${two(m)}.${two(d)}`, "year-first"],
  short: [(y, m, d) => `${y}-${m}-${d}`, "year-first"],
  german: [(y, m, d) => `${two(d)}.${two(m)}.${y}`, "day-first"],
  british: [(y, m, d) => `${d}/${m}/${y}`, "day-first"],
  dutch: [(y, m, d) => `${two(d)}-${two(m)}-${y}`, "day-first"],
  american: [(y, m, d) => `${m}/${d}/${y}`, "month-first"],
  named: [(y, m, d) => `${d} ${SHORT[m - 1]} ${y}`, "year-first"],
  dashed: [(y, m, d) => `${two(d)}-${SHORT[m - 1]!.toUpperCase()}-${y}`, "year-first"],
  comma: [(y, m, d) => `${SHORT[m - 1]} ${d}, ${y}`, "year-first"],
  weekday: [(y, m, d) => `Mon, ${two(d)} ${SHORT[m - 1]} ${y}`, "year-first"],
};

/** Every way in which a time of day may be written. */
const CLOCKS: Readonly<Record<string, (h: number, m: number, s: number, ms: number) => string>> = {
  full: (h, m, s, ms) => `${two(h)}:${two(m)}:${two(s)}.${String(ms).padStart(3, "0")}`,
  python: (h, m, s, ms) => `${two(h)}:${two(m)}:${two(s)},${String(ms).padStart(3, "0")}`,
  nanoseconds: (h, m, s, ms) => `${two(h)}:${two(m)}:${two(s)}.${String(ms).padStart(3, "0")}000000`,
  half: (h, m, s, ms) =>
    `${h % 12 === 0 ? 12 : h % 12}:${two(m)}:${two(s)}.${String(ms).padStart(3, "0")} ${h < 12 ? "AM" : "PM"}`,
};

const zoned = (minutes: number, mark: string) =>
  `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}${mark}${two(Math.abs(minutes) % 60)}`;

const instant = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) });

describe("a date reads back as the same instant", () => {
  const parts = (time: number) => {
    const date = new Date(time);
    return {
      day: [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()] as const,
      clock: [
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
        date.getUTCMilliseconds(),
      ] as const,
    };
  };

  test.each(Object.keys(WRITTEN))("written %s, with every clock and zone", (form) => {
    const [write, order] = WRITTEN[form]!;
    fc.assert(
      fc.property(
        instant,
        fc.constantFrom(...Object.keys(CLOCKS)),
        fc.constantFrom(" ", "T", ", "),
        fc.integer({ min: -14 * 4, max: 14 * 4 }).map((quarters) => quarters * 15),
        fc.constantFrom("", ":"),
        (time, clock, between, offset, mark) => {
          const { day, clock: hours } = parts(time);
          const text = write(...day);
          const midnight = Math.floor(time / 86_400_000) * 86_400;
          expect(parseDate(text, order)).toBe(midnight);
          const whole = `${text}${between}${CLOCKS[clock]!(...hours)}`;
          const isNear = (seconds: number) => expect(Math.abs(seconds - time / 1000)).toBeLessThan(1e-6);
          isNear(parseDate(whole, order));
          isNear(parseDate(`${whole}Z`, order));
          isNear(parseDate(`${whole}${zoned(offset, mark)}`, order) + offset * 60);
          expect(readDate(whole)!.isDay).toBe(false);
        },
      ),
    );
  });

  test("as a whole number of 8, 12 and 14 digits", () => {
    fc.assert(
      fc.property(instant, (time) => {
        const digits = new Date(time).toISOString().replace(/\D/g, "");
        const down = (size: number) => Math.floor(time / size) * (size / 1000);
        expect(compactDate(Number(digits.slice(0, 8)))).toBe(down(86_400_000));
        expect(compactDate(Number(digits.slice(0, 12)))).toBe(down(60_000));
        expect(compactDate(Number(digits.slice(0, 14)))).toBe(down(1000));
      }),
    );
  });

  test("is refused where there is no such day, in whatever order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (month, day) => {
        const isThere = new Date(Date.UTC(2024, month - 1, day)).getUTCDate() === day && month <= 12;
        const texts: [string, DateOrder][] = [
          [`2024-${two(month)}-${two(day)}`, "year-first"],
          [`${two(day)}.${two(month)}.2024`, "day-first"],
          [`${two(month)}/${two(day)}/2024`, "month-first"],
        ];
        for (const [text, order] of texts) expect(Number.isNaN(parseDate(text, order))).toBe(!isThere);
        expect(Number.isNaN(compactDate(Number(`2024${two(month)}${two(day)}`)))).toBe(!isThere);
      }),
    );
  });
});

describe("parseDate", () => {
  test.each([
    ["2024-05", utc(2024, 4, 1)],
    ["2024-05-02", utc(2024, 4, 2)],
    ["2024-05-02T03:04", utc(2024, 4, 2, 3, 4)],
    ["2024-05-02 03:04:05.25", utc(2024, 4, 2, 3, 4, 5, 250)],
    ["2024-05-02T03:04:05Z", utc(2024, 4, 2, 3, 4, 5)],
    ["2024-05-02 03:04:05+02:00", utc(2024, 4, 2, 1, 4, 5)],
    ["2024-05-02 03:04:05-0130", utc(2024, 4, 2, 4, 34, 5)],
    ["2024-05-02 03:04:05.05+00", utc(2024, 4, 2, 3, 4, 5, 50)],
    ["2024-05-02 03:04:05 UTC", utc(2024, 4, 2, 3, 4, 5)],
    ["2024-05-02 24:00", utc(2024, 4, 3)],
    ["20240502T030405Z", utc(2024, 4, 2, 3, 4, 5)],
    ["28/Apr/2024:12:30:00 +0000", utc(2024, 3, 28, 12, 30)],
    ["Thu, 02 May 2024 03:04:05 GMT", utc(2024, 4, 2, 3, 4, 5)],
    ["September 3, 2024", utc(2024, 8, 3)],
    ["1970 Q1", 0],
    ["May 2024", utc(2024, 4, 1)],
    ["2024-Sept", utc(2024, 8, 1)],
    ["2024Q4", utc(2024, 9, 1)],
    ["Q4 2024", utc(2024, 9, 1)],
    ["Q1-2024", utc(2024, 0, 1)],
    ["Jan-24", utc(2024, 0, 1)],
    ["Sept-69", utc(2069, 8, 1)],
    ["1 janv. 2024", utc(2024, 0, 1)],
    ["1er août 2024", utc(2024, 7, 1)],
    ["lun. 3 févr. 2025 08:30", utc(2025, 1, 3, 8, 30)],
    ["Donnerstag, 14. März 2024", utc(2024, 2, 14)],
    ["31-Dez-2023", utc(2023, 11, 31)],
    ["10 Mayo 2024", utc(2024, 4, 10)],
    ["10 de mayo de 2024", utc(2024, 4, 10)],
    ["luglio 2024", utc(2024, 6, 1)],
    ["2024年5月2日", utc(2024, 4, 2)],
    ["2024年5月2日 03:04", utc(2024, 4, 2, 3, 4)],
    ["2024年5月", utc(2024, 4, 1)],
    ["2024-W01", utc(2024, 0, 1)],
    ["2021-W01", utc(2021, 0, 4)],
    ["2020-W53-7", utc(2021, 0, 3)],
    ["2020W537", utc(2021, 0, 3)],
    ["2009-W01", utc(2008, 11, 29)],
    ["1969-12-31 23:59:59.5", -0.5],
    ["2024-05-02 12:00 AM", utc(2024, 4, 2)],
    ["2024-05-02 12:00 p.m.", utc(2024, 4, 2, 12)],
  ])("%s", (text, seconds) => {
    expect(parseDate(text)).toBe(seconds);
  });

  test.each([
    "2024-13-01",
    "2024-02-30",
    "2023-02-29",
    "2024-04-31 10:00",
    "2024-05-02 24:01",
    "2024-05-02 12:60",
    "2024-05-02 13:00 PM",
    "2024-05-02 0:00 AM",
    "2024-05-02 12:00+20",
    "2024-05-02 12",
    "2024-05-02x",
    "2024-05-02-03",
    "2024-05/02",
    "10 Mayor 2024",
    "24-Jan",
    "28Apr 2024",
    "2021-W53",
    "2024-W00",
    "2024-W1",
    "2024-W01-8",
    "Q5 2024",
    "1970 Q5",
    "192.168.2.1",
    "192.168.20.24",
    "12:30",
    "",
  ])("is none: %j", (text) => {
    for (const order of dateOrders) expect(parseDate(text, order)).toBeNaN();
  });

  test("two digits of a year stand for 1970 to 2069, and are read by the order alone", () => {
    expect(parseDate("28.04.69", "day-first")).toBe(utc(2069, 3, 28));
    expect(parseDate("4/28/70", "month-first")).toBe(utc(1970, 3, 28));
    expect(parseDate("24-04-28", "year-first")).toBe(utc(2024, 3, 28));
    expect(parseDate("24-04-28", "day-first")).toBe(utc(2028, 3, 24));
    expect(readDate("24-04-28")!.isAmbiguous).toBe(true);
    expect(readDate("2024-04-28")!.isAmbiguous).toBe(false);
  });

  test("weeks are numbered as by the Thursdays of their years (ISO 8601)", () => {
    fc.assert(
      fc.property(instant, (time) => {
        const day = Math.floor(time / 86_400_000);
        const weekday = ((((day + 3) % 7) + 7) % 7) + 1; // 1970 began on a Thursday
        const thursday = new Date((day + 4 - weekday) * 86_400_000);
        const year = thursday.getUTCFullYear();
        const count = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000));
        expect(parseDate(`${year}-W${two(count)}-${weekday}`)).toBe(day * 86_400);
        expect(parseDate(`${year}W${two(count)}`)).toBe((day + 1 - weekday) * 86_400);
      }),
    );
  });

  test.each(["en", "de", "fr", "es", "it"])("reads the names of months in %s", (locale) => {
    for (const month of ["long", "short"] as const) {
      for (let m = 0; m < 12; m++) {
        const name = new Intl.DateTimeFormat(locale, { month, timeZone: "UTC" }).format(Date.UTC(2024, m, 3));
        expect([name, parseDate(`3 ${name} 2024`)]).toEqual([name, utc(2024, m, 3)]);
        expect([name, parseDate(`${name} 2024`)]).toEqual([name, utc(2024, m, 1)]);
      }
    }
  });

  test("never fails, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789-/.: TZ+,AaPpMmyQ") }), (text) => {
        for (const order of dateOrders) expect(typeof parseDate(text, order)).toBe("number");
        expect(typeof parseDuration(text)).toBe("number");
      }),
    );
  });
});

test.each([
  ["12:30", 45_000],
  ["00:07", 420],
  ["36:15", 130_500],
  ["1:02:03.5", 3723.5],
  ["1:30 PM", 48_600],
  ["12:60", Number.NaN],
  ["12", Number.NaN],
  ["1:2", Number.NaN],
])("the duration %s", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  [2024, utc(2024, 0, 1)],
  [202402, utc(2024, 1, 1)],
  [202413, Number.NaN],
  [20240230, Number.NaN],
  [2024022, Number.NaN],
  [20240228.5, Number.NaN],
  [-20240228, Number.NaN],
])("the compact date %d", (value, seconds) => {
  expect(compactDate(value)).toBe(seconds);
});
