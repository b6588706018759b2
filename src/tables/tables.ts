/** The fields that the tables of tasks share. */
import type { TimeColumn } from "../data/dataset.ts";
import { DAY } from "../data/tables/dates.ts";
import { type Field, inDigits } from "../data/write.ts";
import type { Estimate } from "./estimates.ts";

/** The names of the fields that say which step of which sequence a row is of. */
export const placeHeader = (time: TimeColumn | undefined): string[] => [
  "sequence",
  "step",
  ...(time ? ["time"] : []),
];

/** A step of a sequence. */
export interface Place {
  readonly name: string;
  /** From 0; tables count from 1. */
  readonly step: number;
  readonly when: number | undefined;
}

export const placeFields = ({ name, step, when }: Place, time: TimeColumn | undefined): Field[] => [
  name,
  step + 1,
  ...(time ? [clock(when ?? Number.NaN, time)] : []),
];

/** A time in seconds as its field, as the file wrote it: a date as ISO 8601 in UTC, a number in its unit, hours by the clock. */
export function clock(seconds: number, { kind, perSecond = 1, isDay }: TimeColumn): Field {
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

/** The names of the fields of an estimate. */
export const estimateHeader = (levels: readonly number[]): string[] => [
  "column",
  "level",
  "mean",
  ...levels.map((level) => `q${level}`),
];

export const estimateFields = (
  { column, level = "", mean, quantiles, deviation }: Estimate,
  levels: readonly number[],
): Field[] => [
  column,
  level,
  inDigits(mean, deviation),
  ...levels.map((_, i) => inDigits(quantiles[i] ?? Number.NaN, deviation)),
];
