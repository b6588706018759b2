import type { Cell } from "./cells.ts";

/** What columns are called, beside nothing, that number the rows. */
const ROW_NUMBER_NAME = /^(?:unnamed: ?0|index|idx|row|row_?number|id|no|nr|#|step)?$/i;

/** In so many rows the number is that of the row before and one. */
const COUNTED = 0.8;

/** Whether a column may number the rows, by what it is called. */
export const mayNumberRows = (name: string): boolean => ROW_NUMBER_NAME.test(name.trim());

/** Whether cells that come one by one count the rows, some left out. */
export class RowCount {
  private rows = 0;
  private ones = 0;
  private last: Cell = 0;
  private isRising = true;

  add(cell: Cell): void {
    const step = Number(cell) - Number(this.last);
    if (this.rows === 0) this.isRising = typeof cell === "number" && Number.isInteger(cell);
    else if (!(step > 0)) this.isRising = false;
    else if (step === 1) this.ones += 1;
    this.rows += 1;
    this.last = cell;
  }

  get isCounting(): boolean {
    return this.isRising && this.rows > 2 && this.ones > COUNTED * (this.rows - 1);
  }
}
