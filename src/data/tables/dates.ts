/** Dates and times of day as people and machines write them. */

import type { DateOrder } from "./answers.ts";
import { DAY } from "./written-time.ts";

/** A date as it stands in a text, before it is known which of its numbers is the day. */
export interface WrittenDate {
  /** Seconds since 1970 by the order in which year, month and day stand; NaN where there is no such day. */
  at(order: DateOrder): number;
  /** Whether the order has to be known: 03/04/2024, 24-04-03. */
  readonly isAmbiguous: boolean;
  /** Whether the mark is a point, which stands in dates that begin with the day: 03.04.2024. */
  readonly isPointed: boolean;
  /** Whether it is a whole day, month or year. */
  readonly isDay: boolean;
  /** The month, from 1, of a text of month and year alone whose month is a word: set-24 may be a date, or the name of a set. */
  readonly monthAlone: number | undefined;
  /** How many seconds the clock that it was written by is ahead of UTC, where it says so. */
  readonly offset: number | undefined;
}

const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?(?![\d.])/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\d.])/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?=T)/;
const QUARTER = /^(\d{4})[- ]?Q([1-4])$|^Q([1-4])[-/ ]?(\d{4})$/i;
const WEEK = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/i;
const DAY_OF_WEEK = /^\p{L}{3,10}\.?,? (?=\d|\p{L}{3})/u;
const DAY_NAMED =
  /^(\d{1,2})(?:er |[-/ .]{1,2}(?:de )?)(\p{L}{3,10})[-/ .,]{1,2}(?:de )?(\d{4}|\d{2})(?!\d)/iu;
const NAMED_DAY = /^(\p{L}{3,10})\.? (\d{1,2}),? (\d{4})(?!\d)/u;
/** Spreadsheets write Jan-24 for a month, and 24-Jan for a day. */
const NAMED_MONTH =
  /^(\p{L}{3,10})(?:\.?[-/ ]{1,2}(?:de )?(\d{4})|\.?-(\d{2}))$|^(\d{4})[-/ ]{1,2}(\p{L}{3,10})$/u;
/** What stands between a date and a time of day. */
const BETWEEN = /^(?:T|,? |:)(?=\d)/i;
const ZONE = / ?(?:Z|UTC|GMT|([+-])(\d{2}):?(\d{2})?)$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?: ?([ap])\.?m\.?)?$/i;
const COMPACT_CLOCK = /^(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,12}))?)?$/;
/** Beyond this a text is no date. */
const LONGEST = 48;

/** What they are called, without accents, in English, German, French, Spanish and Italian. */
const MONTHS = [
  "jan january januar janvier janv enero ene gennaio gen",
  "feb february februar fevrier fevr febrero febbraio",
  "mar march marz mrz mars marzo",
  "apr april avril avr abril abr aprile",
  "may mai mayo maggio mag",
  "jun june juni juin junio giugno giu",
  "jul july juli juillet juil julio luglio lug",
  "aug august aout agosto ago",
  "sep september sept septembre septiembre settembre set",
  "oct october oktober okt octobre octubre ottobre ott",
  "nov november novembre noviembre",
  "dec december dezember dez decembre diciembre dic dicembre",
].map((names) => names.split(" "));

/** Year, month and day by their order. */
type DayOf = (order: DateOrder) => readonly [year: number, month: number, day: number] | undefined;

interface Head {
  readonly length: number;
  readonly dayOf: DayOf;
  readonly isAmbiguous?: boolean;
  readonly isPointed?: boolean;
  /** Whether a day is told, so that a time of day may follow. */
  readonly hasDay: boolean;
  readonly monthAlone?: number;
}

/**
 * A date in a text, with a time of day and a zone if it has them; undefined where it is none. Without a zone it is UTC.
 *
 * Read are 2024-05, 2024-05-01, 2024/5/1, 2024.05.01, 01.05.2024, 5/1/2024, 1-5-24, 1 May 2024, 1. Mai 2024, May 1, 2024, May
 * 2024, May-24, 2024Q2, Q2 2024, 2024-W18, 2024年5月1日 and 20240501T1230; 12:30, 12:30:00.123456789, 12:30:00,123 and 12:30 PM; Z, UTC, GMT, +02, +0200 and +02:00.
 *
 * @example
 * readDate("28.04.2024 14:30")?.at("day-first"); // 1714314600
 */
export function readDate(written: string): WrittenDate | undefined {
  if (written.length > LONGEST || written.length < 6) return undefined;
  const text = written.includes("年") ? written.replace(/[年月](?=\d)/g, "-").replace(/[月日]/, "") : written;
  const head = headOf(text);
  if (head === undefined) return undefined;
  const clock = head.hasDay
    ? clockAfter(text.slice(head.length))
    : text.length === head.length
      ? MIDNIGHT
      : undefined;
  if (clock === undefined) return undefined;
  const { dayOf, isAmbiguous = false, isPointed = false, monthAlone } = head;
  const at = (order: DateOrder) => {
    const day = dayOf(order);
    return day === undefined ? Number.NaN : added(dayNumber(...day) * DAY, clock.time);
  };
  return { at, isAmbiguous, isPointed, isDay: text.length === head.length, monthAlone, offset: clock.offset };
}

