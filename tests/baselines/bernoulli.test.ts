import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fitBernoulli } from "../../src/baselines/bernoulli.ts";
import { readDataset } from "../../src/data/files.ts";
import { pooledNatsPerStep } from "../../src/metrics/nats.ts";
import { plainColumn } from "../data/temporary.ts";
import { testWithSharedData } from "../shared-data.ts";
import "../slow.ts";

/** Pooled nats per step of the test split under the training means. */
const REFERENCES: Readonly<Record<string, number>> = {
  "jsb-chorales": -11.062,
  nottingham: -10.254,
  musedata: -11.51,
  "piano-midi": -11.046,
};

describe("independent Bernoulli columns", () => {
  for (const [name, reference] of Object.entries(REFERENCES)) {
    testWithSharedData(`reach ${reference} nats per step on ${name}`, (folder) => {
      const { columns, splits } = readDataset(join(folder, "music", `${name}.json.gz`));
      const { logLikelihood } = fitBernoulli(columns);
      const nats = pooledNatsPerStep(splits.test.map(logLikelihood));
      expect(Number(nats.toFixed(3))).toBe(reference);
    });
  }

  test("score each step by hand-computed logarithms; missing entries add nothing", () => {
    const rates = [0.25, 0, 0.5].map((mean, i) => plainColumn(`c${i}`, { kind: "binary", mean }));
    const values = Float64Array.of(1, 0, Number.NaN, 0, 1, 1);
    const scored = fitBernoulli(rates).logLikelihood({ name: "a", length: 2, values });
    expect(scored[0]).toBeCloseTo(Math.log(0.25) + Math.log(1 - 1e-4), 12);
    expect(scored[1]).toBeCloseTo(Math.log(0.75) + Math.log(1e-4) + Math.log(0.5), 12);
  });

  test("refuse columns of another kind", () => {
    expect(() => fitBernoulli([plainColumn("x")])).toThrow(
      "column x: a Bernoulli baseline needs binary columns, this is real",
    );
  });
});
