import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { autoregression, fitAutoregression } from "../../src/baselines/autoregression.ts";
import { drift } from "../../src/baselines/drift.ts";
import { ets, fitEts, fitForm, forecastOf } from "../../src/baselines/ets.ts";
import { type EtsForm, type EtsWeights, runEts } from "../../src/baselines/exponential-smoothing.ts";
import { columnwise, gapless, type Predictive } from "../../src/baselines/forecaster.ts";
import { naive } from "../../src/baselines/naive.ts";
import { leastBySimplex } from "../../src/baselines/nelder-mead.ts";
import { seasonalNaive } from "../../src/baselines/seasonal-naive.ts";
import { normalQuantile } from "../../src/metrics/normal-quantile.ts";

interface EtsFixture {
  form: EtsForm;
  weights: EtsWeights;
  state: { level: number; trend: number; season: number[] };
  logLikelihood: number;
  variance: number;
  mean: number[];
  forecastVariance: number[] | null;
}
interface Fixture {
  series: number[];
  season: number;
  ets: EtsFixture[];
  fits: { form: EtsForm; logLikelihood: number }[];
  autoregression: Record<"series" | "coefficients" | "mean" | "scale", number[]> &
    Record<"most" | "order" | "intercept" | "variance", number>;
  normal: [number, number][];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("fixtures/forecasters_statsmodels.json", import.meta.url), "utf8"),
);
const series = Float64Array.from(fixture.series);
const named = ({ error, trend, season }: EtsForm) => `${error}, ${trend}, ${season}`;
/** σ of a normal distribution, read off its quantiles. */
const scaleAt = (predictive: Predictive, step: number) =>
  (predictive.quantile(step, 0.9) - predictive.mean[step]!) / normalQuantile(0.9);

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 8) {
  expect(actual.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThan(10 ** -digits * Math.max(1, Math.abs(value)));
  });
}

test("quantiles of the standard normal distribution agree with SciPy", () => {
  for (const [level, quantile] of fixture.normal)
    expect(normalQuantile(level) / (quantile || 1)).toBeCloseTo(quantile ? 1 : 0, 13);
});

describe("exponential smoothing against statsmodels (fixtures/forecasters_statsmodels.py)", () => {
  test.each(fixture.ets.map((each) => [named(each.form), each] as const))("%s", (_, each) => {
    const first = { ...each.state, season: Float64Array.from(each.state.season) };
    const run = runEts(each.form, each.weights, first, series);
    expect(run.logLikelihood).toBeCloseTo(each.logLikelihood, 8);
    expect(run.variance).toBeCloseTo(each.variance, 8);
    const ahead = forecastOf({ ...run, form: each.form, weights: each.weights, aicc: 0 }, each.mean.length);
    expectClose(ahead.mean, each.mean);
    if (each.forecastVariance === null) return;
    expectClose(
      each.mean.map((_, h) => scaleAt(ahead, h) ** 2),
      each.forecastVariance,
    );
  });

  test.each(fixture.fits.map((each) => [named(each.form), each] as const))(
    "%s is fitted as well",
    (_, each) => {
      expect(fitForm(each.form, series, fixture.season).logLikelihood).toBeGreaterThan(
        each.logLikelihood - 0.5,
      );
    },
  );

  test("chooses season and error by what made the series", () => {
    expect(fitEts(series, fixture.season).form).toMatchObject({ season: "multiplicative" });
    expect(fitEts(Float64Array.from(fixture.autoregression.series), fixture.season).form.season).toBe("none");
  });

  test("simulated intervals are those of the closed form where errors are small", () => {
    const additive = fitForm(
      { error: "additive", trend: "none", season: "none" },
      series.map((x) => 1000 + x / 10),
      1,
    );
    const relative = fitForm(
      { error: "multiplicative", trend: "none", season: "none" },
      series.map((x) => 1000 + x / 10),
      1,
    );
    const [one, other] = [forecastOf(additive, 6), forecastOf(relative, 6)];
    const width = (each: Predictive) => each.quantile(5, 0.9) - each.quantile(5, 0.1);
    expect(width(other) / width(one)).toBeCloseTo(1, 0);
  });
});

