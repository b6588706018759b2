/** How models of a comparison are judged, held against computations by hand. */
import { describe, expect, test } from "vitest";
import { examOf, natsOfStretches } from "../../src/comparison/exam.ts";
import type { Result } from "../../src/comparison/kept.ts";
import { ranked, type Standing } from "../../src/comparison/ranked.ts";
import { rules } from "../../src/comparison/rules.ts";
import { conclusion } from "../../src/comparison/words.ts";
import type { Column, Dataset, Sequence } from "../../src/data/dataset.ts";
import { Random } from "../../src/random/generator.ts";

const column = (name: string, more: Partial<Column> = {}): Column => ({
  ...{ name, kind: "real", levels: [], shares: [], resolution: 0, missing: 0 },
  ...{ mean: 0, standardDeviation: 1, minimum: -4, maximum: 4 },
  ...more,
});

/** x_t = 0.8 x_{t−1} + e, y_t = 0.5 x_{t−1} + e, recorded on a grid. */
function sequencesOf(count: number, steps: number, grid: number, seed: string): Sequence[] {
  const random = Random.stream(1, seed);
  return Array.from({ length: count }, (_, i) => {
    const values = new Float64Array(2 * steps);
    let x = 0;
    for (let t = 0; t < steps; t++) {
      const y = 0.5 * x + 0.6 * random.normal();
      x = 0.8 * x + 0.6 * random.normal();
      values.set(
        [x, y].map((value) => Math.round(value / grid) * grid),
        2 * t,
      );
    }
    return { name: `${seed}${i}`, length: steps, values };
  });
}

const grid = 0.05;
const data: Dataset = {
  columns: [column("x", { resolution: grid }), column("y", { resolution: grid })],
  splits: {
    train: sequencesOf(8, 200, grid, "train"),
    valid: sequencesOf(2, 200, grid, "valid"),
    test: sequencesOf(3, 100, grid, "test"),
  },
  notes: [],
};

describe("a vector autoregression", () => {
  const { told, forecaster, parameters } = rules.var.fit(data);
  const model = told as ReturnType<typeof import("../../src/baselines/var.ts").fitVar>;

  test("its nats are those of the conditional normal density times the cells of the grid", () => {
    const { means, scales } = model.gaussian;
    const { values } = data.splits.test[0]!;
    const t = 7;
    const z = (step: number) => [0, 1].map((d) => (values[2 * step + d]! - means[d]!) / scales[d]!);
    const before = [1, ...Array.from({ length: model.order }, (_, lag) => z(t - 1 - lag)).flat()];
    const mean = [0, 1].map((d) =>
      before.reduce((sum, each, i) => sum + each * model.coefficients.get(i, d), 0),
    );
    const [[a, b], [, c]] = model.covariance.to2DArray() as [[number, number], [number, number]];
    const [e, f] = z(t).map((value, d) => value - mean[d]!) as [number, number];
    const det = a * c - b * b;
    const density =
      -Math.log(2 * Math.PI) - Math.log(det) / 2 - (c * e * e - 2 * b * e * f + a * f * f) / (2 * det);
    const cells = Math.log(grid / scales[0]!) + Math.log(grid / scales[1]!);
    expect(model.logLikelihood(data.splits.test[0]!)[t]).toBeCloseTo(density + cells, 9);
  });

  test("finds what the data were made by, and counts its numbers", () => {
    expect(model.coefficients.get(1, 0)).toBeCloseTo(0.8, 1);
    expect(parameters).toBe((1 + 2 * model.order) * 2 + 3);
    expect(forecaster.name).toBe(`VAR(${model.order})`);
  });

  test("tells whole numbers of a range as those of a grid of 1", () => {
    const whole = { ...data, columns: data.columns.map((each) => ({ ...each, kind: "quantised" as const })) };
    const [own, real] = [
      whole,
      { ...data, columns: [1, 1].map((resolution, d) => ({ ...data.columns[d]!, resolution })) },
    ];
    const sum = (of: Dataset) =>
      rules.var
        .fit(of)
        .told.logLikelihood(of.splits.test[0]!)
        .reduce((x, y) => x + y);
    expect(sum(own)).toBe(sum(real));
  });

  test("says which column it does not tell", () => {
    const columns = [data.columns[0]!, column("on", { kind: "binary", mean: 0.5 })];
    expect(() => rules.var.fit({ ...data, columns })).toThrow(/on is binary/);
  });
});

