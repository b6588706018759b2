/** Columns of text as cells: which of them are numbers, in whatever way these are written, and which are names. */

import { VrnnError } from "../../errors.ts";
import type { DecimalMark } from "./answers.ts";
import { type Cell, type CellReader, type Cells, isDecimal, isMissing } from "./cells.ts";
import { isAmbiguous, isVersionLike, marksOf, type Numeral, numeralOf, readByMark } from "./numerals.ts";
import { finite, type Table } from "./table.ts";
import { cellsFrom, GrowingCells, type Texts } from "./texts.ts";

/** What is said of the texts of a table. */
export interface TextOptions {
  /** What sets off decimals; seen from all columns unless told. */
  readonly decimal?: DecimalMark | undefined;
  /** Columns whose cells are names, and are told apart as they are written; the levels of those that a model knows. */
  readonly names?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Columns that nobody wants, and that say nothing of how numbers are written. */
  readonly dropped?: readonly string[] | undefined;
}

interface ColumnOptions extends TextOptions {
  readonly file: string;
  readonly delimiter: string;
  readonly cells: CellReader;
  readonly at: (column: string, row?: number) => string;
}

/**
 * The cells of columns of text. A column of which most are numbers in some way, $1,100.00 or 18,5 or 45 %, holds numbers, as
 * long as they are in one unit; 1.234 is read by what the other numbers of the file say. Any other keeps its texts.
 *
 * @throws VrnnError `data/not-finite`, `data/decimal-mark` when points and commas set off decimals in one file, or when nothing
 * says which do.
 */
export function columnReader(
  texts: ReadonlyMap<string, Texts>,
  options: ColumnOptions,
): Pick<Table, "columns" | "written" | "decimal" | "notes"> {
  const { names = new Map<string, ReadonlySet<string>>() } = options;
  const drafts = [...texts].map(([name, own]) => draftOf(name, own, options, names.get(name)));
  const numeric = drafts.filter((draft) => isNumeric(draft) && !options.dropped?.includes(draft.name));
  const mark = markOf(numeric, options);
  for (const draft of numeric) readNumerals(draft, mark.decimal);
  for (const draft of drafts) settleInfinite(draft, options);
  const columns = new Map(drafts.map(({ name, cells }) => [name, cells.all]));
  const written = drafts.filter((draft) => draft.isCoded || !numeric.includes(draft));
  return {
    columns,
    written: new Map(written.map(({ name, texts: own }) => [name, asWritten(own, columns.get(name)!)])),
    decimal: mark.isSeen ? mark.decimal : undefined,
    notes: [...mark.notes, ...numeric.flatMap((draft) => notesOf(draft, mark.decimal, options))],
  };
}

type NumeralText = readonly [text: string, numeral: Numeral];

/** A column before it is known how its numbers are written. */
interface Draft {
  readonly name: string;
  readonly texts: Texts;
  readonly cells: GrowingCells;
  /** Texts that write numbers in some other way than as plain decimals: the first of each way. */
  readonly numerals: ReadonlyMap<string, NumeralText>;
  /** How many cells are numbers, plain or not, and how many are other text. */
  readonly numbers: number;
  readonly strays: number;
  /** The first row with a plain number that has a point, -1 where none has. */
  readonly firstPoint: number;
  /** Whether a number is written as only a name would be: 007, 1E2. */
  readonly isCoded: boolean;
  /** Whether the texts are names whatever they write. */
  readonly isName: boolean;
}

/** @param levels of a column of names, those that a trained model knows */
function draftOf(
  name: string,
  texts: Texts,
  { cells }: ColumnOptions,
  levels: ReadonlySet<string> | undefined,
): Draft {
  const own = new GrowingCells(texts.length);
  const numerals = new Map<string, NumeralText>();
  const isName = levels !== undefined;
  let [numbers, strays, firstPoint, isCoded] = [0, 0, -1, isName];
  for (let row = 0; row < texts.length; row++) {
    const text = texts.at(row);
    const cell = isName ? cells.name(text, levels) : cells.text(text);
    own.set(row, cell);
    if (isName) continue;
    if (typeof cell === "number") {
      if (Number.isNaN(cell)) continue;
      numbers += 1;
      isCoded ||= isCode(text);
      if (firstPoint < 0 && text.includes(".")) firstPoint = row;
      continue;
    }
    const numeral = numeralOf(cell);
    if (numeral === undefined) {
      strays += 1;
      continue;
    }
    numbers += 1;
    // All that is asked of how a number is written is the same whatever its digits from 1 to 9.
    const way = cell.replace(/[1-9]/g, "1");
    if (!numerals.has(way)) numerals.set(way, [cell, numeral]);
  }
  return { name, texts, cells: own, numerals, numbers, strays, firstPoint, isCoded, isName };
}

