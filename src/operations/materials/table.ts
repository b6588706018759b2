import { ofColumns } from "./columns.ts";
import type { Material } from "./material.ts";

/** Rows of named columns, written as CSV. */
export const table: Material = ofColumns(async ({ columns, sequences }) => {
  const { numbered, sequenceCsv } = await import("./written.ts"); // pages without files do without
  const files = numbered(sequences, "csv", (each) => sequenceCsv(columns, each));
  return { shown: sequences, files, notes: [] };
});
