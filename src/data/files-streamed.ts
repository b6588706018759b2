/** Tables of any size from files. */
import { open } from "node:fs/promises";
import { VrnnError } from "../errors.ts";
import type { ByteFile } from "./byte-file.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { STDIN, statusOf } from "./files-bytes.ts";
import type { FormatName } from "./format-names.ts";
import { endingOf } from "./formats.ts";
import { LARGE_MEGABYTES } from "./large.ts";
import { scanJsonLines } from "./tables/jsonl-scan.ts";
import type { SchemaOptions } from "./tables/schema.ts";
import { scanSeparated } from "./tables/separated-scan.ts";
import { type ScanFile, streamedDataset } from "./tables/streamed.ts";

/** What passes over a file that can be read in parts, by the end of its name. */
const SCANS: Readonly<Record<string, ScanFile>> = {
  ".jsonl": scanJsonLines,
  ".ndjson": scanJsonLines,
  ".csv": scanSeparated(),
  ".tsv": scanSeparated("\t"),
};

/** What is said of a file that may be read in parts. */
type Formatted = { readonly format?: FormatName | undefined };

const scanFor = (path: string, { format }: Formatted): ScanFile | undefined =>
  SCANS[format === undefined ? endingOf(path) : `.${format}`];

/** Whether a file that can be read in parts is too large to be held in memory. */
export function isLarge(path: string, said: Formatted = {}): boolean {
  if (path === STDIN || scanFor(path, said) === undefined) return false;
  const status = statusOf(path);
  return status.isFile() && status.size > LARGE_MEGABYTES * 1e6;
}

/**
 * A data set of a table of any size, JSON Lines or separated values as the end of its name or the option `format` says: it is
 * indexed in one pass, and sequences are read when they are asked for; see `jsonLinesDataset` and `separatedDataset`.
 *
 * @throws VrnnError `data/stream` for another kind of file, `data/compressed` for a file that cannot be read where one likes,
 * `data/...` with the line
 * @example
 * const { fields, splits } = await streamTable("telemetry.csv", { sequence: "machine" });
 */
export async function streamTable(path: string, options: SchemaOptions = {}): Promise<FieldDataset> {
  const scan = scanFor(path, options);
  if (scan === undefined)
    throw new VrnnError("data/stream", "only tables of separated values and JSON Lines are read in parts", {
      at: path,
      remedy: `leave --stream out, or give a file that ends in ${Object.keys(SCANS).join(", ")}`,
    });
  const file = await openBytes(path);
  try {
    return await streamedDataset(file, scan, options);
  } catch (fault) {
    await file.close();
    throw fault;
  }
}

/**
 * A data set of a JSONL file of any size, whatever its name; see `streamTable`.
 *
 * @throws VrnnError `data/compressed` for a file that cannot be read where one likes, `data/...` with the line
 * @example
 * const { fields, splits } = await streamJsonLines("telemetry.jsonl", { sequence: "machine" });
 */
export const streamJsonLines = (path: string, options: SchemaOptions = {}): Promise<FieldDataset> =>
  streamTable(path, { ...options, format: "jsonl" });

/** Opens a file to read where one likes. */
async function openBytes(path: string): Promise<ByteFile> {
  const { size } = statusOf(path);
  const handle = await open(path, "r");
  const read = async (offset: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const [first, second] = await read(0, 2);
  const file = { path, size, read, close: () => handle.close() };
  if (first !== 0x1f || second !== 0x8b) return file;
  await file.close();
  throw new VrnnError("data/compressed", "a compressed file cannot be read in parts", {
    at: path,
    remedy: "unpack it with gunzip",
  });
}
