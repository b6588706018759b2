/** An order for sequences that are not dealt out is refused: it would have no effect. */
import { describe, expect, test } from "vitest";
import { rollDataset } from "../../src/data/music/piano-roll.ts";
import { buildDataset } from "../../src/data/tables/build.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { textDataset } from "../../src/data/text/text-dataset.ts";
import { table } from "./temporary.ts";

const waves = (count: number) =>
  Array.from({ length: count }, (_, k) =>
    table({ wave: Array.from({ length: 20 }, (_, t) => Math.sin(t + k)) }, { name: `wave ${k}` }),
  );
const read = (count: number, options: SchemaOptions) => buildDataset(waves(count), options, "waves");
const rolls = (count: number) =>
  Array.from({ length: count }, (_, k) => ({
    name: `piece ${k}`,
    steps: Array.from({ length: 9 }, (_, t) => [60 + ((t + k) % 3)]),
  }));

const idle = expect.objectContaining({ code: "data/shuffle" });

describe("refused", () => {
  test.each<[string, () => unknown]>([
    ["one sequence", () => read(1, { shuffle: 3 })],
    ["two, which are cut by time", () => read(2, { shuffle: 3 })],
    ["many that are cut by time", () => read(5, { shuffle: 3, splitBy: "time" })],
    ["a piece of music", () => rollDataset(rolls(1), { shuffle: 3 }, "pieces")],
    ["a text", () => textDataset("the cat sat on the mat", "a.txt", { unit: "characters", shuffle: 3 })],
  ])("%s", (_, make) => {
    expect(make).toThrow(idle);
    expect(make).toThrow(/shuffle has no effect: .* cut by time \(leave it out, or .*split-by: sequence\)/);
  });
});

describe("taken", () => {
  test.each<[string, () => unknown]>([
    ["three sequences", () => read(3, { shuffle: 3 })],
    ["two that are dealt out", () => read(2, { shuffle: 3, splitBy: "sequence" })],
    ["one of a run that was trained so before", () => read(1, { shuffle: 3, columns: read(1, {}).columns })],
    ["pieces of music", () => rollDataset(rolls(4), { shuffle: 3 }, "pieces")],
  ])("%s", (_, make) => {
    expect(make).not.toThrow();
  });
});
