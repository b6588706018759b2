import { VrnnError } from "../errors.ts";
import { parseDate } from "./cells.ts";
import type { TimeColumn } from "./dataset.ts";
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

/**
 * The column that tells when each step was: the one asked for; else one with a name such as `time` or `date`, or a
 * first column of ISO dates, whose values increase strictly in every sequence.
 *
 * @throws VrnnError `data/time` when the column asked for holds anything else.
 */
export function findTime(
  tables: readonly Table[],
  names: readonly string[],
  options: TimeOptions,
): FoundTime {
  if (options.time !== undefined) return askedTime(tables, options.time);
  const leftOut: string[] = [];
  const notes: string[] = [];
  for (const name of names) {
    if (options.modelled.has(name)) continue;
    const time = timeKind(tables, name);
    const named = isTimeName(name);
    if (!time || !(named || (name === names[0] && time.kind === "date"))) continue;
    const fault = firstDisorder(tables, time);
    if (!fault) return { time, leftOut, notes: [...notes, `time: column "${name}" (${time.kind}s)`] };
    if (time.kind === "date") leftOut.push(name);
    const fate = time.kind === "date" ? "is left out" : "is modelled like the others";
    notes.push(`column "${name}" does not increase strictly (${fault}): it is no time axis and ${fate}`);
  }
  return { leftOut, notes };
}

function askedTime(tables: readonly Table[], name: string): FoundTime {
  const time = timeKind(tables, name);
  if (!time) {
    throw new VrnnError("data/time", "the time column holds entries that are neither numbers nor ISO dates", {
      at: tables[0]!.at(name),
      remedy: "write dates as 2024-05-01 12:30:00, or choose another column with the option time",
    });
  }
  const fault = firstDisorder(tables, time);
  if (fault === undefined) return { time, leftOut: [], notes: [] };
  throw new VrnnError("data/time", "the time does not increase", {
    at: fault,
    remedy: "sort the rows and remove doubles, or name the sequences with the option sequence",
  });
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
