import { describe, expect, test } from "vitest";
import { sequenceSource, tableFields } from "../../src/data/field-dataset.ts";
import type { Fields } from "../../src/data/fields.ts";
import { beamSearch } from "../../src/inference/beam.ts";
import { classifySequences } from "../../src/inference/classify.ts";
import { encodeSequences } from "../../src/inference/encode.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { requireFinite } from "../../src/inference/finite.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import type { Model } from "../../src/models/model.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32 } from "../../src/runtime/runtime.ts";
import { mixed, modelOf, sequencesOf, someWeights } from "./columns.ts";

const model = modelOf(mixed);
const tooLarge = (of: Model) => someWeights(of).map((weight) => weight * 1e20);
const weights = tooLarge(model);
const given = { runtime: nodeRuntime(), model, weights, columns: mixed, seed: 1, particles: 4 };
const sequences = sequencesOf([8]);

const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
  score: () => scoreSequences({ ...given, sequences }),
  sample: () => sampleSequences({ ...given, count: 1, steps: 5 }),
  forecast: () => forecastSequences({ ...given, sequences, horizon: 3 }),
  filter: () => filterSequences({ ...given, sequences }),
  impute: () => imputeSequences({ ...given, sequences }),
  encode: () => encodeSequences({ ...given, sequences }),
  classify: () => {
    const readout = { field: "label", levels: 2, over: "step" } as const;
    const teller = new Vrnn({ columns: mixed, hidden: 7, latent: 3, readout });
    const label = { kind: "label", role: "label", axis: "T", levels: ["a", "b"] } as const;
    const fields: Fields = { ...tableFields({ columns: mixed }), label };
    const own = { model: teller, weights: tooLarge(teller), fields };
    return classifySequences({ ...given, ...own, source: sequenceSource(sequences, fields) });
  },
  beam: () => {
    const writer = new Vrnn({ tokens: 7, embedding: 3, tied: false, hidden: 4, latent: 1 });
    return beamSearch({ ...given, model: writer, weights: tooLarge(writer), width: 2, steps: 3 });
  },
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
