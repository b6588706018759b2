/** Columns that are predicted from what they were before: what is told by hand, and what goes round by itself. */
import { describe, expect, test } from "vitest";
import type { Column, Dataset, Sequence } from "../../src/data/dataset.ts";
import { lagOf, withLags } from "../../src/data/derived/lags.ts";
import { withSpreads } from "../../src/data/spreads.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { eachParameter } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";

const runtime = nodeRuntime();
const seen = [3, -1, 2, 3.5, -0.6, 2.2, 4.2, -0.1, 2.5];

const sequence = (values: readonly number[], extra: Partial<Sequence> = {}): Sequence => ({
  name: "one",
  length: values.length,
  values: Float64Array.from(values),
  ...extra,
});

const dataOf = (columns: readonly Column[], train: Sequence): Dataset => ({
  columns,
  splits: { train: [train], valid: [], test: [] },
  notes: [],
});

/** A network that adds nothing: a value is at its place, with a scale of so many spreads. @param at where it is at the mean */
function idle(model: Vrnn, scale: number, at = 0): Float32Array {
  const weights = new Float32Array(countOf(model.parameters));
  for (const { parameter, values } of eachParameter(model.parameters, weights))
    if (parameter.name === "emission.bias") values.set([at, Math.log(Math.expm1(scale - 1e-4))]);
  return weights;
}

const logDensity = (x: number, mean: number, scale: number): number =>
  -0.5 * ((x - mean) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);

