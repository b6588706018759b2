/** Drawings as moves of a pen: stroke-3 and stroke-5, from arrays of numpy or from JSON. */
import { VrnnError } from "../../errors.ts";
import type { NumberArray } from "../arrays/dtype.ts";
import type { Unpickled } from "../arrays/pickle.ts";
import type { ColumnKind, Dataset, SplitName } from "../dataset.ts";
import { isPianoKey } from "../music/playing.ts";
import { splitCalled } from "../split-names.ts";
import { buildDataset } from "../tables/build.ts";
import type { Cell } from "../tables/cells.ts";
import type { SchemaOptions } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { PEN_STATES } from "../write.ts";

/** A drawing as it was stored. */
export interface Drawing {
  readonly name: string;
  readonly split?: SplitName | undefined;
  /** Where it stands, for messages. */
  readonly at: string;
  /** 3 or 5 numbers to a point. */
  readonly width: number;
  /** `[points, width]`, row-major. */
  readonly values: ArrayLike<number>;
}

/** What the numbers after dx and dy say of the pen. */
interface StrokeFormat {
  readonly kind: ColumnKind;
  /** The pen's cell, or undefined when the flags make no sense. */
  readonly penOf: (flags: readonly number[]) => Cell | undefined;
  readonly expected: string;
  /** The place of the number that is 1 at the end of the drawing. */
  readonly endFlag?: number;
}

/** The formats of Ha and Eck (2017), *A Neural Representation of Sketch Drawings*, by the numbers of a point. */
const FORMATS: Readonly<Record<number, StrokeFormat>> = {
  3: {
    kind: "binary",
    penOf: ([lifted]) => (lifted === 0 || lifted === 1 ? lifted : undefined),
    expected: "1 where the pen is lifted after the point, else 0",
  },
  5: {
    kind: "categorical",
    penOf: (flags) => {
      const isOneHot =
        flags.every((flag) => flag === 0 || flag === 1) && flags.filter((flag) => flag === 1).length === 1;
      return isOneHot ? PEN_STATES[flags.indexOf(1)] : undefined;
    },
    expected: "one of the flags down, up and end is 1, the others 0",
    endFlag: 4,
  },
};

/** More points than these do not fit into memory as tables. */
const MOST_POINTS = 20_000_000;

/**
 * A data set of columns `dx` and `dy`, real, and `pen`: binary for stroke-3 (1: lifted after this point), categorical
 * for stroke-5 (`down`, `up`, `end`).
 *
 * @param source The file or folder, for messages.
 * @throws VrnnError `data/strokes` with the drawing and the point.
 */
export function strokeDataset(drawings: readonly Drawing[], options: SchemaOptions, source: string): Dataset {
  if (drawings.length === 0) throw noStrokes("it holds no drawing", source);
  const [{ width }] = drawings as readonly [Drawing];
  const odd = drawings.find((drawing) => drawing.width !== width);
  if (odd) throw noStrokes(`a point has ${odd.width} numbers, others have ${width}`, odd.at);
  const kinds = { dx: "real", dy: "real", pen: FORMATS[width]!.kind, ...options.kinds } as const;
  const dataset = buildDataset(drawings.map(tableOf), { ...options, kinds }, source);
  return { ...dataset, modality: { name: "strokes" } };
}

function tableOf({ name, split, at, width, values }: Drawing): Table {
  const { penOf, expected } = FORMATS[width]!;
  const rows = values.length / width;
  const place = (column: string, row?: number) =>
    `${at}${row === undefined ? "" : `, point ${row + 1}`}, column "${column}"`;
  const move = (axis: 0 | 1, column: string) =>
    Array.from({ length: rows }, (_, row) => {
      const value = values[row * width + axis]!;
      if (Number.isFinite(value)) return value;
      throw noStrokes("a move is no finite number", place(column, row));
    });
  const pen = Array.from({ length: rows }, (_, row): Cell => {
    const state = penOf(flagsAt(values, row, width));
    if (state !== undefined) return state;
    throw noStrokes(`the pen makes no sense: ${expected}`, place("pen", row));
  });
  const columns = new Map<string, readonly Cell[]>([
    ["dx", move(0, "dx")],
    ["dy", move(1, "dy")],
    ["pen", pen],
  ]);
  return { name, file: at, split, rows, columns, notes: [], at: place };
}

