/** What arrives in pieces gives what the whole gives, bit for bit, in memory that does not grow. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deltas } from "../../../src/data/audio/deltas.ts";
import { type Frames, framesOf } from "../../../src/data/audio/frames.ts";
import { type FrontEndOptions, frontEnd, stagesOf } from "../../../src/data/audio/front-end.ts";
import { normalised } from "../../../src/data/audio/running-mean.ts";
import { stacked } from "../../../src/data/audio/stacking.ts";
import { chained, type MakeStage, throughStage } from "../../../src/data/audio/stages.ts";
import { Random } from "../../../src/random/generator.ts";

const noise = (length: number, seed = 1): Float32Array => {
  const samples = new Float32Array(length);
  Random.stream(seed, "signal").fillNormal(samples);
  return samples.map((sample) => sample / 10);
};

/** Cuts of a length at places in order. */
const cutsOf = (length: number) =>
  fc.array(fc.nat(length), { maxLength: 12 }).map((places) => [0, ...places.sort((a, b) => a - b), length]);

const pieces = (values: Float32Array, cuts: readonly number[], width = 1): Float32Array[] =>
  cuts.slice(1).map((to, i) => values.subarray(cuts[i]! * width, to * width));

const together = (parts: readonly Float32Array[]): number[] => parts.flatMap((part) => [...part]);

const options: fc.Arbitrary<FrontEndOptions> = fc.record({
  rate: fc.constant(1000),
  windowSamples: fc.integer({ min: 20, max: 32 }),
  hopSamples: fc.integer({ min: 1, max: 50 }),
  edges: fc.constantFrom("snip", "centre"),
  dither: fc.record({ seed: fc.nat(), deviation: fc.constant(0.01) }),
  removeOffset: fc.boolean(),
  preEmphasis: fc.constantFrom(0, 0.97),
  window: fc.constantFrom("hann", "hamming", "povey", "rectangular"),
  bands: fc.constant(6),
  cepstra: fc.constantFrom(4, 6),
  energy: fc.boolean(),
  normalise: fc.constantFrom({}, { memory: 7 }),
  deltas: fc.integer({ min: 0, max: 3 }),
  deltaWindow: fc.integer({ min: 1, max: 3 }),
  stack: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 5 }),
});

test("a front end gives the same rows of a signal however that is cut", () => {
  const runs = fc
    .integer({ min: 0, max: 400 })
    .chain((length) => fc.tuple(fc.constant(length), cutsOf(length)));
  fc.assert(
    fc.property(options, runs, (given, [length, cuts]) => {
      const ears = frontEnd(given);
      const samples = noise(length);
      const whole = ears.features(samples);
      const stream = ears.stream();
      const parts: Frames[] = [...pieces(samples, cuts).map((piece) => stream.push(piece)), stream.end()];
      expect(together(parts.map(({ values }) => values))).toEqual([...whole.values]);
      for (const { width, length: rows, values } of [whole, ...parts])
        expect(values).toHaveLength(rows * width);
      expect(whole.width).toBe(ears.width);
    }),
    { numRuns: 300 },
  );
});

test("there are as many rows as the edges say", () => {
  const rows = (length: number, more: Partial<FrontEndOptions> = {}) =>
    frontEnd({ rate: 8000, ...more }).features(noise(length)).length;
  expect([0, 199, 200, 279, 280].map((length) => rows(length))).toEqual([0, 0, 1, 1, 2]);
  expect([0, 1, 79, 80, 160].map((length) => rows(length, { edges: "centre" }))).toEqual([0, 1, 1, 2, 3]);
  expect(rows(8000, { stack: 3 })).toBe(Math.ceil(98 / 3));
});

test("a front end tells what it makes", () => {
  const { width, frameRate } = frontEnd({ rate: 16_000, cepstra: 13, deltas: 2, stack: 3 });
  expect([width, frameRate]).toEqual([117, 100 / 3]);
});

