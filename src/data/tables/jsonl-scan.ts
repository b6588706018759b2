/** One pass over JSON Lines of any size. */
import { VrnnError } from "../../errors.ts";
import { type ByteFile, linesIn, type PlacedLine, placedLines } from "../byte-file.ts";
import { sequenceName } from "../formats.ts";
import { type CellReader, isMissing } from "./cells.ts";
import { nameCellOf } from "./json-columns.ts";
import { arraysTable, holdsArrays, type Line, mixedLayout, parseLine, stepsTable } from "./jsonl.ts";
import { cellsBy, type NameColumns, nameColumns } from "./reading.ts";
import type { Run } from "./runs.ts";
import { LONGEST_RUN, type Scan, ScanBook, withoutName } from "./scan.ts";
import type { SchemaOptions } from "./schema.ts";
import { missingSequence, requireColumn, sharedColumns, type Table } from "./table.ts";

/** How sequences are written: each as a line of arrays, or step by step. */
type Layout = "arrays" | "steps";

/**
 * Reads a file from its first byte to its last.
 *
 * @throws VrnnError `data/...` with the line, as the reader of small files does
 */
export async function scanJsonLines(file: ByteFile, options: SchemaOptions): Promise<Scan> {
  const scanner = new Scanner(file, options);
  for await (const lines of placedLines(file)) for (const line of lines) scanner.add(line);
  return scanner.finish();
}

class Scanner {
  private readonly file: ByteFile;
  private readonly options: SchemaOptions;
  private readonly cells: CellReader;
  private readonly nameColumns: NameColumns;
  private readonly book: ScanBook;
  private layout: Layout | undefined;
  private first: Table | undefined;
  /** Lines of steps of the same sequence, one after the other, that are not yet taken in. */
  private open: OpenRun | undefined;

  constructor(file: ByteFile, options: SchemaOptions) {
    this.file = file;
    this.options = options;
    this.cells = cellsBy(options);
    this.nameColumns = nameColumns(options);
    this.book = new ScanBook(options, this.cells);
  }

  add({ text, number, offset, bytes }: PlacedLine): void {
    if (text.trim() === "") return;
    const line = { number, fields: parseLine(text, this.file.path, number) };
    const layout = holdsArrays(line) ? "arrays" : "steps";
    this.layout ??= layout;
    if (layout !== this.layout) {
      const [one, other] = layout === "steps" ? ["a single step", "arrays"] : ["arrays", "single steps"];
      throw mixedLayout(`the line holds ${one}, others hold ${other}`, this.file.path, line);
    }
    if (layout === "arrays") this.addSequence(line, offset, bytes);
    else this.addStep(line, offset, bytes);
  }

  private addSequence(line: Line, offset: number, bytes: number): void {
    if (this.options.sequence !== undefined) throw namedTwice(this.file.path, line);
    const table = arraysTable(line, this.file.path, this.cells, this.nameColumns);
    this.first ??= table;
    sharedColumns([this.first, table]);
    const sequence = this.book.begin(table.name, table.split);
    this.book.take(table, { sequence, offset, bytes, line: line.number });
  }

  private addStep(line: Line, offset: number, bytes: number): void {
    const sequence = this.sequenceOf(line);
    const run = this.open;
    if (run?.sequence === sequence && run.lines.length < LONGEST_RUN) {
      run.lines.push(line);
      run.bytes = offset + bytes - run.offset;
      return;
    }
    this.closeRun();
    this.open = { sequence, offset, bytes, lines: [line] };
  }

  /** The sequence that a step belongs to: the same for all, or as one of its fields says. */
  private sequenceOf(line: Line): number {
    const { sequence: column } = this.options;
    const { path } = this.file;
    return this.book.sequenceOf(column === undefined ? sequenceName(path) : this.readName(line, column));
  }

  private readName({ fields, number }: Line, column: string): string {
    const { path } = this.file;
    if (this.book.sequences.length === 0) requireColumn(column, fields.keys(), "sequence", path);
    const at = () => `${path}:${number}, column "${column}"`;
    const cell = nameCellOf(fields.get(column), this.cells, at);
    if (isMissing(cell)) throw missingSequence(at(), this.cells.missingWords);
    return String(cell);
  }

  private closeRun(): void {
    if (this.open === undefined) return;
    const { sequence, offset, bytes, lines } = this.open;
    this.open = undefined;
    const table = tableOfSteps(lines, this.file.path, this.options, this.cells, this.nameColumns);
    this.book.take(table, { sequence, offset, bytes, line: lines[0]!.number });
  }

  finish(): Scan {
    this.closeRun();
    const found = this.book.finish();
    if (found === undefined) throw emptyFile(this.file.path);
    const isWhole = this.layout === "arrays";
    return { ...found, rowNumbers: [], notes: [], isWhole, tableOf: this.tableReader(isWhole) };
  }

  private tableReader(isWhole: boolean): Scan["tableOf"] {
    const { file, options, nameColumns: names } = this;
    const { path } = file;
    const cells = cellsBy(options);
    return (bytes: Uint8Array, { offset, line }: Run) => {
      const lines = linesIn(bytes, { file, offset, number: line })
        .filter(({ text }) => text.trim() !== "")
        .map(({ text, number }) => ({ number, fields: parseLine(text, path, number) }));
      return isWhole
        ? arraysTable(lines[0]!, path, cells, names)
        : tableOfSteps(lines, path, options, cells, names);
    };
  }
}

interface OpenRun {
  readonly sequence: number;
  readonly offset: number;
  readonly lines: Line[];
  bytes: number;
}

/** Lines of steps of one sequence as a table; what names the sequence is left out. */
const tableOfSteps = (
  lines: readonly Line[],
  path: string,
  options: SchemaOptions,
  cells: CellReader,
  names: NameColumns,
): Table => withoutName(stepsTable(lines, path, sequenceName(path), cells, names), options);

const emptyFile = (at: string): VrnnError =>
  new VrnnError("data/empty-file", "the file is empty", { at, remedy: "write the file anew" });

const namedTwice = (path: string, { number }: Line): VrnnError =>
  new VrnnError("data/sequence", "the line is a sequence of its own, and a column is to name sequences", {
    at: `${path}:${number}`,
    remedy: "leave out the option sequence",
  });
