/** When the steps to come will be. */

/** How many of the last times the next ones are told from. */
export const RECENT = 101;
const DAY = 86_400;
/** Less than the shortest month. */
const MONTH = 27.5 * DAY;
/** So many days show which days of the week are left out. */
const FORTNIGHT = 14;

/**
 * The times of the steps to come, in seconds: they go on by months where all recent ones are the same day of theirs (or the last
 * one), by the days of the week that occur where these are days with some left out, else by the median distance.
 *
 * @param times `[T]` in seconds, ascending; those of a calendar count from 1970
 * @returns `[horizon]`
 * @example
 * timesAhead(Float64Array.of(0, 0.2, 0.4), 2); // [0.6, 0.8]
 */
export function timesAhead(times: Float64Array, horizon: number): Float64Array {
  const recent = [...times.subarray(-RECENT)];
  const distance = usualDistance(recent);
  const next =
    monthsAfter(recent, distance) ?? weekdaysAfter(recent, distance) ?? evenlyAfter(recent, distance);
  return Float64Array.from({ length: horizon }, (_, h) => next(h + 1));
}

/** The time so many steps after the last. */
type Ahead = (steps: number) => number;

/** The median of the distances between neighbours; their mean where it is 0, as times stand still. */
function usualDistance(times: readonly number[]): number {
  const distances = times.slice(1).map((time, i) => time - times[i]!);
  if (distances.length === 0) return 1;
  const median = distances.sort((a, b) => a - b)[distances.length >> 1]!;
  if (median > 0) return median;
  return (times.at(-1)! - times[0]!) / distances.length || 1;
}

function evenlyAfter(times: readonly number[], distance: number): Ahead {
  const last = times.at(-1) ?? 0;
  // Free of the dust that adding leaves: 0.2 · 3 is 0.6.
  return (steps) => Number((last + distance * steps).toPrecision(15 - dustDigits(last)));
}

/** As many digits of a sum are dust: two, or fewer where the whole seconds have many. */
const dustDigits = (last: number): number => (Math.abs(last) < 1e8 ? 2 : 1);

function monthsAfter(times: readonly number[], distance: number): Ahead | undefined {
  if (times.length < 2 || distance < MONTH) return undefined;
  const days = times.map(dayOf);
  const { clock } = days[0]!;
  const dayOfMonth = Math.max(...days.map(({ day }) => day));
  const isSame = days.every(
    (each) => each.clock === clock && each.day === Math.min(dayOfMonth, daysIn(each.month)),
  );
  const step = usualDistance(days.map(({ month }) => month));
  if (!isSame || !Number.isInteger(step)) return undefined;
  const last = days.at(-1)!.month;
  return (steps) => {
    const month = last + step * steps;
    return firstOf(month) + (Math.min(dayOfMonth, daysIn(month)) - 1) * DAY + clock;
  };
}

/** The month of a time, counted from the year 0, its day in it and the seconds of the day. */
function dayOf(time: number): { readonly month: number; readonly day: number; readonly clock: number } {
  const date = new Date(time * 1000);
  const clock = time - Math.floor(time / DAY) * DAY;
  return { month: date.getUTCFullYear() * 12 + date.getUTCMonth(), day: date.getUTCDate(), clock };
}

/** When a month begins. */
function firstOf(month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1);
  return date.getTime() / 1000;
}

const daysIn = (month: number): number => Math.round((firstOf(month + 1) - firstOf(month)) / DAY);

function weekdaysAfter(times: readonly number[], distance: number): Ahead | undefined {
  const last = times.at(-1) ?? 0;
  if (distance !== DAY || last - times[0]! < FORTNIGHT * DAY) return undefined;
  if (times.some((time) => (last - time) % DAY !== 0)) return undefined;
  const weekdayOf = (time: number) => ((Math.floor(time / DAY) % 7) + 7) % 7;
  const counts = new Array<number>(7).fill(0);
  for (const time of times) counts[weekdayOf(time)]! += 1;
  if (counts.every((count) => count > 0)) return undefined;
  const ahead = [...Array(7).keys()]
    .map((i) => i + 1)
    .filter((days) => counts[weekdayOf(last + days * DAY)]! > 0);
  return (steps) => {
    const weeks = Math.floor((steps - 1) / ahead.length);
    return last + (weeks * 7 + ahead[(steps - 1) % ahead.length]!) * DAY;
  };
}
