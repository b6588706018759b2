import { describe, expect, test } from "vitest";
import { calibratedFills, FILL_DRAWS, type FillCalibration } from "../../src/calibration/calibrated-fills.ts";
import { learnFillCalibration } from "../../src/calibration/fill-calibration.ts";
import type { ColumnFill } from "../../src/calibration/fill-rule.ts";
import { recalibratedDraws } from "../../src/calibration/recalibrate.ts";
import type { Column, Sequence } from "../../src/data/dataset.ts";
import type { Gap } from "../../src/inference/gap.ts";
import { type Imputed, imputeSequences, withDraws } from "../../src/inference/impute.ts";
import { sampleQuantile } from "../../src/metrics/quantiles.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "../data/temporary.ts";
import { drawSequence, type Linear, meanOf, settingsOf, varianceOf } from "./linear.ts";
import "../slow.ts";

/** What the data are of, and a model that believes in half and in twice their noise. */
const process: Linear = { decay: [0.8, 0.6], loading: [0.3, 0.2], noise: [1, 0.8] };
const believed = (factor: number): Linear => ({
  ...process,
  noise: process.noise.map((each) => each * factor),
});

const settings = (factor: number) => ({
  ...settingsOf(believed(factor)),
  particles: FILL_DRAWS,
  islandSize: 1,
});

/** Every seventh step is missing whole, and of every tenth one column. */
function torn(seed: number) {
  const whole = drawSequence(process, 1000, seed);
  const values = whole.values.map((value, i) => {
    const step = Math.floor(i / 2);
    return step % 7 === 3 || (step % 10 === 5 && i % 2 === 1) ? Number.NaN : value;
  });
  return { whole, sequence: { ...whole, values } };
}

describe.each([0.5, 2])("of a model that believes in %d times the noise", (factor) => {
  const { whole, sequence } = torn(2);
  const imputed = imputeSequences({ ...settings(factor), sequences: [sequence] });
  const calibration = learnFillCalibration({
    ...settings(factor),
    sequences: [drawSequence(process, 2000, 1)],
  });

  const coverage = (gaps: readonly { step: number; column: number; draws: Float64Array }[]) =>
    meanOf(
      gaps.map(({ step, column, draws }) => {
        const [sorted, value] = [draws.toSorted(), whole.values[step * 2 + column]!];
        return sampleQuantile(sorted, 0.1) <= value && value <= sampleQuantile(sorted, 0.9) ? 1 : 0;
      }),
    );

  test("intervals of 80 % hold 80 % of entries of other data, and did not before", async () => {
    const own = await imputed;
    const [mapped] = calibratedFills(own, await calibration, settings(factor).columns, 1);
    expect(own[0]!.gaps.length).toBeGreaterThan(350);
    expect(Math.abs(coverage(own[0]!.gaps) - 0.8)).toBeGreaterThan(0.1);
    // 0.02 is the deviation of a share of 386, and maps learned from some 200 entries each err too.
    expect(Math.abs(coverage(mapped!.gaps) - 0.8)).toBeLessThan(0.07);
  });

  test("what fills a gap is the median of the mapped draws, which stand in their order", async () => {
    const own = await imputed;
    const [mapped] = calibratedFills(own, await calibration, settings(factor).columns, 1);
    mapped!.gaps.forEach(({ step, column, draws }, i) => {
      expect(mapped!.imputed.values[step * 2 + column]).toBe(sampleQuantile(draws.toSorted(), 0.5));
      const rank = (values: Float64Array) => [...values.keys()].sort((a, b) => values[a]! - values[b]!);
      const order = rank(own[0]!.gaps[i]!.draws);
      for (let r = 1; r < order.length; r++)
        expect(draws[order[r]!]!).toBeGreaterThanOrEqual(draws[order[r - 1]!]!);
    });
  });
});

