import { describe, expect, test } from "vitest";
import { Adaptation } from "../../src/calibration/adapt.ts";
import { AnomalousSteps } from "../../src/calibration/anomalous-steps.ts";
import { CoverageTally } from "../../src/calibration/coverage.ts";
import { type Prediction, predictionsOf, Recalibrator } from "../../src/calibration/recalibrate.ts";
import type { BacktestForecast } from "../../src/inference/backtest.ts";
import { Random } from "../../src/random/generator.ts";
import { columnsOf } from "./linear.ts";
import "../slow.ts";

const width = 12;
const columns = columnsOf({ decay: new Array(width).fill(0), loading: [], noise: [] });
const horizons = [1, 4];

/** Of each step ahead the same standard normal draws. */
const samples = (() => {
  const random = Random.stream(1, "draws");
  const drawn = Float64Array.from({ length: 99 * width }, () => random.normal());
  return Array.from({ length: 4 }, () => drawn);
})();

/** Forecasts after each step of a sequence of normal values, whose scale may differ by step and column. */
function castsOf(length: number, scaleAt: (step: number, column: number) => number): BacktestForecast[] {
  const random = Random.stream(1, "values", length);
  const values = Float64Array.from(
    { length: length * width },
    (_, i) => scaleAt(Math.floor(i / width), i % width) * random.normal(),
  );
  const sequence = { name: "machine", length, values };
  return Array.from({ length: length - 1 }, (_, i) => ({ sequence, origin: i + 1, samples }));
}

const predict = (cast: BacktestForecast) => predictionsOf(cast, columns, horizons, 1);

const recalibration = (() => {
  const recalibrator = new Recalibrator(columns, horizons);
  for (const cast of castsOf(1500, () => 1)) for (const each of predict(cast)) recalibrator.add(each);
  return recalibrator.learn();
})();

const LENGTH = 1200;
const isBurst = (step: number) => step % 100 < 15;
const isClean = (step: number) => step % 100 >= 40;
/** Half of the columns go wild in each burst. */
const bursts = (scale: number) => castsOf(LENGTH, (step, d) => (isBurst(step) && d < 6 ? scale : 1));

/** Columns followed each by itself, too few for the rule. */
const alone = columns.map((column) => [column]);

/** Follows casts with columns apart, in groups: of the targets that count, the coverage of 80 % of columns together. */
function coverageOf(
  casts: readonly BacktestForecast[],
  groups: (typeof columns)[],
  counts: (target: number) => boolean,
) {
  const following = groups.map(
    (group) => new Adaptation({ columns: group, recalibration, horizons, every: 1 }),
  );
  const tally = new CoverageTally(columns, recalibration);
  for (const cast of casts) {
    const predictions = predict(cast);
    for (const [i, group] of groups.entries()) {
      const own = predictions.filter(({ column }) => group.includes(columns[column]!));
      const map = following[i]!.at(cast.origin);
      for (const each of own) if (counts(cast.origin + each.horizon - 1)) tally.add(each, map);
      following[i]!.add(
        cast,
        own.map((each) => ({ ...each, column: group.indexOf(columns[each.column]!) })),
      );
    }
  }
  return horizons.map((horizon) => {
    const rows = tally.rows([horizon]).filter((_, d) => d < 6);
    const count = rows.reduce((all, row) => all + row.count, 0);
    const coverage = rows.reduce((all, row) => all + row.adapted.coverage / rows.length, 0);
    return { coverage, deviation: Math.sqrt((0.8 * 0.2) / count) };
  });
}

