/** Whether the first rows of a table are names, units or data. */
import { VrnnError } from "../../errors.ts";
import type { HeaderAnswer } from "./answers.ts";
import { isDecimal } from "./cells.ts";
import { readDate } from "./dates.ts";
import { numeralOf } from "./numerals.ts";

export interface HeaderOptions {
  /** What is said of the first row; seen from the rows unless told. */
  readonly header?: HeaderAnswer | undefined;
  /** The columns of a trained model. */
  readonly expected?: readonly string[] | undefined;
  readonly isMissing: (text: string) => boolean;
}

/** The first rows of a table, taken apart. */
export interface Header {
  readonly names: readonly string[];
  /** How many rows come before the data. */
  readonly rows: number;
  readonly notes: readonly string[];
}

/** What a field looks like. */
type Shape = "missing" | "whole" | "fraction" | "date" | "text";

/** How many rows are looked at. */
const SAMPLE = 50;
/** As many rows of a file decide what the first are. */
export const HEADER_ROWS = SAMPLE + 1;
/** Of how many rows more is believed than of chance. */
const ENOUGH = 3;

const DATE_LIKE =
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].{1,30})?$|^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?$/;

/** Whether a text looks like a date or a time of day. */
export const looksLikeDate = (text: string): boolean =>
  text.length <= 45 && (DATE_LIKE.test(text) || (text.length >= 7 && readDate(text) !== undefined));

const shapeWith =
  (isMissing: (text: string) => boolean) =>
  (text: string): Shape => {
    if (/^[+-]?\d+$/.test(text)) return "whole";
    if (isDecimal(text)) return "fraction";
    if (isMissing(text)) return "missing";
    if (looksLikeDate(text)) return "date";
    return numeralOf(text)?.unit === "" ? "fraction" : "text";
  };

/**
 * Takes the first rows of a table apart: a row of numbers, dates and missing values is data; whole numbers that count up
 * (0, 1, 2) over a body of fractions are names; a row of text alone under the names, over columns of numbers, holds units.
 *
 * @param columns the fields of each column, from the first row on
 * @throws VrnnError `data/header` when a name stands there twice, or when numbers may be names or data.
 */
export function headerOf(
  columns: readonly (readonly string[])[],
  at: string,
  options: HeaderOptions,
): Header {
  const first = columns.map((column) => column[0]!.trim());
  const sample = columns.map((column) => column.slice(1, SAMPLE + 1).map((field) => field.trim()));
  const shapeOf = shapeWith(options.isMissing);
  const { isHeader, notes } = look(first, sample, shapeOf, at, options);
  if (!isHeader) return { names: first.map((_, i) => columnName("", i)), rows: 0, notes };
  const units = unitsIn(sample, shapeOf);
  const under = sample.map((column) => column[0]!);
  if (options.header === undefined && units !== undefined && isTitle(first, under, shapeOf)) throw titled(at);
  const told =
    units === undefined ? [] : [`${at}: the row under the header holds units (${units}) and is left out`];
  return { names: namesOf(first, at), rows: units === undefined ? 1 : 2, notes: [...notes, ...told] };
}

/** A title has a gap where the names below it are words; or a number or date, unless two of these are one: names are not. */
function isTitle(
  first: readonly string[],
  under: readonly string[],
  shapeOf: (text: string) => Shape,
): boolean {
  const overWords = first.filter((_, i) => shapeOf(under[i]!) === "text").map(shapeOf);
  const mayBeNames = new Set(under).size === under.length;
  return overWords.some((shape) => shape === "missing" || (mayBeNames && shape !== "text"));
}

const titled = (at: string): VrnnError =>
  new VrnnError("data/header", "this row names fewer columns than the one below it", {
    at,
    remedy:
      "begin what stands above the header with #, or leave it out; if it is the header, say header: yes",
  });

interface Look {
  readonly isHeader: boolean;
  readonly notes: readonly string[];
}

const NAMES: Look = { isHeader: true, notes: [] };
/** Lines have numbers, files do not. */
const dataAt = (at: string): Look => ({
  isHeader: false,
  notes: [`${at.replace(/:\d+$/, "")} has no header: columns were named by their position`],
});

function look(
  first: readonly string[],
  sample: readonly (readonly string[])[],
  shapeOf: (text: string) => Shape,
  at: string,
  { header, expected }: HeaderOptions,
): Look {
  if (header !== undefined) return header === "yes" ? NAMES : dataAt(at);
  const shapes = first.map(shapeOf);
  const bodies = sample.map((column) => column.map(shapeOf).filter((shape) => shape !== "missing"));
  const asExpected = expectedLook(first, expected);
  if (asExpected !== undefined) return asExpected ? NAMES : dataAt(at);
  if (shapes.includes("text")) return ofText(first, { shapes, sample, bodies }, at);
  if (shapes.every((shape) => shape === "missing")) return NAMES;
  const isOther = (i: number) => most(bodies[i]!, (shape) => shape !== shapes[i]);
  if (shapes.every((shape, i) => shape === "missing" || (shape === "date" && isOther(i)))) return NAMES;
  if (shapes.includes("fraction") || shapes.includes("date")) return dataAt(at);
  if (isFrame(first) && bodies[0]!.length === sample[0]!.length) return numbersAsNames(first, at);
  return ofWholeNumbers(first, bodies, at);
}

