import { describe, expect, test } from "vitest";
import { detect, type EntryScores, fitDetector, type Statistic } from "../../src/anomaly/detect.ts";
import { fitTail, surprise } from "../../src/anomaly/tail.ts";
import { duration } from "../../src/metrics/spans.ts";
import { normals, uniforms } from "../baselines/generator.ts";
import "../slow.ts";

const RATE = 5;
const NAMES = ["calm", "bursty", "coarse"];

/** Clean scores at 5 Hz: one of a true normal model, one with heavy bursts, one that is nearly always the same. */
function clean(seed: number, steps: number): EntryScores {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1000)];
  const rows = Array.from({ length: steps }, () => [
    normal() ** 2 / 2,
    30 * ((1 - uniform()) ** -0.4 - 1),
    uniform() < 0.01 ? 1.5 : -0.2,
  ]);
  return { times: Float64Array.from(rows, (_, t) => t / RATE), values: Float64Array.from(rows.flat()) };
}

/** Adds nats to one column from one step to another. */
function disturbed(scores: EntryScores, column: number, from: number, to: number, nats: number): EntryScores {
  const values = scores.values.map((score, i) => {
    const step = Math.floor(i / NAMES.length);
    return i % NAMES.length === column && step >= from && step < to ? score + nats : score;
  });
  return { ...scores, values };
}

/** The scores of one column alone. */
const only = ({ times, values }: EntryScores, column: number): EntryScores => ({
  times,
  values: values.filter((_, i) => i % NAMES.length === column),
});

const detector = fitDetector(NAMES, [clean(1, 3000), clean(2, 1500)]);

describe("on clean data", () => {
  const long = clean(3, 20 * 3600 * RATE);

  test.each([1, 6, 30])("alarms come about %i times an hour, rather less than more", (alarmsPerHour) => {
    const model = fitDetector(NAMES, [clean(1, 6000), clean(2, 3000)], { alarmsPerHour });
    const rate = detect(long, model).events.length / (duration(long.times) / 3600);
    expect(rate).toBeGreaterThan(alarmsPerHour / 10);
    expect(rate).toBeLessThan(alarmsPerHour * 3);
  });

  test("scores that come in waves give no more alarms than wanted either, nor next to none", () => {
    const waves = (seed: number, steps: number): EntryScores => {
      const normal = normals(seed);
      let log = 0;
      const values = Array.from({ length: steps }, () => {
        log = 0.98 * log + 0.14 * normal();
        return (Math.exp(log) * normal() ** 2) / 2;
      });
      return { times: Float64Array.from(values, (_, t) => t / RATE), values: Float64Array.from(values) };
    };
    const later = waves(9, 5 * 3600 * RATE);
    const rates = [1, 2, 3, 4, 5, 6].map((seed) => {
      const model = fitDetector(["waves"], [waves(seed, 9000)], { alarmsPerHour: 6 });
      return detect(later, model).events.length / (duration(later.times) / 3600);
    });
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    expect(mean).toBeGreaterThan(6 * 0.3);
    expect(mean).toBeLessThan(6 * 1.3);
  });

  test("the threshold rises as the target rate falls, and no view alarms below its clean 95 % quantile", () => {
    const rates = [0.01, 0.1, 1, 10, 100, 1000, 1e6];
    const thresholds = rates.map(
      (alarmsPerHour) => fitDetector(NAMES, [clean(1, 3000)], { alarmsPerHour }).threshold,
    );
    expect(thresholds).toEqual(thresholds.toSorted((a, b) => b - a));
    expect(new Set(thresholds).size).toBe(rates.length);
    const windows = [5];
    const model = fitDetector(["calm"], [only(clean(1, 3000), 0)], { alarmsPerHour: 1e6, windows });
    const flags = detect(only(clean(1, 3000), 0), model).flags;
    expect(flags.filter((flag) => flag === 1).length / flags.length).toBeCloseTo(0.05, 2);
  });
});

describe("on an incident", () => {
  const scores = disturbed(clean(4, 1000), 0, 500, 540, 20);
  const { events, flags, scores: smoothed } = detect(scores, detector);

  test("one event, its span, its peak and its reason", () => {
    expect(events).toHaveLength(1);
    const event = events[0]!;
    expect(event.start).toBeGreaterThanOrEqual(100);
    expect(event.start).toBeLessThan(102);
    expect(event.end).toBeGreaterThanOrEqual(107.8);
    expect(event.end).toBeLessThanOrEqual(112.6);
    expect(event.reasons[0]!.column).toBe("calm");
    expect(event.reasons[0]!.excess).toBeGreaterThan(5);
    expect(event.peak).toBe(Math.max(...smoothed));
    expect(smoothed[Math.round(event.peakTime * RATE)]).toBe(event.peak);
    expect(flags[event.first]).toBe(1);
  });

  test("the score is causal: what comes later changes nothing before", () => {
    const undisturbed = detect(clean(4, 1000), detector).scores;
    expect([...smoothed.subarray(0, 500)]).toEqual([...undisturbed.subarray(0, 500)]);
    expect(smoothed[500]).toBeGreaterThan(undisturbed[500]!);
    expect([...smoothed.subarray(564)]).toEqual([...undisturbed.subarray(564)]);
  });

  test("a few nats in a calm column stand out, though bursts of hundreds are usual in another", () => {
    const faint = detect(disturbed(clean(4, 1000), 0, 500, 540, 6), detector);
    expect(faint.events.map(({ reasons }) => reasons[0]!.column)).toEqual(["calm"]);
    expect(Math.max(...clean(4, 1000).values)).toBeGreaterThan(100);
  });
});

