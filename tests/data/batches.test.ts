import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Column, Sequence } from "../../src/data/dataset.ts";
import { Feeder } from "../../src/data/feeder.ts";
import { tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import { tableInputs } from "../../src/data/inputs.ts";
import {
  bucketSpans,
  type PlannedBatch,
  planBatches,
  streamSpans,
  wholeSpans,
  windowSpans,
} from "../../src/data/plan.ts";
import { cutPart, type Span } from "../../src/data/source.ts";
import { seeded } from "./random-tables.ts";
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

const lengthOf = ({ from, to }: Span) => to - from;
const observed = (sequences: readonly Sequence[]) =>
  sequences.flatMap(({ values }) => Array.from(values).filter((value) => !Number.isNaN(value)));
const ascending = (numbers: number[]) => numbers.sort((a, b) => a - b);

const cut = (sequence: Sequence, { from, to }: Span, own: readonly Column[] = columns) =>
  cutPart(tableSequence(sequence), tableFields({ columns: own }), from, to);

/** The inputs of some sequences, whole or the spans of a batch. */
function fed(
  sequences: readonly Sequence[],
  own: readonly Column[] = columns,
  rows: readonly Span[] = wholeSpans(sequences),
) {
  const fields = tableFields({ columns: own });
  const length = { name: "lengths", field: "x", what: "lengths", dtype: "int64", shape: ["B"] } as const;
  const feeder = new Feeder([...tableInputs(fields), length], fields);
  const [inputs] = feeder.feed(rows.map((span) => cut(sequences[span.i]!, span, own)));
  const { x, mask, lengths: ends } = inputs!;
  return { shape: x!.shape, values: [...x!.data], mask: [...mask!.data], lengths: [...ends!.data] };
}

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
        const plan = planBatches(wholeSpans(sequences), { batchSize, window, random: seeded(seed) });
        const seen = plan.flatMap(({ rows }) => {
          const { values, mask } = fed(sequences, columns, rows);
          return values.map(Number).filter((_, i) => mask[i] === 1);
        });
        expect(ascending(seen)).toEqual(ascending(observed(sequences)));
      }),
    );
  });

  test("continues each row where it stopped, and starts a chain at the beginning of sequences", () => {
    fc.assert(
      fc.property(epochs, ({ lengths: own, batchSize, window, seed }) => {
        const plan = planBatches(wholeSpans(numbered(own)), { batchSize, window, random: seeded(seed) });
        expect(plan[0]!.place).toBe(0);
        plan.forEach(({ rows, place }, batch) => {
          rows.forEach((span, row) => {
            expect(lengthOf(span)).toBeLessThanOrEqual(window);
            const before = plan[batch - 1]?.rows[row];
            if (place > 0) expect([span.i, span.from]).toEqual([before!.i, before!.to]);
            else expect(span.from).toBe(0);
          });
        });
      }),
    );
  });

  test("differs with the generator's seed and not otherwise", () => {
    const sequences = numbered(Array.from({ length: 40 }, (_, i) => 10 + (i % 7)));
    const orderOf = (seed: number) =>
      planBatches(wholeSpans(sequences), { batchSize: 4, random: seeded(seed) }).map((plan: PlannedBatch) =>
        plan.rows.map(({ i }) => i),
      );
    expect(orderOf(1)).toEqual(orderOf(1));
    expect(orderOf(1)).not.toEqual(orderOf(2));
  });
});

describe("bucketSpans", () => {
  test("pads little: rows of a group differ by about the tenth that lengths are jittered by", () => {
    const sequences = numbered(Array.from({ length: 64 }, (_, i) => 20 + 3 * ((i * 37) % 64)));
    const groups = bucketSpans(wholeSpans(sequences), 8, seeded(3));
    const padded = groups.reduce((sum, group) => sum + group.length * Math.max(...group.map(lengthOf)), 0);
    const steps = sequences.reduce((sum, { length }) => sum + length, 0);
    expect(padded / steps).toBeLessThan(1.15);
    expect(groups.flat().length).toBe(64);
  });
});

describe("windows and streams", () => {
  test("windows are consecutive views", () => {
    const [sequence] = numbered([7]) as [Sequence];
    const spans = windowSpans({ i: 0, from: 0, to: 7 }, 3);
    expect(spans.map((span) => [span.from, lengthOf(span)])).toEqual([
      [0, 3],
      [3, 3],
      [6, 1],
    ]);
    const views = spans.map((span) => cut(sequence, span).values["x"]!);
    expect(views.flatMap((values) => [...values])).toEqual([...sequence.values]);
    expect(views[1]!.buffer).toBe(sequence.values.buffer);
  });

  test("streams fill the rows from few long sequences, on whole windows", () => {
    const streams = streamSpans([{ i: 0, from: 0, to: 1000 }], 8, 50);
    expect(streams.map((span) => [span.from, lengthOf(span)])).toEqual([
      [0, 150],
      [150, 150],
      [300, 150],
      [450, 150],
      [600, 150],
      [750, 150],
      [900, 100],
    ]);
    const many = wholeSpans(numbered([5, 6, 7]));
    expect(streamSpans(many, 3, 50)).toEqual(many);
  });
});

describe("a fed batch", () => {
  test("is time-major, masks missing entries and padding, and holds 0 there", () => {
    const ragged: Sequence[] = [
      { name: "long", length: 2, values: Float64Array.of(1, 2, Number.NaN, 4) },
      { name: "short", length: 1, values: Float64Array.of(5, Number.NaN) },
    ];
    const { shape, values, mask, lengths: own } = fed(ragged);
    expect([shape, own]).toEqual([
      [2, 2, 2],
      [2n, 1n],
    ]);
    expect(values).toEqual([1, 2, 5, 0, 0, 4, 0, 0]);
    expect(mask).toEqual([1, 1, 1, 0, 0, 1, 0, 0]);
  });

  test("keeps the digits of a column with a large offset", () => {
    const clock = plainColumn("clock", { mean: 1.7e12, standardDeviation: 10 });
    const values = Float64Array.of(1.7e12 - 5, 1.7e12 + 12.5);
    expect(fed([{ name: "a", length: 2, values }], [clock]).values).toEqual([-0.5, 1.25]);
  });

  test("scales real columns only, and holds absurd outliers within 1e6 deviations", () => {
    const mixed = [
      plainColumn("x", { mean: 3, standardDeviation: 2 }),
      plainColumn("flag", { kind: "binary", mean: 0.5, standardDeviation: 0.5 }),
      plainColumn("state", { kind: "categorical", mean: 1, standardDeviation: 0.5, levels: ["a", "b", "c"] }),
    ];
    const values = Float64Array.of(5, 1, 2, 1e300, 0, 0);
    expect(fed([{ name: "a", length: 2, values }], mixed).values).toEqual([1, 1, 2, 1e6, 0, 0]);
  });

  test("refuses a sequence of another width", () => {
    const odd = { name: "odd", length: 2, values: new Float64Array(6) };
    expect(() => fed([odd])).toThrow(
      'sequence "odd", field "x": 2 steps of 2 columns make 4 values, the sequence has 6 (read it with these columns)',
    );
  });
});
