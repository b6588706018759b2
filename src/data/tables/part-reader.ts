/** Any steps of any sequence of a table of any size. */
import type { ByteFile } from "../byte-file.ts";
import type { TimeColumn } from "../dataset.ts";
import type { TableFields } from "../field-dataset.ts";
import type { Fields } from "../fields.ts";
import { readAhead } from "../read-ahead.ts";
import { cutPart, type MemorySequence, type Part, type Span } from "../source.ts";
import { type Coding, cellEncoder } from "./encode.ts";
import { Recent } from "./recent.ts";
import { cellsFor, type Scan } from "./scan.ts";
import type { Table } from "./table.ts";
import { timesOf } from "./time.ts";

/** Steps `from` (included) to `to` (not included) of a table. */
export interface TablePart {
  readonly table: Table;
  readonly from: number;
  readonly to: number;
}

/** Reads steps as they stand in the file. */
export class TableReader {
  /** What the pass over the file found. */
  readonly scan: Scan;
  private readonly file: ByteFile;

  constructor(file: ByteFile, scan: Scan) {
    this.file = file;
    this.scan = scan;
  }

  /** The tables that hold some steps, in their order. */
  async *tables({ i, from, to }: Span): AsyncGenerator<TablePart> {
    for (const run of this.scan.runs.of(i, from, to)) {
      const table = this.scan.tableOf(await this.file.read(run.offset, run.bytes), run);
      yield { table, from: Math.max(0, from - run.row), to: Math.min(run.rows, to - run.row) };
    }
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.file.close();
  }
}

/** The most bytes of parsed lines that are kept, for windows of the same sequence that follow one another. */
const KEPT = 16 * 2 ** 20;
/** The most bytes of the file that are read ahead. */
const AHEAD = 4 * 2 ** 20;

/** Reads steps as the values of fields. */
export class PartReader {
  private readonly reader: TableReader;
  private readonly fields: TableFields & Fields;
  private readonly time: TimeColumn | undefined;
  private readonly columns: readonly Encoder[];
  private readonly conditions: readonly Encoder[];
  /** Whole sequences that stand in a line and were asked for in part. */
  private readonly recent = new Recent<MemorySequence>(KEPT);

  constructor(reader: TableReader, fields: TableFields & Fields, time: TimeColumn | undefined) {
    this.reader = reader;
    this.fields = fields;
    this.time = time;
    this.columns = fields.x.columns.map(encoderOf);
    this.conditions = (fields.condition?.columns ?? []).map(encoderOf);
  }

  /** The parts of a plan, with a bounded number of bytes read ahead. */
  open(plan: Iterable<Span>, signal?: AbortSignal): AsyncIterable<Part> {
    const sizeOf = ({ i, from, to }: Span) =>
      this.reader.scan.runs.of(i, from, to).reduce((bytes, run) => bytes + run.bytes, 0);
    return readAhead(plan, (span) => this.part(span), { sizeOf, most: AHEAD, signal });
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.reader.close();
  }

  private async part(span: Span): Promise<Part> {
    const { i, from, to } = span;
    const length = this.reader.scan.runs.length(i);
    if (!this.reader.scan.isWhole || (from === 0 && to === length)) return this.read(span);
    const known = this.recent.get(i);
    const whole = known ?? { name: "", ...(await this.read({ i, from: 0, to: length })) };
    if (known === undefined) this.recent.set(i, whole, bytesOf(whole));
    return cutPart(whole, this.fields, from, to);
  }

  private async read(span: Span): Promise<Part> {
    const length = span.to - span.from;
    const x = new Float64Array(length * this.columns.length); // [length, D]
    const condition = new Float64Array(length * this.conditions.length); // [length, C]
    const times = new Float64Array(this.time ? length : 0);
    let row = 0;
    for await (const { table, from, to } of this.reader.tables(span)) {
      encodeRows(x, row, this.columns, { table, from, to });
      encodeRows(condition, row, this.conditions, { table, from, to });
      if (this.time) times.set(timesOf(table, this.time).subarray(from, to), row);
      row += to - from;
    }
    return {
      length,
      values: { x, ...(this.conditions.length > 0 && { condition }) },
      ...(this.time && { times }),
    };
  }
}

const bytesOf = ({ values, times }: Part): number =>
  Object.values(values).reduce((bytes, { byteLength }) => bytes + byteLength, times?.byteLength ?? 0);

interface Encoder {
  readonly name: string;
  readonly isName: boolean;
  readonly encode: ReturnType<typeof cellEncoder>;
}

/** What is unseen was told when the file was indexed. */
const encoderOf = (coding: Coding): Encoder => ({
  name: coding.name,
  isName: coding.kind === "categorical",
  encode: cellEncoder(coding, () => {}),
});

/** Writes steps of a table into `[length, columns]`, from a row on. */
function encodeRows(
  values: Float64Array,
  start: number,
  encoders: readonly Encoder[],
  { table, from, to }: TablePart,
): void {
  encoders.forEach(({ name, isName, encode }, d) => {
    const cells = cellsFor(table, name, isName);
    let row = from;
    const at = () => table.at(name, row);
    for (; row < to; row++) {
      const value = cells === undefined ? Number.NaN : encode(cells[row]!, at);
      values[(start + row - from) * encoders.length + d] = value;
    }
  });
}
