import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectionQuality, type Incident } from "../../src/metrics/detection.ts";
import { duration, flaggedSpans, meets } from "../../src/metrics/spans.ts";

const seconds = (count: number) => Array.from({ length: count }, (_, t) => t);
const flagsAt = (count: number, ...flagged: number[]) =>
  seconds(count).map((t) => (flagged.includes(t) ? 1 : 0));

describe("spans", () => {
  test("merge flags closer than the gap, and flags of neighbouring steps however far apart", () => {
    const spans = flaggedSpans([0, 1, 2, 3, 4, 60, 61], [1, 0, 1, 0, 1, 1, 0], 2.5);
    expect(spans).toEqual([{ start: 0, end: 60, first: 0, last: 5 }]);
    expect(flaggedSpans([0, 1, 2, 3], [1, 0, 1, 0], 2).map(({ start }) => start)).toEqual([0, 2]);
  });

  test("cover every flag once, in order, at least the gap apart", () => {
    const steps = fc.array(fc.tuple(fc.double({ min: 0.01, max: 3, noNaN: true }), fc.boolean()), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 5, noNaN: true }), (pairs, gap) => {
        let clock = 0;
        const times = pairs.map(([pause]) => (clock += pause));
        const flags = pairs.map(([, flag]) => flag);
        const spans = flaggedSpans(times, flags, gap);
        const inside = (step: number) =>
          spans.filter(({ first, last }) => first <= step && step <= last).length;
        flags.forEach((flag, step) => {
          expect(inside(step)).toBeLessThanOrEqual(1);
          expect(inside(step)).toBeGreaterThanOrEqual(flag ? 1 : 0);
        });
        spans.forEach(({ first, last, start, end }, i) => {
          expect([flags[first], flags[last], times[first], times[last]]).toEqual([true, true, start, end]);
          if (i > 0) expect(start - spans[i - 1]!.end).toBeGreaterThanOrEqual(gap);
        });
      }),
    );
  });

  test("a sequence lasts to the end of its last step", () => {
    expect(duration([10, 10.2, 10.4, 10.6])).toBeCloseTo(0.8, 12);
    expect([duration([5]), duration([])]).toEqual([0, 0]);
  });
});

test("a small case, counted by hand", () => {
  const incidents: Incident[] = [
    { kind: "stall", start: 10, end: 14 }, // flagged at 12 and 13: found after 2 s
    { kind: "stall", start: 30, end: 34 }, // flagged at 36, in the tail: found after 6 s
    { kind: "flood", start: 50, end: 54 }, // missed
  ];
  const flags = flagsAt(60, 12, 13, 20, 36, 45, 46);
  const quality = detectionQuality([{ times: seconds(60), flags, incidents }], { gap: 3, tolerance: 5 });
  expect(quality.events).toBe(4);
  expect(quality.precision).toBe(0.5);
  expect(quality.falseEventsPerHour).toBe(120);
  expect([quality.total, quality.found, quality.recall, quality.medianDelaySeconds]).toEqual([
    3,
    2,
    2 / 3,
    4,
  ]);
  expect(quality.kinds).toEqual({
    flood: { total: 1, found: 0, recall: 0, medianDelaySeconds: null },
    stall: { total: 2, found: 2, recall: 1, medianDelaySeconds: 4 },
  });
  // Hits 12, 13; the tail's 36 counts neither way; false 20, 45, 46; 15 incident steps.
  expect(quality.pointwise.precision).toBeCloseTo(2 / 5, 12);
  expect(quality.pointwise.recall).toBeCloseTo(2 / 15, 12);
  expect(quality.pointwise.f1).toBeCloseTo(4 / 20, 12);
});

test("an alarm from before the incident finds it with the delay of its first flag inside", () => {
  const incidents = [{ kind: "hog", start: 5.5, end: 9 }];
  const quality = detectionQuality([{ times: seconds(20), flags: flagsAt(20, 4, 5, 7, 8), incidents }]);
  expect([quality.events, quality.found, quality.medianDelaySeconds]).toEqual([1, 1, 1.5]);
});

test("nothing flagged, nothing to find: shares of nothing are null", () => {
  const silent = detectionQuality([{ times: seconds(5), flags: flagsAt(5), incidents: [] }]);
  expect([silent.precision, silent.recall, silent.medianDelaySeconds, silent.falseEventsPerHour]).toEqual([
    null,
    null,
    null,
    0,
  ]);
  expect(silent.pointwise).toEqual({ precision: null, recall: null, f1: null });
});

test("sequences are judged by their own clocks and pooled", () => {
  const one = { times: seconds(20), flags: flagsAt(20, 3), incidents: [{ kind: "a", start: 2, end: 4 }] };
  const other = { times: seconds(20), flags: flagsAt(20, 15), incidents: [{ kind: "a", start: 2, end: 4 }] };
  const quality = detectionQuality([one, other]);
  expect([quality.events, quality.precision, quality.recall]).toEqual([2, 0.5, 0.5]);
});

test("agrees with a count over pairs of flags and incidents when no flags merge", () => {
  const incident = fc.record({
    kind: fc.constantFrom("a", "b"),
    start: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 24 }), { maxLength: 8 }),
      fc.array(incident, { maxLength: 4 }),
      fc.integer({ min: 0, max: 4 }),
      (flagged, raw, tolerance) => {
        const incidents = raw.map(({ kind, start, length }) => ({ kind, start, end: start + length }));
        const at = flagged.map((t) => 2 * t);
        const quality = detectionQuality([{ times: seconds(50), flags: flagsAt(50, ...at), incidents }], {
          gap: 1,
          tolerance,
        });
        const within = (t: number, one: Incident) => t >= one.start && t <= one.end + tolerance;
        expect(quality.events).toBe(at.length);
        expect(quality.found).toBe(incidents.filter((one) => at.some((t) => within(t, one))).length);
        const right = at.filter((t) => incidents.some((one) => within(t, one))).length;
        expect(quality.precision).toBe(at.length === 0 ? null : right / at.length);
        const delays = incidents.flatMap((one) =>
          at
            .filter((t) => within(t, one))
            .sort((a, b) => a - b)
            .slice(0, 1)
            .map((t) => t - one.start),
        );
        expect(quality.medianDelaySeconds === null).toBe(delays.length === 0);
        if (delays.length === 1) expect(quality.medianDelaySeconds).toBe(delays[0]);
      },
    ),
  );
});

test("an event meets an incident up to the end of its recovery, and not before it begins", () => {
  const incident = { start: 10, end: 20 };
  const told = [9, 10, 25, 26].map((time) => meets({ start: time, end: time }, incident, 5));
  expect(told).toEqual([false, true, true, false]);
  expect(meets({ start: 0, end: 100 }, incident, 0)).toBe(true);
});