describe("by enumeration", () => {
  const valid = disturbed(clean(1, 300), 1, 100, 104, Number.NaN);
  const model = fitDetector(NAMES, [valid], { windows: [4, 2] });
  const own = NAMES.map((_, j) => [...valid.values].filter((_, i) => i % 3 === j));
  const tails = own.map((entries) =>
    fitTail(Float64Array.from(entries.filter((score) => !Number.isNaN(score)))),
  );
  const missing = [Math.log(301), Math.log(301 / 5), Math.log(301)];
  const of = (score: number, j: number) => (Number.isNaN(score) ? missing[j]! : surprise(tails[j]!, score));
  const usual = own.map(
    (entries, j) => entries.reduce((sum, score) => sum + of(score, j), 0) / entries.length,
  );
  /** What a view shows of a step. */
  const shown = (
    { values }: EntryScores,
    { column, window }: Pick<Statistic, "column" | "window">,
    t: number,
  ) => {
    const columns = column === undefined ? [0, 1, 2] : [column];
    const steps = Array.from({ length: window }, (_, back) => t - back);
    const entries = steps.flatMap((at) =>
      columns.map((j) => (at < 0 ? usual[j]! : of(values[at * 3 + j]!, j))),
    );
    return entries.reduce((sum, entry) => sum + entry, 0) / window;
  };

  test("each column and their sum are seen through each window", () => {
    const looks = model.statistics.map(({ column, window }) => `${column ?? "sum"} ${window}`);
    expect(looks.sort()).toEqual(["0 2", "0 4", "1 2", "1 4", "2 2", "2 4", "sum 2", "sum 4"]);
    expect(model.threshold).toBeCloseTo(Math.log(8), 12);
  });

  test("the base of a view is the 95 % quantile of what it shows of clean data", () => {
    for (const view of model.statistics) {
      const values = Array.from({ length: 300 }, (_, t) => shown(valid, view, t)).sort((a, b) => a - b);
      expect(view.base).toBeCloseTo(values[284]!, 10);
      expect(view.excess).toBeGreaterThanOrEqual(1 / view.window);
    }
  });

  test("a step's score is that of the rarest view", () => {
    const scores = clean(5, 12);
    scores.values[7] = Number.NaN;
    detect(scores, model).scores.forEach((score, t) => {
      const rarities = model.statistics.map(
        (view) => (shown(scores, view, t) - view.base) / view.excess - view.logRate,
      );
      expect(score).toBeCloseTo(Math.max(...rarities), 8);
    });
  });
});

test("a column that is a little off for long is found, where the sum over many columns would not tell", () => {
  const names = Array.from({ length: 20 }, (_, j) => `column ${j}`);
  const many = (seed: number, steps: number): EntryScores => {
    const normal = normals(seed);
    const times = Float64Array.from({ length: steps }, (_, t) => t / RATE);
    return { times, values: Float64Array.from({ length: 20 * steps }, () => normal() ** 2 / 2) };
  };
  const model = fitDetector(names, [many(1, 3000)]);
  const off = many(2, 600);
  const values = off.values.map((score, i) =>
    i % 20 === 3 && i >= 20 * 300 && i < 20 * 350 ? score + 2 : score,
  );
  const { events } = detect({ ...off, values }, model);
  expect(events.map(({ reasons }) => reasons[0]!.column)).toEqual(["column 3"]);
  const sums = model.statistics.filter(({ column }) => column === undefined);
  expect(detect({ ...off, values }, { ...model, statistics: sums }).events).toEqual([]);
});

test("columns in another order, or scores in another unit of density, give the same events", () => {
  const turn = ({ times, values }: EntryScores): EntryScores => ({
    times,
    values: values.map((_, i) => values[i - (i % 3) + (((i % 3) + 1) % 3)]! + 100 * (i % 3)),
  });
  const turned = fitDetector(["bursty", "coarse", "calm"], [turn(clean(1, 3000)), turn(clean(2, 1500))]);
  const scores = disturbed(clean(6, 800), 1, 300, 330, 500);
  expect(turned.threshold).toBeCloseTo(detector.threshold, 8);
  const [plain, other] = [detect(scores, detector).events, detect(turn(scores), turned).events];
  expect(other.map(({ start, end }) => [start, end])).toEqual(plain.map(({ start, end }) => [start, end]));
  expect(other[0]!.reasons[0]!.column).toBe("bursty");
});