/** From so many characters on a number may have more digits than are kept of it. */
const MOST_DIGITS = 16;

/** Whether a plain number is written as names are: with zeros in front, a sign, an exponent or too many digits. */
function isCode(text: string): boolean {
  if (text.length >= MOST_DIGITS && !text.includes(".")) return true;
  const first = text.charCodeAt(0);
  if (first === 43) return true;
  if (first === 48 && text.length > 1) return text.charCodeAt(1) !== 46;
  return text.includes("e") || text.includes("E");
}

/** Whether most cells are numbers, all in one unit; a sign of money may be left out. */
function isNumeric({ isName, numerals, numbers, strays, texts, cells }: Draft): boolean {
  if (isName || numbers <= strays) return false;
  const units = new Set([...numerals.values()].map(([, { unit }]) => unit));
  const hasPlain = () => texts.find((text, row) => !isMissing(cells.at(row)) && isDecimal(text.trim())) >= 0;
  if (units.size === 0 || (units.size === 1 && units.has(""))) return true;
  units.delete("");
  const [unit] = units as Set<string>;
  if (units.size > 1) return false;
  const isMoney = "$€£¥₹".includes(unit!);
  return isMoney || !([...numerals.values()].some(([, numeral]) => numeral.unit === "") || hasPlain());
}

/** What sets off decimals in a file, and what is told of it. */
interface Mark {
  readonly decimal: DecimalMark;
  /** Whether anything of the file was read by it. */
  readonly isSeen: boolean;
  readonly notes: readonly string[];
}

interface Place {
  readonly column: string;
  readonly text: string;
  readonly at: string;
}

/** The mark that the numbers of all columns speak for. */
function markOf(drafts: readonly Draft[], { decimal, delimiter, file, at }: ColumnOptions): Mark {
  if (decimal !== undefined) return { decimal, isSeen: true, notes: [] };
  const placeOf = ({ name, texts }: Draft, text: string): Place => ({
    column: name,
    text,
    at: at(
      name,
      texts.find((each) => each.trim() === text),
    ),
  });
  const find = (passes: (numeral: Numeral, text: string, draft: Draft) => boolean) => {
    for (const draft of drafts) {
      for (const [text, numeral] of draft.numerals.values())
        if (passes(numeral, text, draft)) return placeOf(draft, text);
    }
    return undefined;
  };
  const only = (mark: DecimalMark) =>
    find((numeral, text, draft) => marksOf(numeral).join() === mark && isEvidence(text, draft));
  const [comma, unclear] = [only("comma"), find(isAmbiguous)];
  const point = only("point") ?? plainPoint(drafts, placeOf);
  if (comma === undefined && unclear === undefined)
    return { decimal: "point", isSeen: point !== undefined || drafts.some(hasPoint), notes: [] };
  if (comma !== undefined && point !== undefined) throw mixedMarks(comma, point);
  if (comma !== undefined)
    return { decimal: "comma", isSeen: true, notes: [`${file}: decimal commas were read as points`] };
  if (point === undefined && delimiter !== ",") throw unclearMark(unclear!);
  return { decimal: "point", isSeen: true, notes: [] };
}

/** Whether a text says how numbers are written: 1.100.200 may be a version, unless decimals of its column follow commas. */
const isEvidence = (text: string, { numerals }: Draft): boolean =>
  !isVersionLike(text) ||
  [...numerals.values()].some(([other, { comma }]) => other.includes(",") && !Number.isNaN(comma));

/** Whether a plain number was read as one with decimals: 1.100. */
const hasPoint = ({ firstPoint }: Draft): boolean => firstPoint >= 0;