test("columns of which too little was observed, and those that are no quantities, are left as they are", async () => {
  const sequence = drawSequence(process, 900, 3);
  const sparse = sequence.values.map((value, i) => (i % 2 === 1 && i % 120 !== 1 ? Number.NaN : value));
  const calibration = await learnFillCalibration({
    ...settings(1),
    sequences: [{ ...sequence, values: sparse }],
  });
  expect(new Set([...calibration.columns.keys(), ...calibration.alone.keys()])).toEqual(new Set(["x1"]));
  const own = await imputeSequences({ ...settings(1), sequences: [torn(4).sequence] });
  const [mapped] = calibratedFills(own, calibration, settings(1).columns, 1);
  mapped!.gaps.forEach((gap, i) => {
    if (gap.column === 1) expect(gap).toEqual(own[0]!.gaps[i]);
    else expect(gap.draws).not.toEqual(own[0]!.gaps[i]!.draws);
  });
});

/** Columns that are not told by others. */
const alone = (columns: FillCalibration["columns"]): FillCalibration => ({
  columns,
  alone: new Map(),
  companions: undefined,
});

/** Half of the way from the line to the draws, and errors of a unit up and down. */
const halfway: ColumnFill = {
  leans: [{ distance: 1, share: 0.5, companions: 0, most: 1e6 }],
  scale: [1, 0, 0, 0, 0, 0, 0],
  floor: 1e-9,
  errors: [[-1, 0, 1]],
};

test("names that objects inherit are names", () => {
  const columns = [
    { ...settings(1).columns[0]!, name: "__proto__" },
    { ...settings(1).columns[1]!, name: "constructor" },
  ];
  const calibration = alone(new Map([["__proto__", halfway]]));
  const { sequence } = torn(5);
  const gaps = [{ step: 3, column: 1, draws: Float64Array.of(1, 2, 3) }];
  const [mapped] = calibratedFills(
    [{ sequence, imputed: sequence, gaps, effectiveSize: 1 }],
    calibration,
    columns,
    1,
  );
  expect(mapped!.gaps).toEqual(gaps);
});

test("recalibrated draws have the quantiles that the map asks of the raw ones", () => {
  const raw = Float64Array.from({ length: 99 }, (_, i) => i + 1);
  const wider = (level: number) => Math.min(1, Math.max(0, 0.5 + 1.2 * (level - 0.5)));
  const draws = recalibratedDraws(raw, wider);
  for (const level of [0.1, 0.25, 0.5, 0.9])
    expect(sampleQuantile(draws, level)).toBeCloseTo(sampleQuantile(raw, wider(level)), 9);
  expect(meanOf(draws)).toBeCloseTo(50, 9);
});

/** What a particle filter may have made of a sequence: draws about a mean in each gap, all the same where the spread is 0. */
function imputedBy(
  sequence: Sequence,
  width: number,
  of: (step: number, column: number) => [number, number],
) {
  const random = Random.stream(4, "draws", sequence.name);
  const gaps = [...sequence.values.entries()].flatMap(([i, value]): Gap[] => {
    if (!Number.isNaN(value)) return [];
    const [step, column] = [Math.floor(i / width), i % width];
    const [mean, spread] = of(step, column);
    return [
      { step, column, draws: Float64Array.from({ length: 40 }, () => mean + spread * random.normal()) },
    ];
  });
  return { sequence, imputed: sequence, gaps, effectiveSize: 1 };
}

