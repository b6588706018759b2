/** One pass over separated values of any size; a second one where what comes late says that they are to be read otherwise. */
import { type ByteFile, type PlacedLine, placedLines, textOf } from "../byte-file.ts";
import { sequenceName } from "../formats.ts";
import { type CellReader, isMissing } from "./cells.ts";
import { BLANKS } from "./dialect.ts";
import { cellsBy } from "./reading.ts";
import { mayNumberRows, RowCount } from "./row-count.ts";
import { emptyTable, fieldsOf, parseRows } from "./rows.ts";
import { LONGEST_RUN, type Scan, ScanBook, withoutName } from "./scan.ts";
import type { SchemaOptions } from "./schema.ts";
import { emptyNote } from "./separated.ts";
import { quotesIn, type Reading, readingOf, type SeparatedHead, separatedHead } from "./separated-head.ts";
import { RowsReader } from "./separated-rows.ts";
import type { ScanFile } from "./streamed.ts";
import { finite, missingSequence, requireColumn } from "./table.ts";
import { Ways } from "./ways.ts";
import { type WrittenColumn, writingOf } from "./writing.ts";

/**
 * What passes over a file of separated values. How numbers are written is told by all rows together: the first megabyte
 * says how the pass reads them, and where the rest says otherwise the file is read once more.
 *
 * @param delimiter where the format of the file tells
 */
export const scanSeparated =
  (delimiter?: string): ScanFile =>
  async (file, options) => {
    const head = await separatedHead(file, options, delimiter);
    const first = await passOver(file, head, head.reading, options);
    if (isSame(first.reading, head.reading)) return first.finish();
    return (await passOver(file, head, first.reading, options)).finish();
  };

async function passOver(
  file: ByteFile,
  head: SeparatedHead,
  reading: Reading,
  options: SchemaOptions,
): Promise<Scanner> {
  const scanner = new Scanner(file, head, reading, options);
  for await (const lines of placedLines(file)) for (const line of lines) scanner.add(line);
  scanner.end();
  return scanner;
}

const isSame = (one: Reading, other: Reading): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Consecutive lines of one sequence, blank ones among them, that are not yet taken in. */
interface OpenRun {
  readonly sequence: number;
  readonly offset: number;
  readonly line: number;
  readonly texts: string[];
  rows: number;
  bytes: number;
}

class Scanner {
  private readonly file: ByteFile;
  private readonly head: SeparatedHead;
  private readonly options: SchemaOptions;
  private readonly rows: RowsReader;
  private readonly usedReading: Reading;
  private readonly book: ScanBook;
  /** By column, as it stands in the file. */
  private readonly ways: readonly Ways[];
  private readonly counts: ReadonlyMap<string, RowCount>;
  /** Reads the names of sequences, and counts no word a second time. */
  private readonly nameCells: CellReader;
  private readonly namePlace: number;
  private open: OpenRun | undefined;
  /** Lines of a row whose quote is not closed yet. */
  private unclosed: PlacedLine | undefined;
  /** Blank lines of a table of one column, which are rows unless they end the file. */
  private blanks: PlacedLine[] = [];

  constructor(file: ByteFile, head: SeparatedHead, reading: Reading, options: SchemaOptions) {
    [this.file, this.head, this.options, this.usedReading] = [file, head, options, reading];
    this.rows = new RowsReader(file.path, head, reading, options);
    this.book = new ScanBook(options, this.rows.cells);
    this.ways = head.names.map(() => new Ways());
    this.counts = new Map(
      head.names.filter((_, i) => mayNumberRows(head.first[i]!)).map((name) => [name, new RowCount()]),
    );
    this.nameCells = cellsBy(options);
    const { sequence } = options;
    if (sequence !== undefined) requireColumn(sequence, head.names, "sequence", file.path);
    this.namePlace = sequence === undefined ? -1 : head.names.indexOf(sequence);
  }

  /** Takes in a line of the file. */
  add(line: PlacedLine): void {
    if (line.number < this.head.firstLine) return;
    const row = this.isOneColumn ? line : this.closed(line);
    if (row === undefined) return;
    if (row.text.trim() !== "") this.addRows([...this.blanks.splice(0), row]);
    else if (this.isOneColumn) this.blanks.push(row);
    else if (this.open !== undefined) extend(this.open, row);
  }

  /** Takes in what is left. */
  end(): void {
    if (this.unclosed !== undefined) this.addRows([this.unclosed]);
    this.closeRun();
  }

