/** When covariates of steps to come are: after the data, and at once. */
import { type Sequence, sliceSequence, type TimeColumn } from "../data/dataset.ts";
import type { Notice } from "../data/notice.ts";
import { writtenTime } from "../data/tables/written-time.ts";
import { VrnnError } from "../errors.ts";
import { RECENT, timesAhead } from "../inference/times-ahead.ts";
import { counted } from "../words/figures.ts";

/** The next step is no farther than so many usual ones; nor are neighbours of data whose steps are even. */
const FARTHEST = 1.5;

/** What a table of covariates is held against. */
export interface Following {
  readonly path: string;
  readonly time: TimeColumn | undefined;
  readonly notice: Notice;
}

/**
 * The rows of a table of covariates that come after a sequence, where both have times: those of steps that have been are left
 * aside, which is told.
 *
 * @throws VrnnError `forecast/future-times` where none comes after the sequence, or the first not with its next step
 */
export function rowsAfter(
  table: Sequence,
  { name, times }: Sequence,
  { path, time, notice }: Following,
): Sequence {
  const last = times?.at(-1);
  if (table.times === undefined || times === undefined || last === undefined || time === undefined)
    return table;
  const from = table.times.findIndex((each) => each > last);
  const step = timesAhead(times, 1)[0]! - last;
  const first = table.times[from];
  const isNext = first !== undefined && (first - last <= FARTHEST * step || !isEven(times, step));
  if (!isNext) {
    const told = first === undefined ? "end" : "begin";
    const at = writtenTime(first ?? table.times.at(-1)!, time);
    const what = `the covariates ${told} at ${at}, and the next step of "${name}" is at ${writtenTime(last + step, time)}`;
    throw new VrnnError("forecast/future-times", what, {
      at: path,
      remedy: "give the rows of the steps right after the data, or a table without times",
    });
  }
  if (from === 0) return table;
  notice([`the first ${counted(from, "row")} of ${path} are of steps that have been, and are left aside`]);
  return sliceSequence(table, from, table.length);
}

/** Whether the latest steps are of about one length. */
const isEven = (times: Float64Array, step: number): boolean =>
  times.subarray(-RECENT).every((time, i, recent) => i === 0 || time - recent[i - 1]! <= FARTHEST * step);
