/** Separated values of any size as a data set. */
import type { ByteFile } from "../byte-file.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { SchemaOptions } from "./schema.ts";
import { scanSeparated } from "./separated-scan.ts";
import { streamedDataset } from "./streamed.ts";

/**
 * A data set of separated values that are read as they are needed; see `streamedDataset`.
 *
 * Closing all three splits closes the file.
 *
 * @param delimiter what stands between fields; seen from the file unless told
 * @throws VrnnError `data/...` with the line, `data/scale-steps` when sequences are to be scaled one by one
 * @example
 * const data = await separatedDataset(file, { time: "when" });
 * for await (const part of data.splits.train.open([{ i: 0, from: 0, to: 100 }])) part.values.x; // Float64Array(100 · D)
 */
export const separatedDataset = (
  file: ByteFile,
  options: SchemaOptions = {},
  delimiter?: string,
): Promise<FieldDataset> => streamedDataset(file, scanSeparated(delimiter), options);
