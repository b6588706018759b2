/** Rows and fields out of separated values (RFC 4180, with blanks around quotes and any end of lines). */
import { VrnnError } from "../../errors.ts";
import { BLANKS } from "./dialect.ts";
import { columnName } from "./header.ts";

/** A row with the line that it begins on. */
export interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Where rows stand, and what is between their fields. */
export interface RowsPlace {
  readonly file: string;
  readonly delimiter: string;
  /** The line of the file that the text begins on. */
  readonly firstLine: number;
  /** What the columns are called, for messages; as the first row says unless told. */
  readonly header?: readonly string[];
}

type OnRow = (fields: readonly string[], line: number) => void;

/**
 * Hands over the fields of each row with the line that it begins on. Blank lines mean nothing, except in a table of one column,
 * where they are missing values unless they end the file.
 *
 * @throws VrnnError `data/csv`
 */
export function eachRow(text: string, place: RowsPlace, onRow: OnRow): void {
  let width = 0;
  let blanks: number[] = [];
  const keep: OnRow = (fields, line) => {
    if (fields.length === 1 && fields[0] === "") {
      if (width === 1) blanks.push(line);
      return;
    }
    if (width === 0) width = fields.length;
    for (const blank of blanks) onRow([""], blank);
    if (blanks.length > 0) blanks = [];
    onRow(fields, line);
  };
  if (place.delimiter === BLANKS || !text.includes('"')) splitRows(text, place, keep);
  else new QuotedRows(text, place).each(keep);
}

/** Without quotes there is nothing to parse. */
function splitRows(text: string, { delimiter, firstLine }: RowsPlace, onRow: OnRow): void {
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  let line = firstLine;
  for (let start = 0; start < lines.length; line++) {
    const newline = lines.indexOf("\n", start);
    const end = newline < 0 ? lines.length : newline;
    onRow(fieldsOf(lines.slice(start, end), delimiter), line);
    start = end + 1;
  }
}

/** The fields of a line without quotes. */
export function fieldsOf(line: string, delimiter: string): string[] {
  const fields = delimiter === BLANKS ? line.trim().split(/\s+/) : line.split(delimiter);
  for (let i = 0; i < fields.length; i++) fields[i] = fields[i]!.trim();
  return fields;
}

const [NEWLINE, RETURN, QUOTE, SPACE, TAB] = [10, 13, 34, 32, 9];

/** Rows of which some fields stand in quotes, where a quote is written twice and lines may end. */
class QuotedRows {
  private readonly text: string;
  private readonly place: RowsPlace;
  private readonly separator: number;
  private at = 0;
  private line: number;
  /** Of the row that is read; filled again for the next one, which is cheaper than that each grows an array of its own. */
  private readonly fields: string[] = [];
  /** How many of them there are so far. */
  private count = 0;
  private header: readonly string[] | undefined;

  constructor(text: string, place: RowsPlace) {
    this.text = text;
    this.place = place;
    this.separator = place.delimiter.charCodeAt(0);
    this.line = place.firstLine;
    this.header = place.header;
  }

  each(onRow: OnRow): void {
    while (this.at < this.text.length) {
      const line = this.line;
      const fields = this.readRow();
      this.header ??= fields;
      onRow(fields, line);
    }
  }

  private readRow(): string[] {
    const first = this.line;
    this.count = 0;
    do {
      this.skipBlanks();
      this.fields[this.count] = this.code === QUOTE ? this.quotedField(first) : this.plainField();
      this.count += 1;
    } while (this.skipSeparator());
    this.skipLineEnd();
    return this.fields.slice(0, this.count);
  }

  private get code(): number {
    return this.text.charCodeAt(this.at);
  }

  private skipBlanks(): void {
    while ((this.code === SPACE || this.code === TAB) && this.code !== this.separator) this.at += 1;
  }

  private skipSeparator(): boolean {
    if (this.code !== this.separator) return false;
    this.at += 1;
    return true;
  }

  private skipLineEnd(): void {
    if (this.at >= this.text.length) return;
    this.at += this.code === RETURN && this.text.charCodeAt(this.at + 1) === NEWLINE ? 2 : 1;
    this.line += 1;
  }

  private plainField(): string {
    const start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const { code } = this;
      if (code === this.separator || code === NEWLINE || code === RETURN) break;
      if (code === QUOTE) throw this.fault("a quote stands in the middle of a field", this.line);
    }
    return this.text.slice(start, this.at).trim();
  }

  /** @param first the line that the row begins on */
  private quotedField(first: number): string {
    const start = this.at + 1;
    let end = this.text.indexOf('"', start);
    while (end >= 0 && this.text.charCodeAt(end + 1) === QUOTE) end = this.text.indexOf('"', end + 2);
    if (end < 0) throw this.fault("a quote is opened and never closed", first);
    const field = this.text.slice(start, end).replaceAll('""', '"');
    this.line += lineBreaks(field);
    this.at = end + 1;
    this.skipBlanks();
    const { code } = this;
    const isOver = this.at >= this.text.length || code === NEWLINE || code === RETURN;
    if (!isOver && code !== this.separator) throw this.fault("text follows a closing quote", this.line);
    return field;
  }

  private fault(what: string, line: number): VrnnError {
    const position = this.count;
    const column = columnName(this.header?.[position] ?? "", position);
    return new VrnnError("data/csv", what, {
      at: `${this.place.file}:${line}, column "${column}"`,
      remedy: 'put the whole field in quotes and write a quote inside it as ""',
    });
  }
}

function lineBreaks(field: string): number {
  if (!field.includes("\n") && !field.includes("\r")) return 0;
  return field.match(/\r\n|\r|\n/g)!.length;
}

/**
 * The rows of a text, at least one.
 *
 * @param firstLine The line of the file that the text begins on.
 * @throws VrnnError `data/csv`, `data/empty-file`
 */
export function parseRows(text: string, file: string, delimiter: string, firstLine = 1): Row[] {
  const rows: Row[] = [];
  eachRow(text, { file, delimiter, firstLine }, (fields, line) => rows.push({ fields, line }));
  if (rows.length === 0) throw emptyTable(file);
  return rows;
}

/** The error for a table without rows. */
export const emptyTable = (file: string): VrnnError =>
  new VrnnError("data/empty-file", "there are no rows of data", { at: file, remedy: "write the file anew" });

/** @throws VrnnError `data/ragged-row` */
export function refuseRagged({ fields, line }: Row, header: readonly string[], file: string): void {
  if (fields.length === header.length) return;
  const fewer = fields.length < header.length;
  const place = fewer ? `, column "${header[fields.length]}"` : "";
  throw new VrnnError("data/ragged-row", `the row has ${count(fields.length)}, the header ${header.length}`, {
    at: `${file}:${line}${place}`,
    remedy: fewer
      ? "add the missing field; it may be empty"
      : header.length === 1
        ? "begin what stands above the header with #, or leave it out"
        : "remove a field, or put text that holds commas in quotes",
  });
}

const count = (fields: number) => (fields === 1 ? "1 field" : `${fields} fields`);
