import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Random } from "../../src/random/generator.ts";

export interface SeriesOptions {
  /** The length of each sequence. */
  readonly lengths?: readonly number[];
  readonly seed?: number;
}

/**
 * Writes a CSV file of noisy waves: columns `run` (which sequence), `wave`, `slow` (with a missing entry now and then)
 * and `high` (0 or 1).
 */
export function writeSeries(
  path: string,
  { lengths = [23, 40, 31, 12, 17], seed = 1 }: SeriesOptions = {},
): string {
  const random = Random.stream(seed, "series");
  const rows = lengths.flatMap((length, run) =>
    Array.from({ length }, (_, t) => {
      const wave = Math.sin(t / 3 + run) + 0.1 * random.uniform();
      const slow = random.uniform() < 0.05 ? "" : (Math.cos(t / 11) + 0.1 * random.uniform()).toFixed(4);
      return `r${run},${wave.toFixed(4)},${slow},${wave > 0.5 ? 1 : 0}`;
    }),
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `run,wave,slow,high\n${rows.join("\n")}\n`);
  return path;
}
