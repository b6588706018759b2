/** What reads every kind of file that a page takes, and tables of every shape. */
import { datasetReaders, tables } from "../data/archives.ts";
import { Formats } from "../data/formats.ts";
import { buildPanel } from "../data/tables/panel.ts";

export const formats = new Formats(tables, datasetReaders, buildPanel);

/** Reached from here too, as from `readers.ts`: what both reach alike a bundler leaves in one piece. */
export { textFromFile } from "./text-file.ts";
