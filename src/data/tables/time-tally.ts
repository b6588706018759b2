import type { TimeColumn } from "../dataset.ts";
import { parseDate } from "./cells.ts";
import type { Table } from "./table.ts";
import type { TimeLook } from "./time.ts";

/** What a pass keeps of a column that may be the time. */
export class TimeTally {
  private count = 0;
  private readonly kinds = { number: new OrderTally(), date: new OrderTally() };

  add(table: Table, name: string, sequence: number): void {
    const cells = table.columns.get(name)!;
    this.count += cells.length;
    if (!this.kinds.number.isSound && !this.kinds.date.isSound) return;
    cells.forEach((cell, row) => {
      const at = () => table.at(name, row);
      this.kinds.number.add(typeof cell === "number" ? cell : Number.NaN, sequence, at);
      this.kinds.date.add(typeof cell === "string" ? parseDate(cell) : Number.NaN, sequence, at);
    });
  }

  /** @param steps how many there are in all: where the column lacks one, it is no time */
  look(name: string, steps: number): Omit<TimeLook, "at"> {
    const kind = (["number", "date"] as const).find(
      (each) => this.kinds[each].isSound && this.count === steps,
    );
    if (kind === undefined) return { time: undefined };
    return { time: { name, kind } satisfies TimeColumn, disorder: this.kinds[kind].disorder };
  }
}

/** Whether values are all numbers, and increase strictly in every sequence. */
class OrderTally {
  isSound = true;
  disorder: string | undefined;
  private readonly last: number[] = [];

  add(value: number, sequence: number, at: () => string): void {
    if (!this.isSound) return;
    if (Number.isNaN(value)) this.isSound = false;
    if (value <= (this.last[sequence] ?? Number.NEGATIVE_INFINITY)) this.disorder ??= at();
    this.last[sequence] = value;
  }
}
