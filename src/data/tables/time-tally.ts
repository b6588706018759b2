import type { TimeColumn } from "../dataset.ts";
import { type DateOrder, dateOrders } from "./answers.ts";
import { type Cell, isMissing } from "./cells.ts";
import { compactDate, compactDigits, parseDuration, readDate, type WrittenDate } from "./dates.ts";
import type { Table } from "./table.ts";
import { addPlace, noPlaces, type Places, TimeCourse } from "./time-course.ts";
import { isMonthName, isYearName, timeName, unitIn } from "./time-names.ts";
import { DAY, offsetName } from "./written-time.ts";

/** What a look at a column tells of it as a time. */
export interface TimeLook {
  /** Where the column stands. */
  readonly at: string;
  /** Undefined where entries are neither all numbers nor all dates. */
  readonly time?: TimeColumn;
  readonly course?: TimeCourse;
  /** Entries without a time. */
  readonly missing?: Places;
  /** An entry that is no date among dates. */
  readonly stray?: Stray;
  /** The first entry of a column of text that is no time, though hardly any occurs twice. */
  readonly unread?: Stray;
  /** A date of which nothing tells whether the day or the month stands first. */
  readonly unclear?: Stray;
  /** The first time of day that tells no zone among some that do, or the other way round. */
  readonly unzoned?: Stray;
  /** Dates: how far from UTC the clocks are that they were written by, in seconds, where they say so. */
  readonly offsets?: readonly number[];
}

interface Stray {
  readonly at: string;
  readonly text: string;
}

type Reading = "number" | "compact" | "duration" | DateOrder;

/** Of texts that are mostly dates so many may be none, and are refused by their place. */
const MOST_STRAYS = 0.05;
/** So many entries are looked at before a column counts as no time. */
const SAMPLE = 20;

/** What a pass keeps of a column that may be the time. */
export class TimeTally {
  private readonly name: string;
  private readonly isNamed: boolean;
  private readonly courses = new Map<Reading, TimeCourse>();
  /** How many entries each reading understands. */
  private readonly counts = new Map<Reading, number>();
  private entries = 0;
  /** The first texts that are no time, and where the first of them stands. */
  private readonly texts = new Set<string>();
  private firstText: Stray | undefined;
  /** Whether a number is too small or large to count from 1970, under a name that does not say that it is a time. */
  private isValue = false;
  private readonly missing = noPlaces();
  private stray: Stray | undefined;
  private ambiguous: Stray | undefined;
  private isPointed = true;
  private isDay = true;
  /** The months of dates of month and year alone; 0 of any other date. */
  private readonly months = new Set<number>();
  private digits: number | undefined;
  private readonly offsets = new Set<number | undefined>();
  private unzoned: Stray | undefined;

  /** @param isNamed whether numbers under the name may be times: only if it speaks for it unless told */
  constructor(name: string, isNamed: boolean = timeName(name) !== undefined) {
    this.name = name;
    this.isNamed = isNamed;
  }

  add(table: Table, sequence: number): void {
    const cells = table.columns.get(this.name) ?? [];
    const written = table.written?.get(this.name);
    let row = 0;
    const at = () => table.at(this.name, row);
    for (; row < cells.length && !this.isHopeless; row++)
      this.addCell(cells[row]!, sequence, at, written?.[row]);
  }

  /** @param written the cell as text, where that tells more */
  addCell(cell: Cell, sequence: number, at: () => string, written?: Cell): void {
    if (isMissing(cell)) {
      addPlace(this.missing, at);
      return;
    }
    this.entries += 1;
    if (typeof cell === "number") this.addNumber(cell, sequence, at, written);
    else this.addText(cell, sequence, at);
  }

  /** Takes in a time in seconds, NaN where it is missing. */
  addTime(time: number, sequence: number, at: () => string): void {
    if (Number.isNaN(time)) addPlace(this.missing, at);
    else this.entries += 1;
    this.take("year-first", time, sequence, at);
  }

  /** @param order in which day, month and year stand, where that is said: it decides what the dates leave open */
  look(at: string, steps: number, order?: DateOrder): TimeLook {
    const { missing } = this;
    const lacking = steps - this.entries - missing.count;
    const isUnread = this.texts.size > Math.max(2, 0.9 * Math.min(SAMPLE, this.entries));
    if (isUnread && this.isHopeless) return { at, unread: this.firstText! };
    if (this.entries === 0 || lacking > 0 || this.isHopeless || this.isOfCodes) return { at };
    const readings = this.sound(order);
    const [reading] = readings;
    if (reading === undefined) return { at, ...(this.isMostlyDates && { stray: this.stray! }) };
    const course = this.courses.get(reading)!;
    const unclear = readings.length > 1 ? this.ambiguous : undefined;
    const { unzoned } = this;
    const offsets = [...this.offsets].filter((offset) => offset !== undefined);
    return {
      ...{ at, time: this.columnBy(reading, course), course, missing, offsets },
      ...(unclear && { unclear }),
      ...(unzoned && { unzoned }),
    };
  }

  /** The readings that understand every entry: one, or several orders of day and month between which nothing decides. */
  private sound(order: DateOrder | undefined): Reading[] {
    const holds = (reading: Reading) => this.counts.get(reading) === this.entries;
    if (holds("compact")) return ["compact"];
    if (holds("number")) return ["number"];
    if (holds("duration")) return ["duration"];
    if (this.ambiguous === undefined) return holds("year-first") ? ["year-first"] : [];
    const orders = dateOrders.filter(holds);
    if (orders.length < 2) return orders;
    if (order !== undefined && orders.includes(order)) return [order];
    const ordered = orders.filter((each) => this.courses.get(each)!.disorder.count === 0);
    if (ordered.length === 1) return ordered;
    return this.isPointed && orders.includes("day-first") ? ["day-first"] : orders;
  }

