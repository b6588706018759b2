/** The clock on the wall of a time zone. */
import { VrnnError } from "../../errors.ts";

/** Turns seconds since 1970 in UTC into those of a clock on the wall. */
export type WallClock = (time: number) => number;

const OFFSET = /^([+-])(\d{2}):(\d{2})$/;
/** Clocks are put forward and back at quarters of an hour. */
const QUARTER = 900;

/**
 * The clock of a zone.
 *
 * @param zone by its name in the time zone database, or its distance from UTC; UTC itself unless told
 * @throws VrnnError `data/time-zone` for a zone that is not known
 * @example
 * wallClock("Europe/Berlin")(1_704_067_200); // 1_704_070_800, an hour later than UTC in winter
 */
export function wallClock(zone?: string): WallClock {
  if (zone === undefined) return (time) => time;
  const offset = OFFSET.exec(zone);
  if (offset === null) {
    named[zone] ??= clockOf(zone);
    return named[zone];
  }
  const seconds = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === "-" ? -60 : 60);
  return (time) => time + seconds;
}

/** Clocks of named zones, which are dear to make, and are asked for at each step of a stream. */
const named: Record<string, WallClock> = Object.create(null);

function clockOf(zone: string): WallClock {
  const format = formatOf(zone);
  let [last, offset] = [Number.NaN, 0];
  const offsetAt = (time: number): number => {
    const parts = format.formatToParts(new Date(time * 1000));
    const of = (type: Intl.DateTimeFormatPartTypes) =>
      Number(parts.find((part) => part.type === type)!.value);
    const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
    return wall / 1000 - time;
  };
  return (time) => {
    if (Number.isNaN(time)) return time;
    const quarter = Math.floor(time / QUARTER) * QUARTER;
    if (quarter !== last) [last, offset] = [quarter, offsetAt(quarter)];
    return time + offset;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const digits = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en", {
      ...{ timeZone: zone, calendar: "gregory", hourCycle: "h23", year: "numeric", second: "2-digit" },
      ...digits,
    });
  } catch (cause) {
    throw new VrnnError("data/time-zone", `there is no time zone "${zone}"`, {
      remedy:
        "name one of the time zone database, such as Europe/Berlin, or a distance from UTC, such as +02:00",
      cause,
    });
  }
}