const flagsAt = (values: ArrayLike<number>, row: number, width: number): number[] =>
  Array.from({ length: width - 2 }, (_, i) => values[row * width + 2 + i]!);

/**
 * Whether JSON holds drawings rather than a piano roll: it is a list, has `strokes`, or its first point is 3 or 5
 * numbers of which the last is a flag, and no pitch.
 */
export function isStrokesJson(json: unknown): boolean {
  if (Array.isArray(json)) return true;
  if (typeof json !== "object" || json === null) return false;
  if (Object.hasOwn(json, "strokes")) return true;
  const lists = Object.entries(json).flatMap(([key, list]) => (splitCalled(key) === undefined ? [] : [list]));
  const first: unknown = lists
    .filter(Array.isArray)
    .flat()
    .filter(Array.isArray)
    .flat()
    .find((step) => Array.isArray(step) && step.length > 0);
  if (!Array.isArray(first) || !Object.hasOwn(FORMATS, first.length)) return false;
  const flag: unknown = first[first.length - 1];
  return typeof flag === "boolean" || (typeof flag === "number" && !isPianoKey(flag));
}

/**
 * The drawings of `[drawing: [point: [dx, dy, lifted]]]`, of `{"strokes": ...}` with such a list, or of
 * `{"train" | "valid" | "test": ...}` with one for each split.
 *
 * @throws VrnnError `data/strokes`
 */
export function drawingsOfJson(json: unknown, file: string): Drawing[] {
  if (Array.isArray(json)) return drawingsIn(json, "drawing", file);
  const named = Object.entries(json ?? {}).filter(
    ([key]) => key === "strokes" || splitCalled(key) !== undefined,
  );
  return named.flatMap(([key, list]) => {
    if (!Array.isArray(list)) throw noStrokes(`"${key}" is no list of drawings`, file);
    return drawingsIn(list, splitCalled(key) ?? "drawing", file);
  });
}

/**
 * The drawings of the arrays of an `.npz` file, by split where arrays are named so: an array of objects (sketch-rnn,
 * QuickDraw) holds a drawing each; `[N, T, 3 | 5]` holds N drawings, those of stroke-5 padded after their end;
 * `[rows, 3 | 5]` holds them one after the other, as an array of their `lengths` (or `train_lengths` ...) says. A number beside
 * them, such as `scale_factor`, is none.
 *
 * @throws VrnnError `data/strokes`
 */
export function drawingsOfArrays(
  arrays: Readonly<Record<string, NumberArray | Unpickled>>,
  file: string,
): Drawing[] {
  const isLengths = (name: string) => name === "lengths" || name.endsWith("_lengths");
  const isSingle = (array: unknown) => isNumbers(array) && array.shape.length === 0;
  const names = Object.keys(arrays).filter((name) => !isLengths(name) && !isSingle(arrays[name]));
  return names.flatMap((name) => {
    const lengths = arrays[`${name}_lengths`] ?? arrays["lengths"];
    return drawingsIn(cutApart(arrays[name]!, lengths, `${file}, ${name}`), name, file);
  });
}

/** The drawings of one array. */
function cutApart(array: Unpickled, lengths: Unpickled | undefined, at: string): readonly unknown[] {
  if (Array.isArray(array)) return array;
  if (!isNumbers(array)) throw noStrokes("the array holds no drawings", at);
  const { shape, values } = array;
  const width = shape[shape.length - 1] ?? 0;
  const sizes = shape.length === 3 ? repeated(shape[1]!, shape[0]!) : readLengths(lengths, array, at);
  let row = 0;
  return sizes.map((rows): NumberArray => {
    const start = row * width;
    row += rows;
    return { shape: [rows, width], values: values.subarray(start, row * width) };
  });
}