/**
 * The seconds since 1970 of a date, or NaN: of a text that is none, or of a day that there is not, such as 2024-02-30.
 *
 * @param order of year, month and day; where the year stands first in four digits it has no say
 * @example
 * parseDate("1970-01-02"); // 86400
 * parseDate("28.04.2024", "day-first"); // 1714262400
 */
export const parseDate = (text: string, order: DateOrder = "year-first"): number =>
  readDate(text)?.at(order) ?? Number.NaN;

/** The days from 1970 to a date of the calendar; NaN where there is no such day. */
function dayNumber(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isThere = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isThere ? date.getTime() / (1000 * DAY) : Number.NaN;
}

function headOf(text: string): Head | undefined {
  return yearFirst(text) ?? yearLast(text) ?? named(text) ?? namedMonth(text) ?? quarter(text) ?? week(text);
}

function yearFirst(text: string): Head | undefined {
  const found = YEAR_FIRST.exec(text);
  if (found !== null) {
    const [all, year, , month, day] = found;
    const date = [Number(year), Number(month), Number(day ?? 1)] as const;
    return { length: all.length, dayOf: () => date, hasDay: day !== undefined };
  }
  const compact = COMPACT.exec(text);
  if (compact === null) return undefined;
  const date = [Number(compact[1]), Number(compact[2]), Number(compact[3])] as const;
  return { length: compact[0].length, dayOf: () => date, hasDay: true };
}

function yearLast(text: string): Head | undefined {
  const found = YEAR_LAST.exec(text);
  if (found === null) return undefined;
  const [all, a, mark, b, last] = found as unknown as [string, string, string, string, string];
  const dayOf: DayOf = (order) => {
    if (order === "day-first") return [fullYear(last), Number(b), Number(a)];
    if (order === "month-first") return [fullYear(last), Number(a), Number(b)];
    return last.length === 2 && a.length === 2 ? [fullYear(a), Number(b), Number(last)] : undefined;
  };
  return { length: all.length, dayOf, isAmbiguous: true, isPointed: mark === ".", hasDay: true };
}

function named(text: string): Head | undefined {
  const skipped = DAY_OF_WEEK.exec(text)?.[0].length ?? 0;
  return namedFrom(text, 0) ?? (skipped > 0 ? namedFrom(text, skipped) : undefined);
}

function namedFrom(text: string, start: number): Head | undefined {
  const rest = text.slice(start);
  const day = DAY_NAMED.exec(rest);
  const [all, d, name, year] = day ?? reordered(NAMED_DAY.exec(rest));
  const month = monthOf(name ?? "");
  if (all === undefined || month === undefined) return undefined;
  const date = [fullYear(year!), month, Number(d)] as const;
  return { length: start + all.length, dayOf: () => date, hasDay: true };
}

const reordered = (found: RegExpExecArray | null): (string | undefined)[] =>
  found === null ? [] : [found[0], found[2], found[1], found[3]];

function monthOf(name: string): number | undefined {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const month = MONTHS.findIndex((names) => names.includes(plain));
  return month >= 0 ? month + 1 : undefined;
}

function namedMonth(text: string): Head | undefined {
  const [, before, late, short, early, after] = NAMED_MONTH.exec(text) ?? [];
  const month = monthOf(before ?? after ?? "");
  if (month === undefined) return undefined;
  const year = fullYear((late ?? short ?? early)!);
  return { ...wholeOf(text, isLikelyYear(year) ? [year, month, 1] : undefined), monthAlone: month };
}

function quarter(text: string): Head | undefined {
  const found = QUARTER.exec(text);
  if (found === null) return undefined;
  return wholeOf(text, [Number(found[1] ?? found[4]), 3 * Number(found[2] ?? found[3]) - 2, 1]);
}

