import { VrnnError } from "../../errors.ts";
import { quoted } from "../../legible.ts";
import type { SplitName } from "../dataset.ts";
import { splitCalled } from "../split-names.ts";
import type { CellReader } from "./cells.ts";
import { readColumns, StepColumns } from "./json-columns.ts";
import { parseJson } from "./json-text.ts";
import { LineNumbers } from "./line-numbers.ts";
import type { NameColumns } from "./reading.ts";
import { nameOf, type Table } from "./table.ts";

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
export function parseJsonLines(
  text: string,
  file: string,
  name: string,
  cells: CellReader,
  names: NameColumns = new Map(),
): Table[] {
  const objects = wholeArray(text);
  if (objects !== undefined) return objectTables(objects, file, name, cells, names);
  return tablesOf(linesIn(text, file), file, name, cells, names);
}

/** The lines of a text one by one, without blank ones. */
function* linesIn(text: string, file: string): Generator<Line> {
  for (let [start, number] = [0, 1]; start < text.length; number++) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (line.trim() !== "") yield { number, fields: parseLine(line, file, number) };
    start = end + 1;
  }
}

/** The objects of a text that is one array of them. */
function wholeArray(text: string): readonly object[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isObjectList(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value of JSON is a list of objects: rows, or sequences. */
export const isObjectList = (json: unknown): json is readonly object[] =>
  Array.isArray(json) &&
  json.length > 0 &&
  json.every((item) => typeof item === "object" && item !== null && !Array.isArray(item));

/**
 * The columns of an object that holds a list of values, or an object of them by row, for each; undefined for any other.
 *
 * @example
 * columnsObject({ cpu: { "0": 0.3, "1": 0.4 }, state: ["idle", "busy"] }); // { cpu: [0.3, 0.4], state: ["idle", "busy"] }
 */
export function columnsObject(json: unknown): Readonly<Record<string, readonly unknown[]>> | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const columns = Object.entries(json).map(([name, values]): [string, readonly unknown[]] | undefined => {
    const list: readonly unknown[] =
      typeof values === "object" && values !== null ? Object.values(values) : [];
    const isPlain = list.length > 0 && list.every((value) => value === null || typeof value !== "object");
    return isPlain ? [name, list] : undefined;
  });
  const found = columns.filter((column) => column !== undefined);
  return found.length > 0 && found.length === columns.length ? Object.fromEntries(found) : undefined;
}

/**
 * Reads one JSON array of what JSON Lines have a line each; places are counted in objects.
 *
 * @throws VrnnError `data/jsonl`, `data/ragged-row`, `data/not-finite`.
 */
export function objectTables(
  objects: readonly object[],
  file: string,
  name: string,
  cells: CellReader,
  names: NameColumns = new Map(),
): Table[] {
  const lines = objects.map((object, i) => ({
    number: i + 1,
    fields: fieldsOf(object, `${file}, object ${i + 1}`),
  }));
  return tablesOf(lines, file, name, cells, names);
}

function tablesOf(
  lines: Iterable<Line>,
  file: string,
  name: string,
  cells: CellReader,
  names: NameColumns,
): Table[] {
  const steps = new Steps(file, cells, names);
  const arrays: Table[] = [];
  const add = (line: Line) =>
    holdsArrays(line) ? arrays.push(arraysTable(line, file, cells, names)) : steps.add(line);
  let [firstStep, firstArrays, fault]: [Line?, Line?, unknown?] = [];
  for (const line of lines) {
    if (holdsArrays(line)) firstArrays ??= line;
    else firstStep ??= line;
    if (firstStep !== undefined && firstArrays !== undefined)
      throw mixedLayout("the line holds a single step, others hold arrays", file, firstStep);
    // What is wrong with a value is told when all lines are known to be of one kind.
    try {
      if (fault === undefined) add(line);
    } catch (cause) {
      fault = cause;
    }
  }
  if (fault !== undefined) throw fault;
  return firstArrays === undefined ? [steps.table(name)] : arrays;
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
export const parseLine = (line: string, file: string, number: number): ReadonlyMap<string, unknown> =>
  fieldsOf(parseJson(line, file, number), `${file}:${number}`);

function fieldsOf(json: unknown, at: string): ReadonlyMap<string, unknown> {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return new Map(Object.entries(json));
  throw new VrnnError("data/jsonl", "the line is no object", {
    at,
    remedy: 'write each line as {"column": value, ...}',
  });
}

/** One sequence, or a stretch of one, of a step per line. */
export function stepsTable(
  lines: readonly Line[],
  file: string,
  name: string,
  cells: CellReader,
  names: NameColumns = new Map(),
): Table {
  const steps = new Steps(file, cells, names);
  for (const line of lines) steps.add(line);
  return steps.table(name);
}

/** Steps that come line by line. */
class Steps {
  private readonly file: string;
  private readonly cells: CellReader;
  private readonly lines = new LineNumbers();
  private readonly columns: StepColumns;
  private readonly at: Table["at"];

  constructor(file: string, cells: CellReader, names: NameColumns) {
    const { lines } = this;
    this.file = file;
    this.cells = cells;
    this.at = (column, row) =>
      row === undefined ? `${file}, column "${column}"` : `${file}:${lines.at(row)}, column "${column}"`;
    this.columns = new StepColumns({ cells, names, at: this.at });
  }

  add(line: Line): void {
    this.lines.add(line.number);
    this.columns.add(line.fields);
  }

  table(name: string): Table {
    const { file, at, columns, cells } = this;
    return {
      name,
      file,
      rows: columns.rows,
      ...columns.read,
      missingWords: cells.missingWords,
      notes: [],
      at,
    };
  }
}

/** A sequence of one line of arrays. */
export function arraysTable(
  { number, fields }: Line,
  file: string,
  cells: CellReader,
  names: NameColumns = new Map(),
): Table {
  const place = `${file}:${number}`;
  const at = (column: string, row?: number) =>
    `${place}, column "${column}"${row === undefined ? "" : `, step ${row + 1}`}`;
  const rows = commonLength(fields, place);
  const isColumn = ([column, value]: readonly [string, unknown]) =>
    Array.isArray(value) || !(NAME_FIELDS.includes(column) || column === SPLIT_FIELD);
  const columns = [...fields].filter(isColumn).map(([column]) => column);
  const valueAt = (column: string, row: number) => {
    const value = fields.get(column);
    return Array.isArray(value) ? value[row] : value;
  };
  return {
    name: givenName(fields, number, place),
    file: place,
    split: splitOf(fields.get(SPLIT_FIELD), place),
    rows,
    ...readColumns(columns, rows, valueAt, { cells, names, at }),
    missingWords: cells.missingWords,
    notes: [],
    at,
  };
}

/** What a line calls its sequence. @throws VrnnError `data/jsonl`, `data/long-number` */
function givenName(fields: ReadonlyMap<string, unknown>, number: number, at: string): string {
  const field = NAME_FIELDS.find(
    (each) => fields.get(each) !== undefined && !Array.isArray(fields.get(each)),
  );
  const given = field === undefined ? `line ${number}` : fields.get(field);
  if (typeof given === "string") return given;
  if (typeof given === "number") return String(nameOf(given, () => at));
  if (typeof given === "boolean" || given === null) return String(given);
  throw new VrnnError("data/jsonl", "the name of the sequence is an array or object", {
    at: `${at}, column "${field}"`,
    remedy: "write a text",
  });
}

function commonLength(fields: ReadonlyMap<string, unknown>, at: string): number {
  const lengths = [...fields].filter((field): field is [string, unknown[]] => Array.isArray(field[1]));
  const [first, ...others] = lengths.map(([name, { length }]) => ({ name, length }));
  const odd = others.find(({ length }) => length !== first!.length);
  if (odd) {
    const what = `"${odd.name}" has ${odd.length} steps, "${first!.name}" has ${first!.length}`;
    const isOne = [odd, first!].some(({ length }) => length === 1);
    const remedy = "write null for a missing step";
    throw new VrnnError("data/ragged-row", what, {
      at,
      remedy: isOne ? `${remedy}, or a single value that holds at every step without brackets` : remedy,
    });
  }
  if (first!.length > 0) return first!.length;
  throw new VrnnError("data/empty-sequence", "the sequence has no steps", { at, remedy: "remove the line" });
}

/** The split that a field asks for. @throws VrnnError `data/split` */
export function splitOf(value: unknown, at: string): SplitName | undefined {
  if (value === undefined) return undefined;
  const split = typeof value === "string" ? splitCalled(value) : undefined;
  if (split !== undefined) return split;
  throw new VrnnError("data/split", `${quoted(value)} is no split`, {
    at,
    remedy: 'write "train", "valid" or "test"',
  });
}
