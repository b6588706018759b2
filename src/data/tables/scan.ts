/** What one pass over a table of any size finds: where each sequence stands, and what its columns are inferred from. */
import type { SplitName } from "../dataset.ts";
import type { Cell, CellReader, Cells } from "./cells.ts";
import { type Coding, cellEncoder } from "./encode.ts";
import { changingStatic } from "./infer.ts";
import { type Run, Runs } from "./runs.ts";
import type { SchemaOptions } from "./schema.ts";
import { namesIn, type Table } from "./table.ts";
import { ownText } from "./texts.ts";
import type { TimeLook } from "./time.ts";
import { TimeTally } from "./time-tally.ts";
import { Tallies } from "./training-tally.ts";

/** A sequence as the pass found it. */
export interface ScannedSequence {
  readonly name: string;
  /** The split that its line asked for. */
  readonly split?: SplitName | undefined;
  length: number;
}

/** What a pass found. */
export interface Scan {
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
  /** Columns that number the rows. */
  readonly rowNumbers: readonly string[];
  /** What the reader decided, for a person to read. */
  readonly notes: readonly string[];
  /** Whether a run is a sequence of its own, which is parsed as a whole. */
  readonly isWhole: boolean;
  /** The table that the bytes of a run hold. */
  tableOf(bytes: Uint8Array, run: Run): Table;
}

/** The most steps of a run, so that a part of a long sequence is found without reading all of it. */
export const LONGEST_RUN = 256;

/** Takes in a file, table by table. */
export class ScanBook {
  readonly sequences: ScannedSequence[] = [];
  private readonly options: SchemaOptions;
  private readonly cells: CellReader;
  private readonly byName = new Map<string, number>();
  private readonly names = new Set<string>();
  private readonly runs = new Runs();
  private readonly tallies: Tallies;
  private readonly times = new Map<string, TimeTally>();
  private readonly statics = new Map<string, Cell[]>();
  /** Columns whose kind is known beforehand. */
  private readonly known: readonly KnownColumn[];
  private first: Table | undefined;

  /** @param cells what the tables are read by */
  constructor(options: SchemaOptions, cells: CellReader) {
    this.options = options;
    this.cells = cells;
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

  /** Begins a sequence, and tells its place. */
  begin(name: string, split?: SplitName): number {
    return this.sequences.push({ name, split, length: 0 }) - 1;
  }

  /** The place of the sequence of a name, which begins where there is none. */
  sequenceOf(name: string): number {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const own = ownText(name);
    const sequence = this.begin(own);
    this.byName.set(own, sequence);
    return sequence;
  }

  /** Takes in some steps of a sequence. */
  take(table: Table, run: Omit<Run, "row" | "rows">): void {
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

  /** All that was taken in; undefined where nothing was. */
  finish(): Omit<Scan, "rowNumbers" | "notes" | "isWhole" | "tableOf"> | undefined {
    const { sequences, runs, tallies, first } = this;
    if (first === undefined) return undefined;
    const steps = sequences.reduce((all, { length }) => all + length, 0);
    const at = (name: string) => first.at(name);
    return {
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

/** A table without the column that names its sequences. */
export function withoutName(table: Table, { sequence }: SchemaOptions): Table {
  if (sequence === undefined) return table;
  return { ...table, columns: new Map([...table.columns].filter(([name]) => name !== sequence)) };
}
