/** Lists of days. */
import { VrnnError } from "../errors.ts";
import { quoted } from "../legible.ts";
import { isIsoDay } from "./derived/iso-day.ts";
import { readText } from "./files-bytes.ts";

/**
 * The days that a file lists, one a line, such as public holidays; blank lines and those that begin with `#` are left out.
 *
 * @throws VrnnError `data/day` with the line that is no day, `data/missing-file`
 * @example
 * readDays("holidays.txt"); // ["2024-12-25", "2024-12-26"]
 */
export function readDays(path: string): string[] {
  const lines = readText(path).split(/\r\n|\n|\r/);
  return lines.flatMap((line, i) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return [];
    if (isIsoDay(text)) return [text];
    throw new VrnnError("data/day", `${quoted(text)} is no day`, {
      at: `${path}:${i + 1}`,
      remedy: "write a day a line, such as 2024-12-25",
    });
  });
}