describe("what was filled, whatever the model made of it", () => {
  const columns: readonly Column[] = [
    { ...plainColumn("real"), resolution: 0.25 },
    { ...plainColumn("quantised"), kind: "quantised", resolution: 5, mean: 20, standardDeviation: 10 },
    { ...plainColumn("count"), kind: "count" },
    { ...plainColumn("share"), kind: "proportion" },
    { ...plainColumn("empty") },
  ];
  const calibration = alone(
    new Map(columns.map(({ name }) => [name, { ...halfway, errors: [[-3, -1, 0, 1, 3]] }])),
  );

  /** Of ragged lengths, gaps at both ends among them; of the last column nothing is observed. */
  const sequences = [1, 2, 9, 40].map((length, k): Sequence => {
    const random = Random.stream(k, "ragged");
    const values = Float64Array.from({ length: 5 * length }, (_, i) => {
      const isGone = i % 5 === 4 || i < 5 || random.uniform() < 0.3;
      const value = [0.25 * random.integer(40), 5 * random.integer(9), random.integer(4), random.uniform()];
      return isGone ? Number.NaN : value[i % 5]!;
    });
    return { name: `sequence ${k}`, length, values };
  });
  const own = sequences.map((sequence) => imputedBy(sequence, 5, (step, column) => [step - column, 0]));
  const filled = calibratedFills(own, calibration, columns, 1);
  const each = (check: (gap: Gap, i: number, one: Imputed, k: number) => void) => {
    filled.forEach((one, k) => {
      one.gaps.forEach((gap, i) => {
        check(gap, i, one, k);
      });
    });
  };

  test("observed entries are as they were, gaps are filled and none is left out", () => {
    filled.forEach(({ imputed, gaps }, k) => {
      const { values } = sequences[k]!;
      expect(gaps).toHaveLength(values.filter(Number.isNaN).length);
      values.forEach((value, i) => {
        if (Number.isNaN(value)) expect(Number.isFinite(imputed.values[i])).toBe(true);
        else expect(imputed.values[i]).toBe(value);
      });
    });
  });

  test("draws lie where the column has values, and what fills a gap on its grid", () => {
    each(({ step, column, draws }, _, { sequence, imputed }) => {
      if (sequence.length < 9) return; // of the shortest ones nothing was observed
      const value = imputed.values[step * 5 + column]!;
      if (column === 0) expect(Number.isInteger(value / 0.25)).toBe(true);
      if (column === 1) expect([value, ...draws].every((x) => Number.isInteger(x / 5))).toBe(true);
      if (column === 2) expect([value, ...draws].every((x) => Number.isInteger(x) && x >= 0)).toBe(true);
      if (column === 3) expect([value, ...draws].every((x) => x >= 0 && x <= 1)).toBe(true);
    });
  });

  test("draws that had collapsed onto one value have a width again", () => {
    let spread = 0;
    each(({ column, draws }, i, _, k) => {
      expect(varianceOf(own[k]!.gaps[i]!.draws)).toBe(0);
      if (column !== 0 || sequences[k]!.length < 9) return;
      expect(varianceOf(draws)).toBeGreaterThan(1);
      spread++;
    });
    expect(spread).toBeGreaterThan(10);
  });

  test("a column of which nothing was observed keeps the model's draws", () => {
    each((gap, i, _, k) => {
      if (gap.column === 4 || sequences[k]!.length === 1) expect(gap).toEqual(own[k]!.gaps[i]);
    });
  });

  test("the same again, whatever else is filled beside it", () => {
    expect(calibratedFills(own, calibration, columns, 1)).toEqual(filled);
    expect(calibratedFills([own[3]!], calibration, columns, 1)).toEqual([filled[3]]);
  });
});

test("draws of two gaps that belong together do so afterwards: their ranks are the model's", () => {
  const sequence = { name: "s", length: 4, values: Float64Array.of(0, Number.NaN, Number.NaN, 1) };
  const ranks = Random.stream(1, "ranks").shuffle([...Array(100).keys()]);
  const near = Float64Array.from(ranks, (rank) => Math.sinh((rank - 40) / 20));
  const gaps = [near, near.map((draw) => 10 * draw)].map((draws, i) => ({ step: i + 1, column: 0, draws }));
  const own = [{ sequence, imputed: sequence, gaps, effectiveSize: 1 }];
  const [filled] = calibratedFills(own, alone(new Map([["x", halfway]])), [plainColumn("x")], 1);
  // Levels 1/101 to 100/101 of the errors −1, 0, 1 about a point half of the way from the line, of 1/3 and 2/3, to the mean.
  filled!.gaps.forEach((gap, i) => {
    const centre = ((i + 1) / 3 + meanOf(gaps[i]!.draws)) / 2;
    gap.draws.forEach((draw, s) => {
      const error = sampleQuantile([-1, 0, 1], (ranks[s]! + 1) / 101);
      expect(draw).toBeCloseTo(centre + error * (1 + 1e-9), 9);
    });
  });
});

