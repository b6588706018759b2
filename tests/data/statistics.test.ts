import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { fillValues } from "../../src/data/tables/fill-values.ts";
import { columnOf } from "../../src/data/tables/statistics.ts";
import { Moments } from "../../src/data/tables/tally.ts";
import { fileWith } from "./temporary.ts";

const draft = { name: "x", kind: "real" as const, levels: [] };

/** Mean and deviation of whole numbers times a power of ten, by arithmetic on the whole numbers. */
function expected(whole: readonly number[], power: number) {
  const mean = whole.reduce((sum, value) => sum + value, 0) / whole.length;
  const variance = whole.reduce((sum, value) => sum + (value - mean) ** 2, 0) / whole.length;
  return { mean: mean * 10 ** power, deviation: Math.sqrt(variance) * 10 ** power };
}
const near = (found: number, wanted: number, size: number) => Math.abs(found - wanted) <= 1e-12 * size;

describe("mean and deviation", () => {
  const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 40 });
  const power = fc.constantFrom(-300, -200, -162, -40, 0, 40, 154, 200, 300);

  test("neither overflow nor vanish, at once or one by one", () => {
    fc.assert(
      fc.property(whole, power, (numbers, exponent) => {
        const values = numbers.map((number) => number * 10 ** exponent);
        const wanted = expected(numbers, exponent);
        const size = 1000 * 10 ** exponent;
        const [one, other] = [new Moments(), new Moments()];
        for (const [i, value] of values.entries()) (i % 3 === 0 ? one : other).add(value);
        one.merge(other);
        for (const { mean, deviation } of [columnOf(draft, values), one.summary]) {
          expect(near(mean, wanted.mean, size)).toBe(true);
          expect(near(deviation, wanted.deviation, size)).toBe(true);
        }
      }),
    );
  });

  test("of small numbers after large ones are those of the large ones", () => {
    const moments = new Moments();
    for (const value of [1e-200, 2e-200, 1e200, -1e200]) moments.add(value);
    expect(moments.summary.deviation / 1e200).toBeCloseTo(Math.SQRT1_2, 12);
  });

  test("that do not fit are refused by the name of the column", () => {
    const table = (a: number, b: number) =>
      fileWith(
        "a.csv",
        `big,x\n${Array.from({ length: 30 }, (_, i) => `${i % 2 ? a : b},${i}`).join("\n")}\n`,
      );
    expect(() => readDataset(table(1.7e308, -1.7e308))).toThrow(
      /column "big": numbers from -1.7e\+308 to 1.7e\+308/,
    );
    expect(() => readDataset(table(1e-320, 2e-320))).toThrow(/column "big": numbers from/);
    expect(readDataset(table(1e300, -1e300)).columns[0]!.deviation).toBeCloseTo(1e300, -290);
  });
});

describe("values that stand for missing", () => {
  const usual = Array.from({ length: 200 }, (_, i) => 20 + Math.sin(i / 9));
  const with_ = (every: number, value: number) => usual.map((own, i) => (i % every === 7 ? value : own));

  test.each([-9999, 9.96921e36, 1e30, 3.4e38, -1e308])("%d is found, however often it occurs", (value) => {
    for (const every of [100, 9]) {
      const entries = with_(every, value);
      const count = entries.filter((entry) => entry === value).length;
      expect(fillValues(entries)).toMatchObject([{ value, count }]);
    }
  });

  test("several at once, and none among numbers that vary", () => {
    const entries = with_(50, -9999).map((own, i) => (i === 33 ? 1e30 : own));
    expect(fillValues(entries).map(({ value }) => value)).toEqual([1e30, -9999]);
    expect(fillValues(usual)).toEqual([]);
    expect(fillValues(Array.from({ length: 500 }, (_, i) => Math.exp((i % 50) / 5)))).toEqual([]);
    expect(fillValues([1, 2, 1e9])).toEqual([]);
  });

  test("leave a note that names the option", () => {
    const rows = with_(50, -9999).map((own, i) => `${own.toFixed(2)},${i % 7}`);
    const { notes } = readDataset(fileWith("s.csv", `temp,x\n${rows.join("\n")}\n`));
    expect(notes.join()).toMatch(
      /column "temp": -9999 \(3 of 140\) lies .* if it means missing: --missing=-9999/,
    );
  });
});