const repeated = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

/** How many rows each drawing has: all of them are one drawing where nothing is said. */
function readLengths(lengths: Unpickled | undefined, { shape }: NumberArray, at: string): readonly number[] {
  const rows = shape[0] ?? 0;
  if (shape.length !== 2) throw noStrokes(`an array of shape (${shape.join(", ")}) holds no drawings`, at);
  if (lengths === undefined) return [rows];
  if (!isNumbers(lengths) || lengths.shape.length !== 1)
    throw noStrokes("the lengths are no list of numbers", at);
  const sizes = Array.from(lengths.values);
  const isSound = sizes.every((size) => Number.isInteger(size) && size >= 0);
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (isSound && sum === rows) return sizes;
  throw noStrokes(`the lengths sum to ${sum}, there are ${rows} points`, at);
}

function isNumbers(value: unknown): value is NumberArray {
  return typeof value === "object" && value !== null && "shape" in value && "values" in value;
}

/** Drawings of one list, which belong to the split that its name is. */
function drawingsIn(list: readonly unknown[], name: string, file: string): Drawing[] {
  const points = list.reduce<number>((sum, drawing) => sum + pointsIn(drawing), 0);
  if (points <= MOST_POINTS)
    return list.map((drawing, i) => drawingOf(drawing, `${name} ${i + 1}`, splitCalled(name), file));
  throw noStrokes(`${points} points are more than ${MOST_POINTS}`, `${file}, ${name}`);
}

function pointsIn(drawing: unknown): number {
  if (Array.isArray(drawing)) return drawing.length;
  return isNumbers(drawing) ? (drawing.shape[0] ?? 0) : 0;
}

/** A drawing of an array `[points, 3 | 5]` or of a list of points, without what pads it. */
function drawingOf(points: unknown, name: string, split: SplitName | undefined, file: string): Drawing {
  const at = `${file}, ${name}`;
  const { shape, values } = isNumbers(points) ? points : arrayOf(points, at);
  const [rows = 0, width = 0] = shape;
  if (rows === 0) throw noStrokes("the drawing has no points", at);
  if (shape.length !== 2 || !Object.hasOwn(FORMATS, width)) throw noPoint(at);
  const { endFlag } = FORMATS[width]!;
  const isEnd = (value: number, i: number) => value === 1 && i % width === endFlag;
  const flag = endFlag === undefined ? -1 : values.findIndex(isEnd);
  const drawn = flag < 0 ? values : values.subarray(0, flag + 1);
  return { name, split, at, width, values: drawn };
}

/** A list of points as an array. */
function arrayOf(points: unknown, at: string): NumberArray {
  if (!Array.isArray(points)) throw noStrokes("the drawing is no list of points", at);
  const width = Array.isArray(points[0]) ? points[0].length : 0;
  const isPoint = (point: unknown): point is (number | boolean)[] =>
    Array.isArray(point) &&
    point.length === width &&
    point.every((value) => typeof value === "number" || typeof value === "boolean");
  const odd = points.findIndex((point) => !Object.hasOwn(FORMATS, width) || !isPoint(point));
  if (odd >= 0) throw noPoint(`${at}, point ${odd + 1}`);
  return { shape: [points.length, width], values: Float64Array.from(points.filter(isPoint).flat(), Number) };
}

const noPoint = (at: string): VrnnError => noStrokes("a point is 3 numbers, or 5, the same for all", at);

const noStrokes = (what: string, at: string): VrnnError =>
  new VrnnError("data/strokes", `no strokes: ${what}`, {
    at,
    remedy: "give each point as dx, dy, lifted (stroke-3) or dx, dy, down, up, end (stroke-5)",
  });
