import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seasonsOf } from "../../src/data/seasons.ts";
import { Random } from "../../src/random/generator.ts";
import { testWithSharedData } from "../shared-data.ts";

const random = Random.stream(7, "seasons");
const noise = (length: number) => Array.from({ length }, () => random.normal());
const summed = (values: readonly number[]) => {
  let sum = 0;
  return values.map((value) => (sum += value));
};
const stepsOf = (...series: readonly (readonly number[])[]) => seasonsOf(series).map(({ steps }) => steps);
const wave = (length: number, period: number) =>
  Array.from({ length }, (_, t) => Math.sin((2 * Math.PI * t) / period));

describe("a season is found", () => {
  test("of every length, with its steps, in noise of the same size", () => {
    for (const period of [4, 7, 12, 30, 52, 96, 288, 365])
      expect(
        stepsOf(noise(20 * period).map((value, t) => value + 2 * wave(20 * period, period)[t]!)),
      ).toEqual([period]);
  });

  test("on a trend, on a random walk, and with a third of the values missing", () => {
    const season = wave(480, 12).map((value) => 3 * value);
    const walk = summed(noise(480));
    expect(stepsOf(season.map((value, t) => value + 0.1 * t + random.normal()))).toEqual([12]);
    expect(stepsOf(season.map((value, t) => value + walk[t]!))).toEqual([12]);
    expect(
      stepsOf(season.map((value) => (random.uniform() < 0.33 ? Number.NaN : value + random.normal()))),
    ).toEqual([12]);
  });

  test("of a day and of a week of 24 such; twice the day is no season", () => {
    const weekend = (t: number) => (Math.floor(t / 24) % 7 > 4 ? 1 : 0);
    const day = wave(24 * 70, 24);
    expect(stepsOf(day.map((value, t) => 2 * value + 0.7 * random.normal() + 1.5 * weekend(t)))).toEqual([
      24, 168,
    ]);
  });

  test("of rare events", () => {
    expect(stepsOf(noise(6000).map((value, t) => value + (t % 250 < 6 ? 9 : 0)))).toEqual([250]);
  });

  test("in the union of sequences of which none tells it", () => {
    const short = () => noise(40).map((value, t) => value + 1.2 * Math.sin((2 * Math.PI * t) / 12));
    const many = Array.from({ length: 60 }, short);
    expect(many.filter((one) => stepsOf(one).length > 0).length).toBeLessThan(10);
    expect(stepsOf(...many)).toEqual([12]);
  });

  test("where it repeats three times, and not where it does so less often", () => {
    const profile = noise(48);
    const repeated = (length: number) =>
      Array.from({ length }, (_, t) => profile[t % 48]! + 0.1 * random.normal());
    expect(stepsOf(repeated(3 * 48))).toEqual([48]);
    expect(stepsOf(repeated(2.9 * 48))).toEqual([]);
  });
});

describe("none is found", () => {
  /** Of 100 series of each kind and length; that of chance is about 1 in 200. */
  const FALSE_ALARMS = 4;
  const kinds: Record<string, (length: number) => number[]> = {
    "white noise": noise,
    "random walks": (length) => summed(noise(length)),
    "walks of walks": (length) => summed(summed(noise(length))),
    "noise on a line": (length) => noise(length).map((value, t) => value + t),
    "noise on a parabola": (length) => noise(length).map((value, t) => value + t * t),
    "noise that swings": (length) =>
      noise(length + 1).map((value, t, all) => value - 0.8 * (all[t - 1] ?? 0)),
    "walks with gaps": (length) =>
      summed(noise(length)).map((value) => (random.uniform() < 0.3 ? Number.NaN : value)),
    "growing walks": (length) => summed(noise(length)).map((value) => Math.exp(value / 20)),
  };

  for (const [kind, made] of Object.entries(kinds))
    test.each([60, 144, 300])(`in ${kind} of %i steps, but for few of 100`, (length) => {
      const found = Array.from({ length: 100 }, () => stepsOf(made(length))).filter(
        (steps) => steps.length > 0,
      );
      expect(found.length).toBeLessThanOrEqual(FALSE_ALARMS);
    });

  test("in two outliers, constants, nothing at all", () => {
    const outliers = noise(600).map((value, t) => (t === 100 || t === 250 ? 1e6 : value));
    expect([stepsOf(outliers), stepsOf(), stepsOf([]), stepsOf([1]), stepsOf(Array(100).fill(3))]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
    expect(stepsOf(Array(100).fill(Number.NaN))).toEqual([]);
  });
});

test("a season that a fifth of the series of a panel have is found beside that of all", () => {
  const daily = () => wave(1680, 24).map((value) => 2 * value + random.normal());
  const weekly = () => daily().map((value, t) => value + (Math.floor(t / 24) % 7 > 4 ? 2 : 0));
  const panel = Array.from({ length: 40 }, (_, i) => (i % 5 === 0 ? weekly() : daily()));
  expect(stepsOf(...panel)).toEqual([24, 168]);
  expect(stepsOf(...panel.filter((_, i) => i % 5 !== 0))).toEqual([24]);
});

test("what comes out is whole, sure and finite for any numbers", () => {
  const value = fc.oneof(
    fc.double({ noNaN: false, noDefaultInfinity: true }),
    fc.constantFrom(0, 1, Number.NaN),
  );
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 80 }), { maxLength: 3 }), (series) => {
      for (const { steps, strength } of seasonsOf(series)) {
        expect(Number.isInteger(steps) && steps >= 4).toBe(true);
        expect(strength >= 0.2 && strength < 2).toBe(true);
      }
    }),
  );
});

test("size and place of values change nothing, nor does the order of sequences", () => {
  const [one, other] = [
    wave(144, 12).map((value) => value + random.normal() / 2),
    wave(100, 12).map((value) => value + random.normal()),
  ];
  const found = seasonsOf([one, other]);
  const moved = seasonsOf([other.map((value) => 1e6 * value), one.map((value) => value / 1e3 - 5)]);
  expect(moved.map(({ steps }) => steps)).toEqual(found.map(({ steps }) => steps));
  expect(moved[0]!.strength).toBeCloseTo(found[0]!.strength, 6);
});

describe("of data whose seasons are known", () => {
  const column = (folder: string, file: string, place: number) =>
    readFileSync(join(folder, "series", file), "utf8")
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => Number(line.split(",")[place]));

  testWithSharedData(
    "airline passengers by month, lynx by year, taxi rides by half an hour, currencies",
    (folder) => {
      expect(stepsOf(column(folder, "classic/Airline/Airline.csv", 1))).toEqual([12]);
      const [cycle] = stepsOf(column(folder, "classic/Lynx/Lynx.csv", 1));
      expect([9, 10]).toContain(cycle);
      expect(stepsOf(column(folder, "nab/data/realKnownCause/nyc_taxi.csv", 1))).toEqual([48, 336]);
      for (const place of [1, 2, 3, 4, 6, 7])
        expect(stepsOf(column(folder, "ett/ETTh1.csv", place))).toEqual([24]);
      expect(stepsOf(column(folder, "classic/Uschange/Uschange.csv", 2))).toEqual([]);
    },
  );
});
