import { describe, expect, test } from "vitest";
import { forecastsAt } from "../../src/calibration/model-forecaster.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import { derivedRows } from "../../src/data/derived/rows.ts";
import { withPast } from "../../src/data/joined.ts";
import { VrnnError } from "../../src/errors.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { rollingOrigins } from "../../src/inference/rolling-origins.ts";
import { columnsOf, drawSequence, linearModel, settingsOf, shift, single, tied } from "./linear.ts";

const named = (length: number, name: string) => ({ ...drawSequence(tied, length, length), name });
const expectEach = (actual: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((values, i) => {
    for (let j = 0; j < values.length; j++) expect(actual[i]![j]).toBeCloseTo(values[j]!, 4);
  });
};

describe("sequences side by side", () => {
  const some = [named(300, "long"), named(7, "short"), named(40, "middle"), named(7, "as short")];
  const options = { ...settingsOf(tied), particles: 30, horizon: 5 };

  test("are forecast as each is alone, in their order", async () => {
    const together = await forecastSequences({ ...options, sequences: some });
    expect(together.map(({ sequence }) => sequence.name)).toEqual(some.map(({ name }) => name));
    for (const [i, sequence] of some.entries()) {
      const [alone] = await forecastSequences({ ...options, sequences: [sequence] });
      expectEach(together[i]!.samples, alone!.samples);
    }
  });

  test("with gaps, too", async () => {
    const gappy = some.map((each) => ({
      ...each,
      values: each.values.map((x, i) => (i % 5 === 3 ? Number.NaN : x)),
    }));
    const together = await forecastSequences({ ...options, sequences: gappy });
    const [alone] = await forecastSequences({ ...options, sequences: [gappy[2]!] });
    expectEach(together[2]!.samples, alone!.samples);
  });
});

describe("forecasts from origins", () => {
  const at = async (sequence: Sequence, settings = settingsOf(single)) => {
    const made = [];
    const plans = [{ sequence, origins: [20, 23] }];
    for await (const some of forecastsAt({
      ...settings,
      plans,
      particles: 10,
      seed: 1,
      horizon: 6,
      context: 12,
    }))
      made.push(...some);
    return made;
  };
  const sequence = drawSequence(single, 40, 1);
  const otherwise = (from: number) => ({
    ...sequence,
    values: sequence.values.map((value, t) => (t < from ? value : value + 100)),
  });

  test("know nothing of what comes after them", async () => {
    const [one, other] = [await at(sequence), await at(otherwise(23))];
    expect(one.map(({ origin }) => origin)).toEqual([20, 23]);
    one.forEach(({ samples }, i) => {
      expectEach(other[i]!.samples, samples);
    });
    const [changed] = await at(otherwise(19));
    expect(changed!.samples[0]![0]).not.toBeCloseTo(one[0]!.samples[0]![0]!, 1);
  });

  test("nor by covariates that are made of the values", async () => {
    const columns = columnsOf(single);
    const lagged = { ...shift, derived: { kind: "lag", of: columns[0]!.name, steps: 3 } } as const;
    const settings = { ...settingsOf(single), model: linearModel(single, [lagged]) };
    const withLag = (of: Sequence) => ({ ...of, conditions: derivedRows([lagged], columns, of) });
    const [one, other] = [await at(withLag(sequence), settings), await at(withLag(otherwise(23)), settings)];
    one.forEach(({ samples }, i) => {
      expectEach(other[i]!.samples, samples);
    });
  });
});

describe("rolling origins", () => {
  const sequence = { name: "a", length: 144, values: new Float64Array(144) };

  test("end where the whole horizon is known, and begin where the split does", () => {
    const [plan] = rollingOrigins([{ sequence, from: 120 }], { horizon: 12, every: 6 });
    expect(plan!.origins).toEqual([120, 126, 132]);
    expect(rollingOrigins([{ sequence, from: 0 }], { horizon: 24, count: 2 })[0]!.origins).toEqual([96, 120]);
  });

  test("leave out sequences without room, and refuse a horizon longer than all", () => {
    const short = { ...sequence, length: 10 };
    const all = [
      { sequence, from: 0 },
      { sequence: short, from: 0 },
    ];
    expect(rollingOrigins(all, { horizon: 24, count: 1 }).map((plan) => plan.sequence)).toEqual([sequence]);
    expect(() => rollingOrigins([{ sequence, from: 130 }], { horizon: 24 })).toThrow(VrnnError);
    expect(() => rollingOrigins([{ sequence, from: 130 }], { horizon: 24 })).toThrow(
      /24 steps.*longest has 14/,
    );
  });
});

describe("a sequence with its past", () => {
  const part = (name: string, offset: number, values: number[]): Sequence => ({
    name,
    offset,
    length: values.length,
    values: Float64Array.from(values),
    times: Float64Array.from(values, (_, t) => offset + t),
  });
  const [train, valid, test_] = [part("a", 0, [1, 2]), part("a", 2, [3]), part("a", 3, [4, 5])];

  test("has the parts right before it, and no others", () => {
    const others = [part("b", 0, [9, 9, 9]), valid, train, part("a", 1, [7])];
    const { whole, from } = withPast(test_, others, { columns: columnsOf(single) });
    expect([...whole.values]).toEqual([1, 2, 3, 4, 5]);
    expect([...whole.times!]).toEqual([0, 1, 2, 3, 4]);
    expect(from).toBe(3);
  });

  test("is itself where nothing was before, or something lies between", () => {
    expect(withPast(train, [valid], { columns: columnsOf(single) })).toEqual({ whole: train, from: 0 });
    expect(withPast(test_, [train], { columns: columnsOf(single) }).from).toBe(0);
  });
});
