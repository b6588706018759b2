import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { fillValues } from "../../src/data/tables/fill-values.ts";
import { Moments } from "../../src/data/tables/moments.ts";
import { columnOf } from "../../src/data/tables/statistics.ts";
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
        for (const { mean, standardDeviation: deviation } of [columnOf(draft, values), one.summary]) {
          expect(near(mean, wanted.mean, size)).toBe(true);
          expect(near(deviation, wanted.deviation, size)).toBe(true);
        }
      }),
    );
  });

  test.each([1e-300, Number.MIN_VALUE])("of %d and of 0, which were counted apart", (tiny) => {
    for (const [first, second] of [
      [tiny, 0],
      [0, tiny],
    ] as const) {
      const [one, other] = [new Moments(), new Moments()];
      one.add(first);
      other.add(second);
      one.merge(other);
      expect(one.summary).toMatchObject({ mean: tiny / 2, standardDeviation: tiny / 2 });
    }
  });

  test("of small numbers after large ones are those of the large ones", () => {
    const moments = new Moments();
    for (const value of [1e-200, 2e-200, 1e200, -1e200]) moments.add(value);
    expect(moments.summary.standardDeviation / 1e200).toBeCloseTo(Math.SQRT1_2, 12);
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
    expect(readDataset(table(1e300, -1e300)).columns[0]!.standardDeviation).toBeCloseTo(1e300, -290);
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

  test.each([-999, 9999, 999.9, -99, -7777, -32768, 65535])(
    "%d is one as soon as it lies farther off than the others from each other",
    (value) => {
      // Over 0 to 30 none lies a thousand deviations away.
      const wide = Array.from({ length: 200 }, (_, i) => (i % 9 === 7 ? value : 20 + 10 * Math.sin(i / 9)));
      expect(fillValues(wide)).toMatchObject([{ value, count: 22 }]);
    },
  );

  test("so is -1 of numbers above it", () => {
    const humidity = Array.from({ length: 200 }, (_, i) => (i % 9 === 7 ? -1 : 60 + 10 * Math.sin(i / 9)));
    expect(fillValues(humidity)).toMatchObject([{ value: -1, count: 22 }]);
  });

  test.each([
    ["zero of what is switched off", (i: number) => (i % 9 === 7 ? 0 : 950 + (i % 40))],
    ["a hundred less one of shares", (i: number) => i % 100],
    ["minus one of three values", (i: number) => (i % 3) - 1],
    ["a peak", (i: number) => (i === 33 ? 800 : 20 + (i % 30))],
  ])("%s is none", (_, value) => {
    expect(fillValues(Array.from({ length: 300 }, (__, i) => value(i)))).toEqual([]);
  });

  test("leave a note that names the option", () => {
    const rows = with_(50, -9999).map((own, i) => `${own.toFixed(2)},${i % 7}`);
    const { notes } = readDataset(fileWith("s.csv", `temp,x\n${rows.join("\n")}\n`));
    expect(notes.join()).toMatch(
      /column "temp": -9999 \(3 of 140\) lies .* if it means missing: --missing=-9999/,
    );
  });
});

describe("digits that a float64 does not keep", () => {
  const notesOf = (cell: (i: number) => string) =>
    readDataset(
      fileWith("d.csv", `n,x\n${Array.from({ length: 100 }, (_, i) => `${cell(i)},${i % 7}`).join("\n")}\n`),
    ).notes.join("\n");

  test("are told of, by the step that is left", () => {
    expect(notesOf((i) => `${9100000000000000000n + BigInt((i * 3701) % 5003)}`)).toMatch(
      /column "n": numbers of the size of 91000000000000\d+ are kept to 1024, finer digits are lost/,
    );
    expect(notesOf((i) => `${9223372036854770000n + BigInt((i * 37) % 101)}`)).toContain(
      "constant in the training split (9223372036854770000, in the digits kept)",
    );
    // Serial numbers of which every other one is another: what is left looks like a grid of four.
    expect(notesOf((i) => `${9007199254740993n + BigInt(2 * (i % 3))}`)).toMatch(
      /kept to 2, finer digits are lost/,
    );
  });

  test("nor are others told of", () => {
    for (const cell of [
      (i: number) => `${(i * 37) % 101}e20`,
      (i: number) => `${1e15 + ((i * 37) % 101)}`,
      (i: number) => (101325 + 0.01 * Math.sin(i)).toFixed(4),
    ])
      expect(notesOf(cell)).not.toContain("digits");
  });
});

