/** Columns of text as cells: which of them are numbers, in whatever way these are written, and which are names. */

import { VrnnError } from "../../errors.ts";
import type { DecimalMark } from "./answers.ts";
import { type Cell, type CellReader, isDecimal, isMissing } from "./cells.ts";
import { isAmbiguous, isVersionLike, marksOf, type Numeral, numeralOf, readByMark } from "./numerals.ts";
import { finite, type Table } from "./table.ts";

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
  texts: ReadonlyMap<string, readonly string[]>,
  options: ColumnOptions,
): Pick<Table, "columns" | "written" | "decimal" | "notes"> {
  const { names = new Map<string, ReadonlySet<string>>() } = options;
  const drafts = [...texts].map(([name, own]) =>
    names.has(name) ? nameColumn(name, own, names.get(name)!, options) : draftOf(name, own, options),
  );
  const numeric = drafts.filter((draft) => isNumeric(draft) && !options.dropped?.includes(draft.name));
  const mark = markOf(numeric, options);
  for (const draft of numeric) readNumerals(draft, mark.decimal);
  for (const draft of drafts) settleInfinite(draft, options);
  const written = drafts.filter((draft) => draft.isCoded || !numeric.includes(draft));
  return {
    columns: new Map(drafts.map(({ name, cells }) => [name, cells])),
    written: new Map(written.map(({ name, texts: own, cells }) => [name, asWritten(own, cells)])),
    decimal: mark.isSeen ? mark.decimal : undefined,
    notes: [...mark.notes, ...numeric.flatMap((draft) => notesOf(draft, mark.decimal, options))],
  };
}

/** A column before it is known how its numbers are written. */
interface Draft {
  readonly name: string;
  readonly texts: readonly string[];
  readonly cells: Cell[];
  /** The different texts that write numbers in some other way than as plain decimals. */
  readonly numerals: Map<string, Numeral>;
  /** How many cells are numbers, plain or not, and how many are other text. */
  numbers: number;
  strays: number;
  /** Whether a number is written as only a name would be: 007, 1E2. */
  isCoded: boolean;
  /** Whether the texts are names whatever they write. */
  readonly isName: boolean;
}

function nameColumn(
  name: string,
  texts: readonly string[],
  levels: ReadonlySet<string>,
  { cells }: ColumnOptions,
): Draft {
  const own = texts.map((text) => cells.name(text, levels));
  return { name, texts, cells: own, numerals: new Map(), numbers: 0, strays: 0, isCoded: true, isName: true };
}

function draftOf(name: string, texts: readonly string[], { cells }: ColumnOptions): Draft {
  const own: Cell[] = new Array(texts.length);
  const draft = { name, texts, cells: own, numerals: new Map<string, Numeral>(), isName: false };
  let [numbers, strays, isCoded] = [0, 0, false];
  const strayTexts = new Set<string>();
  for (let row = 0; row < texts.length; row++) {
    const cell = cells.text(texts[row]!);
    own[row] = cell;
    if (typeof cell === "number") {
      if (Number.isNaN(cell)) continue;
      numbers += 1;
      isCoded ||= isCode(texts[row]!);
    } else if (isNumeralIn(cell, draft.numerals, strayTexts)) numbers += 1;
    else strays += 1;
  }
  return { ...draft, numbers, strays, isCoded };
}

/** Whether a text writes a number; each is looked at once. */
function isNumeralIn(text: string, numerals: Map<string, Numeral>, strays: Set<string>): boolean {
  if (numerals.has(text)) return true;
  if (strays.has(text)) return false;
  const numeral = numeralOf(text);
  if (numeral === undefined) strays.add(text);
  else numerals.set(text, numeral);
  return numeral !== undefined;
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
  const units = new Set([...numerals.values()].map(({ unit }) => unit));
  const hasPlain = () => cells.some((cell, row) => !isMissing(cell) && isDecimal(texts[row]!.trim()));
  if (units.size === 0 || (units.size === 1 && units.has(""))) return true;
  units.delete("");
  const [unit] = units as Set<string>;
  if (units.size > 1) return false;
  const isMoney = "$€£¥₹".includes(unit!);
  return isMoney || !([...numerals.values()].some((numeral) => numeral.unit === "") || hasPlain());
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
      texts.findIndex((each) => each.trim() === text),
    ),
  });
  const find = (passes: (numeral: Numeral, text: string, draft: Draft) => boolean) => {
    for (const draft of drafts) {
      for (const [text, numeral] of draft.numerals)
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
  [...numerals].some(([other, { comma }]) => other.includes(",") && !Number.isNaN(comma));

/** Whether a plain number was read as one with decimals: 1.100. */
const hasPoint = ({ texts, cells }: Draft): boolean =>
  texts.some((text, row) => text.includes(".") && typeof cells[row] === "number" && !isMissing(cells[row]));

/** A plain number whose point can set off nothing but decimals: 0.5. */
function plainPoint(
  drafts: readonly Draft[],
  placeOf: (draft: Draft, text: string) => Place,
): Place | undefined {
  for (const draft of drafts) {
    const found = draft.texts.find((text, row) => isPlainPoint(text.trim(), draft.cells[row]!));
    if (found !== undefined) return placeOf(draft, found.trim());
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
  const known = (text: string) => numerals.get(text);
  cells.forEach((cell, row) => {
    cells[row] = readByMark(cell, texts[row]!, mark, typeof cell === "string" ? known : numeralOf);
  });
}

/** A number that is too large is refused among numbers; among names it is one of them. */
function settleInfinite({ name, texts, cells, numbers, strays }: Draft, { at }: ColumnOptions): void {
  cells.forEach((cell, row) => {
    if (typeof cell !== "number" || Math.abs(cell) !== Number.POSITIVE_INFINITY) return;
    if (strays > 0 && strays * 2 >= numbers) cells[row] = texts[row]!.trim();
    else finite(cell, () => at(name, row));
  });
}

const asWritten = (texts: readonly string[], cells: readonly Cell[]): Cell[] =>
  cells.map((cell, row) => (isMissing(cell) ? cell : texts[row]!.trim()));

/** What is told of a column whose numbers are no plain decimals, or may be others. */
function notesOf(
  { name, texts, numerals, isCoded }: Draft,
  mark: DecimalMark,
  { file }: ColumnOptions,
): string[] {
  const isPlain = (text: string) => mark === "comma" && isDecimal(text.replace(",", "."));
  const shown = [...numerals].find(([text, numeral]) => !isPlain(text) && !Number.isNaN(numeral[mark]));
  const told = (text: string, value: number) => `${file}, column "${name}": "${text}" was read as ${value}`;
  if (shown !== undefined) return [told(shown[0], shown[1][mark])];
  const code = isCoded ? texts.find((text) => /^(?:0\d+|\d+E\d+)$/.test(text)) : undefined;
  if (code !== undefined)
    return [`${told(code, Number(code))}: if it is a name, say kinds: ${name}=categorical`];
  const grouped = looksGrouped(texts);
  if (grouped === undefined) return [];
  if (mark === "comma") return [told(grouped, numeralOf(grouped)!.comma)];
  return [`${told(grouped, Number(grouped))}: if its point sets off thousands, say decimal: comma`];
}

/** A number of a column whose points all stand before three digits, beside whole numbers below a thousand. */
function looksGrouped(texts: readonly string[]): string | undefined {
  let [pointed, whole] = [0, 0];
  let found: string | undefined;
  for (const text of texts) {
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
