import { VrnnError } from "../../errors.ts";
import type { Column, ColumnKind } from "../dataset.ts";
import { binaryOf, type Cell, isDecimal, isMissing } from "./cells.ts";
import { looksLikeDate } from "./header.ts";
import { isNumeral as isNumeralText } from "./numerals.ts";
import { cellsOf, type Table } from "./table.ts";

/** Text with more levels than this is no category unless the user says so. */
export const MOST_LEVELS = 64;

/** What the kind of a column is told by. */
export interface KindTally {
  readonly numbers: number;
  readonly texts: number;
  /** Whether all observed cells are 0, 1, true, false, yes or no. */
  readonly isBinary: boolean;
  /** Whether all texts write numbers in some way; asked where there are texts. */
  readonly isNumeral: () => boolean;
  /** How many different cells there are; from `MOST_LEVELS` + 1 on they need not be counted. */
  readonly levels: number;
  /** How many of these are plain numbers. */
  readonly numberLevels: number;
}

/** Where a column stands, for messages: its first text. */
export interface KindPlaces {
  readonly firstText: () => PlacedText;
  /** Whether each of its values stands in rows one after the other, as names of sequences do; absent: it is not known. */
  readonly isInBlocks?: () => boolean;
}

/**
 * The kind that the observed cells of a column speak for: binary when all are 0, 1, true, false, yes or no; real when
 * all are numbers, or none is observed; else categorical.
 *
 * @throws VrnnError `data/not-a-number` for text among mostly numbers and
 * for a word beside many different numbers, `data/number-like` for text that writes numbers, `data/too-many-levels` for text of more than 64 levels.
 */
export function kindOf(name: string, tally: KindTally, places: KindPlaces): ColumnKind {
  const { numbers, texts, isBinary, levels } = tally;
  if (isBinary && numbers + texts > 0) return "binary";
  if (texts === 0) return "real";
  if (numbers > texts) throw strayText([places.firstText()]);
  if (tally.isNumeral()) throw numberLike(name, places.firstText());
  if (isWordAmongNumbers(tally)) throw wordAmongNumbers(name, places.firstText());
  if (levels > MOST_LEVELS) throw tooManyLevels(name, places.firstText(), places.isInBlocks?.());
  return "categorical";
}

/** Whether many different numbers stand beside a word or two, which may be what is written where there is no number. */
const isWordAmongNumbers = ({ levels, numberLevels }: KindTally): boolean =>
  numberLevels > 4 && levels - numberLevels < 3;

const SPLIT = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|dev|test(?:ing)?)$/i;

/**
 * Refuses a column that says of each row which split it is of: its rows would be split otherwise.
 *
 * @throws VrnnError `data/split`
 */
export function refuseSplits({ kind, levels }: Pick<Column, "kind" | "levels">, at: string): void {
  if (kind !== "categorical" || levels.length < 2 || !levels.every((level) => SPLIT.test(level))) return;
  throw new VrnnError("data/split", `rows are not split by what a column says (${levels.join(", ")})`, {
    at,
    remedy: "give each split a file of its own, or leave the column out with the option drop",
  });
}

/**
 * The kinds of columns of tables; see `kindOf`, also for what it throws. Text among mostly numbers is told of all columns at
 * once.
 */
export function inferKinds(names: readonly string[], tables: readonly Table[]): Map<string, ColumnKind> {
  const looks = names.map((name) => ({ name, look: lookAt(name, tables) }));
  const strays = looks.filter(({ look }) => look.numbers > look.texts && look.texts > 0 && !look.isBinary);
  if (strays.length > 0) throw strayText(strays.flatMap(({ name }) => strayTexts(name, tables)));
  return new Map(
    looks.map(({ name, look }) => {
      const places = {
        firstText: () => strayTexts(name, tables)[0]!,
        isInBlocks: () => tables.every((table) => isInBlocks(cellsOf(table, name))),
      };
      return [name, kindOf(name, look, places)];
    }),
  );
}

