/** What reads every kind of file that a page takes. */
import { datasetReadersBy, tables } from "../data/archives.ts";
import { type BuildTables, Formats } from "../data/formats.ts";

/** @param build makes a data set of tables */
export const formatsBy = (build: BuildTables): Formats => new Formats(tables, datasetReadersBy(build), build);

export * from "./at-hand.ts";
