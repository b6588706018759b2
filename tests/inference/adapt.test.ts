import { describe, expect, test } from "vitest";
import { Adaptation, adaptTo } from "../../src/calibration/adapt.ts";
import { CoverageTally } from "../../src/calibration/coverage.ts";
import {
  predictionsOf,
  type Recalibration,
  Recalibrator,
  rawLevel,
} from "../../src/calibration/recalibrate.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import type { BacktestForecast } from "../../src/inference/backtest.ts";
import { Random } from "../../src/random/generator.ts";
import { columnsOf, drawSequence, settingsOf, single } from "./linear.ts";

const columns = columnsOf(single);
const horizons = [1, 4];

/** Standard normal forecasts, one after each step, of a sequence of normal values whose scale may change. */
function castsOf(label: string, length: number, scaleAt: (step: number) => number): BacktestForecast[] {
  const random = Random.stream(1, "casts", label);
  const values = Float64Array.from({ length }, (_, t) => scaleAt(t) * random.normal());
  return Array.from({ length: length - 1 }, (_, i) => ({
    sequence: { name: label, length, values },
    origin: i + 1,
    samples: Array.from({ length: 4 }, () => Float64Array.from({ length: 199 }, () => random.normal())),
  }));
}

function learned() {
  const recalibrator = new Recalibrator(columns, horizons);
  for (const cast of castsOf("learn", 2000, () => 1))
    for (const prediction of predictionsOf(cast, columns, horizons, 1)) recalibrator.add(prediction);
  return recalibrator.learn();
}

const recalibration = learned();
const adaptation = () => new Adaptation({ columns, recalibration, horizons, every: 1 });

/** The raw levels of 10 and 90 % at each origin, and the coverage from some origin on. */
function follow(casts: readonly BacktestForecast[], from = 0) {
  const [following, tally] = [adaptation(), new CoverageTally(columns, recalibration)];
  const levels = casts.map((cast) => {
    const predictions = predictionsOf(cast, columns, horizons, 2);
    const adapted = following.at(cast.origin);
    if (cast.origin >= from) for (const prediction of predictions) tally.add(prediction, adapted);
    following.add(cast, predictions);
    return horizons.flatMap((h) => [0.1, 0.9].map((level) => rawLevel(adapted, "x1", h, level)));
  });
  return { levels, rows: tally.rows(horizons) };
}

describe("after a shift of the scale", () => {
  // What the interval learned at scale 1 holds: P(|Z| < 1.2816/scale).
  // The bound on levels reaches from 0.69 to 2.01: Φ(-1.2816·0.69) is 0.19, Φ(-1.2816·2.01) 0.005.
  test.each([
    [1.6, 0.577],
    [0.8, 0.891],
  ])("to %f the map learned before holds %f, the adapted one its 80 %%", (scale, held) => {
    const { rows } = follow(
      castsOf(`scale ${scale}`, 2500, () => scale),
      500,
    );
    const deviation = Math.sqrt((0.8 * 0.2) / 2000);
    for (const { calibrated, adapted } of rows) {
      expect(Math.abs(calibrated.coverage - held)).toBeLessThan(0.05);
      expect(Math.abs(adapted.coverage - 0.8)).toBeLessThan(3 * deviation);
      expect(adapted.pinball).toBeLessThan(calibrated.pinball);
    }
  });

  test("and back again it finds back", () => {
    const { rows } = follow(
      castsOf("there and back", 3000, (t) => (t < 1000 ? 5 : 1)),
      1500,
    );
    for (const { adapted } of rows) expect(Math.abs(adapted.coverage - 0.8)).toBeLessThan(0.03);
  });
});

test("what comes later changes nothing about earlier origins; the same casts give the same levels", () => {
  const [calm, wild] = [3, 30].map((scale) => castsOf("future", 200, (t) => (t < 120 ? 1 : scale)));
  const [one, other] = [follow(calm!).levels, follow(wild!).levels];
  expect(one.slice(0, 120)).toEqual(other.slice(0, 120)); // origins 1 to 120 have seen steps 0 to 119
  expect(one.slice(130)).not.toEqual(other.slice(130));
  expect(follow(calm!).levels).toEqual(one);
});

test("an outcome counts from the step on at which it is seen", () => {
  const following = adaptation();
  const [cast] = castsOf("due", 10, () => 1);
  following.add(cast!, predictionsOf(cast!, columns, horizons, 1));
  const changed = (origin: number) =>
    horizons.map(
      (h) => rawLevel(following.at(origin), "x1", h, 0.5) !== rawLevel(recalibration, "x1", h, 0.5),
    );
  expect(changed(1)).toEqual([false, false]);
  expect(changed(2)).toEqual([true, false]);
  expect(changed(5)).toEqual([true, true]);
});

test("levels stay in order and within bounds whatever comes", () => {
  const following = adaptation();
  for (const cast of castsOf("incident", 400, (t) => (t % 7 === 0 ? 1e6 : 1e-6)))
    following.add(cast, predictionsOf(cast, columns, horizons, 1));
  for (const map of following.at(400).columns.x1!) {
    expect([...map].sort((a, b) => a - b)).toEqual(map);
    expect(map[0]).toBe(0);
    expect(map.at(-1)).toBe(1);
  }
});

test("a sequence louder than those learned from gets wider quantiles, always the same", async () => {
  const quiet = drawSequence(single, 400, 1);
  const loud = { ...quiet, values: quiet.values.map((value) => 3 * value) };
  const options = { ...settingsOf(single), particles: 50, horizon: 4, every: 2, recalibration };
  const of = async (sequences: readonly Sequence[]) => {
    const adapting = adaptTo({ ...options, sequences });
    let last = await adapting.next();
    for (; !last.done; last = await adapting.next()) expect(last.value.of).toBe(199 * sequences.length);
    const adapted = last.value;
    return sequences.map((each) => adapted.get(each)!.get(400)!) as [Recalibration, Recalibration];
  };
  const [own, louder] = await of([quiet, loud]);
  const [again] = await of([loud]);
  expect(again).toEqual(louder);
  for (const h of horizons) {
    expect(rawLevel(louder, "x1", h, 0.9)).toBeGreaterThan(rawLevel(own, "x1", h, 0.9));
    expect(rawLevel(louder, "x1", h, 0.1)).toBeLessThan(rawLevel(own, "x1", h, 0.1));
  }
});
