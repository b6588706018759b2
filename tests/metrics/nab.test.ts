import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { windowedGaussian } from "../../scripts/series/windowed-gaussian.mjs";
import { nabAt, nabOptimised, nabProfiles, newsOf, probationarySteps } from "../../src/metrics/nab.ts";
import { testWithSharedData } from "../shared-data.ts";

const length = 200;
const windows = [
  { first: 60, last: 79 },
  { first: 120, last: 139 },
];
const scoresAt = (...steps: number[]) => Float64Array.from({ length }, (_, t) => (steps.includes(t) ? 1 : 0));
const scoreOf = (...steps: number[]) => nabAt([{ scores: scoresAt(...steps), windows }], 1).score;

describe("the score of the benchmark", () => {
  test("is 0 for a silent detector and 100 for one that finds each window at its first step", () => {
    expect(scoreOf()).toBe(0);
    expect(scoreOf(60, 120)).toBeCloseTo(100, 12);
  });

  test("pays by the scaled sigmoid of the place in the window, once a window", () => {
    const sigmoid = (y: number) => 2 / (1 + Math.exp(5 * y)) - 1;
    const worth = sigmoid(-(79 - 70 + 1) / 20) / sigmoid(-1);
    expect(scoreOf(70)).toBeCloseTo((100 * (worth + 1)) / 4, 12);
    expect(scoreOf(70, 71, 79)).toBeCloseTo(scoreOf(70), 12);
  });

  test("charges 0.11 for a false alarm far from windows, less just behind one, nothing while it learns", () => {
    expect(scoreOf(60, 120, 50)).toBeCloseTo(100 - 11 / 4, 12);
    expect(scoreOf(60, 120, 80)).toBeGreaterThan(100 - 11 / 4);
    expect(scoreOf(60, 120, 5)).toBeCloseTo(100, 12);
    expect([probationarySteps(length), probationarySteps(22_695)]).toEqual([30, 750]);
  });

  test("takes the best threshold over all series at once", () => {
    const scores = scoresAt(60, 120).map((score, t) => (t === 100 ? 0.5 : score));
    expect(nabOptimised([{ scores, windows }])).toMatchObject({
      threshold: 1,
      windowsFound: 2,
      falseAlarms: 0,
    });
    expect(nabOptimised([{ scores, windows }], nabProfiles.rewardFewMisses).score).toBeCloseTo(100, 12);
  });

  test("tells no step that is no news, whatever there is to find", () => {
    const scores = Float64Array.from({ length }, (_, t) => (t === 70 ? 1 : -Infinity));
    expect(nabOptimised([{ scores, windows }])).toMatchObject({ threshold: 1, falseAlarms: 0 });
  });

  test("has no threshold, not an infinite one, where it is best to tell nothing", () => {
    const best = nabOptimised([{ scores: new Float64Array(length).fill(1), windows }]);
    expect(best).toEqual({ score: 0, windowsFound: 0, windows: 2, falseAlarms: 0 });
  });
});

test("only what tops the quiet steps before is news", () => {
  expect([...newsOf([1, 5, 4, 2, 6, 6], 2)]).toEqual([1, 5, -Infinity, -Infinity, 6, -Infinity]);
});

// The scoreboard's own figure for this detector, 39.6, is the oracle of the whole path: labels, windows, costs, threshold.
testWithSharedData(
  "the published windowed Gaussian detector gets its published score",
  (folder) => {
    const series = readSeries(join(folder, "series/nab"));
    const scored = series.map(({ values, windows: own }) => ({
      scores: windowedGaussian(values),
      windows: own,
    }));
    expect(nabOptimised(scored)).toMatchObject({ windows: 116, threshold: 1 });
    expect(nabOptimised(scored).score).toBeCloseTo(39.65, 2);
  },
  180_000,
);

function readSeries(folder: string) {
  const all: Record<string, [string, string][]> = JSON.parse(
    readFileSync(join(folder, "labels/combined_windows.json"), "utf8"),
  );
  return Object.entries(all).map(([name, spans]) => {
    const rows = readFileSync(join(folder, "data", name), "utf8")
      .trim()
      .split(/\r?\n/)
      .slice(1);
    const times = rows.map((row) => row.split(",")[0]);
    const placeOf = (time: string) => times.indexOf(time.slice(0, 19));
    return {
      values: Float64Array.from(rows, (row) => Number(row.split(",")[1])),
      windows: spans.map(([first, last]) => ({ first: placeOf(first), last: placeOf(last) })),
    };
  });
}