describe("autoregression against statsmodels", () => {
  const { autoregression: known } = fixture;
  const walk = Float64Array.from(known.series);

  test("order, coefficients and variance", () => {
    const fit = fitAutoregression(walk, known.most);
    expect(fit.coefficients.length).toBe(known.order);
    expectClose(fit.coefficients, known.coefficients, 6);
    expect(fit.intercept).toBeCloseTo(known.intercept, 5);
    expect(fit.variance).toBeCloseTo(known.variance, 6);
  });

  test("means and widths of what it forecasts", () => {
    const { coefficients, intercept, variance } = fitAutoregression(walk);
    const ahead = autoregression(walk, 14);
    const values = [...walk];
    for (let h = 0; h < 14; h++)
      values.push(coefficients.reduce((sum, each, lag) => sum + each * values.at(-1 - lag)!, intercept));
    expectClose(ahead.mean, values.slice(-14));
    expect(scaleAt(ahead, 0)).toBeCloseTo(Math.sqrt(variance), 10);
    expect(coefficients.length).toBe(known.order); // the same order, fitted to four steps fewer
    for (const h of [0, 5, 13]) expect(scaleAt(ahead, h) / known.scale[h]!).toBeCloseTo(1, 1);
  });
});

describe("rules", () => {
  test("the random walk stays, and widens with the root of the steps", () => {
    const ahead = naive(Float64Array.of(1, 3, Number.NaN, 3, 1), 4);
    expect([...ahead.mean]).toEqual([1, 1, 1, 1]);
    expectClose(
      [0, 3].map((h) => scaleAt(ahead, h)),
      [2, 4],
      12,
    );
  });

  test("a gap at the end counts as steps ahead", () => {
    const ahead = naive(Float64Array.of(1, 3, Number.NaN, Number.NaN), 1);
    expect(ahead.mean[0]).toBe(3);
    expect(scaleAt(ahead, 0)).toBeCloseTo(2 * Math.sqrt(3), 12);
  });

  test("the season comes again, wider with each season; a moment not seen takes the one before", () => {
    const past = Float64Array.of(1, 10, 2, 11, 3, Number.NaN);
    const ahead = seasonalNaive(2)(past, 4);
    expect([...ahead.mean]).toEqual([3, 11, 3, 11]);
    expectClose(
      [0, 1, 2, 3].map((h) => scaleAt(ahead, h)),
      [1, Math.SQRT2, Math.SQRT2, Math.sqrt(3)],
      12,
    );
  });

  test("with no more than a season seen it is the random walk", () => {
    expect([...seasonalNaive(12)(Float64Array.of(1, 2, 3), 2).mean]).toEqual([3, 3]);
  });

  test("drift is the line through both ends, its widths by the book", () => {
    const ahead = drift(Float64Array.of(0, 2, 3, 6, 8), 3);
    expectClose(ahead.mean, [10, 12, 14], 12);
    const sigma = Math.sqrt((0 + 1 + 1 + 0) / 3);
    expectClose(
      [0, 2].map((h) => scaleAt(ahead, h)),
      [sigma * Math.sqrt(1.25), sigma * Math.sqrt(3 * 1.75)],
      12,
    );
  });

  test("gaps lie on straight lines, ends are level", () => {
    expect([...gapless(Float64Array.of(Number.NaN, 1, Number.NaN, 3, Number.NaN))]).toEqual([1, 1, 2, 3, 3]);
  });

  const rules = { naive, drift, autoregression, ets: ets(3), seasonal: seasonalNaive(3) };
  test.each(Object.entries(rules))("%s has a mean for each step, and its quantiles never fall", (_, rule) => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (values, horizon) => {
          const past = Float64Array.from(values, (value, t) => value + Math.sin(t));
          const one = rule(past, horizon);
          expect(one.mean.length).toBe(horizon);
          for (let h = 0; h < horizon; h++)
            expect(one.quantile(h, 0.2)).toBeLessThanOrEqual(one.quantile(h, 0.8));
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each(Object.entries(rules))("%s has nothing to say of what was never seen", (_, rule) => {
    expect(rule(new Float64Array(0), 2).mean).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    expect(rule(Float64Array.of(Number.NaN), 1).mean[0]).toBeNaN();
  });

  test("a rule for one column serves several", () => {
    const both = columnwise("naive", naive).forecast({ values: Float64Array.of(1, 5, 2, 6), width: 2 }, 1);
    expect(both.map(({ mean }) => mean[0])).toEqual([2, 6]);
  });
});

test("the simplex finds the valley of Rosenbrock", () => {
  const valley = ([x = 0, y = 0]: Float64Array) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  expectClose(
    leastBySimplex(valley, Float64Array.of(-1.2, 1), 0.5, { most: 500, tolerance: 1e-14 }),
    [1, 1],
    5,
  );
});