describe("bursts in half of the columns, 15 steps in each 100", () => {
  test("leave the coverage of clean steps where it was; columns followed alone, without the rule, lose it", () => {
    const casts = bursts(10);
    for (const { coverage, deviation } of coverageOf(casts, [columns], isClean))
      expect(Math.abs(coverage - 0.8)).toBeLessThan(3 * deviation);
    for (const { coverage, deviation } of coverageOf(casts, alone, isClean))
      expect(coverage - 0.8).toBeGreaterThan(6 * deviation);
  });

  test("matter only from when they are seen", () => {
    const levelsOf = (casts: readonly BacktestForecast[]) => {
      const following = new Adaptation({ columns, recalibration, horizons, every: 1 });
      return casts.map((cast) => {
        const map = following.at(cast.origin);
        following.add(cast, predict(cast));
        return map;
      });
    };
    const [calm, burst] = [1, 10].map((scale) =>
      levelsOf(castsOf(200, (step) => (step >= 120 && step < 135 ? scale : 1))),
    );
    expect(burst!.slice(0, 120)).toEqual(calm!.slice(0, 120)); // origins 1 to 120 have seen steps 0 to 119
    expect(burst![120]).not.toEqual(calm![120]); // the first outcome of the burst teaches nothing
    for (const map of burst!.slice(120, 155)) expect(map).toEqual(burst![120]);
  });

  test("teach nothing: as much as before after bursts of any size", () => {
    const levelsAfter = (scale: number) => {
      const following = new Adaptation({ columns, recalibration, horizons, every: 1 });
      for (const cast of bursts(scale)) following.add(cast, predict(cast));
      return following.at(LENGTH);
    };
    expect(levelsAfter(1e6)).toEqual(levelsAfter(1e3));
  });
});

test("a shift of all columns that lasts is learned as by each column alone", () => {
  const casts = castsOf(LENGTH, (step) => (step < 300 ? 1 : 1.6));
  const isLater = (target: number) => target >= 800;
  const without = coverageOf(casts, alone, isLater);
  for (const [i, { coverage, deviation }] of coverageOf(casts, [columns], isLater).entries()) {
    expect(Math.abs(coverage - without[i]!.coverage)).toBeLessThan(3 * deviation);
  }
});

describe("odd steps", () => {
  const sorted = Float64Array.from({ length: 199 }, (_, i) => (i - 99) / 100);
  const outcome = (column: number, value: number): Prediction => ({
    horizon: 1,
    column,
    recorded: value,
    value,
    sorted,
    tie: 0.5,
  });
  /** A step with so many columns far off. */
  const step = (outside: number) => columns.map((_, d) => outcome(d, d < outside ? 9 : 0));
  const oddOf = (counts: readonly number[]) => {
    const odd = new AnomalousSteps(columns, recalibration);
    for (const [i, outside] of counts.entries()) odd.add(i, step(outside));
    return counts.map((_, i) => odd.disturbs(i));
  };

  test("are those with a third of the columns more outside than is usual, and 25 steps after them", () => {
    const calm = new Array(100).fill(1);
    expect(oddOf(calm.with(50, 4))).not.toContain(true);
    expect(oddOf(calm.with(50, 5))).toEqual(calm.map((_, i) => i >= 50 && i <= 75));
  });

  test("end when odd is usual", () => {
    const disturbed = oddOf([...new Array(60).fill(0), ...new Array(100).fill(12)]);
    expect(disturbed.indexOf(true)).toBe(60);
    expect(disturbed.lastIndexOf(true)).toBe(60 + 29 + 25); // half of 60 were calm until then
  });

  test("do not matter to steps before them", () => {
    const odd = new AnomalousSteps(columns, recalibration);
    odd.add(10, step(12));
    expect([9, 10, 35, 36].map((at) => odd.disturbs(at))).toEqual([false, true, true, false]);
  });

  test("need three columns", () => {
    const odd = new AnomalousSteps(columns.slice(0, 2), recalibration);
    odd.add(10, step(12).slice(0, 2));
    expect(odd.disturbs(10)).toBe(false);
  });

  test("are found by the interval learned beforehand, not the model's own", () => {
    const mapOf = (levels: readonly number[]) => ({
      horizons: [1],
      columns: Object.fromEntries(columns.map(({ name }) => [name, [levels]])),
    });
    const isOdd = (map: ReturnType<typeof mapOf>) => {
      const odd = new AnomalousSteps(columns, map);
      odd.add(
        10,
        columns.map((_, d) => outcome(d, 0.98)),
      ); // of draws from -0.99 to 0.99
      return odd.disturbs(10);
    };
    expect(isOdd(mapOf([0, 1]))).toBe(true);
    expect(isOdd(mapOf([0, 0, 1, 1]))).toBe(false); // asks for the outermost draws
  });

  test("are not found where nothing was observed", () => {
    const odd = new AnomalousSteps(columns, recalibration);
    odd.add(10, []);
    expect(odd.disturbs(10)).toBe(false);
  });
});
