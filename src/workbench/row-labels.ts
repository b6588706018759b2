/** Labels of steps from a file of their own. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { VrnnError } from "../errors.ts";

/** What counts as no. */
const NO: ReadonlySet<string> = new Set(["0", "0.0", "false", "no", "normal", ""]);

/** Whether what stands in a field says that something was wrong. */
export const saysYes = (field: string | number): boolean => !NO.has(String(field).trim().toLowerCase());

/**
 * One label a line, 0 or 1, a header allowed: those of all steps, in their order.
 *
 * @throws VrnnError `labels/file` for a file that cannot be read or holds more than one field a line
 */
export function readRowLabels(path: string): Uint8Array {
  const lines = textOf(path).trimEnd().split(/\r?\n/);
  const wide = lines.findIndex((line) => /[,;\t]/.test(line));
  if (wide >= 0)
    throw new VrnnError("labels/file", "a file of labels has one field a line", {
      at: `${path}:${wide + 1}`,
      remedy: "leave the label alone in it, or name a column of the data",
    });
  const first = lines[0]?.trim().toLowerCase() ?? "";
  const isHeader = Number.isNaN(Number(first)) && !["true", "false", "yes", "no", "normal"].includes(first);
  return Uint8Array.from(isHeader ? lines.slice(1) : lines, (line) => (saysYes(line) ? 1 : 0));
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return new TextDecoder().decode(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  } catch (cause) {
    throw new VrnnError("labels/file", "the labels cannot be read", {
      at: path,
      remedy: "name a column of the data, or a file of one label a line",
      cause,
    });
  }
}
