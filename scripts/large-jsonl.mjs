// Makes JSONL files of any size: sequences of three numbers and a state, a gap now and then.
import { closeSync, openSync, writeSync } from "node:fs";
import { Random } from "../dist/index.js";

const random = Random.stream(1, "larger than memory");
/** Two decimals, a gap now and then. */
const reading = () => (random.integer(50) === 0 ? null : random.integer(10_000) / 100);
const states = ["idle", "busy", "down"];

/**
 * Writes sequences until a file is large enough; gives the number of entries that are no gap, and of steps.
 *
 * @param layout "arrays": a line for each sequence; "steps": a line for each step
 */
export function makeJsonLines(path, bytes, steps, layout) {
  const file = openSync(path, "w");
  let [written, sequences, entries] = [0, 0, 0];
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
    const lines =
      layout === "arrays"
        ? [{ name, ...columns }]
        : Array.from({ length: steps }, (_, t) => ({ name, ...rowOf(t) }));
    written += writeSync(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  }
  closeSync(file);
  return { sequences, entries, steps: sequences * steps };
}
