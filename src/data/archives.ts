/** Readers of arrays and of archives of series, which pages load for such files alone, and of all that a page reads. */
import { firstOf } from "../collections.ts";
import { parseNpy } from "./arrays/npy.ts";
import { readNpz } from "./arrays/npz.ts";
import { holdsDrawings, tablesOfArray, tablesOfArrays } from "./arrays/tables.ts";
import {
  type BuildTables,
  nameOfFile,
  type Readers,
  type ReadFiles,
  type ReadTables,
  type SourceFile,
  type TableReaders,
  together,
  WHOLE,
} from "./formats.ts";
import * as usual from "./materials.ts";
import { drawingsOfArrays, strokeDataset } from "./strokes/strokes.ts";
import { cellsBy } from "./tables/reading.ts";
import type { Table } from "./tables/table.ts";
import { parseTimeSeries } from "./tables/ts.ts";
import { isUcr, parseUcr } from "./tables/ucr.ts";

/** Arrays are drawings or tables, as the content of the first file says, which is read once: stdin has no more. */
const arraysBy =
  (build: BuildTables): ReadFiles =>
  (files, options, source) => {
    const first = firstOf(files);
    const ownArrays = readNpz(first.bytes(), first.path);
    const arraysOf = (file: SourceFile) => (file === first ? ownArrays : readNpz(file.bytes(), file.path));
    const read = holdsDrawings(ownArrays)
      ? together({ read: (file) => drawingsOfArrays(arraysOf(file), file.path), build: strokeDataset })
      : together<Table>({
          read: (file) => tablesOfArrays(arraysOf(file), file.path, cellsBy(options)),
          build,
        });
    return read(files, options, source);
  };

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
  options.format === undefined && isUcr(file) ? ucr(file, options) : usual.tables[".tsv"]!(file, options);

/** Readers of tables, by the end of a file's name. */
export const tables: TableReaders = {
  ...usual.tables,
  ".tsv": tabs,
  ".npy": npy,
  ".ts": timeSeries,
  ".ucr": ucr,
};

/** Readers of what holds all of a data set, by the end of a file's name. @param build makes a data set of tables */
export const datasetReadersBy = (build: BuildTables): Readers => ({
  ...usual.datasetReaders,
  ".npz": arraysBy(build),
  [WHOLE]: usual.jsonBy(build),
});
