/** Whether the times of a stream go on, from line to line. */
import type { DateOrder } from "./tables/answers.ts";
import { type Cell, isMissing } from "./tables/cells.ts";
import { readDate } from "./tables/dates.ts";

/** A time of a stream. */
export interface ReadTime {
  /** Of a date in seconds since 1970, of a number that; NaN where it cannot be read. */
  readonly moment: number;
  readonly note?: string;
}

/** Tells the first time of a stream that goes back, and the first that stands still. */
export class LiveClock {
  private readonly order: DateOrder | undefined;
  private last = Number.NaN;
  private readonly told = new Set<string>();

  /** @param order of day and month, where dates do not say it; unless told, dates that leave it open are not compared */
  constructor(order?: DateOrder) {
    this.order = order;
  }

  /** What the next time is, and what is to be told of it: most often nothing. */
  read(time: Cell, at: () => string): ReadTime {
    const [before, now] = [this.last, this.momentOf(time)];
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
    if (typeof time === "number" || isMissing(time)) return Number(time);
    const date = readDate(time);
    if (date === undefined) return Number.NaN;
    const order = this.order ?? (date.isPointed ? "day-first" : undefined);
    return date.isAmbiguous && order === undefined ? Number.NaN : date.at(order ?? "year-first");
  }
}
