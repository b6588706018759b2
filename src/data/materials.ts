/** Readers of what is no separated values: JSON, music and drawings. */

import { VrnnError } from "../errors.ts";
import { parseNpy } from "./arrays/npy.ts";
import { readNpz } from "./arrays/npz.ts";
import { holdsDrawings, tablesOfArray, tablesOfArrays } from "./arrays/tables.ts";
import {
  nameOfFile,
  type Readers,
  type ReadFiles,
  type ReadTables,
  type SourceFile,
  separatedTables,
  sequenceName,
  type TableReaders,
  together,
  WHOLE,
} from "./formats.ts";
import { midiDataset, parseMidiRoll } from "./music/midi.ts";
import { pianoRoll } from "./music/piano-roll.ts";
import { splitCalled } from "./split-names.ts";
import { drawingsOfArrays, drawingsOfJson, isStrokesJson, strokeDataset } from "./strokes/strokes.ts";
import { parseJson } from "./tables/json-text.ts";
import { columnsObject, isObjectList, objectTables, parseJsonLines } from "./tables/jsonl.ts";
import { buildPanel } from "./tables/panel.ts";
import { cellsBy, nameColumns } from "./tables/reading.ts";
import type { Table } from "./tables/table.ts";
import { parseTimeSeries } from "./tables/ts.ts";
import { isUcr, parseUcr } from "./tables/ucr.ts";

const midi = together({
  read: (file, { grid }) => [parseMidiRoll(file.bytes(), file.path, sequenceName(file.path), grid)],
  build: midiDataset,
  leavesOut: "data/midi",
});

const drawings = together({
  read: (file) => drawingsOfArrays(readNpz(file.bytes(), file.path), file.path),
  build: strokeDataset,
});

const arrayTables = together<Table>({
  read: ({ bytes, path }, options) => tablesOfArrays(readNpz(bytes(), path), path, cellsBy(options)),
  build: buildPanel,
});

/** Arrays are drawings or tables, as the content of the first file says. */
const arrays: ReadFiles = (files, options, source) => {
  const [{ bytes, path }] = files as readonly [SourceFile];
  const read = holdsDrawings(readNpz(bytes(), path)) ? drawings : arrayTables;
  return read(files, options, source);
};

/** JSON is a table, music or drawings, as its content says. */
const json: ReadFiles = ([file], options, source) => {
  const content = parseJson(file!.text(), source);
  const columns = columnsObject(content);
  const objects = columns ? [columns] : isObjectList(content) ? content : undefined;
  if (objects !== undefined) {
    const name = sequenceName(source);
    const tables = objectTables(objects, source, name, cellsBy(options), nameColumns(options));
    return buildPanel(tables, options, source);
  }
  if (isOtherTable(content)) throw otherTable(source);
  return isStrokesJson(content)
    ? strokeDataset(drawingsOfJson(content, source), options, source)
    : pianoRoll(content, source, options);
};

/** Whether a value of JSON is a table in another form: rows of plain values, or a list of rows under a name. */
function isOtherTable(json: unknown): boolean {
  const isPlain = (cell: unknown) => typeof cell !== "object" || cell === null;
  const isRow = (row: unknown) => Array.isArray(row) && row.length > 0 && row.every(isPlain);
  const isRows = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isRow);
  if (Array.isArray(json)) return isRows(json);
  if (typeof json !== "object" || json === null) return false;
  const others = Object.entries(json).filter(([name]) => splitCalled(name) === undefined);
  return others.some(([, value]) => isObjectList(value) || isRows(value));
}

const otherTable = (at: string): VrnnError =>
  new VrnnError("data/json-table", "this looks like a table, whose rows are no list of objects of its own", {
    at,
    remedy: 'write it as [{"time": 0, "load": 1.5}, ...], or as CSV',
  });

const jsonLines: ReadTables = (file, options) =>
  parseJsonLines(file.text(), file.path, nameOfFile(file), cellsBy(options), nameColumns(options));

const npy: ReadTables = (file, options) =>
  tablesOfArray(
    parseNpy(file.bytes(), file.path),
    { name: nameOfFile(file), file: file.path },
    cellsBy(options),
  );

const timeSeries: ReadTables = (file, options) =>
  parseTimeSeries(file.text(), file.path, nameOfFile(file), cellsBy(options), options);

const ucr: ReadTables = (file, options) =>
  parseUcr(file.text(), file.path, nameOfFile(file), cellsBy(options), options);

/** Tabs between columns, or a series a row as the archive of UCR has them, which a file's name and content tell. */
const tabs: ReadTables = (file, options) =>
  options.format === undefined && isUcr(file.text(), file.path)
    ? ucr(file, options)
    : separatedTables[".tsv"]!(file, options);

/** Readers of tables, by the end of a file's name. */
export const tables: TableReaders = {
  ...separatedTables,
  ".tsv": tabs,
  ".jsonl": jsonLines,
  ".ndjson": jsonLines,
  ".npy": npy,
  ".ts": timeSeries,
  ".ucr": ucr,
};

/** Readers of what holds all of a data set, by the end of a file's name. */
export const datasetReaders: Readers = { ".mid": midi, ".midi": midi, ".npz": arrays, [WHOLE]: json };
