import fc from "fast-check";
import { expect, test } from "vitest";
import { detect, type EntryScores, fitDetector } from "../../src/anomaly/detect.ts";
import { LiveDetector } from "../../src/anomaly/live-detector.ts";
import { Random } from "../../src/random/generator.ts";

const columns = ["a", "b", "c"];

/** Scores of usual steps, some missing; `loud` ones are as unusual as it says. */
function scoresOf(seed: number, steps: number, loud: (t: number) => number = () => 0): EntryScores {
  const random = Random.stream(seed, "live detector");
  const values = Float64Array.from({ length: steps * columns.length }, (_, i) => {
    const score = random.normal() ** 2 / 2 + (i % 3 === 1 ? loud(Math.floor(i / 3)) : 0);
    return random.uniform() < 0.03 ? Number.NaN : score;
  });
  return { times: Float64Array.from({ length: steps }, (_, t) => t / 5), values };
}

const detector = fitDetector(columns, [scoresOf(1, 3000), scoresOf(2, 1500)], { alarmsPerHour: 20 });

const follow = ({ values, times }: EntryScores) => {
  const live = new LiveDetector(detector);
  return Array.from(times, (_, t) => live.step(values.slice(t * columns.length, (t + 1) * columns.length)));
};

test("scores and flags are those of the whole sequence, to the last bit", () => {
  const bursts = fc.array(
    fc.record({
      from: fc.nat(400),
      length: fc.integer({ min: 1, max: 60 }),
      height: fc.double({ min: 0, max: 30, noNaN: true }),
    }),
    { maxLength: 4 },
  );
  const plainlyOdd = [100, 200, 300].map((from) => ({ from, length: 60, height: 30 }));
  let odd = 0;
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 500 }), bursts, (seed, steps, loud) => {
      const scores = scoresOf(seed, steps, (t) =>
        loud.reduce(
          (sum, { from, length, height }) => sum + (t >= from && t < from + length ? height : 0),
          0,
        ),
      );
      const whole = detect(scores, detector);
      const live = follow(scores);
      expect(live.map(({ score }) => score)).toEqual([...whole.scores]);
      expect(live.map(({ isAnomalous }) => (isAnomalous ? 1 : 0))).toEqual([...whole.flags]);
      odd += live.filter(({ isAnomalous }) => isAnomalous).length;
    }),
    { numRuns: 60, examples: [[5, 500, plainlyOdd]] },
  );
  expect(odd).toBeGreaterThan(100);
});

test("an odd step names the column that stands out, a usual one none", () => {
  const live = follow(scoresOf(5, 200, (t) => (t >= 100 && t < 120 ? 25 : 0)));
  expect(live[110]!.reasons[0]!.column).toBe("b");
  expect(live[110]!.isAnomalous).toBe(true);
  expect(live[50]).toMatchObject({ isAnomalous: false, reasons: [] });
});

test("goes on from a state kept as JSON with the very same numbers, wherever it stopped", () => {
  const scores = scoresOf(7, 200, (t) => (t >= 90 && t < 120 ? 25 : 0));
  const rowOf = (t: number) => scores.values.slice(t * columns.length, (t + 1) * columns.length);
  const whole = follow(scores);
  for (const stop of [0, 3, 24, 25, 26, 100, 199]) {
    const [before, after] = [new LiveDetector(detector), new LiveDetector(detector)];
    for (let t = 0; t < stop; t++) before.step(rowOf(t));
    after.restore(JSON.parse(JSON.stringify(before.state)));
    const rest = Array.from({ length: 200 - stop }, (_, i) => after.step(rowOf(stop + i)));
    expect(rest).toEqual(whole.slice(stop));
  }
});

test.each([
  ["too few columns", [[1], [1], [1]]],
  ["columns of unequal length", [[1], [1], [1], [1, 2]]],
  ["more than the longest window", Array.from({ length: 4 }, () => Array(26).fill(1))],
  ["what is no number", [[1], [1], [Number.NaN], [1]]],
])("a state of %s is refused", (_, state) => {
  expect(() => new LiveDetector(detector).restore({ latest: state, changes: [] })).toThrow(
    expect.objectContaining({ code: "detect/state" }),
  );
});
