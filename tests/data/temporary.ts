import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { ByteFile } from "../../src/data/byte-file.ts";
import type { Column, Sequence } from "../../src/data/dataset.ts";
import type { Cell } from "../../src/data/tables/cells.ts";
import type { Table } from "../../src/data/tables/table.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, removed after the tests. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-data-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The path of a single such file. */
export function fileWith(name: string, content: string | Uint8Array): string {
  return join(folderWith({ [name]: content }), name);
}

/** A table as a reader would give it. */
export function table(columns: Readonly<Record<string, readonly Cell[]>>, extra: Partial<Table> = {}): Table {
  const rows = Object.values(columns)[0]!.length;
  const at = (column: string, row?: number) => `test.csv:${(row ?? -1) + 2}, column "${column}"`;
  return {
    name: "test",
    file: "test.csv",
    rows,
    columns: new Map(Object.entries(columns)),
    notes: [],
    at,
    ...extra,
  };
}

/** A real column that leaves values as they are. */
export function plainColumn(name: string, extra: Partial<Column> = {}): Column {
  const statistics = { mean: 0, standardDeviation: 1, minimum: -1, maximum: 1, missing: 0 };
  return { name, kind: "real", levels: [], resolution: 0, shares: [], ...statistics, ...extra };
}

/** One column of all sequences, one after the other. */
export function columnValues(sequences: readonly Sequence[], index: number, width: number): number[] {
  return sequences.flatMap(({ values }) => Array.from(values).filter((_, i) => i % width === index));
}

/** Bytes in memory, read like a file. */
export function memoryFile(content: Uint8Array | string, path = "memory.jsonl"): ByteFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    path,
    size: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
    close: async () => {},
  };
}

/** The cells of a table's columns by name. */
export const cellsByName = (columns: Table["columns"]): Record<string, Cell[]> =>
  Object.fromEntries([...columns].map(([name, cells]) => [name, [...cells]]));
