import fc from "fast-check";
import type { Column, ConditionColumn, Dataset, Sequence } from "../../src/data/dataset.ts";
import { plainColumn } from "./temporary.ts";

/** A small generator of whole numbers (a linear congruence). */
export function seeded(seed: number) {
  let state = seed;
  return (bound: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const column = (name: string): fc.Arbitrary<Column> =>
  fc
    .record({
      kind: fc.constantFrom("real" as const, "binary" as const, "quantised" as const, "count" as const),
      mean: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      deviation: fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
      resolution: fc.constantFrom(0, 0.01, 5),
    })
    .map((extra) => plainColumn(name, extra));

const condition = (name: string): fc.Arbitrary<ConditionColumn> =>
  fc
    .tuple(column(name), fc.constantFrom("static" as const, "covariate" as const))
    .map(([own, role]) => ({ ...own, role }));

/** Values around the columns' means, some of them absurd, some missing. */
function valuesOf(columns: readonly Column[], length: number, random: (bound: number) => number) {
  return Float64Array.from({ length: length * columns.length }, (_, i) => {
    const { mean, standardDeviation: deviation } = columns[i % columns.length]!;
    const chance = random(10);
    if (chance === 0) return Number.NaN;
    return chance === 1 ? (random(2) - 0.5) * 1e300 : mean + (random(1000) / 250 - 2) * (deviation || 1);
  });
}

/** A data set of tables, all of its sequences in training. */
export const tables = (lengths: fc.Arbitrary<number[]>): fc.Arbitrary<Dataset & { seed: number }> =>
  fc
    .record({
      columns: fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(...named("x", n, column))),
      conditions: fc.integer({ min: 0, max: 3 }).chain((n) => fc.tuple(...named("c", n, condition))),
      lengths,
      seed: fc.nat(),
    })
    .map(({ columns, conditions, lengths: own, seed }) => {
      const random = seeded(seed);
      const train = own.map(
        (length, i): Sequence => ({
          name: `s${i}`,
          length,
          values: valuesOf(columns, length, random),
          ...(conditions.length > 0 && { conditions: valuesOf(conditions, length, random) }),
        }),
      );
      const splits = { train, valid: [], test: [] };
      return { columns, ...(conditions.length > 0 && { conditions }), splits, notes: [], seed };
    });

const named = <Kind>(prefix: string, count: number, of: (name: string) => fc.Arbitrary<Kind>) =>
  Array.from({ length: count }, (_, i) => of(`${prefix}${i}`));