test("an infinite score is an alarm, not an accident", () => {
  const { events, scores } = detect(
    disturbed(clean(7, 200), 2, 100, 101, Number.POSITIVE_INFINITY),
    detector,
  );
  expect(events).toHaveLength(1);
  expect(events[0]!.reasons[0]).toEqual({ column: "coarse", excess: Number.POSITIVE_INFINITY });
  expect(scores.some(Number.isNaN)).toBe(false);
});

describe("missing entries", () => {
  const silent = (scores: EntryScores, share: number, seed: number): EntryScores => {
    const uniform = uniforms(seed);
    return { ...scores, values: scores.values.map((score) => (uniform() < share ? Number.NaN : score)) };
  };

  test("are an event where clean data had none", () => {
    const { events } = detect(disturbed(clean(8, 300), 2, 100, 150, Number.NaN), detector);
    expect(events.map(({ reasons }) => reasons[0]!.column)).toEqual(["coarse"]);
  });

  test("are nothing new where clean data had as many", () => {
    const model = fitDetector(NAMES, [silent(clean(1, 3000), 0.2, 5)]);
    expect(detect(silent(clean(8, 3000), 0.2, 6), model).events).toEqual([]);
  });
});

describe("the rate of false alarms", () => {
  /** The same scores, a step every so many seconds. */
  const every = (seconds: number, scores = clean(1, 3000)): EntryScores => ({
    ...scores,
    times: scores.times.map((_, t) => t * seconds),
  });

  test("is counted by steps whatever the clock", () => {
    const options = { alarmsPerThousandSteps: 0.5, gap: 0 };
    const flagsAt = (seconds: number) =>
      detect(every(seconds), fitDetector(NAMES, [every(seconds)], options)).flags;
    for (const seconds of [0.2, 1, 60, 86_400]) expect(flagsAt(seconds)).toEqual(flagsAt(1));
    const long = clean(3, 400_000);
    const model = fitDetector(NAMES, [every(60, clean(1, 6000)), every(60, clean(2, 3000))], options);
    const per1000 = detect(every(60, long), model).events.length / 400;
    expect(per1000).toBeGreaterThan(0.5 / 10);
    expect(per1000).toBeLessThan(0.5 * 3);
  });

  test("is an hour's unless told, and no more than one in 1,000 steps of a slow clock", () => {
    expect(fitDetector(NAMES, [every(0.2)]).wanted).toEqual({
      perHour: 1,
      perThousandSteps: expect.closeTo(1 / 18, 9),
    });
    expect(fitDetector(NAMES, [every(1)]).wanted).toEqual({
      perHour: 1,
      perThousandSteps: expect.closeTo(1 / 3.6, 9),
    });
    const hourly = fitDetector(NAMES, [every(3600)]);
    expect(hourly.wanted).toEqual({ perHour: expect.closeTo(0.001, 9), perThousandSteps: 1 });
    const flagged = detect(every(3600), hourly).flags.filter((flag) => flag === 1).length;
    const hour = fitDetector(NAMES, [every(3600)], { alarmsPerHour: 1 });
    expect(flagged).toBeLessThan(detect(every(3600), hour).flags.filter((flag) => flag === 1).length / 5);
  });
});

test("refuses too little clean data, scores that are not finite, and options out of range", () => {
  const refusal = (code: string) => expect.objectContaining({ code });
  expect(() => fitDetector(NAMES, [clean(1, 99)])).toThrow(refusal("detect/too-little-clean-data"));
  const infinite = disturbed(clean(1, 200), 1, 7, 8, Number.POSITIVE_INFINITY);
  expect(() => fitDetector(NAMES, [infinite])).toThrow(refusal("detect/bad-score"));
  const absent = disturbed(clean(1, 200), 1, 0, 200, Number.NaN);
  expect(() => fitDetector(NAMES, [absent])).toThrow("column bursty: no clean entry has a score");
  for (const options of [
    { windows: [0] },
    { windows: [10, 2.5] },
    { windows: [] },
    { alarmsPerHour: 0 },
    { gap: -1 },
    { alarmsPerHour: NaN },
    { alarmsPerThousandSteps: 0 },
    { alarmsPerHour: 1, alarmsPerThousandSteps: 1 },
  ]) {
    expect(() => fitDetector(NAMES, [clean(1, 200)], options)).toThrow(refusal("detect/bad-option"));
  }
});