test("each column by itself: normal, by its rate of ones, by its shares of levels", () => {
  const columns = [
    column("x"),
    column("on", { kind: "binary", mean: 0.25 }),
    column("mode", { kind: "categorical", levels: ["a", "b"], shares: [0.9, 0.1] }),
  ];
  const train = [{ name: "train", length: 2, values: Float64Array.of(-1, 0, 0, 1, 1, 1) }];
  const test = { name: "test", length: 2, values: Float64Array.of(0, 1, 1, Number.NaN, 0, 0) };
  const { told, parameters } = rules.independent.fit({ ...data, columns, splits: { ...data.splits, train } });
  const [first, second] = told.logLikelihood(test) as unknown as [number, number];
  expect(first).toBeCloseTo(-0.5 * Math.log(2 * Math.PI) + Math.log(0.25) + Math.log(0.1001 / 1.0002), 9);
  expect(second).toBeCloseTo(Math.log(0.75) + Math.log(0.9001 / 1.0002), 9);
  expect(parameters).toBe(2 + 1 + 1);
});

describe("an exam", () => {
  test("few sequences are cut into stretches, of many each is one", () => {
    const { stretches } = examOf(data, [1, 3]);
    expect(stretches.length).toBeGreaterThanOrEqual(20);
    expect(stretches.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(300);
    const many = examOf(
      { ...data, splits: { ...data.splits, test: sequencesOf(30, 40, grid, "many") } },
      [1],
    );
    expect(many.stretches).toHaveLength(30);
  });

  test("forecasts set out where the longest horizon is known", () => {
    const { origins, horizons } = examOf(data, [3, 1, 3]);
    expect(horizons).toEqual([1, 3]);
    for (const own of origins.values()) expect(Math.max(...own)).toBe(97);
  });

  test("horizons beyond the test sequences are refused, the usual ones are cut", () => {
    expect(() => examOf(data, [1, 100])).toThrow(/100 steps does not fit/);
    const short = { ...data, splits: { ...data.splits, test: sequencesOf(3, 8, grid, "short") } };
    expect(examOf(short, undefined).horizons).toEqual([1, 5]);
  });
});

test("models stand by their nats, each beside the best by the same stretches", () => {
  const exam = examOf(data, [1]);
  const base = natsOfStretches(exam, data.splits.test.map(rules.var.fit(data).told.logLikelihood));
  const result = (name: string, of: (nats: number, k: number) => number): Result => ({
    ...{ name, isBound: false, parameters: 1, trainSeconds: 1, scoreSeconds: 1, forecastSeconds: 1 },
    ...{ settings: "", crps: {}, nats: base.map(of) },
  });
  const standings = ranked(
    [
      result("worse", (nats) => nats - 5),
      result("as good", (nats, k) => nats + (k % 2 === 0 ? 1 : -1.2)),
      result("best", (nats) => nats),
    ],
    exam,
  );
  expect(standings.map(({ name, verdict, against }) => [name, verdict, against])).toEqual([
    ["best", "level", "as good"],
    ["as good", "level", "best"],
    ["worse", "behind", "best"],
  ]);
  const [best, , worse] = standings;
  expect(best!.natsPerStep).toBeCloseTo(base.reduce((x, y) => x + y) / 300, 12);
  expect(best!.interval![0]).toBeLessThan(best!.natsPerStep);
  expect(worse!.difference).toBeCloseTo((-5 * base.length) / 300, 9);
});

test("who tells worse than each column by itself is named, and so is how little was judged", () => {
  const standing = (name: string, natsPerStep: number) =>
    ({
      ...{ name, natsPerStep, isBound: false, verdict: "behind" },
    }) as unknown as Standing;
  const standings = [standing("rnn", 2), standing("independent", 1), standing("hmm", 0)];
  const words = conclusion({ standings, steps: 150 }).join(" ");
  expect(words).toMatch(/hmm tells them worse than each column by itself/);
  expect(words).toMatch(/Only 150 steps were judged/);
  expect(conclusion({ standings: standings.slice(0, 2), steps: 300 }).join(" ")).not.toMatch(/worse|Only/);
});
