import { readContent } from "./files-bytes.ts";
import { type IdxArray, parseIdx } from "./images/idx.ts";

/**
 * An array of an IDX file, which may be compressed (`.gz`).
 *
 * @throws VrnnError `data/idx`, and what `readContent` throws
 * @example
 * readIdx("train-images-idx3-ubyte.gz").shape; // [60000, 28, 28]
 */
export const readIdx = (path: string): IdxArray => parseIdx(readContent(path), path);