/** A data frame whose columns were never named, written with its index: a gap, then 0, 1, 2. */
const isFrame = ([index, ...others]: readonly string[]): boolean =>
  index === "" && others.length > 0 && others.every((text, i) => text === String(i));

/** The look of a first row of numbers that are names. */
const numbersAsNames = (first: readonly string[], at: string): Look => ({
  isHeader: true,
  notes: [
    `${at}: the numbers of the first row (${someOf(first)}) are taken for names: if they are data, say header: no`,
  ],
});

const someOf = (first: readonly string[]): string =>
  first
    .filter((text) => text !== "")
    .slice(0, 4)
    .join(", ");

/** What the columns of a trained model say: whether they are called as the first row says, or by their position. */
function expectedLook(first: readonly string[], expected: readonly string[] = []): boolean | undefined {
  if (expected.length === 0) return undefined;
  const holds = (names: readonly string[]) => expected.every((name) => names.includes(name));
  const [asNames, asData] = [holds(first), holds(first.map((_, i) => columnName("", i)))];
  return asNames === asData ? undefined : asNames;
}

interface Rows {
  readonly shapes: readonly Shape[];
  readonly sample: readonly (readonly string[])[];
  /** The shapes of what is observed in each column. */
  readonly bodies: readonly (readonly Shape[])[];
}

/** A row with text in it is data where a number or a date stands over its like and every text occurs again below. */
function ofText(first: readonly string[], { shapes, sample, bodies }: Rows, at: string): Look {
  const isNumber = (shape: Shape) => shape === "whole" || shape === "fraction";
  const isLike = (i: number) =>
    shapes[i] === "fraction"
      ? most(bodies[i]!, isNumber)
      : shapes[i] === "date" && most(bodies[i]!, (shape) => shape === "date");
  const odd = first.filter((_, i) => isLike(i));
  if (odd.length === 0) return NAMES;
  if (first.every((text, i) => shapes[i] !== "text" || sample[i]!.includes(text))) return dataAt(at);
  const shown = odd.slice(0, 3).map((text) => `"${text}"`);
  return {
    isHeader: true,
    notes: [`${at}: columns are called ${shown.join(", ")}: if the first row is data, say header: no`],
  };
}

/** Whole numbers are names over a body of fractions; else data, unless they count up or are years. */
function ofWholeNumbers(first: readonly string[], bodies: readonly (readonly Shape[])[], at: string): Look {
  const given = first.filter((text) => text !== "");
  const distances = new Set(given.slice(1).map((text, i) => Number(text) - Number(given[i]!)));
  const isOver = (i: number) => first[i] === "" || most(bodies[i]!, (shape) => shape !== "whole");
  if (new Set(given).size < 2) return dataAt(at);
  if (new Set(given).size === given.length && first.every((_, i) => isOver(i)))
    return numbersAsNames(first, at);
  if (!mayCount(given.map(Number), distances)) return dataAt(at);
  throw new VrnnError("data/header", `the first row (${someOf(first)}) may be names or data`, {
    at,
    remedy: 'say which with the option header: "yes" or "no"',
  });
}

/** Three or more that count up by one from 0 or 1, or years one after the other. */
function mayCount(numbers: readonly number[], distances: ReadonlySet<number>): boolean {
  if (distances.size !== 1 || !distances.has(1)) return false;
  const [first] = numbers as [number];
  return first === 0 || first === 1 ? numbers.length >= ENOUGH : first >= 1900 && first <= 2100;
}

const most = (shapes: readonly Shape[], passes: (shape: Shape) => boolean): boolean =>
  shapes.length >= ENOUGH && shapes.filter(passes).length >= 0.9 * shapes.length;

/** A unit is short, and made of letters and signs. */
const UNIT = /^[\p{L}\p{N}\p{S}%/^*.()[\]· _-]{1,20}$/u;
/** What stands in the row of units over text. */
const NO_UNITS: ReadonlySet<string> = new Set(["", "-", "text", "string", "str", "name", "id"]);

/** The units in the row under the header, or undefined where it holds none: nothing else may stand over numbers. */
function unitsIn(
  sample: readonly (readonly string[])[],
  shapeOf: (text: string) => Shape,
): string | undefined {
  const row = sample.map((column) => column[0] ?? "");
  const isNumbers = sample.map((column) => {
    const observed = column
      .slice(1)
      .map(shapeOf)
      .filter((shape) => shape !== "missing");
    return observed.length >= (sample.length > 1 ? 2 : 4) * ENOUGH && !observed.includes("text");
  });
  const isUnit = (text: string) => shapeOf(text) === "text" && UNIT.test(text);
  const fits = row.every((text, i) => NO_UNITS.has(text.toLowerCase()) || (isNumbers[i] && isUnit(text)));
  if (!fits || !row.some((text, i) => isNumbers[i] && isUnit(text))) return undefined;
  const shown = row.filter((text) => text !== "").map((text) => `"${text}"`);
  return shown.slice(0, 8).join(", ");
}

/** What a column is called: as the header says, or by its position. */
export function columnName(given: string, index: number): string {
  return given.trim() === "" ? `column${index + 1}` : given.trim();
}

function namesOf(fields: readonly string[], at: string): string[] {
  const names = fields.map(columnName);
  const seen = new Set<string>();
  const double = names.find((name) => seen.size === seen.add(name).size);
  if (double === undefined) return names;
  throw new VrnnError("data/header", `the header names column "${double}" twice`, {
    at,
    remedy: "give each column its own name",
  });
}
