/** Steps of one length: of so many seconds, or of months of the calendar. */
import { VrnnError } from "../../errors.ts";
import { STEP_SIZE } from "../tables/answers.ts";
import { DAY, HOUR, MINUTE, MONDAY, startOf, WEEK } from "./calendar.ts";
import type { WallClock } from "./zone.ts";

/** Time cut into steps, which are numbered. */
export interface Steps {
  /** The step that a time in seconds falls into. */
  readonly stepOf: (time: number) => number;
  /** When a step begins. */
  readonly startOf: (step: number) => number;
  /** Whether there have to be months, which numbers that count from anywhere do not have. */
  readonly isCalendar: boolean;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: MINUTE, h: HOUR, d: DAY, w: WEEK };
const MONTHS: Readonly<Record<string, number>> = { M: 1, y: 12 };

/**
 * Steps of a length such as 15m, 1h, 1d, 1w (from Monday), 1M or 1y. They begin at whole multiples of it, counted from
 * midnight of 1970-01-01 by the clock on the wall.
 *
 * @throws VrnnError `data/every` for what is no length
 * @example
 * stepsOf("1M", wallClock()).startOf(1); // 2_678_400, the beginning of February 1970
 */
export function stepsOf(length: string, clock: WallClock): Steps {
  const [, count = "", unit = ""] = STEP_SIZE.exec(length) ?? [];
  const months = MONTHS[unit];
  if (months !== undefined) return monthSteps(months * Number(count), clock);
  const seconds = SECONDS[unit];
  if (seconds === undefined)
    throw new VrnnError("data/every", `"${length}" is no length of a step`, {
      remedy: "write a number and a unit: 30s, 15m, 1h, 1d, 1w, 1M (months), 1y",
    });
  const size = seconds * Number(count);
  const start = unit === "w" ? MONDAY : 0;
  return {
    isCalendar: false,
    stepOf: (time) => Math.floor((clock(time) - start) / size),
    startOf: (step) => momentAt(clock, start + step * size),
  };
}

const monthSteps = (months: number, clock: WallClock): Steps => ({
  isCalendar: true,
  stepOf: (time) => {
    const date = new Date(clock(time) * 1000);
    return Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()) / months);
  },
  startOf: (step) => momentAt(clock, startOf(1970, step * months)),
});

/** The moment at which a clock on the wall shows a time. */
function momentAt(clock: WallClock, wall: number): number {
  const near = wall - (clock(wall) - wall);
  return wall - (clock(near) - near);
}