  private get isOneColumn(): boolean {
    return this.head.names.length === 1;
  }

  /** A line, with those before it whose quotes it closes; undefined where one is left open. */
  private closed(line: PlacedLine): PlacedLine | undefined {
    const begun = this.unclosed;
    const isOdd = quotesIn(line.text) % 2 === 1;
    const row = begun === undefined ? line : joined(begun, line);
    this.unclosed = isOdd === (begun === undefined) ? row : undefined;
    return this.unclosed === undefined ? row : undefined;
  }

  private addRows(rows: readonly PlacedLine[]): void {
    for (const row of rows) {
      const sequence = this.sequenceOf(row);
      if (this.open?.sequence !== sequence || this.open.rows >= LONGEST_RUN) {
        this.closeRun();
        this.open = { sequence, offset: row.offset, line: row.number, texts: [], rows: 0, bytes: 0 };
      }
      extend(this.open!, row);
      this.open!.rows += 1;
    }
  }

  /** The sequence that a row belongs to: the same for all, or as one of its fields says. */
  private sequenceOf({ text, number }: PlacedLine): number {
    const { path } = this.file;
    if (this.namePlace < 0) return this.book.sequenceOf(sequenceName(path));
    const { delimiter } = this.head;
    const isPlain = delimiter === BLANKS || !text.includes('"');
    const fields = isPlain
      ? fieldsOf(text, delimiter)
      : (parseRows(text, path, delimiter, number)[0]?.fields ?? []);
    const cell = this.nameCells.name(fields[this.namePlace] ?? "");
    if (!isMissing(cell)) return this.book.sequenceOf(String(cell));
    throw missingSequence(this.head.writing.at(this.options.sequence!, number), this.nameCells.missingWords);
  }

  private closeRun(): void {
    if (this.open === undefined) return;
    const { sequence, offset, bytes, line, texts } = this.open;
    this.open = undefined;
    const table = this.rows.table(texts.join("\n"), line, this.ways);
    for (const [name, count] of this.counts) for (const cell of table.columns.get(name)!) count.add(cell);
    this.book.take(withoutName(table, this.options), { sequence, offset, bytes, line });
  }

  /** How the columns are to be read, as all rows say. @throws VrnnError `data/decimal-mark` */
  get reading(): Reading {
    return readingOf(this.columns, writingOf(this.columns, this.head.writing));
  }

  private get columns(): readonly WrittenColumn[] {
    return this.head.names.map((name, i) => ({ name, ways: this.ways[i]!, isName: this.rows.isName(name) }));
  }

  /** Columns that have neither a name nor a value. */
  private get emptyNames(): string[] {
    const { first } = this.head;
    return this.columns
      .filter(({ ways, isName }, i) => first[i] === "" && !isName && ways.isEmpty)
      .map(({ name }) => name);
  }

  finish(): Scan {
    const { file, head, options, book, columns } = this;
    const found = book.finish();
    if (found === undefined) throw emptyTable(file.path);
    this.refuseInfinite();
    const empty = this.emptyNames;
    const reader = new RowsReader(file.path, head, this.usedReading, options);
    return {
      ...found,
      names: found.names.filter((name) => !empty.includes(name)),
      rowNumbers: [...this.counts].flatMap(([name, count]) => (count.isCounting ? [name] : [])),
      notes: [
        ...head.notes,
        ...empty.map((name) => emptyNote(file.path, name)),
        ...writingOf(columns, head.writing).notes,
      ],
      isWhole: false,
      tableOf: (bytes, { line }) => withoutName(reader.table(textOf(bytes, file, line), line), options),
    };
  }

  /** A number that is too large is refused among numbers. @throws VrnnError `data/not-finite` */
  private refuseInfinite(): void {
    for (const { name, ways, isName } of this.columns) {
      if (isName || ways.infinite === undefined || ways.isOfNames) continue;
      const { row } = ways.infinite;
      finite(Number.POSITIVE_INFINITY, () => this.head.writing.at(name, row));
    }
  }
}

function extend(run: OpenRun, { text, offset, bytes }: PlacedLine): void {
  run.texts.push(text);
  run.bytes = offset + bytes - run.offset;
}

const joined = (first: PlacedLine, next: PlacedLine): PlacedLine => ({
  number: first.number,
  text: `${first.text}\n${next.text}`,
  offset: first.offset,
  bytes: first.bytes + next.bytes,
});