/** A plain number whose point can set off nothing but decimals: 0.5. */
function plainPoint(
  drafts: readonly Draft[],
  placeOf: (draft: Draft, text: string) => Place,
): Place | undefined {
  for (const draft of drafts.filter(hasPoint)) {
    const { texts, cells, firstPoint } = draft;
    const row = texts.find((text, each) => isPlainPoint(text.trim(), cells.at(each)), firstPoint);
    if (row >= 0) return placeOf(draft, texts.at(row).trim());
  }
  return undefined;
}

function isPlainPoint(text: string, cell: Cell): boolean {
  if (typeof cell !== "number" || !text.includes(".") || !isDecimal(text)) return false;
  return Number.isNaN(numeralOf(text)?.comma ?? Number.NaN);
}

/** Puts numbers in the place of the texts that write them. */
function readNumerals({ texts, cells, numerals }: Draft, mark: DecimalMark): void {
  if (mark === "point" && numerals.size === 0) return;
  for (let row = 0; row < texts.length; row++) cells.set(row, readByMark(cells.at(row), texts.at(row), mark));
}

/** A number that is too large is refused among numbers; among names it is one of them. */
function settleInfinite({ name, texts, cells, numbers, strays }: Draft, { at }: ColumnOptions): void {
  for (let row = 0; row < texts.length; row++) {
    const cell = cells.at(row);
    if (typeof cell !== "number" || Math.abs(cell) !== Number.POSITIVE_INFINITY) continue;
    if (strays > 0 && strays * 2 >= numbers) cells.set(row, texts.at(row).trim());
    else finite(cell, () => at(name, row));
  }
}

/** Cells as text; the same where they are that already. */
function asWritten(texts: Texts, cells: Cells): Cells {
  if (!cells.some((cell) => typeof cell === "number" && !isMissing(cell))) return cells;
  return cellsFrom(cells.length, (row) => (isMissing(cells[row]!) ? Number.NaN : texts.at(row).trim()));
}

/** What is told of a column whose numbers are no plain decimals, or may be others. */
function notesOf(
  { name, texts, numerals, isCoded, firstPoint }: Draft,
  mark: DecimalMark,
  { file }: ColumnOptions,
): string[] {
  const isPlain = (text: string) => mark === "comma" && isDecimal(text.replace(",", "."));
  const shown = [...numerals.values()].find(
    ([text, numeral]) => !isPlain(text) && !Number.isNaN(numeral[mark]),
  );
  const told = (text: string, value: number) => `${file}, column "${name}": "${text}" was read as ${value}`;
  if (shown !== undefined) return [told(shown[0], shown[1][mark])];
  const coded = isCoded ? texts.find((text) => /^(?:0\d+|\d+E\d+)$/.test(text)) : -1;
  if (coded >= 0) {
    const code = texts.at(coded);
    return [`${told(code, Number(code))}: if it is a name, say kinds: ${name}=categorical`];
  }
  const grouped = firstPoint < 0 ? undefined : looksGrouped(texts);
  if (grouped === undefined) return [];
  if (mark === "comma") return [told(grouped, numeralOf(grouped)!.comma)];
  return [`${told(grouped, Number(grouped))}: if its point sets off thousands, say decimal: comma`];
}

/** A number of a column whose points all stand before three digits, beside whole numbers below a thousand. */
function looksGrouped(texts: Texts): string | undefined {
  let [pointed, whole] = [0, 0];
  let found: string | undefined;
  for (let row = 0; row < texts.length; row++) {
    const text = texts.at(row);
    if (/^[1-9]\d{0,2}\.\d{3}$/.test(text)) {
      pointed += 1;
      found ??= text;
    } else if (/^[1-9]\d{2}$/.test(text)) whole += 1;
    else if (text !== "") return undefined;
  }
  return pointed > 2 && whole > 0 ? found : undefined;
}

const mixedMarks = (comma: Place, point: Place): VrnnError =>
  new VrnnError(
    "data/decimal-mark",
    `decimals are set off by a comma in "${comma.text}" and by a point in "${point.text}" (${point.at})`,
    {
      at: comma.at,
      remedy: `write all numbers of a file in one way, or say kinds: ${comma.column}=categorical where they are names`,
    },
  );

const unclearMark = ({ text, at }: Place): VrnnError =>
  new VrnnError("data/decimal-mark", `"${text}" may be a thousand and more, or have decimals`, {
    at,
    remedy: "say which with the option decimal: comma or point",
  });
