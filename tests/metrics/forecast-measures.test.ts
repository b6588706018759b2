import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pairedInterval } from "../../src/metrics/block-bootstrap.ts";
import { type ForecastOutcome, levelOf } from "../../src/metrics/forecast-measure.ts";
import { forecastMeasures, type MeasureName, measureNames } from "../../src/metrics/forecast-measures.ts";
import { seasonalErrorOf } from "../../src/metrics/mase.ts";
import { normalQuantile } from "../../src/metrics/normal-quantile.ts";

type Fixture = Record<MeasureName, number> & {
  past: number[];
  season: number;
  seasonalError: number;
  outcomes: [value: number, mean: number, scale: number][];
};
const fixture: Fixture = JSON.parse(
  readFileSync(new URL("fixtures/forecast_measures.json", import.meta.url), "utf8"),
);
const outcomes = (unit: number): ForecastOutcome[] =>
  fixture.outcomes.map(([value, mean, scale]) => ({
    value,
    mean,
    quantile: (level) => mean + scale * normalQuantile(level),
    seasonalError: fixture.seasonalError,
    unit,
  }));
const measured = (name: MeasureName, unit = 1) =>
  levelOf(outcomes(unit).flatMap((outcome) => forecastMeasures[name].part(outcome) ?? []));

describe("against NumPy and SciPy (fixtures/forecast_measures.py)", () => {
  test.each(measureNames)("%s", (name) => {
    const digits = name === "crps" ? 3 : 10; // a hundred levels stand for all
    expect(measured(name)).toBeCloseTo(fixture[name], digits);
  });

  test("the error of the value a season before", () => {
    expect(seasonalErrorOf(Float64Array.from(fixture.past), fixture.season)).toBeCloseTo(
      fixture.seasonalError,
      12,
    );
  });
});

test("errors count in the unit that is told, shares do not", () => {
  expect(measured("mse", 2)).toBeCloseTo(fixture.mse / 4, 10);
  expect(measured("mae", 2)).toBeCloseTo(fixture.mae / 2, 10);
  expect(measured("wql", 2)).toBeCloseTo(fixture.wql, 10);
});

describe("paired interval", () => {
  const blocks = (shift: number, count = 200) =>
    Array.from({ length: count }, (_, i) => ({
      loss: shift + Math.sin(i * 12.9898) / 2,
      rival: 0,
      weight: 1,
    }));

  test("is about the mean difference, as wide as the law of large numbers says", () => {
    const [low, high] = pairedInterval(blocks(0.3))!;
    const deviation = Math.sqrt(1 / 8 / 200); // of the mean of sines of half the size
    expect((low + high) / 2).toBeCloseTo(0.3, 1);
    expect((high - low) / (2 * 1.96 * deviation)).toBeCloseTo(1, 0);
    expect(low).toBeGreaterThan(0);
  });

  test("is not told by fewer than five blocks", () => {
    expect(pairedInterval(blocks(1, 4))).toBeUndefined();
  });
});
