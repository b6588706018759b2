import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { filledByCompanions } from "../../src/calibration/companions.ts";
import { learnCompanions } from "../../src/calibration/companions-fit.ts";
import { learnColumnFill, type Outcome, quantilesOf } from "../../src/calibration/fill-rule.ts";
import { leastAbsolute } from "../../src/calibration/least-absolute.ts";
import { Neighbours } from "../../src/calibration/neighbours.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "../data/temporary.ts";
import { meanOf } from "./linear.ts";

describe("regression by least absolute errors", () => {
  const random = Random.stream(1, "regression");
  const rows = Array.from({ length: 60 }, () => Float64Array.of(random.normal(), random.normal()));
  /** Every tenth value is far off. */
  const y = rows.map(
    ([a, b], i) => 2 * a! - 0.5 * b! + 0.2 * random.normal() + (i % 10 === 0 ? 30 * random.normal() : 0),
  );
  const lossOf = (weights: readonly number[]) =>
    rows.reduce((sum, [a, b], i) => sum + Math.abs(y[i]! - weights[0]! * a! - weights[1]! * b!), 0);

  test("is nearly as good as the best of all pairs of rows that it could go through, one of which is the best there is", () => {
    const best = rows.flatMap(([a, b], i) =>
      rows.slice(i + 1).map(([c, d], k) => {
        const [p, q] = [y[i]!, y[i + 1 + k]!];
        const determinant = a! * d! - b! * c!;
        return lossOf([(p * d! - q * b!) / determinant, (a! * q - c! * p) / determinant]);
      }),
    );
    expect(lossOf(leastAbsolute(rows, y))).toBeLessThan(1.01 * Math.min(...best));
  });

  test("of a column that is always 0 the weight is 0", () => {
    const [, none] = leastAbsolute(
      rows.map(([a]) => Float64Array.of(a!, 0)),
      y,
    );
    expect(none).toBe(0);
  });
});

/** A random walk, and two columns that show it, times 2 and −3, with noise of that deviation. */
const [SHOWN, NOISE] = [[2, -3], 0.15] as const;
const columns = ["walk", "twice", "back"].map((name) => plainColumn(name));

function walk(length: number, seed: number): Sequence {
  const random = Random.stream(seed, "walk");
  const values = new Float64Array(3 * length);
  for (let t = 0, level = 0; t < length; t++) {
    level += random.normal();
    values.set([level, ...SHOWN.map((times) => times * level + NOISE * random.normal())], 3 * t);
  }
  return { name: `walk ${seed}`, length, values };
}

/** Of a window of so many steps the entries of the walk that are missing, as places in its values. */
const LENGTH = 21;
const missing = [9, 10, 11].map((step) => 3 * step);
const seen = Array.from({ length: 3 * LENGTH }, (_, i) => i).filter((i) => !missing.includes(i));

/** Covariances of the entries of a window: the walk has min(s, t) + 1, the noise stands on the diagonal. */
const covariance = (i: number, k: number): number => {
  const times = (place: number) => [1, ...SHOWN][place % 3]!;
  const shared = Math.min(Math.floor(i / 3), Math.floor(k / 3)) + 1;
  return times(i) * times(k) * shared + (i === k && i % 3 > 0 ? NOISE ** 2 : 0);
};
const table = (left: readonly number[], right: readonly number[]) =>
  new Matrix(left.map((i) => right.map((k) => covariance(i, k))));

