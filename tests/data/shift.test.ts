import { expect, test } from "vitest";
import { shiftNotes } from "../../src/data/shift.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "./temporary.ts";

const column = plainColumn("x", { mean: 10, standardDeviation: 2, minimum: 4, maximum: 16 });
const notes = (values: readonly number[]) =>
  shiftNotes([column], undefined, [{ values: Float64Array.from(values) }]);
const many = (value: number) => Array.from({ length: 50 }, () => value);

test("a mean outside the range of training is told, whatever there is of it", () => {
  expect(notes([17])).toEqual(['column "x": its mean is 17, 3.5 deviations above that of training (10)']);
  expect(notes([Number.NaN, 3])).toEqual([
    'column "x": its mean is 3, 3.5 deviations below that of training (10)',
  ]);
  expect(notes([16, 4])).toEqual([]);
  expect(notes([Number.NaN])).toEqual([]);
});

test("one within it, if many entries are four deviations away", () => {
  const wide = { ...column, minimum: -100, maximum: 100 };
  const of = (values: readonly number[]) =>
    shiftNotes([wide], undefined, [{ values: Float64Array.from(values) }]);
  expect(of(many(18))).toHaveLength(1);
  expect(of(many(17.9))).toEqual([]);
  expect(of(many(18).slice(1))).toEqual([]);
});

test("an entry a hundred deviations beyond training is told with its size, instead of a mean", () => {
  expect(notes([...many(10), 1e30])).toEqual([
    'column "x": 1e+30 lies 5e+29 deviations beyond all of training (4 to 16): its nats may be of that alone',
  ]);
  expect(notes([...many(10), 16 + 199])).toEqual([]);
});

test("columns and conditions are told apart, levels say nothing, and of many columns a few are told", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const columns = names.map((name) => ({ ...column, name }));
  const sequence = { values: Float64Array.from(names, () => 30), conditions: Float64Array.of(10, 40) };
  const all = shiftNotes(columns, [column, { ...column, name: "known" }], [sequence]);
  expect(all).toHaveLength(6);
  expect(all.at(-1)).toBe("3 more notes of columns that moved are not shown");
  expect(
    shiftNotes(
      columns.slice(0, 1),
      [column, { ...column, name: "known" }],
      [{ ...sequence, values: Float64Array.of(10) }],
    )[0],
  ).toMatch(/"known": its mean is 40/);
  expect(
    shiftNotes([{ ...column, kind: "categorical" }], undefined, [{ values: Float64Array.of(99) }]),
  ).toEqual([]);
});

test("of new data like those of training nothing is told: not once in 10,000 columns of normal numbers", () => {
  const random = Random.stream(1, "shift");
  const { mean, standardDeviation: deviation } = column;
  let told = 0;
  for (let i = 0; i < 10_000; i++) {
    // The range of a thousand normal numbers is about 3.2 deviations to each side.
    const own = { ...column, minimum: mean - 3.2 * deviation, maximum: mean + 3.2 * deviation };
    const values = Float64Array.from({ length: 10 }, () => mean + deviation * random.normal());
    told += shiftNotes([own], undefined, [{ values }]).length;
  }
  expect(told).toBe(0);
});
