/** Text that the readers of this room read back. */
import type { Column, Sequence } from "./dataset.ts";
import { HIGHEST_PITCH, LOWEST_PITCH } from "./piano-roll.ts";

/** What stands in one field of a table. */
export type Field = string | number;

/**
 * Comma-separated values: fields in quotes where they need them, NaN as an empty field.
 *
 * @example
 * csvText(["name", "value"], [["a, b", 1.5], ["c", Number.NaN]]); // 'name,value\n"a, b",1.5\nc,\n'
 */
export function csvText(header: readonly string[], rows: Iterable<readonly Field[]>): string {
  const lines = [header.map(csvField).join(",")];
  for (const row of rows) lines.push(row.map(csvField).join(","));
  return `${lines.join("\n")}\n`;
}

function csvField(field: Field): string {
  if (typeof field === "number") return Number.isNaN(field) ? "" : String(field);
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** A float32 has no more decimal digits than these. */
const DIGITS = 7;

/** A value of a column as its field: a level by name, a number without a grid with as many digits as it has. */
export function fieldOf({ kind, levels, resolution }: Column, value: number): Field {
  if (kind === "categorical") return levels[value] ?? "";
  return kind === "real" && resolution === 0 ? Number(value.toPrecision(DIGITS)) : value;
}

/** A sequence as a table with a row per step; levels by name. */
export function sequenceCsv(columns: readonly Column[], { length, values }: Sequence): string {
  const rows = Array.from({ length }, (_, t) =>
    columns.map((column, d) => fieldOf(column, values[t * columns.length + d]!)),
  );
  return csvText(
    columns.map(({ name }) => name),
    rows,
  );
}

/** Whether the columns are keys of a piano, as those of a piano roll are. */
export const arePitches = (columns: readonly Column[]): boolean =>
  columns.every(
    ({ kind, name }) =>
      kind === "binary" &&
      /^\d+$/.test(name) &&
      Number(name) >= LOWEST_PITCH &&
      Number(name) <= HIGHEST_PITCH,
  );

/**
 * Sequences of struck keys as a piano roll, `{"train": [sequence: [step: [MIDI pitches]]]}`.
 *
 * @param columns for which `arePitches` holds.
 */
export function pianoRollJson(columns: readonly Column[], sequences: readonly Sequence[]): string {
  const width = columns.length;
  const stepOf = ({ values }: Sequence, t: number) =>
    columns.flatMap(({ name }, d) => (values[t * width + d] === 1 ? [Number(name)] : []));
  const train = sequences.map((sequence) =>
    Array.from({ length: sequence.length }, (_, t) => stepOf(sequence, t)),
  );
  return `${JSON.stringify({ train })}\n`;
}