describe("a column that goes on by one step", () => {
  const notesOf = (cell: (i: number) => number, options = {}) =>
    readDataset(
      fileWith("r.csv", `n,x\n${Array.from({ length: 100 }, (_, i) => `${cell(i)},${i % 7}`).join("\n")}\n`),
      options,
    ).notes.join("\n");

  test.each([
    ["a Julian date", (i: number) => 2_460_310.5 + i, 1],
    ["seconds gone by", (i: number) => i / 10, 0.1],
    ["what is left", (i: number) => 500 - 2 * i, -2],
    ["a counter that misses a step", (i: number) => (i < 30 ? i : i + 7), 1],
  ])("%s is told of, as it may be the time", (_, cell, step) => {
    expect(notesOf(cell)).toContain(
      `column "n" goes on by ${step} from row to row and is modelled: if it tells the time, say time: "n"`,
    );
    expect(notesOf(cell, { time: "n" })).not.toContain("goes on by");
  });

  test.each([
    ["a counter that misses many", (i: number) => i + Math.floor(i / 9)],
    ["a sawtooth", (i: number) => i % 50],
    ["a curve", (i: number) => i * i],
    ["what stands still", (i: number) => Math.floor(i / 2)],
  ])("%s is not", (_, cell) => {
    expect(notesOf(cell)).not.toContain("goes on by");
  });

  test("is not told of what is known and not modelled", () => {
    const notes = notesOf((i) => i / 2, { covariates: ["n"] });
    expect(notes).toContain('column "n" is not modelled but known (covariate)');
    expect(notes).not.toContain("goes on by");
  });

  /** Sequences of some rows each, by the number of a row in its sequence and the sequence's. */
  const sequencesOf = (length: number, cell: (i: number, k: number) => number) => {
    const rows = Array.from({ length: 40 * length }, (_, t) => [Math.floor(t / length), t % length] as const);
    const lines = rows.map(([k, i]) => `s${k},${cell(i, k)},${(i * 7 + k) % 5}`);
    const path = fileWith("r.csv", `id,n,x\n${lines.join("\n")}\n`);
    return readDataset(path, { sequence: "id" }).notes.join("\n");
  };

  test("is told of in sequences where one step serves all, of three rows at least", () => {
    expect(sequencesOf(3, (i) => 0.5 * i)).toContain('column "n" goes on by 0.5 from row to row');
    expect(sequencesOf(3, (i, k) => (1 + (k % 7)) * i)).not.toContain("goes on by");
    expect(sequencesOf(2, (i) => 0.5 * i)).not.toContain("goes on by");
  });
});

describe("a column that says of each row which split it is of", () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${["Train", "val", "test"][i % 3]},${i * i}`);
  const csv = `part,x\n${rows.join("\n")}\n`;

  test("is refused, as rows would be split otherwise, unless it is dropped or said to be levels", () => {
    const path = fileWith("p.csv", csv);
    expect(() => readDataset(path)).toThrow(
      /p\.csv:1, column "part": rows are not split by what a column says \(Train, test, val\) \(give each split a file/,
    );
    expect(readDataset(path, { drop: ["part"] }).columns).toHaveLength(1);
    expect(readDataset(path, { kinds: { part: "categorical" } }).columns).toHaveLength(2);
    expect(readDataset(fileWith("q.csv", csv.replaceAll("val", "rest"))).columns).toHaveLength(2);
  });

  test("in JSON Lines of steps as well", () => {
    const lines = rows.map((row) =>
      JSON.stringify({ part: row.split(",")[0], x: Number(row.split(",")[1]) }),
    );
    expect(() => readDataset(fileWith("p.jsonl", lines.join("\n")))).toThrow(/rows are not split by/);
  });
});

test("a column without any value is left out, with a note", () => {
  const rows = Array.from({ length: 60 }, (_, i) => `[Not Supported],${i % 7}`);
  const { columns, notes } = readDataset(fileWith("fan.csv", `fan,x\n${rows.join("\n")}\n`));
  expect(columns.map(({ name }) => name)).toEqual(["x"]);
  expect(notes).toContain('column "fan" is left out: it has no value in the training split');
});
