/** The beginning of separated values of any size: how they are written, and what their columns are called. */
import { VrnnError } from "../../errors.ts";
import { type ByteFile, placedLines } from "../byte-file.ts";
import { refuseFormats, utf16Text } from "../encoding.ts";
import { refuseEmpty } from "../formats.ts";
import type { DecimalMark } from "./answers.ts";
import { TextDraft } from "./columns.ts";
import { dialectOf } from "./dialect.ts";
import { cellsBy, csvOptions } from "./reading.ts";
import { emptyTable } from "./rows.ts";
import type { SchemaOptions } from "./schema.ts";
import { Fields, type Head, headOf } from "./separated.ts";
import { type Writing, type WritingOptions, type WrittenColumn, writingOf } from "./writing.ts";

/** How the columns of a file are read, as far as all of its rows decide. */
export interface Reading {
  readonly decimal: DecimalMark;
  /** Columns of numbers, in whatever way they are written. */
  readonly numeric: readonly string[];
  /** Columns of which the texts are kept, which tell more than their numbers. */
  readonly written: readonly string[];
  /** Columns of names, among which a number that is too large is one. */
  readonly ofNames: readonly string[];
}

/** What the beginning of a file says of it. */
export interface SeparatedHead extends Pick<Head, "names" | "first"> {
  readonly delimiter: string;
  /** The line that the header stands on, or the first row, and that of the first row of data. */
  readonly headerLine: number;
  readonly firstLine: number;
  /** How the columns are read as far as the beginning tells. */
  readonly reading: Reading;
  readonly notes: readonly string[];
  readonly writing: WritingOptions;
}

/** So many bytes tell how a file is written. */
const HEAD = 2 ** 20;

/**
 * @param delimiter where the format of the file tells
 * @throws VrnnError `data/header`, `data/empty-file`, `data/binary`, `data/ragged-row`
 */
export async function separatedHead(
  file: ByteFile,
  options: SchemaOptions,
  delimiter?: string,
): Promise<SeparatedHead> {
  const { path } = file;
  const text = await beginningOf(file);
  const dialect = dialectOf(text, path, delimiter);
  const { columns, lines } = Fields.of(dialect.text, { ...dialect, file: path });
  const own = csvOptions(options);
  const cells = cellsBy(options);
  const header = headOf({ columns, lines }, path, cells, own);
  if (lines.length <= header.rows) throw emptyTable(path);
  const headerLine = lines.at(0);
  const at = (column: string, line = headerLine) => `${path}:${line}, column "${column}"`;
  const writing = { file: path, delimiter: dialect.delimiter, at, ...own };
  const drafts = header.names.map(
    (name, i) => new TextDraft(name, columns[i]!.after(header.rows), { cells, names: own.names, at }),
  );
  return {
    ...header,
    delimiter: dialect.delimiter,
    headerLine,
    firstLine: lines.at(header.rows),
    reading: firstReading(drafts, writing),
    notes: [...dialect.notes, ...header.notes],
    writing,
  };
}

/** What the first rows tell; where they leave open what sets off decimals, the rest may tell, and points do until then. */
function firstReading(columns: readonly WrittenColumn[], options: WritingOptions): Reading {
  try {
    return readingOf(columns, writingOf(columns, options));
  } catch (fault) {
    if (!(fault instanceof VrnnError)) throw fault;
    return readingOf(columns, writingOf(columns, { ...options, decimal: "point" }));
  }
}

/** How columns are read, by what is known of them. */
export function readingOf(columns: readonly WrittenColumn[], { decimal, numeric }: Writing): Reading {
  const namesOf = (passes: (column: WrittenColumn) => boolean) =>
    columns.filter(passes).map(({ name }) => name);
  return {
    decimal,
    numeric: namesOf(({ name }) => numeric.has(name)),
    written: namesOf(({ name, ways }) => ways.isCoded || !numeric.has(name)),
    ofNames: namesOf(({ ways, isName }) => isName || ways.isOfNames),
  };
}

/** The first rows of a file, whole ones. */
async function beginningOf(file: ByteFile): Promise<string> {
  const bytes = await file.read(0, Math.min(HEAD, file.size));
  if (utf16Text(bytes.subarray(0, 4), file.path) !== undefined) throw notInParts(file.path);
  refuseFormats(bytes, `${file.path}:1`);
  const lines = (await placedLines(file, HEAD).next()).value ?? [];
  const texts = lines.map(({ text }: { readonly text: string }) => text);
  return refuseEmpty(wholeRows(texts).join("\n"), file.path);
}

/** Lines without those of a row at their end that goes on behind them: an odd number of quotes opens one. */
function wholeRows(lines: readonly string[]): readonly string[] {
  let quotes = 0;
  const isClosed = lines.map((line) => {
    quotes += quotesIn(line);
    return quotes % 2 === 0;
  });
  return lines.slice(0, isClosed.lastIndexOf(true) + 1);
}

/** How many quotes a text has. */
export const quotesIn = (text: string): number => {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes;
};

const notInParts = (at: string): VrnnError =>
  new VrnnError("data/binary", "text in UTF-16 is not read in parts", {
    at,
    remedy: "save it as text in UTF-8",
  });
