/** The calendar of a time: its places in what goes round. Times are seconds since 1970 by the clock on the wall. */
import type { CycleName, LevelName } from "./names.ts";

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;
/** The first Monday after 1970 began, on a Thursday: weeks are cut before it. */
export const MONDAY = 4 * DAY;

/** How far a round has gone at a time, from 0 to 1. */
export const cycles: Readonly<Record<CycleName, (time: number) => number>> = {
  minute: (time) => share(time, HOUR),
  hour: (time) => share(time, DAY),
  "day-of-month": (time) => between(time, monthStart(time, 0), monthStart(time, 1)),
  "day-of-year": (time) => between(time, yearStart(time, 0), yearStart(time, 1)),
};

interface Level {
  readonly levels: readonly string[];
  /** The index of the level at a time; NaN of no time. */
  readonly indexAt: (time: number) => number;
}

export const levels: Readonly<Record<LevelName, Level>> = {
  weekday: {
    levels: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    indexAt: (time) => remainder(dayOf(time) + 3, 7), // 1970 began on a Thursday
  },
  month: {
    levels: [
      ...["January", "February", "March", "April", "May", "June"],
      ...["July", "August", "September", "October", "November", "December"],
    ],
    indexAt: (time) => dateOf(time).getUTCMonth(),
  },
};

/** Whether a time is on a Saturday or Sunday. */
export const isWeekend = (time: number): boolean => levels.weekday.indexAt(time) >= 5;

/** The day of a time, counted from 1970. */
export const dayOf = (time: number): number => Math.floor(time / DAY);

/** What a time is beyond the last whole multiple of a length, as a share of that. */
const share = (time: number, length: number): number => time / length - Math.floor(time / length);

const between = (time: number, start: number, end: number): number => (time - start) / (end - start);

const remainder = (value: number, by: number): number => value - by * Math.floor(value / by);

const dateOf = (time: number): Date => new Date(time * 1000);

/** When the month of a time begins, or one so many months later. */
function monthStart(time: number, later: number): number {
  const date = dateOf(time);
  return startOf(date.getUTCFullYear(), date.getUTCMonth() + later);
}

const yearStart = (time: number, later: number): number => startOf(dateOf(time).getUTCFullYear() + later, 0);

/** When a month begins; of years before 100 too, which `Date.UTC` takes for others. */
export function startOf(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime() / 1000;
}
