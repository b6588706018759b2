/** What there is to say of data whose columns are not where those of training were. */
import type { Column, Sequence } from "./dataset.ts";

/** So far beyond all of training, in deviations, nothing goes by itself: an entry there makes the nats of everything. */
const FAR = 100;
/** So many deviations a mean does not move by chance, over so many entries. */
const MOVED = 4;
const ENOUGH = 50;
/** No more columns are told one by one. */
const MOST_TOLD = 5;

/** What some sequences hold of a column. */
interface Seen {
  readonly mean: number;
  readonly observed: number;
  /** The entry farthest beyond the range of training, and how far that is in deviations. */
  readonly farthest: number;
  readonly beyond: number;
}

/**
 * Notes of columns that moved: whose mean lies outside the range of training, or four deviations from its mean (of fifty
 * entries and more); and of entries a hundred deviations beyond that range.
 *
 * @example
 * shiftNotes(columns, undefined, sequences);
 * // ['column "load": its mean is 9.1, 7.2 deviations above that of training (2)']
 */
export function shiftNotes(
  columns: readonly Column[],
  conditions: readonly Column[] = [],
  sequences: readonly Pick<Sequence, "values" | "conditions">[],
): string[] {
  const told = [
    ...columns.flatMap((column, d) =>
      notesOf(
        column,
        sequences.map(({ values }) => values),
        d,
        columns.length,
      ),
    ),
    ...conditions.flatMap((column, c) =>
      notesOf(
        column,
        sequences.flatMap((each) => each.conditions ?? []),
        c,
        conditions.length,
      ),
    ),
  ];
  const more = told.length - MOST_TOLD;
  return more > 0
    ? [...told.slice(0, MOST_TOLD), `${more} more notes of columns that moved are not shown`]
    : told;
}

function notesOf(column: Column, tables: readonly Float64Array[], place: number, width: number): string[] {
  if (column.kind === "categorical" || !(column.standardDeviation > 0)) return [];
  const seen = look(column, tables, place, width);
  if (seen.beyond > FAR) return [farNote(column, seen)];
  const { mean, observed } = seen;
  const moved = (mean - column.mean) / column.standardDeviation;
  const isOutside = mean < column.minimum || mean > column.maximum;
  const isMoved = isOutside || (Math.abs(moved) >= MOVED && observed >= ENOUGH);
  return observed > 0 && isMoved ? [movedNote(column, mean, moved)] : [];
}

function look(
  { minimum, maximum, standardDeviation: deviation }: Column,
  tables: readonly Float64Array[],
  place: number,
  width: number,
): Seen {
  let [sum, observed, farthest, beyond] = [0, 0, Number.NaN, 0];
  for (const values of tables) {
    for (let i = place; i < values.length; i += width) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      observed += 1;
      sum += value;
      const distance = Math.max(minimum - value, value - maximum) / deviation;
      if (distance > beyond) [farthest, beyond] = [value, distance];
    }
  }
  return { mean: sum / observed, observed, farthest, beyond };
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

const movedNote = ({ name, mean: before }: Column, mean: number, moved: number): string =>
  `column "${name}": its mean is ${short(mean)}, ${short(Math.abs(moved))} deviations ${moved > 0 ? "above" : "below"} that of training (${short(before)})`;

const farNote = ({ name, minimum, maximum }: Column, { farthest, beyond }: Seen): string =>
  `column "${name}": ${short(farthest)} lies ${short(beyond)} deviations beyond all of training (${short(minimum)} to ${short(maximum)}): its nats may be of that alone`;