  private columnBy(reading: Reading, course: TimeCourse): TimeColumn {
    const { name } = this;
    if (reading === "number") return { name, kind: "number", ...unitOf(name, course) };
    if (reading === "duration") return { name, kind: "duration" };
    const isDay = reading === "compact" ? this.digits! <= 8 : this.isDay;
    const order = this.ambiguous !== undefined && reading !== "compact" ? { order: reading } : {};
    const [offset] = this.offsets;
    const zone = offset ? { zone: offsetName(offset) } : {};
    return { name, kind: "date", ...order, ...(isDay && { isDay }), ...zone };
  }

  private addNumber(value: number, sequence: number, at: () => string, written: Cell | undefined): void {
    if (!this.isNamed && !EPOCH_UNITS.some((unit) => isEpoch(value, unit))) {
      this.isValue = true;
      return;
    }
    const isLong = typeof written === "string" && !Number.isSafeInteger(value) && /^\d+$/.test(written);
    this.take("number", value, sequence, at, isLong ? BigInt(written as string) : undefined);
    const digits = compactDigits(value);
    this.digits ??= digits;
    if (!this.isNamed || digits === undefined || digits !== this.digits || !this.mayHaveDigits(digits))
      return;
    this.take("compact", compactDate(value), sequence, at);
  }

  private mayHaveDigits(digits: number): boolean {
    if (digits === 4) return isYearName(this.name);
    return digits > 6 || isMonthName(this.name);
  }

  private addText(text: string, sequence: number, at: () => string): void {
    const date = readDate(text);
    if (date !== undefined) this.addDate(date, text, sequence, at);
    else if (!this.take("duration", parseDuration(text), sequence, at)) {
      this.stray ??= { at: at(), text };
      this.firstText ??= { at: at(), text };
      if (this.texts.size < SAMPLE) this.texts.add(text);
    }
  }

  private addDate(date: WrittenDate, text: string, sequence: number, at: () => string): void {
    if (date.isAmbiguous) this.ambiguous ??= { at: at(), text };
    this.isPointed &&= date.isPointed;
    this.isDay &&= date.isDay;
    this.months.add(date.monthAlone ?? 0);
    if (!date.isDay) this.addOffset(date.offset, text, at);
    const orders = this.ambiguous === undefined ? (["year-first"] as const) : dateOrders;
    const isRead = orders.filter((order) => this.take(order, date.at(order), sequence, at)).length > 0;
    if (!isRead) this.stray ??= { at: at(), text };
  }

  private addOffset(offset: number | undefined, text: string, at: () => string): void {
    if (this.offsets.has(offset)) return;
    this.offsets.add(offset);
    if (this.offsets.size > 1 && this.offsets.has(undefined)) this.unzoned ??= { at: at(), text };
  }

  /** Takes a time in, if the reading has understood all before it. */
  private take(reading: Reading, time: number, sequence: number, at: () => string, exact?: bigint): boolean {
    const count = this.counts.get(reading) ?? 0;
    if (Number.isNaN(time)) return false;
    this.counts.set(reading, count + 1);
    let course = this.courses.get(reading);
    if (course === undefined) {
      course = new TimeCourse(reading !== "number" && reading !== "duration");
      this.courses.set(reading, course);
    }
    course.add(time, sequence, at, exact);
    return true;
  }

  private get best(): number {
    return Math.max(0, ...this.counts.values());
  }

  private get isHopeless(): boolean {
    return this.isValue || (this.entries >= SAMPLE && this.best < this.entries / 2);
  }

  /** Whether one word that may be a month stands before all numbers, as in set-01 and set-02, and the name tells no time. */
  private get isOfCodes(): boolean {
    return !this.isNamed && this.months.size === 1 && !this.months.has(0);
  }

  private get isMostlyDates(): boolean {
    const strays = this.entries - this.best;
    return this.stray !== undefined && strays <= Math.max(1, MOST_STRAYS * this.entries) && this.best > 2;
  }
}

/** Since 1980 and until 2100, in seconds since 1970. */
const EPOCH: readonly [number, number] = [315_532_800, 4_102_444_800];

/** Days as spreadsheets count them, from 1954 to 2119. */
const SERIAL: readonly [number, number] = [20_000, 80_000];

const EPOCH_UNITS = [1, 1e3, 1e6, 1e9];

const isEpoch = (value: number, unit: number): boolean =>
  value >= EPOCH[0] * unit && value <= EPOCH[1] * unit;

/** How many of a column's numbers are in a second: by its name, or by their size where they count from 1970. */
function unitOf(name: string, { least, greatest }: TimeCourse): Pick<TimeColumn, "perSecond" | "isEpoch"> {
  const counted = EPOCH_UNITS.find((unit) => isEpoch(least, unit) && isEpoch(greatest, unit));
  const isSerial = /date|datum/i.test(name) && least >= SERIAL[0] && greatest <= SERIAL[1];
  const perSecond = unitIn(name) ?? counted ?? (isSerial ? 1 / DAY : undefined);
  if (perSecond === undefined) return {};
  return { perSecond, ...(counted === perSecond && { isEpoch: true }) };
}
