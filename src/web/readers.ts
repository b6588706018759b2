/** Readers of what is no separated values, one file of a bundle: JSON, music and drawings as tables, and texts. */
export { datasetReaders, tables } from "../data/materials.ts";
export * from "./at-hand.ts";
export { textFromFile } from "./text-file.ts";
