import { open } from "node:fs/promises";
import { VrnnError } from "../errors.ts";
import type { ByteFile } from "./byte-file.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { statusOf } from "./files-bytes.ts";
import { endingOf } from "./formats.ts";
import { LARGE_MEGABYTES } from "./large.ts";
import { jsonLinesDataset } from "./tables/jsonl-source.ts";
import type { SchemaOptions } from "./tables/schema.ts";

const ENDINGS: readonly string[] = [".jsonl", ".ndjson"];

/** Whether a file is of JSON Lines, by its name. */
export const isJsonLines = (path: string): boolean => ENDINGS.includes(endingOf(path));

/** Whether a file of JSON Lines is too large to be held in memory. */
export function isLarge(path: string): boolean {
  if (!isJsonLines(path)) return false;
  const status = statusOf(path);
  return status.isFile() && status.size > LARGE_MEGABYTES * 1e6;
}

/**
 * A data set of a JSONL file of any size: it is indexed in one pass, and sequences are read when they are asked for; see
 * `jsonLinesDataset`.
 *
 * @throws VrnnError `data/compressed` for a file that cannot be read where one likes, `data/...` with the line
 * @example
 * const { fields, splits } = await streamJsonLines("telemetry.jsonl", { sequence: "machine" });
 */
export async function streamJsonLines(path: string, options: SchemaOptions = {}): Promise<FieldDataset> {
  const file = await openBytes(path);
  try {
    return await jsonLinesDataset(file, options);
  } catch (fault) {
    await file.close();
    throw fault;
  }
}

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
