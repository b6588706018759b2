import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BatchPlan,
  bucketBatches,
  makeBatch,
  planEpoch,
  streams,
  windows,
} from "../../src/data/batches.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import { plainColumn } from "./temporary.ts";

const WIDTH = 2;
const columns = [plainColumn("a"), plainColumn("b")];

/** Sequences whose observed entries are all different; `gaps` decides what is missing. */
function numbered(lengths: readonly number[], gaps: (entry: number) => boolean = () => false): Sequence[] {
  let entry = 0;
  const next = () => {
    entry += 1;
    return gaps(entry) ? Number.NaN : entry;
  };
  return lengths.map((length, i) => ({
    name: `s${i}`,
    length,
    values: Float64Array.from({ length: length * WIDTH }, next),
  }));
}

/** A small generator of whole numbers (a linear congruence). */
function seeded(seed: number) {
  let state = seed;
  return (bound: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const observed = (sequences: readonly Sequence[]) =>
  sequences.flatMap(({ values }) => Array.from(values).filter((value) => !Number.isNaN(value)));
const ascending = (numbers: number[]) => numbers.sort((a, b) => a - b);
const batchOf = ({ sequences, continues }: BatchPlan) => makeBatch(sequences, columns, continues);

const lengths = fc.array(fc.integer({ min: 1, max: 37 }), { minLength: 1, maxLength: 15 });
const epochs = fc.record({
  lengths,
  batchSize: fc.integer({ min: 1, max: 6 }),
  window: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(Number.POSITIVE_INFINITY)),
  seed: fc.nat(),
  gap: fc.integer({ min: 2, max: 9 }),
});

describe("an epoch", () => {
  test("holds every observed entry of every sequence exactly once", () => {
    fc.assert(
      fc.property(epochs, ({ lengths: own, batchSize, window, seed, gap }) => {
        const sequences = numbered(own, (entry) => entry % gap === 0);
        const plans = planEpoch(sequences, { batchSize, window, random: seeded(seed) });
        const seen = plans.flatMap((plan) => {
          const { values, mask } = batchOf(plan);
          return Array.from(values).filter((_, i) => mask[i] === 1);
        });
        expect(ascending(seen)).toEqual(ascending(observed(sequences)));
      }),
    );
  });

  test("continues each lane where it stopped, and starts a chain at the beginning of sequences", () => {
    fc.assert(
      fc.property(epochs, ({ lengths: own, batchSize, window, seed }) => {
        const plans = planEpoch(numbered(own), { batchSize, window, random: seeded(seed) });
        expect(plans[0]!.continues).toBe(false);
        plans.forEach(({ sequences, continues }, i) => {
          sequences.forEach(({ name, offset = 0, length }, lane) => {
            expect(length).toBeLessThanOrEqual(window);
            const before = plans[i - 1]?.sequences[lane];
            if (continues)
              expect([name, offset]).toEqual([before!.name, (before!.offset ?? 0) + before!.length]);
            else expect(offset).toBe(0);
          });
        });
      }),
    );
  });

  test("differs with the generator's seed and not otherwise", () => {
    const sequences = numbered(Array.from({ length: 40 }, (_, i) => 10 + (i % 7)));
    const namesOf = (seed: number) =>
      planEpoch(sequences, { batchSize: 4, random: seeded(seed) }).map((plan) =>
        plan.sequences.map((s) => s.name),
      );
    expect(namesOf(1)).toEqual(namesOf(1));
    expect(namesOf(1)).not.toEqual(namesOf(2));
  });
});

describe("bucketBatches", () => {
  test("pads little: lanes of a group differ by about the tenth that lengths are jittered by", () => {
    const sequences = numbered(Array.from({ length: 64 }, (_, i) => 20 + 3 * ((i * 37) % 64)));
    const groups = bucketBatches(sequences, 8, seeded(3));
    const padded = groups.reduce(
      (sum, group) => sum + group.length * Math.max(...group.map((s) => s.length)),
      0,
    );
    const steps = sequences.reduce((sum, { length }) => sum + length, 0);
    expect(padded / steps).toBeLessThan(1.15);
    expect(groups.flat().length).toBe(64);
  });
});

describe("windows and streams", () => {
  test("windows are consecutive views", () => {
    const [sequence] = numbered([7]) as [Sequence];
    const [cut] = windows([sequence], 3) as [Sequence[]];
    expect(cut.map(({ offset, length }) => [offset ?? 0, length])).toEqual([
      [0, 3],
      [3, 3],
      [6, 1],
    ]);
    expect(cut.flatMap(({ values }) => [...values])).toEqual([...sequence.values]);
    expect(cut[1]!.values.buffer).toBe(sequence.values.buffer);
  });

  test("streams fill the lanes from few long sequences, on whole windows", () => {
    const cut = streams(numbered([1000]), 8, 50);
    expect(cut.map(({ offset = 0, length }) => [offset, length])).toEqual([
      [0, 150],
      [150, 150],
      [300, 150],
      [450, 150],
      [600, 150],
      [750, 150],
      [900, 100],
    ]);
    const many = numbered([5, 6, 7]);
    expect(streams(many, 3, 50)).toEqual(many);
  });
});

describe("makeBatch", () => {
  test("is time-major, masks missing entries and padding, and holds 0 there", () => {
    const ragged: Sequence[] = [
      { name: "long", length: 2, values: Float64Array.of(1, 2, Number.NaN, 4) },
      { name: "short", length: 1, values: Float64Array.of(5, Number.NaN) },
    ];
    const { steps, lanes, values, mask, lengths: own } = makeBatch(ragged, columns);
    expect([steps, lanes, ...own]).toEqual([2, 2, 2, 1]);
    expect([...values]).toEqual([1, 2, 5, 0, 0, 4, 0, 0]);
    expect([...mask]).toEqual([1, 1, 1, 0, 0, 1, 0, 0]);
  });

  test("keeps the digits of a column with a large offset", () => {
    const clock = plainColumn("clock", { mean: 1.7e12, deviation: 10 });
    const values = Float64Array.of(1.7e12 - 5, 1.7e12 + 12.5);
    expect([...makeBatch([{ name: "a", length: 2, values }], [clock]).values]).toEqual([-0.5, 1.25]);
  });

  test("scales real columns only, and holds absurd outliers within 1e6 deviations", () => {
    const mixed = [
      plainColumn("x", { mean: 3, deviation: 2 }),
      plainColumn("flag", { kind: "binary", mean: 0.5, deviation: 0.5 }),
      plainColumn("state", { kind: "categorical", mean: 1, deviation: 0.5, levels: ["a", "b", "c"] }),
    ];
    const values = Float64Array.of(5, 1, 2, 1e300, 0, 0);
    expect([...makeBatch([{ name: "a", length: 2, values }], mixed).values]).toEqual([1, 1, 2, 1e6, 0, 0]);
  });

  test("refuses a sequence of another width", () => {
    const odd = { name: "odd", length: 2, values: new Float64Array(6) };
    expect(() => makeBatch([odd], columns)).toThrow(
      'sequence "odd": 2 steps of 2 columns make 4 values, the sequence has 6 (read it with these columns)',
    );
  });
});
