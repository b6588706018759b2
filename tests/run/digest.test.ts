import { expect, test } from "vitest";
import type { Dataset, Sequence } from "../../src/data/dataset.ts";
import { tableDataset } from "../../src/data/field-dataset.ts";
import { digestOf, digestOfSources } from "../../src/run/digest.ts";
import { plainColumn } from "../data/temporary.ts";

const sequence = (length: number): Sequence => ({
  name: `of ${length}`,
  length,
  values: Float64Array.from({ length: 2 * length }, (_, i) => (i % 11 === 3 ? Number.NaN : i / 7)),
  conditions: Float64Array.from({ length }, (_, i) => i % 5),
});

test("the checksum of data that are read in pieces is that of the same in memory, however long their sequences", async () => {
  const data: Dataset = {
    columns: [plainColumn("a"), plainColumn("b")],
    conditions: [{ ...plainColumn("c"), role: "covariate" }],
    splits: { train: [sequence(150_001), sequence(3)], valid: [sequence(65_536)], test: [] },
    notes: [],
  };
  expect(await digestOfSources(tableDataset(data))).toBe(digestOf(data));
});
