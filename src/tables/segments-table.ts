import type { TimeColumn } from "../data/dataset.ts";
import { writtenTime } from "../data/tables/written-time.ts";
import { csvText, type Field } from "../data/write.ts";
import { type ColumnChange, isMoved, isSpread, type Segmented } from "../patterns/segments.ts";

const MOST_TOLD = 3;

/**
 * What changed, in words.
 *
 * @example
 * changeWords([{ name: "load", level: 1.4, spread: 2 }]); // "load rose by 1.4 deviations and varies 2.0 times as much"
 */
export const changeWords = (changes: readonly ColumnChange[]): string =>
  changes.slice(0, MOST_TOLD).map(wordsOf).join("; ");

function wordsOf(change: ColumnChange): string {
  const { name, level, spread } = change;
  const moved = `${level > 0 ? "rose" : "fell"} by ${Math.abs(level).toFixed(1)} deviations`;
  const varies =
    spread > 1 ? `varies ${spread.toFixed(1)} times as much` : `varies ${(1 / spread).toFixed(1)} times less`;
  return `${name} ${[...(isMoved(change) ? [moved] : []), ...(isSpread(change) ? [varies] : [])].join(" and ")}`;
}

/** A row for each segment: its first and last step from 1, their times where they are known, and what changed. */
export function segmentsTable(all: readonly Segmented[], time: TimeColumn | undefined): string {
  const header = ["sequence", "segment", "from", "to", ...(time ? ["begins", "ends"] : []), "changed"];
  const rows = all.flatMap(({ encoded: { sequence }, segments }) =>
    segments.map(({ start, end, changes }, i): Field[] => [
      sequence.name,
      i + 1,
      start + 1,
      end,
      ...(time ? [start, end - 1].map((t) => writtenTime(sequence.times?.[t] ?? Number.NaN, time)) : []),
      changeWords(changes),
    ]),
  );
  return csvText(header, rows);
}