describe("a draw has the distribution that was learned, however many there are", () => {
  /** Nothing is heard of the draws: the line, and errors about it that are no normal ones. */
  const errors = Array.from({ length: 199 }, (_, i) => Math.sinh(6 * ((i + 1) / 200) ** 2 - 2));
  const deaf: ColumnFill = {
    ...halfway,
    leans: [{ distance: 1, share: 0, companions: 0, most: 1e6 }],
    errors: [errors],
  };
  const column = plainColumn("x");
  const sequence = { name: "s", length: 3, values: Float64Array.of(2, Number.NaN, 4) };

  /** The draws of the gap, about the line of 3. */
  function drawsOf(count: number, seed: number): Float64Array {
    const random = Random.stream(seed, "draws of the model");
    const draws = Float64Array.from({ length: count }, () => random.normal());
    const own = { sequence, imputed: sequence, gaps: [{ step: 1, column: 0, draws }], effectiveSize: 1 };
    return calibratedFills([own], alone(new Map([["x", deaf]])), [column], seed)[0]!.gaps[0]!.draws;
  }

  // The learned distribution function: straight lines between the errors, levels beyond them at the outermost.
  const levelOf = (value: number) => {
    const error = (value - 3) / (1 + 1e-9);
    const after = errors.findIndex((each) => each > error);
    if (after < 0) return 1;
    if (after === 0) return 0;
    const [low, high] = [errors[after - 1]!, errors[after]!];
    return (after + (error - low) / (high - low)) / (errors.length + 1);
  };

  test.each([1, 2, 5, 100])("of %d the first, over seeds", (count) => {
    const seeds = 2000;
    const firsts = Float64Array.from({ length: seeds }, (_, seed) => drawsOf(count, seed)[0]!).sort();
    const distance = firsts.reduce((most, value, i) => {
      const level = levelOf(value);
      const isInside = level > 1 / 200 && level < 199 / 200;
      return isInside ? Math.max(most, level - i / seeds, (i + 1) / seeds - level) : most;
    }, 0);
    // Kolmogorov and Smirnov: of as many this is exceeded once in a thousand; the levels are a hundredth apart.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(seeds) + 1 / 101);
  });

  test("a seed gives the same draws, another one others", () => {
    expect(drawsOf(1, 7)).toEqual(drawsOf(1, 7));
    expect(drawsOf(1, 7)).not.toEqual(drawsOf(1, 8));
  });

  test("the intervals are the learned ones: of a hundred draws exactly, of fewer in the mean of their levels", () => {
    const errorOf = (draw: number) => (draw - 3) / (1 + 1e-9);
    const hundred = drawsOf(100, 1).sort();
    hundred.forEach((draw, i) => {
      expect(errorOf(draw)).toBeCloseTo(sampleQuantile(errors, (i + 1) / 101), 9);
    });
    const least = Array.from({ length: 2000 }, (_, seed) => levelOf(Math.min(...drawsOf(4, seed))));
    // The least of four has the level 1/5 in the mean, and a deviation of 0.16: the mean of 2000 errs by 0.0036.
    expect(Math.abs(meanOf(least) - 1 / 5)).toBeLessThan(0.012);
  });
});

test("fewer draws are the first of many, and fill the gap", async () => {
  const { sequence } = torn(6);
  const [all] = await imputeSequences({ ...settings(1), sequences: [sequence] });
  const [few] = withDraws([all!], 3, settings(1).columns);
  few!.gaps.forEach(({ step, column, draws }, i) => {
    expect(draws).toEqual(all!.gaps[i]!.draws.slice(0, 3));
    expect(few!.imputed.values[step * 2 + column]).toBe(sampleQuantile(draws.toSorted(), 0.5));
  });
});
