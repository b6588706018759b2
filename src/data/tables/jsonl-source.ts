/** JSON Lines of any size as a data set. */
import type { ByteFile } from "../byte-file.ts";
import type { FieldDataset } from "../field-dataset.ts";
import { scanJsonLines } from "./jsonl-scan.ts";
import type { SchemaOptions } from "./schema.ts";
import { streamedDataset } from "./streamed.ts";

/**
 * A data set of JSON Lines that are read as they are needed; see `streamedDataset`.
 *
 * Closing all three splits closes the file.
 *
 * @throws VrnnError `data/...` with the line, `data/scale-steps` when sequences are to be scaled one by one
 * @example
 * const data = await jsonLinesDataset(file, { sequence: "machine" });
 * for await (const part of data.splits.train.open([{ i: 0, from: 0, to: 100 }])) part.values.x; // Float64Array(100 · D)
 */
export const jsonLinesDataset = (file: ByteFile, options: SchemaOptions = {}): Promise<FieldDataset> =>
  streamedDataset(file, scanJsonLines, options);
