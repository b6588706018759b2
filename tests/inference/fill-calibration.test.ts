import { describe, expect, test } from "vitest";
import {
  calibratedFills,
  distancesIn,
  type FillCalibration,
  learnFillCalibration,
} from "../../src/calibration/fill-calibration.ts";
import { type Recalibration, recalibratedDraws } from "../../src/calibration/recalibrate.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { sampleQuantile } from "../../src/metrics/quantiles.ts";
import { drawSequence, type Linear, meanOf, settingsOf } from "./linear.ts";

/** What the data are of, and a model that believes in half and in twice their noise. */
const process: Linear = { decay: [0.8, 0.6], loading: [0.3, 0.2], noise: [1, 0.8] };
const believed = (factor: number): Linear => ({
  ...process,
  noise: process.noise.map((each) => each * factor),
});

const settings = (factor: number) => ({ ...settingsOf(believed(factor)), particles: 60, islandSize: 1 });

/** Every seventh step is missing whole, and of every tenth one column. */
function torn(seed: number) {
  const whole = drawSequence(process, 1000, seed);
  const values = whole.values.map((value, i) => {
    const step = Math.floor(i / 2);
    return step % 7 === 3 || (step % 10 === 5 && i % 2 === 1) ? Number.NaN : value;
  });
  return { whole, sequence: { ...whole, values } };
}

describe.each([0.5, 2])("of a model that believes in %d times the noise", (factor) => {
  const { whole, sequence } = torn(2);
  const imputed = imputeSequences({ ...settings(factor), sequences: [sequence] });
  const calibration = learnFillCalibration({
    ...settings(factor),
    sequences: [drawSequence(process, 2000, 1)],
  });

  const coverage = (gaps: readonly { step: number; column: number; draws: Float64Array }[]) =>
    meanOf(
      gaps.map(({ step, column, draws }) => {
        const [sorted, value] = [draws.toSorted(), whole.values[step * 2 + column]!];
        return sampleQuantile(sorted, 0.1) <= value && value <= sampleQuantile(sorted, 0.9) ? 1 : 0;
      }),
    );

  test("intervals of 80 % hold 80 % of entries of other data, and did not before", async () => {
    const own = await imputed;
    const [mapped] = calibratedFills(own, await calibration, settings(factor).columns);
    expect(own[0]!.gaps.length).toBeGreaterThan(350);
    expect(Math.abs(coverage(own[0]!.gaps) - 0.8)).toBeGreaterThan(0.1);
    // 0.02 is the deviation of a share of 386, and maps learned from some 200 entries each err too.
    expect(Math.abs(coverage(mapped!.gaps) - 0.8)).toBeLessThan(0.07);
  });

  test("what fills a gap is the mean of the mapped draws, which stand in their order", async () => {
    const own = await imputed;
    const [mapped] = calibratedFills(own, await calibration, settings(factor).columns);
    mapped!.gaps.forEach(({ step, column, draws }, i) => {
      expect(mapped!.imputed.values[step * 2 + column]).toBe(meanOf(draws));
      const rank = (values: Float64Array) => [...values.keys()].sort((a, b) => values[a]! - values[b]!);
      const order = rank(own[0]!.gaps[i]!.draws);
      for (let r = 1; r < order.length; r++)
        expect(draws[order[r]!]!).toBeGreaterThanOrEqual(draws[order[r - 1]!]!);
    });
  });
});

test("distances go to the nearest observed entry of the column, on either side", () => {
  const [gap, x] = [Number.NaN, 1];
  const values = Float64Array.of(gap, gap, x, gap, gap, gap, gap, gap, gap, gap, x, gap); // [6, 2]
  const distances = distancesIn({ name: "s", length: 6, values }, 2);
  expect([...distances]).toEqual([
    1,
    ...Array(1).fill(Infinity),
    0,
    Infinity,
    1,
    Infinity,
    2,
    Infinity,
    1,
    Infinity,
    0,
    Infinity,
  ]);
});

test("columns of which too little was observed, and those that are no quantities, are left as they are", async () => {
  const sequence = drawSequence(process, 900, 3);
  const sparse = sequence.values.map((value, i) => (i % 2 === 1 && i % 120 !== 1 ? Number.NaN : value));
  const calibration = await learnFillCalibration({
    ...settings(1),
    sequences: [{ ...sequence, values: sparse }],
  });
  expect([...calibration.partial.keys()]).toEqual(["x1"]);
  const own = await imputeSequences({ ...settings(1), sequences: [torn(4).sequence] });
  const [mapped] = calibratedFills(own, calibration, settings(1).columns);
  mapped!.gaps.forEach((gap, i) => {
    if (gap.column === 1 && !calibration.whole.has("x2")) expect(gap).toEqual(own[0]!.gaps[i]);
  });
});

test("names that objects inherit are names", () => {
  const columns = [
    { ...settings(1).columns[0]!, name: "__proto__" },
    { ...settings(1).columns[1]!, name: "constructor" },
  ];
  const map: Recalibration = { horizons: [1], columns: Object.fromEntries([["__proto__", [[0, 0.5, 1]]]]) };
  const calibration: FillCalibration = { partial: new Map(), whole: new Map([["__proto__", map]]) };
  const { sequence } = torn(5);
  const gaps = [{ step: 3, column: 1, draws: Float64Array.of(1, 2, 3) }];
  const [mapped] = calibratedFills(
    [{ sequence, imputed: sequence, gaps, effectiveSize: 1 }],
    calibration,
    columns,
  );
  expect(mapped!.gaps).toEqual(gaps);
});

test("recalibrated draws have the quantiles that the map asks of the raw ones", () => {
  const raw = Float64Array.from({ length: 99 }, (_, i) => i + 1);
  const wider = (level: number) => Math.min(1, Math.max(0, 0.5 + 1.2 * (level - 0.5)));
  const draws = recalibratedDraws(raw, wider);
  for (const level of [0.1, 0.25, 0.5, 0.9])
    expect(sampleQuantile(draws, level)).toBeCloseTo(sampleQuantile(raw, wider(level)), 9);
  expect(meanOf(draws)).toBeCloseTo(50, 9);
});
