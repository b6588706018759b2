/** One pass over JSON Lines of any size: where each sequence stands, and what its columns are inferred from. */
import { VrnnError } from "../../errors.ts";
import { type ByteFile, type PlacedLine, placedLines } from "../byte-file.ts";
import type { SplitName } from "../dataset.ts";
import { sequenceName } from "../formats.ts";
import { type Cell, type CellReader, type Cells, isMissing } from "./cells.ts";
import { type Coding, cellEncoder } from "./encode.ts";
import { changingStatic } from "./infer.ts";
import { nameCellOf } from "./json-columns.ts";
import { arraysTable, holdsArrays, type Line, mixedLayout, parseLine, stepsTable } from "./jsonl.ts";
import { cellsBy, type NameColumns, nameColumns } from "./reading.ts";
import { type Run, Runs } from "./runs.ts";
import type { SchemaOptions } from "./schema.ts";
import { missingSequence, namesIn, requireColumn, sharedColumns, type Table } from "./table.ts";
import type { TimeLook } from "./time.ts";
import { TimeTally } from "./time-tally.ts";
import { Tallies } from "./training-tally.ts";

/** How sequences are written: each as a line of arrays, or step by step. */
export type Layout = "arrays" | "steps";

/** A sequence as the pass found it. */
export interface ScannedSequence {
  readonly name: string;
  /** The split that its line asked for. */
  readonly split?: SplitName | undefined;
  length: number;
}

/** What a pass found. */
export interface Scan {
  readonly layout: Layout;
  readonly sequences: readonly ScannedSequence[];
  /** The columns of the file, without that which names the sequence. */
  readonly names: readonly string[];
  readonly runs: Runs;
  readonly tallies: Tallies;
  /** What a column tells as a time. */
  lookAtTime(name: string): TimeLook;
  /** Where a column stands. */
  at(name: string): string;
  /** How often each word was read as missing. */
  readonly missingWords: ReadonlyMap<string, number>;
  /** How often levels occur that the columns of a trained model do not know, by column. */
  readonly unseen: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** The most steps of a run, so that a part of a long sequence is found without reading all of it. */
const LONGEST_RUN = 256;

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
  private readonly sequences: ScannedSequence[] = [];
  private readonly byName = new Map<string, number>();
  private readonly names = new Set<string>();
  private readonly runs = new Runs();
  private readonly tallies: Tallies;
  private readonly times = new Map<string, TimeTally>();
  private readonly statics = new Map<string, Cell[]>();
  /** Columns whose kind is known beforehand. */
  private readonly known: readonly KnownColumn[];
  private layout: Layout | undefined;
  private first: Table | undefined;
  /** Lines of steps of the same sequence, one after the other, that are not yet taken in. */
  private open: OpenRun | undefined;

  constructor(file: ByteFile, options: SchemaOptions) {
    this.file = file;
    this.options = options;
    this.cells = cellsBy(options);
    this.nameColumns = nameColumns(options);
    this.tallies = new Tallies(options);
    this.known = codingsOf(options).map((coding) => {
      const unseen = new Map<string, number>();
      const count = (level: string) => unseen.set(level, (unseen.get(level) ?? 0) + 1);
      return {
        name: coding.name,
        isName: coding.kind === "categorical",
        encode: cellEncoder(coding, count),
        unseen,
      };
    });
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
    sharedColumns([this.first ?? table, table]);
    const sequence = this.sequences.push({ name: table.name, split: table.split, length: 0 }) - 1;
    this.take(table, { sequence, offset, bytes, line: line.number });
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
    const name = column === undefined ? sequenceName(this.file.path) : this.readName(line, column);
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const sequence = this.sequences.push({ name, length: 0 }) - 1;
    this.byName.set(name, sequence);
    return sequence;
  }

  private readName({ fields, number }: Line, column: string): string {
    const { path } = this.file;
    if (this.sequences.length === 0) requireColumn(column, fields.keys(), "sequence", path);
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
    this.take(table, { sequence, offset, bytes, line: lines[0]!.number });
  }

