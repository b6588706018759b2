import { VrnnError } from "../../errors.ts";
import { quoted } from "../../legible.ts";
import { SPLIT_NAMES, type SplitName } from "../dataset.ts";
import type { Cell, CellReader } from "./cells.ts";
import { parseJson } from "./json-text.ts";
import { finite, type Table } from "./table.ts";

/** A line with its fields. */
export interface Line {
  readonly number: number;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** Fields that name a whole sequence rather than hold a value. */
const NAME_FIELDS: readonly string[] = ["name", "id"];
const SPLIT_FIELD = "split";

/**
 * Reads JSON Lines: either one object per step, `{"cpu": 0.3, "state": "idle"}`, all lines one sequence, where an absent
 * field is missing; or one object per sequence, `{"name": "a", "split": "train", "cpu": [0.3, 0.4]}`, where a field that
 * is no array (other than `name` or `id`, and `split`) holds at every step.
 *
 * @param name The name of the sequence, when the lines are its steps.
 * @throws VrnnError `data/json`, `data/jsonl`, `data/ragged-row`, `data/not-finite`.
 */
export function parseJsonLines(text: string, file: string, name: string, cells: CellReader): Table[] {
  const lines: Line[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() !== "") lines.push({ number: i + 1, fields: parseLine(line, file, i + 1) });
  });
  const arrays = lines.filter(holdsArrays);
  if (arrays.length === 0) return [stepsTable(lines, file, name, cells)];
  const odd = lines.find((line) => !holdsArrays(line));
  if (odd !== undefined) throw mixedLayout("the line holds a single step, others hold arrays", file, odd);
  return arrays.map((line) => arraysTable(line, file, cells));
}

/** Whether a line is a sequence of arrays, not a step. */
export const holdsArrays = ({ fields }: Line): boolean => [...fields.values()].some(Array.isArray);

/** The error for lines that are steps among lines that are sequences. */
export const mixedLayout = (what: string, file: string, { number }: Line): VrnnError =>
  new VrnnError("data/jsonl", what, {
    at: `${file}:${number}`,
    remedy: "write one object per step, or one object of arrays per sequence",
  });

/** @throws VrnnError `data/json`, `data/jsonl` */
export function parseLine(line: string, file: string, number: number): ReadonlyMap<string, unknown> {
  const json = parseJson(line, file, number);
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return new Map(Object.entries(json));
  throw new VrnnError("data/jsonl", "the line is no object", {
    at: `${file}:${number}`,
    remedy: 'write each line as {"column": value, ...}',
  });
}

/** One sequence, or a stretch of one, of a step per line. */
export function stepsTable(lines: readonly Line[], file: string, name: string, cells: CellReader): Table {
  const at = (column: string, row?: number) =>
    row === undefined ? `${file}, column "${column}"` : `${file}:${lines[row]!.number}, column "${column}"`;
  const names = new Set(lines.flatMap((line) => [...line.fields.keys()]));
  const columns = new Map<string, Cell[]>();
  for (const column of names) {
    const read = ({ fields }: Line, row: number) => cellOf(fields.get(column), cells, () => at(column, row));
    columns.set(column, lines.map(read));
  }
  return { name, file, rows: lines.length, columns, notes: [], at };
}

/** A sequence of one line of arrays. */
export function arraysTable({ number, fields }: Line, file: string, cells: CellReader): Table {
  const place = `${file}:${number}`;
  const at = (column: string, row?: number) =>
    `${place}, column "${column}"${row === undefined ? "" : `, step ${row + 1}`}`;
  const rows = commonLength(fields, place);
  const columns = new Map<string, Cell[]>();
  for (const [column, value] of fields) {
    if (!Array.isArray(value) && (NAME_FIELDS.includes(column) || column === SPLIT_FIELD)) continue;
    const entry = (row: number) => (Array.isArray(value) ? value[row] : value);
    columns.set(
      column,
      Array.from({ length: rows }, (_, row) => cellOf(entry(row), cells, () => at(column, row))),
    );
  }
  const given = NAME_FIELDS.map((field) => fields.get(field)).find((value) => value !== undefined);
  const name = String(given ?? `line ${number}`);
  return { name, file: place, split: splitOf(fields.get(SPLIT_FIELD), place), rows, columns, notes: [], at };
}

function commonLength(fields: ReadonlyMap<string, unknown>, at: string): number {
  const lengths = [...fields].filter((field): field is [string, unknown[]] => Array.isArray(field[1]));
  const [first, ...others] = lengths.map(([name, { length }]) => ({ name, length }));
  const odd = others.find(({ length }) => length !== first!.length);
  if (odd) {
    const what = `"${odd.name}" has ${odd.length} steps, "${first!.name}" has ${first!.length}`;
    throw new VrnnError("data/ragged-row", what, { at, remedy: "write null for a missing step" });
  }
  if (first!.length > 0) return first!.length;
  throw new VrnnError("data/empty-sequence", "the sequence has no steps", { at, remedy: "remove the line" });
}

/** The split that a field asks for. @throws VrnnError `data/split` */
export function splitOf(value: unknown, at: string): SplitName | undefined {
  if (value === undefined) return undefined;
  const split = SPLIT_NAMES.find((name) => name === value);
  if (split !== undefined) return split;
  throw new VrnnError("data/split", `${quoted(value)} is no split`, {
    at,
    remedy: 'write "train", "valid" or "test"',
  });
}

/** @throws VrnnError `data/not-finite`, `data/jsonl` for an array or object */
export function cellOf(value: unknown, cells: CellReader, at: () => string): Cell {
  if (value === undefined || value === null) return Number.NaN;
  if (typeof value === "number") return finite(cells.number(value), at);
  if (typeof value === "string") return finite(cells.text(value), at);
  if (typeof value === "boolean") return String(value);
  throw new VrnnError("data/jsonl", "an array or object where one value belongs", {
    at: at(),
    remedy: "write a number, a text, true, false or null",
  });
}
