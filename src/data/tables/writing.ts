/** How the numbers of a file are written, as all of its columns say together. */
import { VrnnError } from "../../errors.ts";
import type { DecimalMark } from "./answers.ts";
import { isAmbiguous, marksOf, type Numeral } from "./numerals.ts";
import type { PlacedWord, Ways } from "./ways.ts";

/** A column of text, and in what ways it writes numbers. */
export interface WrittenColumn {
  readonly name: string;
  readonly ways: Ways;
  /** Whether the texts are names whatever they write. */
  readonly isName: boolean;
}

/** What is said of a file, and where its cells stand. */
export interface WritingOptions {
  /** What sets off decimals; seen from all columns unless told. */
  readonly decimal?: DecimalMark | undefined;
  /** Columns that nobody wants, and that say nothing of how numbers are written. */
  readonly dropped?: readonly string[] | undefined;
  readonly file: string;
  readonly delimiter: string;
  readonly at: (column: string, row?: number) => string;
}

/** How the numbers of a file are written. */
export interface Writing {
  /** What sets off decimals. */
  readonly decimal: DecimalMark;
  /** Whether anything of the file was read by it. */
  readonly isSeen: boolean;
  /** The columns that hold numbers, in whatever way they are written. */
  readonly numeric: ReadonlySet<string>;
  readonly notes: readonly string[];
}

/**
 * What the columns of a file say of how its numbers are written.
 *
 * @throws VrnnError `data/decimal-mark` when points and commas set off decimals in one file, or when nothing says which do.
 */
export function writingOf(columns: readonly WrittenColumn[], options: WritingOptions): Writing {
  const numeric = columns.filter(
    ({ name, ways, isName }) => !isName && ways.isNumeric && !options.dropped?.includes(name),
  );
  const mark = markOf(numeric, options);
  return {
    ...mark,
    numeric: new Set(numeric.map(({ name }) => name)),
    notes: [...mark.notes, ...numeric.flatMap((column) => notesOf(column, mark.decimal, options.file))],
  };
}

interface Place {
  readonly column: string;
  readonly text: string;
  readonly at: string;
}

/** The mark that the numbers of all columns speak for. */
function markOf(
  columns: readonly WrittenColumn[],
  { decimal, delimiter, file, at }: WritingOptions,
): Omit<Writing, "numeric"> {
  if (decimal !== undefined) return { decimal, isSeen: true, notes: [] };
  const placeOf = (name: string, { text, row }: PlacedWord): Place => ({
    column: name,
    text,
    at: at(name, row),
  });
  const find = (passes: (numeral: Numeral, text: string, ways: Ways) => boolean) => {
    for (const { name, ways } of columns) {
      for (const found of ways.numerals.values())
        if (passes(found.numeral, found.text, ways)) return placeOf(name, found);
    }
    return undefined;
  };
  const only = (mark: DecimalMark) =>
    find((numeral, text, ways) => marksOf(numeral).join() === mark && ways.isEvidence(text));
  const plainPoint = () => {
    const column = columns.find(({ ways }) => ways.plainPoint !== undefined);
    return column && placeOf(column.name, column.ways.plainPoint!);
  };
  const [comma, unclear] = [only("comma"), find(isAmbiguous)];
  const point = only("point") ?? plainPoint();
  if (comma === undefined && unclear === undefined)
    return {
      decimal: "point",
      isSeen: point !== undefined || columns.some(({ ways }) => ways.hasPoint),
      notes: [],
    };
  if (comma !== undefined && point !== undefined) throw mixedMarks(comma, point);
  if (comma !== undefined)
    return { decimal: "comma", isSeen: true, notes: [`${file}: decimal commas were read as points`] };
  if (point === undefined && delimiter !== ",") throw unclearMark(unclear!);
  return { decimal: "point", isSeen: true, notes: [] };
}

/** What is told of a column whose numbers are no plain decimals, or may be others. */
function notesOf({ name, ways }: WrittenColumn, mark: DecimalMark, file: string): string[] {
  const told = (text: string, value: number) => `${file}, column "${name}": "${text}" was read as ${value}`;
  const odd = ways.oddUnder(mark);
  if (odd !== undefined) return [told(odd.text, odd.numeral[mark])];
  const { code, grouped } = ways;
  if (code !== undefined)
    return [`${told(code, Number(code))}: if it is a name, say kinds: ${name}=categorical`];
  if (grouped === undefined) return [];
  if (mark === "comma") return [told(grouped, Number(grouped.replace(".", "")))];
  return [`${told(grouped, Number(grouped))}: if its point sets off thousands, say decimal: comma`];
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
