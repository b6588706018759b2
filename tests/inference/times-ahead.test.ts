import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timesAhead } from "../../src/inference/times-ahead.ts";

const seconds = (date: Date) => date.getTime() / 1000;
const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

/** The last day of a month, or the one that is asked for where there is one. */
const inMonth = (year: number, month: number, asked: number, clock: number) =>
  seconds(
    new Date(Date.UTC(year, month, Math.min(asked, new Date(Date.UTC(year, month + 1, 0)).getUTCDate()))),
  ) + clock;

describe("times go on by the calendar", () => {
  test("by months, quarters and years, on the same day or the last of a month", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2100 }),
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 1, max: 31 }),
        fc.constantFrom(1, 2, 3, 6, 12),
        fc.integer({ min: 0, max: 86_399 }),
        (year, month, asked, step, clock) => {
          const all = Array.from({ length: 40 }, (_, i) => inMonth(year, month + step * i, asked, clock));
          // What was never seen is not known: only months with so many days show the 31st.
          fc.pre(Math.max(...all.slice(0, 16).map((time) => new Date(time * 1000).getUTCDate())) === asked);
          expect([...timesAhead(Float64Array.from(all.slice(0, 16)), 24)]).toEqual(all.slice(16));
        },
      ),
    );
  });

  test("by the days of a week that occur", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<number[]>([1, 2, 3, 4, 5], [0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 6]),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 86_399 }),
        (weekdays, skipped, clock) => {
          const all = Array.from({ length: 120 }, (_, i) => Date.UTC(2024, 0, 1 + i) / 1000 + clock).filter(
            (time) => weekdays.includes(new Date(time * 1000).getUTCDay()),
          );
          const seen = all.slice(0, 50 + skipped);
          seen.splice(17, 1); // a holiday
          expect([...timesAhead(Float64Array.from(seen), 20)]).toEqual(all.slice(50 + skipped, 70 + skipped));
        },
      ),
    );
  });

  test("and never on a day that there is not", () => {
    const ends = Float64Array.from([0, 1, 2, 3, 4, 5], (month) => inMonth(2023, month + 7, 31, 0));
    expect([...timesAhead(ends, 3)].map(day)).toEqual(["2024-02-29", "2024-03-31", "2024-04-30"]);
  });
});

describe("other times go on evenly", () => {
  test.each([
    ["steps of a clock", [0, 0.2, 0.4, 0.6], [0.8, 1, 1.2]],
    ["with a hole", [0, 1, 2, 50, 51], [52, 53]],
    ["a single one", [7], [8, 9]],
    ["all the same but the last", [0, 0, 0, 3], [4, 5]],
    [
      "days of every day of the week",
      Array.from({ length: 20 }, (_, i) => i * 86_400),
      [20 * 86_400, 21 * 86_400],
    ],
    ["weeks", Array.from({ length: 20 }, (_, i) => i * 604_800), [20 * 604_800, 21 * 604_800]],
    ["days of one working week", Array.from({ length: 5 }, (_, i) => (i + 4) * 86_400), [9 * 86_400]],
    [
      "days over the end of summer time",
      [0, 24, 48, 73, 97].map((h) => 1_729_807_200 + h * 3600),
      [1_729_807_200 + 121 * 3600],
    ],
    [
      "milliseconds since 1970",
      [0, 1, 2].map((i) => (1_714_550_400_000 + 50 * i) / 1000),
      [1_714_550_400.15, 1_714_550_400.2],
    ],
  ])("%s", (_, seen, ahead) => {
    expect([...timesAhead(Float64Array.from(seen), ahead.length)]).toEqual(ahead);
  });
});
