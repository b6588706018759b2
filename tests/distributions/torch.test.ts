import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import type { Column } from "../../src/data/dataset.ts";
import { bernoulliLogProbability } from "../../src/distributions/bernoulli.ts";
import { categorical } from "../../src/distributions/categorical.ts";
import { normalKl, normalLogDensity } from "../../src/distributions/gaussian.ts";
import { mixtureLogDensity } from "../../src/distributions/mixture.ts";
import { equal, squeeze, sum, type Tensor, unsqueeze } from "../../src/graph/index.ts";
import { type FixtureTensor, groupOf, readFixture } from "../fixtures/fixture.ts";
import { runGraph } from "../fixtures/run-graph.ts";

const fixture = readFixture("vrnn/distributions");

type Build = (inputs: Record<string, Tensor>) => Tensor;
const of = (inputs: Record<string, Tensor>, ...names: string[]): Tensor[] =>
  names.map((name) => inputs[name] as Tensor);

const four: Column = {
  name: "x",
  kind: "categorical",
  levels: ["a", "b", "c", "d"],
  resolution: 0,
  mean: 0,
  standardDeviation: 1,
  minimum: 0,
  maximum: 3,
  missing: 0,
  shares: [0.25, 0.25, 0.25, 0.25],
};

const oneCategorical = (logits: Tensor, x: Tensor): Tensor =>
  categorical([four]).logProbability(logits, x, equal(x, x));

interface Case {
  readonly build: Build;
  readonly dtype?: "float32" | "float64";
  /** The largest error allowed, relative to the entry or absolute where it is below 1. */
  readonly tolerance: number;
}

const cases: Record<string, Case> = {
  bernoulli: {
    build: (all) => bernoulliLogProbability(...(of(all, "logits", "x") as [Tensor, Tensor])),
    tolerance: 1e-12,
  },
  normal: {
    build: (all) => normalLogDensity(...(of(all, "x", "mean", "sigma") as [Tensor, Tensor, Tensor])),
    tolerance: 1e-10,
  },
  mixture: {
    build: (all) =>
      mixtureLogDensity(...(of(all, "x", "logits", "mean", "sigma") as [Tensor, Tensor, Tensor, Tensor])),
    tolerance: 1e-10,
  },
  normal_kl: {
    build: (all) =>
      normalKl(...(of(all, "mean_q", "sigma_q", "mean_p", "sigma_p") as [Tensor, Tensor, Tensor, Tensor])),
    tolerance: 1e-10,
  },
  categorical: {
    build: ({ logits, x }) => squeeze(oneCategorical(logits as Tensor, unsqueeze(x as Tensor, -1)), -1),
    dtype: "float32",
    tolerance: 1e-5,
  },
};

function worst(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - Number(actual[i])) / Math.max(1, Math.abs(value))),
    0,
  );
}

describe("log-probabilities and their gradients agree with torch.distributions, far in the tails too", () => {
  test.each(Object.entries(cases))("%s", async (name, { build, dtype, tolerance }) => {
    const inputs = groupOf(fixture, `${name}/inputs`);
    const slopes = groupOf(fixture, `${name}/gradients`);
    const results = await runGraph(
      inputs,
      (given) => {
        const y = build(given);
        const wrt = Object.keys(slopes);
        const found = gradients(
          sum(y),
          wrt.map((each) => given[each] as Tensor),
        );
        return { y, ...Object.fromEntries(wrt.map((each, i) => [`d.${each}`, found[i] as Tensor])) };
      },
      dtype,
    );
    const { data } = fixture.tensors[`${name}/output`] as FixtureTensor;
    expect(worst(results["y"] ?? [], data)).toBeLessThan(tolerance);
    for (const [each, { data: slope }] of Object.entries(slopes))
      expect(worst(results[`d.${each}`] ?? [], slope), each).toBeLessThan(tolerance);
  });
});
