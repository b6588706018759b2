import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Sequence, sliceSequence } from "../../src/data/dataset.ts";
import {
  openBatches,
  type PlannedBatch,
  planBatches,
  streamSpans,
  trainingSpans,
  wholeSpans,
} from "../../src/data/plan.ts";
import { type MemorySequence, memorySource, type Span } from "../../src/data/source.ts";
import { planEpoch, streams, trainingSequences } from "./before-fields.ts";
import { seeded } from "./random-tables.ts";
import { plainColumn } from "./temporary.ts";

fc.configureGlobal({ seed: 1 });

const sequencesOf = (lengths: readonly number[]): Sequence[] =>
  lengths.map((length, i) => ({ name: `s${i}`, length, values: new Float64Array(length) }));
const told = ({ name, offset = 0, length }: Sequence) => [name, offset, length];
const spanTold = ({ i, from, to }: Span) => [`s${i}`, from, to - from];

const cases = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
  batchSize: fc.integer({ min: 1, max: 6 }),
  window: fc.integer({ min: 1, max: 20 }),
  isWhole: fc.boolean(),
  isShuffled: fc.boolean(),
  rows: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(),
});

describe("a plan from lengths alone", () => {
  test("is the plan that was made of sequences, for the same random numbers", () => {
    fc.assert(
      fc.property(cases, ({ lengths, batchSize, window, isWhole, isShuffled, rows, seed }) => {
        const options = () => ({
          batchSize,
          ...(!isWhole && { window }),
          ...(isShuffled && { random: seeded(seed) }),
        });
        const before = planEpoch(streams(sequencesOf(lengths), rows, window), options());
        const plan = planBatches(streamSpans(wholeSpans(sequencesOf(lengths)), rows, window), options());
        expect(plan.map((batch) => batch.rows.map(spanTold))).toEqual(
          before.map(({ sequences }) => sequences.map(told)),
        );
        expect(plan.map(({ place }) => place > 0)).toEqual(before.map(({ continues }) => continues));
      }),
    );
  });

  test("cuts few long recordings into streams where that was done, and nowhere else", () => {
    const long = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 12 });
    let cut = 0;
    fc.assert(
      fc.property(
        long,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 60 }),
        (lengths, batchSize, window) => {
          const before = trainingSequences(sequencesOf(lengths), { batchSize, window });
          const spans = trainingSpans(sequencesOf(lengths), { batchSize, window });
          if (spans.length > lengths.length) cut += 1;
          expect(spans.map(spanTold)).toEqual(before.map(told));
        },
      ),
    );
    expect(cut).toBeGreaterThan(10);
  });

  test("counts the batches of the same sequences", () => {
    const plan = planBatches(wholeSpans(sequencesOf([25, 5])), { batchSize: 1, window: 10 });
    expect(plan.map(({ place }) => place)).toEqual([0, 0, 1, 2]);
  });

  test("of very long sequences takes time in proportion to its length", () => {
    const plan = planBatches([{ i: 0, from: 0, to: 2_000_000 }], { batchSize: 1, window: 10 });
    expect(plan).toHaveLength(200_000);
    expect(plan.at(-1)!.rows).toEqual([{ i: 0, from: 1_999_990, to: 2_000_000 }]);
    expect(plan.at(-1)!.place).toBe(199_999);
  });
});

describe("reading by a plan", () => {
  const columns = [plainColumn("a"), plainColumn("b")];
  const fields = { x: { kind: "columns", role: "target", axis: "T", columns } } as const;
  const memory = (lengths: readonly number[]): MemorySequence[] =>
    lengths.map((length, i) => ({
      name: `s${i}`,
      length,
      values: { x: Float64Array.from({ length: 2 * length }, (_, entry) => i * 1000 + entry) },
    }));

  test("gives the values of each row, batch by batch, whatever is left of its sequence", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ lengths, batchSize, window, seed }) => {
        const sequences = memory(lengths);
        const plan = planBatches(wholeSpans(sequences), { batchSize, window, random: seeded(seed) });
        const seen: PlannedBatch[] = [];
        for await (const { plan: planned, parts } of openBatches(memorySource(sequences, fields), plan)) {
          seen.push(planned);
          const expected = planned.rows.map(({ i, from, to }) => {
            const { x } = sequences[i]!.values;
            return { length: to - from, values: { x: x!.subarray(2 * from, 2 * to) } };
          });
          expect(parts).toEqual(expected);
        }
        expect(seen).toEqual(plan);
      }),
      { numRuns: 50 },
    );
  });

  test("ends with the reason of a signal, and closes what it opened", async () => {
    const controller = new AbortController();
    const plan = planBatches(wholeSpans(memory([3, 3, 3])), { batchSize: 1 });
    let isClosed = false;
    const source = {
      ...memorySource(memory([3, 3, 3]), fields),
      async *open(spans: Iterable<Span>, signal?: AbortSignal) {
        try {
          yield* memorySource(memory([3, 3, 3]), fields).open(spans, signal);
        } finally {
          isClosed = true;
        }
      },
    };
    const batches = openBatches(source, plan, controller.signal);
    await batches.next();
    controller.abort(new Error("enough"));
    await expect(batches.next()).rejects.toThrow("enough");
    expect(isClosed).toBe(true);
    isClosed = false;
    for await (const _ of openBatches(source, plan)) break;
    expect(isClosed).toBe(true);
  });

  test("refuses a sequence of another width", async () => {
    const odd = { name: "odd", length: 2, values: { x: new Float64Array(6) } };
    const reading = memorySource([odd], fields).open([{ i: 0, from: 0, to: 1 }]);
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toThrow(
      'sequence "odd", field "x": 2 steps of 2 columns make 4 values, the sequence has 6 (read it with these columns)',
    );
  });

  test("agrees with slices of sequences", () => {
    const [sequence] = sequencesOf([9]) as [Sequence];
    const spans = streamSpans(wholeSpans([sequence]), 3, 2);
    expect(spans.map(spanTold)).toEqual(
      [
        [0, 4],
        [4, 8],
        [8, 9],
      ].map(([a, b]) => told(sliceSequence(sequence, a!, b!))),
    );
  });
});
