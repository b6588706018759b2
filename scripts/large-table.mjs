// Makes tables of any size, JSON Lines or CSV: sequences of three numbers and a state, a gap now and then.
import { closeSync, openSync, writeSync } from "node:fs";
import { Random } from "../dist/index.js";

const random = Random.stream(1, "larger than memory");
/** Two decimals, a gap now and then. */
const reading = () => (random.integer(50) === 0 ? null : random.integer(10_000) / 100);
const states = ["idle", "busy", "down"];

const json = (lines) => `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
const csv = (rows) => `${rows.map((row) => Object.values(row).join(",")).join("\n")}\n`;

/** How sequences are laid out: a line for each sequence, or for each step; what it is written as, and what stands before. */
const LAYOUTS = {
  arrays: { ending: "jsonl", isWhole: true, text: json, head: "" },
  steps: { ending: "jsonl", isWhole: false, text: json, head: "" },
  csv: { ending: "csv", isWhole: false, text: csv, head: "name,load,heat,flow,state\n" },
};

/** What the file of a layout is called, and how it is read. */
export const layoutOf = (layout) => {
  const { ending, isWhole } = LAYOUTS[layout];
  return { name: `large.${ending}`, options: isWhole ? {} : { sequence: "name" } };
};

/**
 * Writes sequences until a file is large enough; gives the number of entries that are no gap, and of steps.
 *
 * @param layout "arrays": a line for each sequence; "steps": a line for each step; "csv": the same as separated values
 */
export function makeTable(path, bytes, steps, layout) {
  const { isWhole, text, head } = LAYOUTS[layout];
  const file = openSync(path, "w");
  let [written, sequences, entries] = [writeSync(file, head), 0, 0];
  while (written < bytes) {
    const name = `sequence ${sequences++}`;
    const columns = {
      load: Array.from({ length: steps }, reading),
      heat: Array.from({ length: steps }, reading),
      flow: Array.from({ length: steps }, reading),
      state: Array.from({ length: steps }, () => states[random.integer(3)]),
    };
    entries += Object.values(columns).reduce(
      (sum, cells) => sum + cells.filter((cell) => cell !== null).length,
      0,
    );
    const rowOf = (t) => Object.fromEntries(Object.entries(columns).map(([key, cells]) => [key, cells[t]]));
    const rows = Array.from({ length: steps }, (_, t) => ({ name, ...rowOf(t) }));
    written += writeSync(file, text(isWhole ? [{ name, ...columns }] : rows));
  }
  closeSync(file);
  return { sequences, entries, steps: sequences * steps };
}
