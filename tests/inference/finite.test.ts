import { describe, expect, test } from "vitest";
import { encodeSequences } from "../../src/inference/encode.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { requireFinite } from "../../src/inference/finite.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32 } from "../../src/runtime/runtime.ts";
import { mixed, modelOf, sequencesOf, someWeights } from "./columns.ts";

const model = modelOf(mixed);
const weights = someWeights(model).map((weight) => weight * 1e20);
const given = { runtime: nodeRuntime(), model, weights, columns: mixed, seed: 1, particles: 4 };
const sequences = sequencesOf([8]);

const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
  score: () => scoreSequences({ ...given, sequences }),
  sample: () => sampleSequences({ ...given, count: 1, steps: 5 }),
  forecast: () => forecastSequences({ ...given, sequences, horizon: 3 }),
  filter: () => filterSequences({ ...given, sequences }),
  impute: () => imputeSequences({ ...given, sequences }),
  encode: () => encodeSequences({ ...given, sequences }),
  stream: async () => {
    const stream = await Stream.open({ ...given, name: "live" });
    await stream.step(Float64Array.of(100, 1, 2)).finally(() => stream.close());
  },
};

describe("weights that are too large to compute with are an error, not a result with holes", () => {
  test.each(Object.entries(tasks))("%s", async (_, task) => {
    await expect(task()).rejects.toMatchObject({ code: "task/not-finite" });
  });
});

test("the place of the first entry is told", () => {
  const values = float32(
    [2, 2, 3],
    Float32Array.from({ length: 12 }, (_, i) => (i === 7 ? Number.NaN : i)),
  );
  expect(() => requireFinite({ fine: float32([1], Float32Array.of(1)), x: values })).toThrow(
    "x: the model gives NaN at [1, 0, 1] (",
  );
});
