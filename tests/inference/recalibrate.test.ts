import { describe, expect, test } from "vitest";
import { CoverageTally } from "../../src/calibration/coverage.ts";
import { predictionsOf, Recalibrator, rawLevel } from "../../src/calibration/recalibrate.ts";
import { type BacktestForecast, backtest } from "../../src/inference/backtest.ts";
import { Random } from "../../src/random/generator.ts";
import { columnsOf, drawSequence, settingsOf, single } from "./linear.ts";

const columns = columnsOf(single);
const horizons = [1, 4];

/** Forecasts that are standard normal of values that are normal with another scale: too sure, or too unsure. */
function castsOf(scale: number, count: number, label: string, resolution = 0): BacktestForecast[] {
  const random = Random.stream(1, "casts", label);
  const grid = (value: number) => (resolution > 0 ? Math.round(value / resolution) * resolution : value);
  return Array.from({ length: count }, (_, origin) => ({
    sequence: {
      name: `${label} ${origin}`,
      length: 4,
      values: Float64Array.from({ length: 4 }, () => grid(scale * random.normal())),
    },
    origin: 0,
    samples: Array.from({ length: 4 }, () => Float64Array.from({ length: 99 }, () => random.normal())),
  }));
}

function learn(casts: readonly BacktestForecast[], known = columns) {
  const recalibrator = new Recalibrator(known, horizons);
  for (const cast of casts)
    for (const prediction of predictionsOf(cast, known, horizons, 1)) recalibrator.add(prediction);
  return recalibrator.learn();
}

function coverageOf(
  casts: readonly BacktestForecast[],
  recalibration: ReturnType<typeof learn>,
  known = columns,
) {
  const tally = new CoverageTally(known, recalibration);
  for (const cast of casts)
    for (const prediction of predictionsOf(cast, known, horizons, 2)) tally.add(prediction);
  return tally.rows(horizons);
}

describe("of forecasts that are too sure or too unsure", () => {
  // P(|Z| < 1.2816/scale): what an interval that should hold 80 % holds instead.
  test.each([
    [1.7, 0.549],
    [0.6, 0.967],
  ])("with a scale of %d the interval holds 80 %% of new values, not %d", (scale, raw) => {
    const recalibration = learn(castsOf(scale, 2000, "learn"));
    for (const row of coverageOf(castsOf(scale, 2000, "judge"), recalibration)) {
      expect(row.count).toBe(2000);
      expect(Math.abs(row.raw.coverage - raw)).toBeLessThan(5 * 0.011 + 0.01);
      expect(Math.abs(row.calibrated.coverage - 0.8)).toBeLessThan(5 * 0.013);
      expect(row.calibrated.pinball).toBeLessThan(row.raw.pinball);
    }
  });

  test("the map is that of the exact distributions", () => {
    const recalibration = learn(castsOf(1.7, 4000, "learn"));
    // The level of the value's quantile in the forecast: Φ(1.7·z), as far as 99 draws reach.
    const exact: readonly (readonly [number, number])[] = [
      [0.25, 0.1258],
      [0.5, 0.5],
      [0.75, 0.8742],
    ];
    for (const [level, raw] of exact)
      expect(Math.abs(rawLevel(recalibration, "x1", 1, level) - raw)).toBeLessThan(0.03);
  });
});

test("of a column on a coarse grid: 80 % of where the values may have been, all of the recorded ones", () => {
  const gridded = columns.map((column) => ({ ...column, resolution: 20 }));
  const recalibration = learn(castsOf(1, 2000, "learn", 20), gridded);
  const [row] = coverageOf(castsOf(1, 2000, "judge", 20), recalibration, gridded);
  // All are recorded as 0, so the truth may have been anywhere from -10 to 10, far beyond the draws on both sides.
  expect(row!.raw.coverage).toBeLessThan(0.2);
  expect(row!.raw.recorded).toBe(1);
});

describe("the raw level of a level", () => {
  const recalibration = {
    horizons: [1, 4],
    columns: {
      x1: [
        [0, 0.2, 1],
        [0, 0.4, 1],
      ],
    },
  };

  test("lies on straight lines between what was learned", () => {
    expect(rawLevel(recalibration, "x1", 1, 0.25)).toBeCloseTo(0.1, 12);
    expect(rawLevel(recalibration, "x1", 1, 0.75)).toBeCloseTo(0.6, 12);
  });

  test("and between horizons by the logarithm of the steps; farther on as at the last", () => {
    expect(rawLevel(recalibration, "x1", 2, 0.5)).toBeCloseTo(0.3, 12);
    expect(rawLevel(recalibration, "x1", 400, 0.5)).toBeCloseTo(0.4, 12);
  });

  test("is the level itself where nothing is known", () => {
    expect(rawLevel(undefined, "x1", 1, 0.3)).toBe(0.3);
    expect(rawLevel(recalibration, "other", 1, 0.3)).toBe(0.3);
  });
});

test("too few forecasts teach nothing, horizons with too few are left out", () => {
  expect(() => learn(castsOf(1, 49, "few"))).toThrow(/fewer than 50 forecasts/);
  const short = castsOf(1, 60, "short").map((cast) => ({
    ...cast,
    sequence: { ...cast.sequence, length: 3, values: cast.sequence.values.slice(0, 3) },
  }));
  expect(learn(short).horizons).toEqual([1]);
});

test("forecasts of the true process need no correction, one step and four steps ahead", async () => {
  const sequences = [1, 2, 3].map((seed) => drawSequence(single, 300, seed));
  const recalibrator = new Recalibrator(columns, horizons);
  const tally = new CoverageTally(columns, undefined);
  const options = { ...settingsOf(single), particles: 99, sequences, horizon: 4, every: 2 };
  for await (const casts of backtest(options)) {
    for (const cast of casts) {
      for (const prediction of predictionsOf(cast, columns, horizons, 1)) {
        recalibrator.add(prediction);
        tally.add(prediction);
      }
    }
  }
  const recalibration = recalibrator.learn();
  for (const horizon of horizons)
    for (const level of [0.1, 0.5, 0.9])
      expect(Math.abs(rawLevel(recalibration, "x1", horizon, level) - level)).toBeLessThan(0.12);
  // Some 450 forecasts, those four steps ahead overlapping by half.
  for (const row of tally.rows(horizons)) expect(Math.abs(row.raw.coverage - 0.8)).toBeLessThan(5 * 0.027);
});