function lookAt(name: string, tables: readonly Table[]): KindTally {
  const levels = new Set<string>();
  let numbers = 0;
  let texts = 0;
  let isBinary = true;
  for (const table of tables) {
    for (const cell of cellsOf(table, name)) {
      if (isMissing(cell)) continue;
      if (typeof cell === "number") numbers += 1;
      else texts += 1;
      isBinary &&= binaryOf(cell) !== undefined;
      if (levels.size <= MOST_LEVELS) levels.add(String(cell));
    }
  }
  const isNumeral = () =>
    tables.every((table) =>
      cellsOf(table, name).every((cell) => typeof cell === "number" || isNumeralText(cell)),
    );
  const numberLevels = [...levels].filter(isDecimal).length;
  return { numbers, texts, isBinary, levels: levels.size, numberLevels, isNumeral };
}

/** As many words are told of a column. */
const MOST_TOLD = 8;

export interface PlacedText {
  readonly at: string;
  readonly text: string;
}

/** The first few different texts of a column, with the place of each. */
function strayTexts(name: string, tables: readonly Table[]): PlacedText[] {
  const found = new Map<string, string>();
  for (const table of tables) {
    const cells = cellsOf(table, name);
    for (let row = 0; row < cells.length && found.size < MOST_TOLD; row++) {
      const cell = cells[row]!;
      if (typeof cell === "string" && !found.has(cell)) found.set(cell, table.at(name, row));
    }
  }
  return [...found].map(([text, at]) => ({ text, at }));
}

function strayText(strays: readonly PlacedText[]): VrnnError {
  const [{ at }] = strays as [PlacedText];
  const texts = [...new Set(strays.map(({ text }) => text))];
  const [first, ...others] = texts.map((text) => `"${text}"`);
  const what =
    others.length === 0 ? `${first} is no number` : `${[first, ...others].join(", ")} are no numbers`;
  return new VrnnError("data/not-a-number", `${what}, though most of the column are`, {
    at,
    remedy: `mend it, or read it as missing with the option missing: "${texts.join(",")}"`,
  });
}

function numberLike(name: string, { at, text }: PlacedText): VrnnError {
  return new VrnnError("data/number-like", `the column holds text that writes numbers ("${text}", ...)`, {
    at,
    remedy: `write plain numbers, all in one unit, or say kinds: "${name}=categorical" where they are names`,
  });
}

function wordAmongNumbers(name: string, { at, text }: PlacedText): VrnnError {
  return new VrnnError("data/not-a-number", `"${text}" stands among numbers`, {
    at,
    remedy: `read it as missing with the option missing: "${text}", or say kinds: "${name}=categorical" where all are names`,
  });
}

function tooManyLevels(
  name: string,
  { at, text }: { readonly at: string; readonly text: string },
  namesSequences = false,
): VrnnError {
  const usual = namesSequences
    ? `it names a sequence over several rows: say so with the option sequence: "${name}", or leave it out with drop`
    : `leave it out with the option drop: "${name}"`;
  return new VrnnError(
    "data/too-many-levels",
    `the column holds text ("${text}", ...) of over ${MOST_LEVELS} levels`,
    {
      at,
      remedy: looksLikeDate(text)
        ? `write dates as 2024-05-01 12:30:00, and name the column in the option time: "${name}"`
        : usual,
    },
  );
}

/** Whether no value comes back once another came, and some stand in several rows. */
function isInBlocks(cells: Iterable<Cell>): boolean {
  const seen = new Set<Cell>();
  let before: Cell | undefined;
  let rows = 0;
  for (const cell of cells) {
    rows += 1;
    if (cell === before) continue;
    if (seen.has(cell)) return false;
    seen.add(cell);
    before = cell;
  }
  return rows > seen.size;
}

/**
 * The distinct observed levels, in order: those that write plain numbers by size, then texts by their characters.
 *
 * @example
 * levelsOf(["idle", "10", "9", "busy", "idle"]); // ["9", "10", "busy", "idle"]
 */
export function levelsOf(cells: Iterable<Cell>): string[] {
  const distinct = new Set<string>();
  for (const cell of cells) if (!isMissing(cell)) distinct.add(String(cell));
  return [...distinct].sort(inOrder);
}

function inOrder(a: string, b: string): number {
  const [isNumber, isOther] = [isDecimal(a), isDecimal(b)];
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  if (isNumber && Number(a) !== Number(b)) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}
