/**
 * Rows of a table with their cells one below the other; a row may be shorter than the first.
 *
 * @example
 * aligned([["column", "error"], ["cpu", "0.25"]]); // ["column  error", "cpu     0.25"]
 */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