describe("a walk that is missing where two columns show it", () => {
  const companions = learnCompanions([walk(6000, 1)], columns)!;
  const windows = Array.from({ length: 400 }, (_, k) => {
    const whole = walk(LENGTH, 100 + k);
    const torn = whole.values.map((value, i) => (missing.includes(i) ? Number.NaN : value));
    return { whole, torn: { ...whole, values: torn } };
  });
  /** The root of the mean squared error of a fill. */
  const errorOf = (fill: (torn: Sequence) => readonly number[]) =>
    Math.sqrt(
      meanOf(
        windows.flatMap(({ whole, torn }) =>
          fill(torn).map((value, i) => (value - whole.values[missing[i]!]!) ** 2),
        ),
      ),
    );

  test("is filled nearly as well as by the joint normal distribution of all entries", () => {
    const gain = new CholeskyDecomposition(table(seen, seen)).solve(table(seen, missing)).transpose();
    const exact = errorOf(({ values }) =>
      gain.mmul(Matrix.columnVector(seen.map((i) => values[i]!))).to1DArray(),
    );
    const variance = table(missing, missing).sub(gain.mmul(table(seen, missing)));
    // The oracle is one: its errors have the variance that it says, within 5 deviations of a variance of 1200 errors.
    expect(exact ** 2 / (variance.trace() / 3)).toBeGreaterThan(0.75);
    expect(exact ** 2 / (variance.trace() / 3)).toBeLessThan(1.25);
    const own = errorOf((torn) => {
      const filled = filledByCompanions(torn, columns, companions);
      return missing.map((i) => filled[i]!);
    });
    const line = errorOf(({ values }) => {
      const neighbours = new Neighbours(Float64Array.from({ length: LENGTH }, (_, t) => values[3 * t]!));
      return missing.map((i) => neighbours.around(i / 3)!.line);
    });
    // It does not use that the noise of the neighbours is known to be noise: a fifth more is left.
    expect(own).toBeLessThan(1.5 * exact);
    expect(own).toBeLessThan(line / 6);
  });

  test("observed entries stay, a column that was never observed stays 0 and is no other's guide", () => {
    const { torn } = windows[0]!;
    const values = torn.values.map((value, i) => (i % 3 === 1 ? Number.NaN : value));
    const filled = filledByCompanions({ ...torn, values }, columns, companions);
    values.forEach((value, i) => {
      if (!Number.isNaN(value)) expect(filled[i]).toBe(value);
      if (i % 3 === 1) expect(filled[i]).toBe(0);
      expect(Number.isFinite(filled[i])).toBe(true);
    });
  });

  test("whole steps that are missing are filled by the line", () => {
    const { whole } = windows[1]!;
    const isGone = (i: number) => Math.floor(i / 3) >= 5 && Math.floor(i / 3) < 9;
    const values = whole.values.map((value, i) => (isGone(i) ? Number.NaN : value));
    const filled = filledByCompanions({ ...whole, values }, columns, companions);
    for (let i = 15; i < 27; i++) {
      const share = (Math.floor(i / 3) - 4) / 5;
      const [left, right] = [whole.values[12 + (i % 3)]!, whole.values[27 + (i % 3)]!];
      expect(filled[i]).toBeCloseTo(left + share * (right - left), 9);
    }
  });

  test("in units of a sequence's own all is as much larger", () => {
    const { torn } = windows[2]!;
    const larger = {
      ...torn,
      values: torn.values.map((value) => 1024 * value),
      units: { shift: new Float64Array(3), scale: Float64Array.of(1024, 1024, 1024) },
    };
    expect(filledByCompanions(larger, columns, companions)).toEqual(
      filledByCompanions(torn, columns, companions).map((value) => 1024 * value),
    );
  });
});

test("a single column, and no sequences, have no companions", () => {
  expect(learnCompanions([walk(300, 1)], [columns[0]!])).toBeUndefined();
  expect(learnCompanions([], columns)).toBeUndefined();
});

/** Of a random walk of unit steps the gap of a length, in the middle of ten observed entries on either side. */
function outcomesOf(length: number, count: number, seed: number): Outcome[] {
  const random = Random.stream(seed, "gaps");
  return Array.from({ length: count }, (_, i): Outcome => {
    let level = 0;
    const whole = Float64Array.from({ length: 20 + length }, () => (level += random.normal()));
    const torn = whole.map((value, t) => (t >= 10 && t < 10 + length ? Number.NaN : value));
    const step = 10 + random.integer(length);
    const around = new Neighbours(torn).around(step)!;
    const noise = around.line + random.normal(); // a model that knows nothing of the walk
    const evidence = { ...around, companions: around.line, unit: 1, mean: noise, spread: 1 };
    return { evidence, value: whole[step]!, part: Math.floor((4 * i) / count) };
  });
}

describe("a random walk: given its neighbours it is normal about the line, of variance ab/(a + b)", () => {
  const lengths = [1, 3, 9];
  const fill = learnColumnFill(lengths.flatMap((length) => outcomesOf(length, 2000, length)))!;

  test.each(lengths)(
    "in gaps of %d the line fills, and the interval of 80 % is as wide as it should be",
    (length) => {
      const outcomes = outcomesOf(length, 4000, 10 + length);
      const held = outcomes.map(({ evidence, value }) => {
        const quantile = quantilesOf(fill, evidence);
        return quantile(0.1) <= value && value <= quantile(0.9) ? 1 : 0;
      });
      expect(Math.abs(meanOf(held) - 0.8)).toBeLessThan(0.06);
      const ratios = outcomes.map(({ evidence }) => {
        const quantile = quantilesOf(fill, evidence);
        return (quantile(0.9) - quantile(0.1)) / (2 * 1.2816 * evidence.bridge);
      });
      expect(Math.abs(meanOf(ratios) - 1)).toBeLessThan(0.15);
      for (const lean of fill.leans) expect(lean.share).toBeLessThanOrEqual(0.1);
    },
  );
});
