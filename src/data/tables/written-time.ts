/** Times as files write them. */
import type { TimeColumn } from "../dataset.ts";

/** Seconds of a day. */
export const DAY = 86_400;

/** A time in seconds as the file wrote it: a date as ISO 8601 in UTC, a number in its unit, hours by the clock. */
export function writtenTime(seconds: number, { kind, perSecond = 1, isDay }: TimeColumn): number | string {
  if (Number.isNaN(seconds)) return seconds;
  if (kind === "date") {
    const date = new Date(Math.round(seconds * 1000)).toISOString();
    return isDay && seconds % DAY === 0 ? date.slice(0, date.indexOf("T")) : date;
  }
  if (kind === "duration") return hoursOf(seconds);
  return perSecond === 1 ? seconds : inUnit(seconds * perSecond);
}

/** Without the dust of the change of units. */
const inUnit = (value: number): number =>
  Math.abs(value) > 1e14 ? Math.round(value) : Number(value.toPrecision(15));

function hoursOf(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const whole = Math.floor(seconds);
  const fraction = Number((seconds - whole).toFixed(6));
  const clock = `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return fraction === 0 ? clock : clock + String(fraction).slice(1);
}

/** How far a clock is from UTC, written as zones are: 3600 is "+01:00". */
export function offsetName(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.abs(seconds) / 60;
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
