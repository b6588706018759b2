/** Readers of what is no separated values: JSON, and music. */

import { VrnnError } from "../errors.ts";
import {
  type BuildTables,
  nameOfFile,
  type Readers,
  type ReadFiles,
  type ReadTables,
  separatedTables,
  sequenceName,
  type TableReaders,
  together,
  WHOLE,
} from "./formats.ts";
import { midiDataset, parseMidiRoll } from "./music/midi.ts";
import { pianoRoll } from "./music/piano-roll.ts";
import { splitCalled } from "./split-names.ts";
import { drawingsOfJson, isStrokesJson, strokeDataset } from "./strokes/strokes.ts";
import { buildDataset } from "./tables/build.ts";
import { parseCsv } from "./tables/csv.ts";
import { parseJson } from "./tables/json-text.ts";
import { columnsObject, isObjectList, objectTables, parseJsonLines } from "./tables/jsonl.ts";
import { cellsBy, nameColumns } from "./tables/reading.ts";

const midi = together({
  read: (file, { grid }) => [parseMidiRoll(file.bytes(), file.path, sequenceName(file.path), grid)],
  build: midiDataset,
  leavesOut: "data/midi",
});

/** JSON is a table, music or drawings, as its content says. @param build makes a data set of tables */
export const jsonBy =
  (build: BuildTables): ReadFiles =>
  ([file], options, source) => {
    const content = parseJson(file!.text(), source);
    const columns = columnsObject(content);
    const objects = columns ? [columns] : isObjectList(content) ? content : undefined;
    if (objects !== undefined) {
      const name = sequenceName(source);
      const tables = objectTables(objects, source, name, cellsBy(options), nameColumns(options));
      return build(tables, options, source);
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

/** Readers of tables, by the end of a file's name. */
export const tables: TableReaders = {
  ...separatedTables(parseCsv),
  ".jsonl": jsonLines,
  ".ndjson": jsonLines,
};

/** Readers of what holds all of a data set, by the end of a file's name. */
export const datasetReaders: Readers = { ".mid": midi, ".midi": midi, [WHOLE]: jsonBy(buildDataset) };
