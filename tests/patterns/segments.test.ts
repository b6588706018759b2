/** Along what sequences are cut, and that the clearer path is told by what its segments save. */
import { expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import type { Encoded } from "../../src/inference/encode.ts";
import { cutAlong, type SegmentPath } from "../../src/patterns/segments.ts";
import { Random } from "../../src/random/generator.ts";

const STEPS = 120;
const column: Column = {
  name: "x",
  kind: "real",
  levels: [],
  resolution: 0,
  mean: 0,
  standardDeviation: 1,
  minimum: -5,
  maximum: 10,
  missing: 0,
  shares: [],
};

/** A column and a state, one of which jumps half way. */
function encodedWith(jumps: "column" | "state"): Encoded {
  const random = Random.stream(3, jumps);
  const path = (isJumping: boolean) =>
    Float64Array.from(
      { length: STEPS },
      (_, t) => (isJumping && t >= STEPS / 2 ? 5 : 0) + 0.3 * random.normal(),
    );
  return {
    sequence: { name: "a", length: STEPS, values: path(jumps === "column") },
    mean: new Float64Array(),
    scale: new Float64Array(),
    state: { h: path(jumps === "state") },
  };
}

test.each([
  ["column", "columns", "latent"],
  ["state", "latent", "columns"],
] as const)("where the %s jumps, the %s fall into two segments and the %s into one", (jumps, clear, even) => {
  const cut = (path: SegmentPath) =>
    cutAlong([encodedWith(jumps)], [column], { path, minimum: 10, penalty: 0.75 });
  expect(cut(clear).sequences[0]!.segments.map(({ start }) => start)).toEqual([0, STEPS / 2]);
  expect(cut(even).sequences[0]!.segments).toHaveLength(1);
  expect(cut(clear).saved).toBeGreaterThan(0.1);
  expect(cut(even).saved).toBe(0);
});