/** The Monday, or another day, of a week of ISO 8601: the first is that of 4 January. */
function week(text: string): Head | undefined {
  const [, year, count, day = 1] = WEEK.exec(text) ?? [];
  if (year === undefined) return undefined;
  const fourth = new Date(Date.UTC(Number(year), 0, 4));
  const thursday = new Date(fourth);
  thursday.setUTCDate(4 + 7 * (Number(count) - 1) + 4 - (fourth.getUTCDay() || 7));
  if (thursday.getUTCFullYear() !== Number(year)) return wholeOf(text);
  const date = new Date(thursday);
  date.setUTCDate(thursday.getUTCDate() + Number(day) - 4);
  return wholeOf(text, [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
}

/** A text that is a date and nothing else. */
const wholeOf = (text: string, date?: ReturnType<DayOf>): Head => ({
  length: text.length,
  dayOf: () => date,
  hasDay: false,
});

/** Beyond these a number beside a month or without marks is a code. */
const isLikelyYear = (year: number): boolean => year >= 1500 && year <= 2999;

/** Two digits are a year from 1970 to 2069. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

/** A time of day in UTC, and how far the clock that told it is ahead of that, where it says so. */
interface ClockTime {
  readonly time: Seconds;
  readonly offset: number | undefined;
}

const MIDNIGHT: ClockTime = { time: 0, offset: undefined };

/** The time of day that stands after a date; undefined where anything else does. */
function clockAfter(rest: string): ClockTime | undefined {
  if (rest === "") return MIDNIGHT;
  const between = BETWEEN.exec(rest);
  if (between === null) return undefined;
  const clock = rest.slice(between[0].length);
  const zone = ZONE.exec(clock);
  const time = clockOf(zone === null ? clock : clock.slice(0, zone.index), 24);
  if (time === undefined) return undefined;
  if (zone === null) return { time, offset: undefined };
  const offset = zoneOffset(zone);
  if (offset === undefined) return undefined;
  const inUtc = typeof time === "number" ? time - offset : { ...time, whole: time.whole - offset };
  return { time: inUtc, offset };
}

function zoneOffset([, sign, hours = "0", minutes = "0"]: RegExpExecArray): number | undefined {
  if (Number(hours) > 15 || Number(minutes) > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** Whole seconds, and the digits of what is beyond them. */
type Seconds = number | { readonly whole: number; readonly fraction: string };

function clockOf(text: string, mostHours: number): Seconds | undefined {
  const found = CLOCK.exec(text) ?? COMPACT_CLOCK.exec(text);
  if (found === null) return undefined;
  const [, hours, minutes, seconds = "0", fraction, half] = found;
  const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half);
  if (hour === undefined || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole = hour * 3600 + Number(minutes) * 60 + Number(seconds);
  if (whole > mostHours * 3600 || (whole === mostHours * 3600 && fraction !== undefined)) return undefined;
  return fraction === undefined ? whole : { whole, fraction };
}

/** 12 AM is midnight and 12 PM noon. */
const hourOfHalf = (hour: number, half: string): number | undefined =>
  hour < 1 || hour > 12 ? undefined : (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);

/** The nearest number to a sum of seconds. */
function added(start: number, time: Seconds): number {
  if (typeof time === "number" || Number.isNaN(start)) return start + Number(time);
  const whole = start + time.whole;
  return whole < 0 ? whole + Number(`0.${time.fraction}`) : Number(`${whole}.${time.fraction}`);
}

/**
 * The seconds of a time of day or of a length of time, such as 14:30, 2:05:00 or 36:15:00,5; NaN where a text is none.
 *
 * @example
 * parseDuration("36:15"); // 130500
 */
export function parseDuration(text: string): number {
  if (text.length > LONGEST || !text.includes(":")) return Number.NaN;
  const time = clockOf(text, 1_000_000);
  return time === undefined ? Number.NaN : added(0, time);
}

const YEAR = /(?<!\d)(?:19|20)\d\d(?!\d)/;

/** A day, or the last digits of a year; three digits beside a month are a code, such as gen-101. */
const ONE_OR_TWO_DIGITS = /(?<!\d)\d{1,2}(?!\d)/;

/** Whether a text that is no known date looks like one: it has a year, hours and minutes or a month beside other digits. */
export function looksLikeTime(text: string): boolean {
  if (text.length > LONGEST || !/\d/.test(text)) return false;
  const rest = text.replace(YEAR, "");
  if ((rest !== text && /\d/.test(rest)) || /\d:\d\d/.test(text)) return true;
  const word = /\p{L}{3,10}/u.exec(text)?.[0] ?? "";
  return monthOf(word) !== undefined && (rest !== text || ONE_OR_TWO_DIGITS.test(text));
}

/** Digits of which dates without marks consist: year, month, day, hour, minute, second. */
const COMPACT_DIGITS: ReadonlySet<number> = new Set([4, 6, 8, 12, 14]);

/** How many digits a whole number has that may be a date without marks; undefined where it is none. */
export function compactDigits(value: number): number | undefined {
  const digits = Number.isSafeInteger(value) && value > 999 ? String(value).length : 0;
  return COMPACT_DIGITS.has(digits) ? digits : undefined;
}

/**
 * The seconds since 1970 of a date that is written as a whole number: 2024, 202402, 20240228, 202402281230 or
 * 20240228123000; NaN where there is no such day.
 *
 * @example
 * compactDate(20240229) / DAY; // 19782
 */
export function compactDate(value: number): number {
  const digits = compactDigits(value);
  if (digits === undefined) return Number.NaN;
  const text = String(value);
  const part = (from: number, usual: number) => Number(text.slice(from, from + 2) || usual);
  const year = Number(text.slice(0, 4));
  const [month, day, hour, minute, second] = [part(4, 1), part(6, 1), part(8, 0), part(10, 0), part(12, 0)];
  if (!isLikelyYear(year) || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return dayNumber(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
}