describe.each(["last", "season:3", "season:3+last"])("a column around %s", (center) => {
  const plain = plainColumn("a", { mean: 0.5, standardDeviation: 2 });
  const lags = center === "last" ? [] : [lagOf(plain, 3)];
  const names = {
    last: ["last"],
    "season:3": ["season:3", "last"],
    "season:3+last": ["season:3+last", "season:3", "last"],
  }[center]!;
  const looked = names.map((name) => ({
    name,
    ...(name.startsWith("season") && { season: 3 }),
    ...(name.endsWith("+last") && { isRelative: true }),
  }));
  const data = withSpreads(withLags(dataOf([plain], sequence(seen)), lags), () => looked);
  const { columns, conditions = [] } = data;
  const model = new Vrnn({ columns, conditions, hidden: 3, latent: 0, center: [center] });
  const spreads = columns[0]!.spreads!;
  const damping = columns[0]!.damping?.["season:3+last"] ?? Number.NaN;

  /** By hand: where step t is put, and how far it spreads. */
  function placeAt(x: readonly number[], t: number): { place: number; spread: number } {
    if (center === "season:3+last" && t > 3)
      return { place: x[t - 3]! + damping * (x[t - 1]! - x[t - 4]!), spread: spreads["season:3+last"]! };
    if (center !== "last" && t > 2) return { place: x[t - 3]!, spread: spreads["season:3"]! };
    return t > 0 ? { place: x[t - 1]!, spread: spreads["last"]! } : { place: 0.5, spread: 2 };
  }

  test("spreads as its differences do", () => {
    const differences = { last: 1, "season:3": 3 } as const;
    for (const [name, lag] of Object.entries(differences)) {
      if (!(name in spreads)) continue;
      const squares = seen.slice(lag).map((x, t) => (x - seen[t]!) ** 2);
      expect(spreads[name]).toBeCloseTo(Math.sqrt(squares.reduce((a, b) => a + b) / squares.length), 10);
    }
  });

  test("is as likely as its distance from there", async () => {
    const [scores] = await scoreSequences({
      runtime,
      model,
      weights: idle(model, 0.8),
      columns,
      sequences: data.splits.train,
      seed: 1,
    });
    seen.forEach((x, t) => {
      const { place, spread } = placeAt(seen, t);
      expect(scores!.logLikelihood[t]).toBeCloseTo(logDensity(x, place, 0.8 * spread), 4);
    });
  });

  test("goes on from there for longer than a season, each path by itself", async () => {
    const steps = 8;
    const settings = { runtime, model, weights: idle(model, 2e-4), columns, seed: 1 };
    const [forecast] = await forecastSequences({
      ...settings,
      sequences: data.splits.train,
      horizon: steps,
      particles: 2,
    });
    const expected = [...seen];
    while (expected.length < seen.length + steps) expected.push(placeAt(expected, expected.length).place);
    forecast!.samples.forEach((values, h) => {
      for (const value of values) expect(value).toBeCloseTo(expected[seen.length + h]!, 1);
    });
  });

  test("makes up sequences of which each step has its place", async () => {
    const settings = { runtime, model, weights: idle(model, 0.5), columns, seed: 3 };
    const [made] = await sampleSequences({ ...settings, count: 1, steps: 400 });
    const x = [...made!.values];
    const distances = x.map((value, t) => {
      const { place, spread } = placeAt(x, t);
      return (value - place) / spread;
    });
    const mean = distances.reduce((a, b) => a + b) / x.length;
    const variance = distances.reduce((all, each) => all + (each - mean) ** 2, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan((4 * 0.5) / Math.sqrt(x.length)); // four standard errors
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(4 * Math.sqrt(2 / x.length));
  });
});

test("how far the last value was from its own goes on by the share that fits training best", () => {
  const name = "season:3+last";
  const { columns } = withSpreads(dataOf([plainColumn("a")], sequence(seen)), () => [
    { name, season: 3, isRelative: true },
  ]);
  const distances = seen.slice(3).map((x, t) => x - seen[t]!);
  const left = (share: number) =>
    distances.slice(1).reduce((sum, now, t) => sum + (now - share * distances[t]!) ** 2, 0);
  const shares = Array.from({ length: 10_001 }, (_, i) => i / 10_000);
  const best = shares.reduce((least, share) => (left(share) < left(least) ? share : least));
  const damping = columns[0]!.damping![name]!;
  expect(best).toBeLessThan(1);
  expect(damping).toBeCloseTo(best, 3);
  expect(columns[0]!.spreads![name]).toBeCloseTo(Math.sqrt(left(damping) / (distances.length - 1)), 10);
});

test.each([
  ["as training shows", false],
  ["not at all in a run that does not know how far", true],
])("how far the last value was from its own fades over a gap, %s", async (_, isOld) => {
  const name = "season:3+last";
  const plain = plainColumn("a", { mean: 0.5, standardDeviation: 2 });
  const looked = [{ name, season: 3, isRelative: true }, { name: "season:3", season: 3 }, { name: "last" }];
  const gappy = seen.map((value, t) => (t === 6 ? Number.NaN : value));
  const lagged = withLags(dataOf([plain], sequence(gappy)), [lagOf(plain, 3)]);
  const data = withSpreads(lagged, () => looked);
  const { damping, ...old } = data.columns[0]!;
  const columns = [isOld ? old : data.columns[0]!];
  const share = isOld ? 1 : damping![name]!;
  expect(share).toBeGreaterThan(0.1);
  const model = new Vrnn({ columns, conditions: data.conditions!, hidden: 3, latent: 0, center: [name] });
  const given = { runtime, model, columns, sequences: data.splits.train, seed: 1 };
  const [scores] = await scoreSequences({ ...given, weights: idle(model, 0.8) });
  const place = gappy[4]! + share ** 2 * (gappy[5]! - gappy[2]!);
  const expected = logDensity(gappy[7]!, place, 0.8 * old.spreads![name]!);
  expect(scores!.logLikelihood[7]).toBeCloseTo(expected, 4);
});

test("each series says for itself how far it fades, whatever its size", () => {
  const name = "season:3+last";
  const of = (...all: readonly (readonly number[])[]) => {
    const train = all.map((values, i) => ({ ...sequence(values), name: `s${i}` }));
    const data = { columns: [plainColumn("a")], splits: { train, valid: [], test: [] }, notes: [] };
    const { columns } = withSpreads(data, () => [{ name, season: 3, isRelative: true }]);
    return columns[0]!.damping![name]!;
  };
  const other = [1, 0, 2, 1.5, 0.1, 2.6, 2, 0.3, 3];
  const mean = (of(seen) + of(other)) / 2;
  expect(of(seen)).not.toBeCloseTo(of(other), 1);
  expect(of(seen, other)).toBeCloseTo(mean, 10);
  expect(
    of(
      seen.map((x) => 1000 * x),
      other,
    ),
  ).toBeCloseTo(mean, 10);
});

test("sizes around the last value are as likely as their proportion to it, and are drawn so", async () => {
  const sizes = [3, 1, 2, 3.5, 1.5, 2.25, 4, 2, 2.5];
  const plain = plainColumn("a", { mean: 2.5, standardDeviation: 2, minimum: 1, maximum: 4 });
  const data = withSpreads(dataOf([plain], sequence(sizes)), () => [{ name: "last" }]);
  const { columns, splits } = data;
  expect(columns[0]!.spreads!["last"]).not.toBeCloseTo(2, 1);
  const model = new Vrnn({ columns, hidden: 3, latent: 0, emission: ["log-normal"], center: ["last"] });
  const given = { runtime, model, columns, sequences: splits.train, seed: 1 };
  const [scores] = await scoreSequences({ ...given, weights: idle(model, 0.3, Math.log(2.5)) });
  sizes.forEach((x, t) => {
    const before = t > 0 ? sizes[t - 1]! : 2.5;
    const expected = logDensity(Math.log(x), Math.log(before), 0.3) - Math.log(x);
    expect(scores!.logLikelihood[t]).toBeCloseTo(expected, 3);
  });
  const still = { ...given, weights: idle(model, 2e-4, Math.log(2.5)) };
  const [forecast] = await forecastSequences({ ...still, horizon: 20, particles: 2 });
  for (const value of forecast!.samples.flatMap((values) => [...values])) expect(value).toBeCloseTo(2.5, 1);
  const sunk = { ...given, weights: idle(model, 0.3, -200) }; // e^-200 is 0 in single precision
  const [low] = await forecastSequences({ ...sunk, horizon: 3, particles: 2 });
  for (const value of low!.samples.flatMap((values) => [...values])) expect(value).toBeCloseTo(0, 2);
});

test("a sequence that goes on in another split looks back into the one before", () => {
  const column = plainColumn("a");
  const { splits } = withLags(
    {
      columns: [column],
      splits: {
        train: [sequence([1, 2, 3, 4])],
        valid: [sequence([5, 6], { offset: 4 })],
        test: [sequence([7], { name: "another" })],
      },
      notes: [],
    },
    [lagOf(column, 3)],
  );
  expect([...splits.train[0]!.conditions!]).toEqual([Number.NaN, Number.NaN, Number.NaN, 1]);
  expect([...splits.valid[0]!.conditions!]).toEqual([2, 3]);
  expect([...splits.test[0]!.conditions!]).toEqual([Number.NaN]);
});

test("a season that no condition tells is refused", () => {
  const columns = [plainColumn("a")];
  expect(() => new Vrnn({ columns, hidden: 3, latent: 0, center: ["season:3"] })).toThrow(
    expect.objectContaining({ code: "distribution/season" }),
  );
  for (const center of ["middle", "season:1", "season:x", "season:3+first"])
    expect(() => new Vrnn({ columns, hidden: 3, latent: 0, center: [center] })).toThrow(
      expect.objectContaining({ code: "distribution/centre" }),
    );
});
