/** Whether the times of a stream go on, from line to line. */
import type { TimeColumn } from "./dataset.ts";
import type { DateOrder } from "./tables/answers.ts";
import { type Cell, isMissing } from "./tables/cells.ts";
import { parseDuration, readDate } from "./tables/dates.ts";
import { secondsBy } from "./tables/time.ts";

/** A time of a stream. */
export interface ReadTime {
  /** In seconds, since 1970 of dates; NaN where it cannot be read. */
  readonly moment: number;
  readonly note?: string;
}

/** How the times of a stream are read, as far as it is known. */
export interface LiveTimes {
  /** Of day and month, where dates do not say it; unless told, dates that leave it open are not read. */
  readonly order?: DateOrder | undefined;
  /** The column that told the time in training. */
  readonly column?: TimeColumn | undefined;
}

/** Reads the times of a stream, and tells the first that goes back and the first that stands still. */
export class LiveClock {
  private readonly order: DateOrder | undefined;
  private readonly secondsOf: ((time: Cell) => number) | undefined;
  private last = Number.NaN;
  private readonly told = new Set<string>();

  constructor({ order, column }: LiveTimes = {}) {
    this.order = order;
    this.secondsOf = column && secondsBy({ ...column, ...(order && { order }) });
  }

  /** @param clock the time of day, where that stands beside the time */
  read(time: Cell, at: () => string, clock?: string): ReadTime {
    const [before, now] = [this.last, this.momentOf(time) + (clock === undefined ? 0 : parseDuration(clock))];
    if (Number.isNaN(now)) return { moment: now };
    this.last = now;
    const what = now < before ? "goes back" : now === before ? "stands still" : undefined;
    if (what === undefined || this.told.has(what)) return { moment: now };
    this.told.add(what);
    const note = `${at()}: the time ${what} ("${time}"), and steps are taken as they come; it is told once`;
    return { moment: now, note };
  }

  /** A number that grows with the time; NaN where nothing tells. */
  private momentOf(time: Cell): number {
    if (isMissing(time)) return Number.NaN;
    if (this.secondsOf !== undefined) return this.secondsOf(time);
    if (typeof time === "number") return time;
    const date = readDate(time);
    if (date === undefined) return Number.NaN;
    const order = this.order ?? (date.isPointed ? "day-first" : undefined);
    return date.isAmbiguous && order === undefined ? Number.NaN : date.at(order ?? "year-first");
  }
}
