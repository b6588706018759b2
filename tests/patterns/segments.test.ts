/** Along what sequences are cut, and that the clearer path is told by what its segments save. */
import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import type { Encoded } from "../../src/inference/encode.ts";
import { encodingFeatures, knownFeatures } from "../../src/patterns/features.ts";
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

/** What jumps half way, beside columns that say nothing. */
function encodedBeside(dead: number): Encoded {
  const { sequence, ...rest } = encodedWith("column");
  const values = [...sequence.values].flatMap((value) => [
    value,
    ...Array<number>(dead).fill(dead > 4 ? Number.NaN : 7),
  ]);
  return { ...rest, sequence: { ...sequence, values: Float64Array.from(values) } };
}

test.each([4, 9])("%i columns that stand still or were never seen do not make others less clear", (dead) => {
  const along = (encoded: Encoded, width: number) =>
    cutAlong([encoded, encoded], Array<Column>(width).fill(column), {
      path: "columns",
      minimum: 10,
      penalty: 0.75,
    });
  const [alone, beside] = [along(encodedWith("column"), 1), along(encodedBeside(dead), 1 + dead)];
  expect(beside.saved).toBeCloseTo(alone.saved, 12);
  expect(beside.sequences[1]!.segments).toEqual(alone.sequences[1]!.segments);
});

test("a column that is missing for a while has not changed", () => {
  const random = Random.stream(5, "outage");
  const values = Float64Array.from({ length: 200 }, (_, t) =>
    t >= 80 && t < 140 ? Number.NaN : random.normal(),
  );
  const encoded = { ...encodedWith("column"), sequence: { name: "a", length: 200, values } };
  const { sequences, saved } = cutAlong([encoded], [column], { path: "columns", minimum: 10, penalty: 0.75 });
  expect(sequences[0]!.segments).toHaveLength(1);
  expect(saved).toBe(0);
});

test("of levels each is a number of the path: their order says nothing", () => {
  const levels = ["a", "b", "c"];
  const values = Float64Array.from({ length: STEPS }, (_, t) => (t < STEPS / 2 ? t % 2 : 2));
  const relabelled = values.map((level) => [0, 2, 1][level]!);
  const [own, other] = [values, relabelled].map((those) =>
    cutAlong(
      [{ ...encodedWith("state"), sequence: { name: "a", length: STEPS, values: those } }],
      [{ ...column, kind: "categorical", levels }],
      { path: "columns", minimum: 10, penalty: 0.75 },
    ),
  );
  expect(own!.sequences[0]!.segments.map(({ start }) => start)).toEqual([0, STEPS / 2]);
  expect(other!.saved).toBeCloseTo(own!.saved, 12);
});

describe("what a model knows of a step", () => {
  const { sequence, mean, scale } = encodedWith("state");
  const two = Float64Array.of(1, 2);
  test.each([
    [
      "its states and what it saw last",
      { state: { h: two, last: two } },
      ["h.1.mean", "last.1.mean"],
      ["z1.mean", "h.1.mean", "last.1.mean"],
    ],
    ["its latent variables where it has no state", { state: {} }, ["z1.mean"], ["z1.mean"]],
    [
      "its hidden states given all steps where it smooths",
      { state: { s: two }, smoothed: { s: Float64Array.of(-1, -2) } },
      ["s.1.mean"],
      ["s.1.mean"],
    ],
  ] as const)("is %s", (_, part, known, encodings) => {
    const encoded: Encoded = {
      sequence: { ...sequence, length: 2, values: two },
      mean: mean.length > 0 ? mean : two,
      scale,
      ...part,
    };
    expect(knownFeatures([encoded], ["mean"]).names).toEqual(known);
    expect(encodingFeatures([encoded], ["mean"]).names).toEqual(encodings);
  });
});

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
