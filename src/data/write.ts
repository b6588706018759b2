/** Text that the readers of this room read back. */
import { type Column, type Sequence, sliceSequence } from "./dataset.ts";

/** What stands in one field of a table. */
export type Field = string | number;

/**
 * Comma-separated values: fields in quotes where they need them, NaN as an empty field.
 *
 * @example
 * csvText(["name", "value"], [["a, b", 1.5], ["c", Number.NaN]]); // 'name,value\n"a, b",1.5\nc,\n'
 */
export const csvText = (header: readonly string[], rows: Iterable<readonly Field[]>): string =>
  [...csvPieces(header, rows)].join("");

/** So many lines are put together at once. */
const LINES = 1024;

/** The same piece by piece, as rows are made: a table of millions of them is never in memory as a whole. */
export function* csvPieces(
  header: readonly string[],
  rows: Iterable<readonly Field[]>,
): Generator<string, void, undefined> {
  let lines = [header.map(csvField).join(",")];
  for (const row of rows) {
    lines.push(row.map(csvField).join(","));
    if (lines.length < LINES) continue;
    yield `${lines.join("\n")}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
}

function csvField(field: Field): string {
  if (typeof field === "number") return Number.isNaN(field) ? "" : decimalText(field);
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** A number of no more than this size and nine decimals has at most 15 digits, which no other float64 shares. */
const [MOST_SHORT, NINE_PLACES] = [1e6, 1e9];

/**
 * What `String` writes of a number, in a third of the time where it has few digits.
 *
 * @example
 * decimalText(-0.25); // "-0.25"
 */
export function decimalText(value: number): string {
  const size = Math.abs(value);
  const units = Math.round(size * NINE_PLACES);
  if (!(size < MOST_SHORT) || Number.isInteger(value) || units / NINE_PLACES !== size) return String(value);
  if (units < 1000) return String(value); // below a millionth it has an exponent
  const whole = Math.floor(units / NINE_PLACES);
  let [rest, places] = [units - whole * NINE_PLACES, 9];
  for (; rest % 10 === 0; places--) rest /= 10;
  return `${value < 0 ? "-" : ""}${whole}.${String(rest).padStart(places, "0")}`;
}

/** A float32 has no more decimal digits than these. */
const DIGITS = 7;
/** A float64 has no more. */
const MOST_DIGITS = 17;

/**
 * A number that a model made, without the digits beyond what a float32 tells of the column's deviation: seven of a number no
 * larger than that, more where a large level hides a small movement.
 *
 * @example
 * inDigits(0.123456789, 1); // 0.1234568
 * inDigits(113.404954123456, 2e-5); // 113.40495412346
 */
export function inDigits(value: number, deviation = 0): number {
  if (!Number.isFinite(value)) return value;
  const hidden = deviation > 0 && value !== 0 ? Math.ceil(Math.log10(Math.abs(value) / deviation)) : 0;
  return Number(value.toPrecision(Math.min(MOST_DIGITS, DIGITS + Math.max(0, hidden))));
}

/** A value of a column that a model made as its field: a level by name, a number without a grid in the digits that it has. */
export function fieldOf(column: Column, value: number): Field {
  if (column.kind === "categorical") return column.levels[value] ?? "";
  return column.resolution === 0 ? inDigits(value, column.standardDeviation) : value;
}

/** A value of a column as it was observed: a level by name, a number in full. */
export const observedField = ({ kind, levels }: Column, value: number): Field =>
  kind === "categorical" ? (levels[value] ?? "") : value;

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

/**
 * Sequences of struck keys as a piano roll, `{"train": [sequence: [step: [MIDI pitches]]]}`.
 *
 * @param columns those of music
 */
export function pianoRollJson(columns: readonly Column[], sequences: readonly Sequence[]): string {
  const train = sequences.map((sequence) =>
    Array.from({ length: sequence.length }, (_, t) => pitchesAt(columns, sequence, t)),
  );
  return `${JSON.stringify({ train })}\n`;
}

/** The pitches that sound at a step, the lowest first. */
export const pitchesAt = (columns: readonly Column[], { values }: Sequence, t: number): number[] =>
  columns.flatMap(({ name }, d) => (values[t * columns.length + d] === 1 ? [Number(name)] : []));

/** A drawing up to and with its end, where the pen says that it ended. @param columns those of drawings */
export function untilEnd(columns: readonly Column[], sequence: Sequence): Sequence {
  const end = columns[2]!.levels.indexOf("end");
  const ends = (_: unknown, t: number) => end >= 0 && sequence.values[t * columns.length + 2] === end;
  const last = Array.from({ length: sequence.length }).findIndex(ends);
  return last < 0 ? sequence : sliceSequence(sequence, 0, last + 1);
}

/** The states of a pen in stroke-5, in the order of their flags. */
export const PEN_STATES: readonly string[] = ["down", "up", "end"];

/**
 * Drawings as `{"train": [drawing: [[dx, dy, lifted]]]}`, or with the three flags of stroke-5 where the pen has levels.
 *
 * @param columns those of drawings
 */
export function strokesJson(columns: readonly Column[], sequences: readonly Sequence[]): string {
  const { levels } = columns[2]!;
  const penOf = (value: number) =>
    levels.length === 0 ? [value] : PEN_STATES.map((state) => (state === levels[value] ? 1 : 0));
  const pointOf = ({ values }: Sequence, t: number) => {
    const [dx, dy, pen] = values.subarray(t * 3, t * 3 + 3);
    return [...[dx!, dy!].map((move) => inDigits(move)), ...penOf(pen!)];
  };
  const train = sequences.map((sequence) =>
    Array.from({ length: sequence.length }, (_, t) => pointOf(sequence, t)),
  );
  return `${JSON.stringify({ train })}\n`;
}

/** A file for each sequence, numbered from 1. */
export const numbered = (
  sequences: readonly Sequence[],
  ending: string,
  contentOf: (sequence: Sequence) => string | Uint8Array,
): Record<string, string | Uint8Array> =>
  Object.fromEntries(sequences.map((each, i) => [`sample-${i + 1}.${ending}`, contentOf(each)]));
