/** Parquet files as tables. */
import { createRequire } from "node:module";
import type * as Hyparquet from "hyparquet";
import type * as HyparquetColumn from "hyparquet/src/column.js";
import type * as HyparquetConvert from "hyparquet/src/convert.js";
import type * as HyparquetCompressors from "hyparquet-compressors";
import { VrnnError } from "../errors.ts";
import { counted, listed } from "../words/figures.ts";
import { MOST_BYTES, nameOfFile, type ReadTables } from "./formats.ts";
import { readColumns } from "./tables/json-columns.ts";
import { cellsBy, nameColumns } from "./tables/reading.ts";

/** What reads Parquet is loaded when there is some, and required rather than imported: files are read at once. */
const load = createRequire(import.meta.url);
const parquet = () => ({
  ...(load("hyparquet") as typeof Hyparquet),
  ...(load("hyparquet/src/column.js") as typeof HyparquetColumn),
  ...(load("hyparquet/src/convert.js") as typeof HyparquetConvert),
  ...(load("hyparquet-compressors") as typeof HyparquetCompressors),
});
type Parquet = ReturnType<typeof parquet>;

/** More cells than these are a corrupt file, or need another program. */
const MOST_CELLS = 100_000_000;
/** So many columns that are left out are named. */
const MOST_NAMED = 6;

/** A column as it is stored, its values in the order of rows. */
interface StoredColumn {
  readonly name: string;
  readonly values: readonly unknown[];
}

/**
 * One sequence, a row a step. Dates are read as the dates that they are; lists and records within a column are left out, with a
 * note.
 *
 * @throws VrnnError `data/parquet` for what is cut short or corrupt, or has more than 100 million cells
 */
export const parquetTable: ReadTables = (file, options) => {
  const { path } = file;
  const { columns, rows, nested } = contentOf(file.bytes(), path);
  if (rows === 0 || columns.length === 0)
    throw refused(rows === 0 ? "it has no rows" : "none of its columns holds plain values", path);
  const byName = new Map(columns.map(({ name, values }) => [name, values]));
  const at = (column: string, row?: number) =>
    `${path}${row === undefined ? "" : `, row ${row + 1}`}, column "${column}"`;
  const cells = cellsBy(options);
  const read = readColumns([...byName.keys()], rows, (name, row) => plainOf(byName.get(name)![row]), {
    ...{ cells, names: nameColumns(options), at },
  });
  const notes =
    nested.length === 0
      ? []
      : [
          `${path}: ${listed(nested, MOST_NAMED)} ${nested.length === 1 ? "holds" : "hold"} lists or records and ${nested.length === 1 ? "is" : "are"} left out`,
        ];
  return [{ name: nameOfFile(file), file: path, rows, ...read, missingWords: cells.missingWords, notes, at }];
};

interface Content {
  readonly columns: readonly StoredColumn[];
  readonly rows: number;
  /** The names of columns that hold more than a value in a row. */
  readonly nested: readonly string[];
}

function contentOf(bytes: Uint8Array, path: string): Content {
  refuseCut(bytes, path);
  const library = parquet();
  try {
    return read(bytes, path, library);
  } catch (cause) {
    if (cause instanceof VrnnError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refused(`it is corrupt: ${reason.slice(0, 200)}`, path, "write or fetch the file again", cause);
  }
}

/** "PAR1", which stands at the beginning and at the end. */
const MAGIC: readonly number[] = [0x50, 0x41, 0x52, 0x31];

function refuseCut(bytes: Uint8Array, path: string): void {
  if (MAGIC.some((byte, i) => bytes[i] !== byte))
    throw refused(
      "this is no Parquet file: it does not begin with PAR1",
      path,
      "check its name, or say its format",
    );
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[bytes.length - 4 + i] !== byte))
    throw refused("the file is cut short: it does not end with PAR1", path, "write or fetch the file again");
}

function read(bytes: Uint8Array, path: string, library: Parquet): Content {
  const metadata = library.parquetMetadata(bytes);
  const { children } = library.parquetSchema(metadata);
  const rows = Number(metadata.num_rows);
  if (rows * children.length > MOST_CELLS)
    throw refused(
      `${counted(rows, "row")} of ${counted(children.length, "column")} are too many`,
      path,
      "split it",
    );
  const isFlat = ({ children: parts, element }: (typeof children)[number]) =>
    parts.length === 0 && element.repetition_type !== "REPEATED";
  const flat = children.filter(isFlat);
  const values = new Map<string, unknown[]>(flat.map(({ element }) => [element.name, []]));
  for (const { columns, num_rows: groupRows } of metadata.row_groups)
    for (const leaf of flat) {
      const { name } = leaf.element;
      const meta = columns.find(({ meta_data: data }) => data?.path_in_schema.join(".") === name)?.meta_data;
      if (meta === undefined) throw refused(`a group of rows lacks the column "${name}"`, path);
      for (const value of chunk(bytes, { meta, leaf, rows: Number(groupRows), library }))
        values.get(name)!.push(value);
    }
  const short = [...values].find(([, { length }]) => length !== rows);
  if (short !== undefined)
    throw refused(
      `column "${short[0]}" has ${counted(short[1].length, "value")}, the file ${counted(rows, "row")}`,
      path,
    );
  return {
    ...{ columns: [...values].map(([name, own]) => ({ name, values: own })), rows },
    nested: children.filter((child) => !isFlat(child)).map(({ element }) => element.name),
  };
}

/** A column of a group of rows. */
interface Chunk {
  readonly meta: NonNullable<Hyparquet.ColumnChunk["meta_data"]>;
  readonly leaf: Hyparquet.SchemaTree;
  readonly rows: number;
  readonly library: Parquet;
}

function chunk(
  bytes: Uint8Array,
  { meta, leaf, rows, library }: Chunk,
): ArrayLike<unknown> & Iterable<unknown> {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, Number(meta.total_compressed_size));
  const decoder = {
    ...{ ...meta, pathInSchema: meta.path_in_schema, element: leaf.element },
    schemaPath: [{ ...leaf, children: [leaf] }, leaf],
    ...{ parsers: library.DEFAULT_PARSERS, compressors: boundedBy(library.compressors) },
  };
  const group = { groupStart: 0, groupRows: rows, selectStart: 0, selectEnd: rows };
  return library.flatten(library.readColumn({ view, offset: 0 }, group, decoder).data);
}

/** A page that claims to unpack to more than a file may hold is not unpacked. */
const boundedBy = (compressors: Hyparquet.Compressors): Hyparquet.Compressors =>
  Object.fromEntries(
    Object.entries(compressors).map(([name, decompress]) => [
      name,
      (input: Uint8Array, length: number) => {
        if (length > MOST_BYTES) throw new Error(`a page of ${length} bytes is absurd`);
        return decompress(input, length);
      },
    ]),
  );

/** A value of a cell as JSON would have it. */
function plainOf(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return value;
}

const refused = (what: string, at: string, remedy = "write the file again", cause?: unknown): VrnnError =>
  new VrnnError("data/parquet", what, { at, remedy, cause });