  /** Takes in some steps of a sequence. */
  private take(table: Table, run: Omit<Run, "row" | "rows">): void {
    const sequence = this.sequences[run.sequence]!;
    const row = sequence.length;
    this.first ??= table;
    for (const name of table.columns.keys()) this.names.add(name);
    this.runs.add({ ...run, row, rows: table.rows });
    this.takeTimes(table, run.sequence);
    this.takeStatics(table, run.sequence);
    this.check(table);
    if (this.options.columns === undefined) this.tallies.add(table, run.sequence, row, sequence.split);
    sequence.length += table.rows;
  }

  /** Refuses cells that do not fit a kind that is known beforehand, and counts levels that a trained model does not know. */
  private check(table: Table): void {
    for (const { name, isName, encode } of this.known) {
      let row = 0;
      const at = () => table.at(name, row);
      for (const cell of cellsFor(table, name, isName) ?? []) {
        encode(cell, at);
        row += 1;
      }
    }
  }

  private takeTimes(table: Table, sequence: number): void {
    for (const name of table.columns.keys()) {
      let tally = this.times.get(name);
      if (tally === undefined) {
        tally = new TimeTally(name, name === this.options.time || undefined);
        this.times.set(name, tally);
      }
      tally.add(table, sequence);
    }
  }

  private takeStatics(table: Table, sequence: number): void {
    for (const name of this.options.columns === undefined ? (this.options.statics ?? []) : []) {
      const cells = table.columns.get(name) ?? [];
      const known = this.statics.get(name) ?? [];
      this.statics.set(name, known);
      if (!(sequence in known)) known[sequence] = cells[0] ?? Number.NaN;
      const row = cells.findIndex((cell) => !Object.is(cell, known[sequence]));
      if (row >= 0) throw changingStatic(table.at(name, row));
    }
  }

  finish(): Scan {
    this.closeRun();
    const { layout, sequences, runs, tallies, first } = this;
    if (layout === undefined || first === undefined) throw emptyFile(this.file.path);
    const steps = sequences.reduce((all, { length }) => all + length, 0);
    const at = (name: string) => first.at(name);
    return {
      layout,
      sequences,
      names: [...this.names],
      runs: runs.sorted(sequences.length),
      tallies,
      lookAtTime: (name) =>
        this.times.get(name)?.look(at(name), steps, this.options.dates) ?? { at: at(name) },
      at,
      missingWords: this.cells.missingWords,
      unseen: new Map(this.known.map(({ name, unseen }) => [name, unseen])),
    };
  }
}

interface KnownColumn {
  readonly name: string;
  /** Whether its cells are levels. */
  readonly isName: boolean;
  readonly encode: ReturnType<typeof cellEncoder>;
  readonly unseen: ReadonlyMap<string, number>;
}

/** What is known of columns before anything is read. Levels of categorical ones may be unknown, then nothing can be odd. */
function codingsOf({ columns, conditions = [], kinds = {} }: SchemaOptions): readonly Coding[] {
  if (columns !== undefined) return [...columns, ...conditions];
  return Object.entries(kinds)
    .filter(([, kind]) => kind !== "categorical")
    .map(([name, kind]) => ({ name, kind, levels: [] }));
}

/** The cells of a column, as they were written where they are levels; none where the table lacks it. */
export const cellsFor = (table: Table, name: string, isName: boolean): Cells | undefined =>
  table.columns.has(name) && isName ? namesIn(table, name) : table.columns.get(name);

interface OpenRun {
  readonly sequence: number;
  readonly offset: number;
  readonly lines: Line[];
  bytes: number;
}

/** Lines of steps of one sequence as a table; what names the sequence is left out. */
export function tableOfSteps(
  lines: readonly Line[],
  path: string,
  { sequence }: SchemaOptions,
  cells: CellReader,
  names: NameColumns,
): Table {
  const table = stepsTable(lines, path, sequenceName(path), cells, names);
  if (sequence === undefined) return table;
  return { ...table, columns: new Map([...table.columns].filter(([name]) => name !== sequence)) };
}

const emptyFile = (at: string): VrnnError =>
  new VrnnError("data/empty-file", "the file is empty", { at, remedy: "write the file anew" });

const namedTwice = (path: string, { number }: Line): VrnnError =>
  new VrnnError("data/sequence", "the line is a sequence of its own, and a column is to name sequences", {
    at: `${path}:${number}`,
    remedy: "leave out the option sequence",
  });
