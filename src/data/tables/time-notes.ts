/** What is told of the time column. */
import { counted, listed } from "../../words/figures.ts";
import type { TimeColumn } from "../dataset.ts";
import type { DateOrder } from "./answers.ts";
import type { Places } from "./time-course.ts";
import type { TimeLook } from "./time-tally.ts";
import { DAY, offsetName } from "./written-time.ts";

const ORDERS: Readonly<Record<DateOrder, string>> = {
  "day-first": "day first",
  "month-first": "month first",
  "year-first": "year first",
};

const UNITS: ReadonlyMap<number, string> = new Map([
  [1e9, "nanoseconds"],
  [1e6, "microseconds"],
  [1e3, "milliseconds"],
  [1, "seconds"],
  [1 / 60, "minutes"],
  [1 / 3600, "hours"],
  [1 / DAY, "days"],
  [1 / (7 * DAY), "weeks"],
]);

/** What a time column holds, in words. */
export function nameOfKind({ kind, order, perSecond, isEpoch, clock }: TimeColumn): string {
  if (kind === "date") {
    const read = order === undefined ? "" : `, read ${ORDERS[order]}`;
    return `dates${read}${clock === undefined ? "" : `, with the times of day of "${clock}"`}`;
  }
  if (kind === "duration") return "hours, minutes and seconds";
  if (perSecond === undefined) return "numbers, taken for seconds";
  return `numbers, ${UNITS.get(perSecond) ?? "seconds"}${isEpoch ? " since 1970" : ""}`;
}

/** Beyond so many usual distances one is a hole. */
const HOLE = 10;
/** Times since 1970 are kept to less than this many seconds. */
const FINEST = 2.5e-7;

/** What is told of how times go on: turned round, missing, doubled, with holes. */
export function courseNotes({ time, course, missing, offsets = [] }: TimeLook): string[] {
  if (time === undefined || course === undefined) return [];
  const { name } = time;
  const column = `column "${name}"`;
  const { falling, repeats, hoursBack, usual, widest } = course;
  const told = (places: Places | undefined, what: string) =>
    places === undefined || places.count === 0
      ? []
      : [`${column} ${what} ${counted(places.count, "time")}, the first at ${places.first}`];
  const perSecond = time.perSecond ?? 1;
  const isCoarse = usual / perSecond < 2 * FINEST && Math.abs(course.greatest) / perSecond > 1e8;
  const isWide = widest !== undefined && widest.distance > HOLE * usual;
  return [
    ...(falling > 0 ? [`${column} falls (newest first): the rows were turned round`] : []),
    ...told(missing, "has rows without a time, which was put between its neighbours:"),
    ...told(repeats, "repeats the time of the row before"),
    ...told(hoursBack, "goes back by an hour, as clocks do in autumn,"),
    ...(offsets.length > 1 ? [zonesNote(column, offsets)] : []),
    ...(isCoarse ? [`${column}: times are kept to a quarter of a microsecond, finer digits are lost`] : []),
    ...(isWide ? [holeNote(column, widest, usual, time)] : []),
  ];
}

const zonesNote = (column: string, offsets: readonly number[]): string =>
  `${column} is written by clocks of several zones (${listed(offsets.map(offsetName), 4)}): the calendar is that of the first, or of the option time-zone: Europe/Berlin`;

function holeNote(
  column: string,
  { distance, at }: { readonly distance: number; readonly at: string },
  usual: number,
  { perSecond = 1 }: TimeColumn,
): string {
  const ratio = Math.round(distance / usual).toLocaleString("en");
  const size = `${span(distance / perSecond)} in place of ${span(usual / perSecond)}`;
  return `${column} has a hole: ${size}, ${ratio} times the usual distance (before ${at}); the model takes steps as even`;
}

/** A length of time in the unit that reads best. */
export function span(seconds: number): string {
  const units: readonly [number, string][] = [
    [DAY, "days"],
    [3600, "hours"],
    [60, "minutes"],
  ];
  const [size, unit] = units.find(([least]) => seconds >= 2 * least) ?? [1, "s"];
  return `${Number((seconds / size).toPrecision(3))} ${unit}`;
}
