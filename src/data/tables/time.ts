import { VrnnError } from "../../errors.ts";
import type { TimeColumn } from "../dataset.ts";
import { parseDate } from "./cells.ts";
import { cellsOf, type Table } from "./table.ts";

const TIME_NAMES: ReadonlySet<string> = new Set([
  "time",
  "time_s",
  "timestamp",
  "date",
  "datetime",
  "ts",
  "t",
]);

/** Whether a column of this name is taken for the time, if its values increase. */
export const isTimeName = (name: string): boolean => TIME_NAMES.has(name.toLowerCase());

export interface TimeOptions {
  /** The column that must be the time. */
  readonly time?: string | undefined;
  /** Columns that must not be. */
  readonly modelled: ReadonlySet<string>;
}

export interface FoundTime {
  readonly time?: TimeColumn;
  /** Columns of dates that are no time axis; nothing can be made of them. */
  readonly leftOut: readonly string[];
  readonly notes: readonly string[];
}

/** What a look at a column tells of it as a time. */
export interface TimeLook {
  /** Undefined where entries are neither all numbers nor all ISO dates. */
  readonly time: TimeColumn | undefined;
  /** The place of the first entry that is no later than the one before it in its sequence. */
  readonly disorder?: string | undefined;
  /** Where the column stands. */
  readonly at: string;
}

/**
 * The column that tells when each step was: the one asked for; else one with a name such as `time` or `date`, or a
 * first column of ISO dates, whose values increase strictly in every sequence.
 *
 * @throws VrnnError `data/time` when the column asked for holds anything else.
 */
export const findTime = (
  tables: readonly Table[],
  names: readonly string[],
  options: TimeOptions,
): FoundTime => chooseTime(names, options, (name) => lookAt(tables, name));

/** The time among columns that are looked at by name; see `findTime`. */
export function chooseTime(
  names: readonly string[],
  options: TimeOptions,
  look: (name: string) => TimeLook,
): FoundTime {
  if (options.time !== undefined) return askedTime(look(options.time));
  const leftOut: string[] = [];
  const notes: string[] = [];
  for (const name of names) {
    if (options.modelled.has(name) || !isTimeCandidate(name, names)) continue;
    const { time, disorder } = look(name);
    if (!time || !(isTimeName(name) || time.kind === "date")) continue;
    if (!disorder) return { time, leftOut, notes: [...notes, `time: column "${name}" (${time.kind}s)`] };
    if (time.kind === "date") leftOut.push(name);
    const fate = time.kind === "date" ? "is left out" : "is modelled like the others";
    notes.push(`column "${name}" does not increase strictly (${disorder}): it is no time axis and ${fate}`);
  }
  return { leftOut, notes };
}

/** Whether a column may be taken for the time if its values speak for it. */
export const isTimeCandidate = (name: string, names: readonly string[]): boolean =>
  isTimeName(name) || name === names[0];

function askedTime({ time, disorder, at }: TimeLook): FoundTime {
  if (!time) {
    throw new VrnnError("data/time", "the time column holds entries that are neither numbers nor ISO dates", {
      at,
      remedy: "write dates as 2024-05-01 12:30:00, or choose another column with the option time",
    });
  }
  if (disorder === undefined) return { time, leftOut: [], notes: [] };
  throw new VrnnError("data/time", "the time does not increase", {
    at: disorder,
    remedy: "sort the rows and remove doubles, or name the sequences with the option sequence",
  });
}

function lookAt(tables: readonly Table[], name: string): TimeLook {
  const time = timeKind(tables, name);
  return { time, disorder: time && firstDisorder(tables, time), at: tables[0]!.at(name) };
}

/** Whether a column holds nothing but numbers or nothing but ISO dates. */
function timeKind(tables: readonly Table[], name: string): TimeColumn | undefined {
  const cells = tables.flatMap((table) => cellsOf(table, name));
  if (cells.every((cell) => typeof cell === "number" && !Number.isNaN(cell))) return { name, kind: "number" };
  const isDate = (cell: number | string) => typeof cell === "string" && !Number.isNaN(parseDate(cell));
  return cells.every(isDate) ? { name, kind: "date" } : undefined;
}

function firstDisorder(tables: readonly Table[], time: TimeColumn): string | undefined {
  for (const table of tables) {
    const times = timesOf(table, time);
    const row = times.findIndex((now, i) => i > 0 && now <= times[i - 1]!);
    if (row >= 0) return table.at(time.name, row);
  }
  return undefined;
}

/** The time of each row: the number, or the date in milliseconds since 1970. */
export function timesOf(table: Table, { name, kind }: TimeColumn): Float64Array {
  const read = kind === "date" ? (cell: number | string) => parseDate(String(cell)) : Number;
  return Float64Array.from(cellsOf(table, name), read);
}
