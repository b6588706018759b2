import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import "../built.ts";

const script = fileURLToPath(new URL("../../scripts/larger-than-memory.mjs", import.meta.url));

interface Streamed {
  readonly megabytes: number;
  readonly steps: number;
  readonly entries: number;
  readonly batches: number;
  /** The most resident memory, in megabytes. */
  readonly peak: number;
}

/** Streams a file in a process of its own, with room for little garbage. */
function streamed(megabytes: number, layout: string): Streamed {
  const args = ["--max-old-space-size=96", script, "--megabytes", String(megabytes), "--layout", layout];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Streamed;
}

test.each(["arrays", "csv"])("a file streams in memory that does not grow with it: %s", (layout) => {
  const small = streamed(4, layout);
  const large = streamed(80, layout);
  expect(large.megabytes).toBeGreaterThanOrEqual(80);
  expect(large.entries).toBeGreaterThan(19 * small.entries);
  expect(large.batches).toBeGreaterThan(19 * small.batches);
  // Held in memory, the file alone would take its 76 MB more, not to speak of what is parsed.
  expect(large.peak - small.peak).toBeLessThan(70);
});