describe("stages", () => {
  const stages: Record<string, MakeStage> = {
    slopes: deltas({ order: 2, window: 2 }),
    "a running mean": normalised({ memory: 5, before: { mean: [1, 2, 3], rows: 4 } }),
    "stacks that overlap": stacked(4, 2),
    "stacks with gaps": stacked(2, 5),
    all: chained(stagesOf({ normalise: {}, deltas: 2, stack: 3 })),
    none: chained([]),
  };

  test.each(Object.entries(stages))("%s give the same of cepstra in pieces and at once", (_, make) => {
    const runs = fc
      .integer({ min: 0, max: 30 })
      .chain((length) => fc.tuple(fc.constant(length), cutsOf(length)));
    fc.assert(
      fc.property(runs, ([length, cuts]) => {
        const rows = noise(3 * length);
        const stage = make(3);
        const parts = [...pieces(rows, cuts, 3).map((piece) => stage.push(piece)), stage.end()];
        expect(together(parts)).toEqual([...throughStage(make, framesOf(rows, 3)).values]);
      }),
    );
  });

  test("a running mean is that of the rows so far", () => {
    const rows = framesOf(Float32Array.of(1, 3, 8), 1);
    expect([...throughStage(normalised(), rows).values]).toEqual([0, 1, 4]);
    const informed = normalised({ before: { mean: [2], rows: 1 } });
    expect(throughStage(informed, rows).values[0]).toBe(-0.5);
    const kept = Math.exp(-1 / 2);
    expect(throughStage(normalised({ memory: 2 }), rows).values[1]).toBeCloseTo(
      3 - (kept + 3) / (kept + 1),
      6,
    );
  });

  test("stacks repeat the last row", () => {
    const rows = framesOf(Float32Array.of(1, 2, 3, 4), 1);
    expect([...throughStage(stacked(3), rows).values]).toEqual([1, 2, 3, 4, 4, 4]);
    expect([...throughStage(stacked(2, 1), rows).values]).toEqual([1, 2, 2, 3, 3, 4, 4, 4]);
    expect([...throughStage(stacked(1, 3), rows).values]).toEqual([1, 4]);
  });

  test("refuse what is no row", () => {
    expect(() => deltas()(3).push(new Float32Array(4))).toThrow("4 numbers are no rows of 3");
    expect(() => chained([])(3).push(new Float32Array(4))).toThrow("4 numbers are no rows of 3");
  });
});

test("NaN is refused with its place before anything is taken", () => {
  const stream = frontEnd({ rate: 8000 }).stream();
  stream.push(noise(300));
  expect(() => stream.push(Float32Array.of(0, Number.NaN))).toThrow("sample 302 is NaN");
  const other = frontEnd({ rate: 8000 }).stream();
  other.push(noise(300));
  const more = noise(500, 2);
  expect(stream.push(more)).toEqual(other.push(more));
});

test.each<[Partial<FrontEndOptions>, string]>([
  [{ rate: 0 }, "a rate of 0 samples a second"],
  [{ windowMs: 0 }, "a window in samples of 0"],
  [{ hopSamples: 1.5 }, "a hop in samples of 1.5"],
  [{ fftSize: 128 }, "a transform of 128 samples does not fit frames of 200 (give 256)"],
  [{ cepstra: 41 }, "a number of cepstra of 41 cannot be used (give a whole number from 1 to 40)"],
  [{ floor: 0 }, "a floor of 0 has no logarithm"],
  [{ preEmphasis: 2 }, "a pre-emphasis of 2"],
  [{ deltas: 4 }, "an order of slopes of 4"],
  [{ normalise: { memory: 0 } }, "a memory of 0 rows"],
  [{ stack: 0 }, "a stack of 0"],
  [{ lifter: -1 }, "a lifter of -1"],
])("%j is refused", (more, message) => {
  expect(() => frontEnd({ rate: 8000, ...more })).toThrow(message);
});

test("the memory of a stream does not grow with what it has heard", () => {
  const stream = frontEnd({ rate: 8000, cepstra: 13, deltas: 2, normalise: {}, stack: 3 }).stream();
  const piece = noise(800);
  const sizes = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const { length } = stream.push(piece);
    if (i > 2) sizes.add(length);
  }
  expect([...sizes].sort()).toEqual([3, 4]);
});
