/** Which column tells when each step was. */
import { VrnnError } from "../../errors.ts";
import { listed } from "../../words/figures.ts";
import type { TimeColumn } from "../dataset.ts";
import type { DateOrder } from "./answers.ts";
import { type Cell, type Cells, isMissing } from "./cells.ts";
import { compactDate, looksLikeTime, parseDate, parseDuration } from "./dates.ts";
import { cellsOf, type Table } from "./table.ts";
import type { TimeCourse } from "./time-course.ts";
import { isPartOfDate, isYearName, timeName } from "./time-names.ts";
import { courseNotes, nameOfKind } from "./time-notes.ts";
import { type TimeLook, TimeTally } from "./time-tally.ts";
import { offsetName } from "./written-time.ts";

export type { TimeLook } from "./time-tally.ts";

export interface TimeOptions {
  /** The column that must be the time. */
  readonly time?: string | undefined;
  /** Columns that must not be. */
  readonly modelled: ReadonlySet<string>;
  /** In which order day, month and year stand. */
  readonly dates?: DateOrder | undefined;
}

export interface FoundTime {
  readonly time?: TimeColumn;
  readonly course?: TimeCourse;
  /** A column of times that neither rise nor fall. */
  readonly disordered?: TimeColumn;
  /** Columns of times that are no time axis; nothing can be made of them. */
  readonly leftOut: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The column that tells when each step was: the one asked for; else one with a name for it such as `time` or `date`, one of
 * dates, or one whose name speaks for it (`recorded_at`), whose values rise or fall in every sequence.
 *
 * @throws VrnnError `data/time` when the column asked for holds anything else, or dates of which one is none;
 * `data/date-order` when nothing tells the day from the month.
 */
export function findTime(
  tables: readonly Table[],
  names: readonly string[],
  options: TimeOptions,
): FoundTime {
  const found = chooseTime(names, options, (name, isAsked) => lookAt(tables, name, options, isAsked));
  return found.time === undefined ? (pairedTime(tables, names, found, options) ?? found) : found;
}

function lookAt(tables: readonly Table[], name: string, { dates }: TimeOptions, isAsked?: boolean): TimeLook {
  const tally = new TimeTally(name, isAsked);
  for (const [sequence, table] of tables.entries()) tally.add(table, sequence);
  return tally.look(
    tables[0]!.at(name),
    tables.reduce((steps, { rows }) => steps + rows, 0),
    dates,
  );
}

/** How a column came to be looked at, the surest first. */
type Rank = "name" | "dates" | "maybe";

interface Candidate {
  readonly name: string;
  readonly look: TimeLook;
  readonly rank: Rank;
}

/** The time among columns that are looked at by name; see `findTime`. */
export function chooseTime(
  names: readonly string[],
  options: TimeOptions,
  look: (name: string, isAsked?: true) => TimeLook,
): FoundTime {
  if (options.time !== undefined) return askedTime(look(options.time, true));
  const candidates = names
    .filter((name) => !options.modelled.has(name))
    .flatMap((name) => candidateOf(name, look(name)));
  const ranked = (["name", "dates", "maybe"] as const).flatMap((rank) =>
    candidates.filter((each) => each.rank === rank),
  );
  const chosen = ranked.find(isAxis);
  if (chosen?.look.unclear !== undefined) throw unclearOrder(chosen.look.unclear);
  if (chosen?.look.unzoned !== undefined) throw mixedZones(chosen.look.unzoned);
  const others = ranked.filter((each) => each !== chosen && isLeftOut(each, chosen !== undefined));
  const { time: disordered, unzoned } = others.find((each) => !isAxis(each))?.look ?? {};
  if (chosen === undefined && unzoned !== undefined) throw mixedZones(unzoned);
  return {
    ...(chosen && { time: chosen.look.time!, course: chosen.look.course! }),
    ...(disordered && { disordered }),
    leftOut: others.map(({ name }) => name),
    notes: [
      ...others.map((each) => leftOutNote(each, chosen)),
      ...(chosen === undefined
        ? partsNote(names.filter((name) => !options.modelled.has(name)))
        : [chosenNote(chosen.look.time!), ...courseNotes(chosen.look)]),
    ],
  };
}

function candidateOf(name: string, look: TimeLook): Candidate[] {
  const named = timeName(name);
  if (look.stray !== undefined) throw strayDate(look.stray);
  if (look.unread !== undefined && (named === "surely" || looksLikeTime(look.unread.text)))
    throw unreadDate(look.unread, named === "surely");
  if (look.time === undefined) return [];
  const rank = named === "surely" ? "name" : look.time.kind === "date" ? "dates" : "maybe";
  return rank === "maybe" && !speaksForItself(look, named !== undefined) ? [] : [{ name, look, rank }];
}

/** Whether entries are times although the name is not sure of it: they count from 1970, or go on evenly under a fitting one. */
function speaksForItself({ time, course }: TimeLook, isNamed: boolean): boolean {
  const { isEven, least, greatest } = course!;
  const goesOn = isOrdered(course!) && greatest > least;
  if (time!.kind !== "number") return isNamed;
  return time!.isEpoch === true ? isNamed || (goesOn && isEven) : isNamed && goesOn && isEven;
}

/** Where times begin anew more often than in this share of the steps they are in no order. */
const MOST_BEGINNINGS = 0.1;

const isOrdered = (course: TimeCourse): boolean => course.disorder.count === 0 && !course.standsStill;

/** Of its entries so many may be missing. */
const MOST_MISSING = 0.1;

function isAxis({ look }: Candidate): boolean {
  const { course, missing } = look as Required<TimeLook>;
  if (course.greatest === course.least) return false;
  return isOrdered(course) && missing.count <= Math.max(1, MOST_MISSING * course.count);
}

/** Dates have no value to model; numbers that are called a time are no value either, unless another column is the time. */
const isLeftOut = (each: Candidate, isFound: boolean): boolean => {
  const { kind, isEpoch } = each.look.time!;
  if (kind !== "number" || isEpoch === true) return true;
  return each.rank === "name" && (!isFound || isAxis(each));
};

function leftOutNote({ name, look }: Candidate, chosen: Candidate | undefined): string {
  const undo = "; to model it, name it in the option kinds";
  if (chosen !== undefined && isAxis({ name, look, rank: "name" }))
    return `column "${name}" tells the time as "${chosen.name}" does and is left out`;
  const { course, missing } = look as Required<TimeLook>;
  const { disorder, repeats } = course;
  const zones = zonesNote(look.offsets);
  const fate = `it is no time axis and is left out${look.time!.kind === "number" ? undo : ""}${zones}`;
  if (disorder.count > 0 && disorder.count <= MOST_BEGINNINGS * course.count)
    return `column "${name}" begins anew (${disorder.first ?? look.at}, and ${disorder.count - 1} more): ${fate}; give sequences files of their own, or name them with the option sequence`;
  if (disorder.count === 0 && repeats.count > 0)
    return `column "${name}" repeats the time of the row before in ${repeats.count} of ${course.count} rows (the first at ${repeats.first}): ${fate}; to have it, name it in the option time`;
  if (disorder.count > 0) {
    const where = disorder.first ?? look.at;
    return `column "${name}" does not increase strictly (${where}): ${fate}`;
  }
  return missing.count > 0
    ? `column "${name}" lacks ${missing.count} times (the first at ${missing.first}): ${fate}`
    : `column "${name}" has one time for all rows: ${fate}`;
}

/** What may have turned round an order of times. */
const zonesNote = (offsets: readonly number[] = []): string =>
  offsets.length > 1
    ? ` (it is written by clocks of several zones, ${listed(offsets.map(offsetName), 4)})`
    : "";

/** What is told of a date whose parts stand in columns of their own. */
function partsNote(names: readonly string[]): string[] {
  const parts = names.filter(isPartOfDate);
  if (parts.length < 2 || !parts.some(isYearName)) return [];
  const shown = parts.map((name) => `"${name}"`).join(", ");
  return [
    `columns ${shown} tell the time in parts, which are not put together: write it into one, such as 2024-05-01`,
  ];
}

const chosenNote = (time: TimeColumn): string => `time: column "${time.name}" (${nameOfKind(time)})`;

function askedTime(look: TimeLook): FoundTime {
  const { time, course, at, stray, unclear, unzoned } = look;
  if (stray !== undefined) throw strayDate(stray);
  if (time === undefined || course === undefined)
    throw new VrnnError("data/time", "the time column holds entries that are neither numbers nor dates", {
      at,
      remedy: "write dates as 2024-05-01 12:30:00, or choose another column with the option time",
    });
  if (unclear !== undefined) throw unclearOrder(unclear);
  if (unzoned !== undefined) throw mixedZones(unzoned);
  const { disorder } = course;
  if (disorder.count === 0) return { time, course, leftOut: [], notes: courseNotes(look) };
  throw new VrnnError("data/time", "the time does not increase", {
    at: disorder.first ?? at,
    remedy: "sort the rows, or name the sequences with the option sequence",
  });
}

const strayDate = ({ at, text }: { readonly at: string; readonly text: string }): VrnnError =>
  new VrnnError("data/time", `"${text}" is no date, though the others of the column are`, {
    at,
    remedy: "mend it, or leave the cell empty",
  });

function unreadDate(
  { at, text }: { readonly at: string; readonly text: string },
  isNamed: boolean,
): VrnnError {
  const why = `the column ${isNamed ? "is called" : "looks like"} a time, and`;
  return new VrnnError("data/time", `${why} "${text}" is no date that is known`, {
    at,
    remedy: "write dates as 2024-05-01 12:30:00, or leave the column out with the option drop",
  });
}

const unclearOrder = ({ at, text }: { readonly at: string; readonly text: string }): VrnnError =>
  new VrnnError("data/date-order", `nothing tells the day from the month in "${text}" and the other dates`, {
    at,
    remedy: "say which stands first with the option dates: day-first, month-first or year-first",
  });

/** With and without a zone the same digits are different moments, and nothing tells by how much. */
const mixedZones = ({ at, text }: { readonly at: string; readonly text: string }): VrnnError =>
  new VrnnError(
    "data/time-zones",
    `some times tell their zone and some do not: "${text}" is the first that differs`,
    {
      at,
      remedy: "write all with a zone (2024-05-01T12:30+02:00), or all without",
    },
  );

/** Days that occur several times, with the times of day in a column beside. */
function pairedTime(
  tables: readonly Table[],
  names: readonly string[],
  found: FoundTime,
  options: TimeOptions,
): FoundTime | undefined {
  if (options.time !== undefined) return undefined;
  const looks = names
    .filter((name) => !options.modelled.has(name))
    .map((name) => ({ name, look: lookAt(tables, name, options) }));
  const day = looks.find(({ look }) => look.time?.isDay && look.unclear === undefined);
  const clock = looks.find(({ look }) => look.time?.kind === "duration" && look.course!.greatest < 86_400);
  if (day === undefined || clock === undefined) return undefined;
  const { isDay: _, ...column } = day.look.time!;
  const time: TimeColumn = { ...column, clock: clock.name };
  const look = lookAtTimes(tables, time);
  if (!isAxis({ name: time.name, look, rank: "name" })) return undefined;
  const isPart = (note: string) =>
    note.startsWith(`column "${day.name}" `) || note.startsWith(`column "${clock.name}" `);
  return {
    time,
    course: look.course!,
    leftOut: [...found.leftOut.filter((name) => name !== day.name && name !== clock.name), clock.name],
    notes: [...found.notes.filter((note) => !isPart(note)), chosenNote(time), ...courseNotes(look)],
  };
}

function lookAtTimes(tables: readonly Table[], time: TimeColumn): TimeLook {
  const tally = new TimeTally(time.name, true);
  for (const [sequence, table] of tables.entries()) {
    const times = rawTimes(table, time);
    for (const [row, value] of times.entries())
      tally.addTime(value, sequence, () => table.at(time.name, row));
  }
  return tally.look(tables[0]!.at(time.name), 0);
}

/** The time of each step in seconds; where it is missing, between its neighbours. */
export function timesOf(table: Table, time: TimeColumn): Float64Array {
  const times = rawTimes(table, time);
  fillBetween(times);
  return times;
}

/** The time of each step in seconds, NaN where it is missing. */
function rawTimes(table: Table, time: TimeColumn): Float64Array {
  const read = secondsBy(time);
  const cells = cellsOf(table, time.name);
  const times = Float64Array.from({ length: cells.length }, (_, row) => read(cells[row]!));
  if (time.clock === undefined) return times;
  const clocks = cellsOf(table, time.clock);
  return times.map((day, row) => day + parseDuration(String(clocks[row])));
}

/** What reads the cells of a time column as seconds. */
export function secondsBy({ kind, order, perSecond = 1 }: TimeColumn): (cell: Cell) => number {
  if (kind === "number") return (cell) => Number(cell) / perSecond;
  if (kind === "duration") return (cell) => (isMissing(cell) ? Number.NaN : parseDuration(String(cell)));
  return (cell) => (typeof cell === "number" ? compactDate(cell) : parseDate(cell, order));
}

/** Puts times in the place of missing ones: evenly between those around them, or as far on as the step beside. */
function fillBetween(times: Float64Array): void {
  const known = [...times.keys()].filter((t) => !Number.isNaN(times[t]!));
  if (known.length === times.length || known.length === 0) return;
  const step =
    known.length > 1 ? (times[known.at(-1)!]! - times[known[0]!]!) / (known.at(-1)! - known[0]!) : 1;
  let next = 0;
  times.forEach((time, t) => {
    while (next < known.length && known[next]! < t) next += 1;
    if (!Number.isNaN(time)) return;
    const [before, after] = [known[next - 1], known[next]];
    if (before === undefined) times[t] = times[after!]! - step * (after! - t);
    else if (after === undefined) times[t] = times[before]! + step * (t - before);
    else times[t] = times[before]! + ((times[after]! - times[before]!) * (t - before)) / (after - before);
  });
}

/** A sequence of which the last row was the first. */
export function reversedTable(table: Table): Table {
  const turned = (columns: ReadonlyMap<string, Cells>) =>
    new Map([...columns].map(([name, cells]) => [name, cells.toReversed()]));
  return {
    ...table,
    columns: turned(table.columns),
    written: table.written && turned(table.written),
    at: (column, row) => table.at(column, row === undefined ? undefined : table.rows - 1 - row),
  };
}

/**
 * The column whose values begin the times anew: the option sequence may have been forgotten.
 *
 * @param time a column of times that neither rise nor fall
 */
export function likelySequence(table: Table, time: TimeColumn, names: readonly string[]): string | undefined {
  const times = rawTimes(table, time);
  return names.find((name) => {
    const own = name === time.name || isPartOfDate(name) ? undefined : groupsIn(table, name);
    return own?.every((rows) => isRising(rows.map((row) => times[row]!))) ?? false;
  });
}

/** The rows of each value of a column: of a few values, each of which occurs several times. */
function groupsIn(table: Table, name: string): number[][] | undefined {
  const rows = new Map<Cell, number[]>();
  for (const [row, cell] of cellsOf(table, name).entries()) {
    const own = rows.get(cell);
    if (own === undefined) rows.set(cell, [row]);
    else own.push(row);
    if (rows.size > table.rows / 3) return undefined;
  }
  return rows.size > 1 ? [...rows.values()] : undefined;
}

const isRising = (times: readonly number[]): boolean =>
  times.every((time, i) => i === 0 || time > times[i - 1]!) ||
  times.every((time, i) => i === 0 || time < times[i - 1]!);
