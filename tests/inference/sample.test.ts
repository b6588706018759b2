import { describe, expect, test } from "vitest";
import { type SampleOptions, sampleSequences } from "../../src/inference/sample.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { mixed, modelOf, someWeights } from "./columns.ts";

const model = modelOf(mixed, ["persistent"]);
const weights = someWeights(model);

const sample = (options: Partial<SampleOptions> = {}) =>
  sampleSequences({
    runtime: nodeRuntime(),
    model,
    weights,
    columns: mixed,
    count: 3,
    steps: 20,
    seed: 5,
    ...options,
  });

const valuesOf = async (options: Partial<SampleOptions> = {}) =>
  (await sample(options)).map(({ values }) => [...values]);

describe("random numbers", () => {
  test("the same seed gives the same sequences, another seed others", async () => {
    const first = await valuesOf();
    expect(await valuesOf()).toEqual(first);
    expect(await valuesOf({ seed: 6 })).not.toEqual(first);
  });

  test("sequences differ from each other, and each is the same whatever their number", async () => {
    const three = await valuesOf();
    expect(three[0]).not.toEqual(three[1]);
    expect((await valuesOf({ count: 5 })).slice(0, 3)).toEqual(three);
  });

  test("windows do not matter: the state is carried over", async () => {
    expect(await valuesOf({ window: 1 })).toEqual(await valuesOf());
    expect(await valuesOf({ window: 7 })).toEqual(await valuesOf());
  });

  test("a longer sequence begins with the shorter one", async () => {
    const [long, short] = [await valuesOf({ steps: 30 }), await valuesOf()];
    expect(long.map((values) => values.slice(0, 60))).toEqual(short);
  });
});

describe("units", () => {
  const samples = sample({ count: 20, steps: 50 });
  const entries = async (column: number) =>
    (await samples).flatMap(({ values }) => [...values].filter((_, at) => at % 3 === column));

  test("names and lengths", async () => {
    expect((await samples).map(({ name, length }) => [name, length])[19]).toEqual(["sample 20", 50]);
  });

  test("real entries lie on their grid, around the training mean, without dust", async () => {
    const levels = await entries(0);
    expect(levels.every((value) => Number.isInteger(value / 0.25))).toBe(true);
    const mean = levels.reduce((sum, value) => sum + value, 0) / levels.length;
    expect(Math.abs(mean - mixed[0]!.mean)).toBeLessThan(2 * mixed[0]!.standardDeviation);
    expect(new Set(levels).size).toBeGreaterThan(5);
  });

  test("a decimal grid gives decimal numbers", async () => {
    const tenths = [{ ...mixed[0]!, resolution: 0.1, standardDeviation: 1 }, ...mixed.slice(1)];
    const { values } = (await sample({ columns: tenths }))[0]!;
    expect(
      [...values].filter((_, at) => at % 3 === 0).every((value) => /^\d+(\.\d)?$/.test(String(value))),
    ).toBe(true);
  });

  test("binary entries are 0 or 1, categorical ones the index of a level, and all of them occur", async () => {
    expect(new Set(await entries(1))).toEqual(new Set([0, 1]));
    expect(new Set(await entries(2))).toEqual(new Set([0, 1, 2]));
  });

  test("a low temperature spreads less", async () => {
    const spread = async (temperature: number) => {
      const all = await sample({ count: 40, steps: 5, temperature });
      const levels = all.flatMap(({ values }) => [...values].filter((_, at) => at % 3 === 0));
      const mean = levels.reduce((sum, value) => sum + value, 0) / levels.length;
      return levels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / levels.length;
    };
    expect(await spread(0.05)).toBeLessThan((await spread(1)) / 3);
  });
});

test("models of one kind of column, without uniform or normal draws, sample too", async () => {
  for (const [i, emission] of ["gaussian", "bernoulli", "categorical"].entries()) {
    const columns = [mixed[i]!];
    const single = modelOf(columns, [emission]);
    const { values } = (await sample({ model: single, weights: someWeights(single), columns }))[0]!;
    expect(values).toHaveLength(20);
    expect(values.every(Number.isFinite)).toBe(true);
  }
});
