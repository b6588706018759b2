import { describe, expect, test } from "vitest";
import {
  type ColumnFill,
  centreOf,
  type Evidence,
  learnColumnFill,
  type Outcome,
  quantilesOf,
} from "../../src/calibration/fill-rule.ts";
import { Neighbours } from "../../src/calibration/neighbours.ts";
import { fitScale } from "../../src/calibration/scale-fit.ts";
import { Random } from "../../src/random/generator.ts";

const usual: Evidence = {
  nearest: 1,
  line: 0,
  jump: 0,
  bridge: Math.SQRT1_2,
  activity: 0,
  unit: 1,
  companions: 0,
  mean: 0,
  spread: 0,
};

/** Of an entry whose line is there, and of which the other columns say nothing else. */
const on = (line: number): Evidence => ({ ...usual, line, companions: line });

/** Outcomes drawn one by one, the i-th of the part ⌊4i/n⌋. */
const outcomesOf = (count: number, draw: (random: Random, i: number) => Omit<Outcome, "part">): Outcome[] => {
  const random = Random.stream(1, "outcomes");
  return Array.from({ length: count }, (_, i) => ({
    ...draw(random, i),
    part: Math.floor((4 * i) / count),
  }));
};

const learned = (outcomes: readonly Outcome[]): ColumnFill => {
  const fill = learnColumnFill(outcomes);
  if (fill === undefined) throw new Error("too few outcomes");
  return fill;
};

/** The share of outcomes in the interval of 80 %. */
const heldBy = (fill: ColumnFill, outcomes: readonly Outcome[]): number =>
  outcomes.filter(({ evidence, value }) => {
    const quantile = quantilesOf(fill, evidence);
    return quantile(0.1) <= value && value <= quantile(0.9);
  }).length / outcomes.length;

test("other columns that never were elsewhere than their lines, but for rounding, are no reason for a wide interval where they are", () => {
  const outcomes = outcomesOf(400, (random, i) => ({
    evidence: { ...usual, companions: i % 2 === 0 ? 1e-16 : 0 },
    value: random.normal(),
  }));
  const quantile = quantilesOf(learned(outcomes), { ...usual, companions: 2 });
  const farthest = Math.max(...outcomes.map(({ value }) => Math.abs(value)));
  expect(Math.abs(quantile(0.99))).toBeLessThan(2 * farthest);
  expect(Math.abs(quantile(0.01))).toBeLessThan(2 * farthest);
});

test("a weight that an earlier version learned of rounding makes no interval wider than values are", () => {
  const fill = learned(outcomesOf(400, (random) => ({ evidence: usual, value: random.normal() })));
  const scale = fill.scale.map((weight, i) => (i === fill.scale.length - 1 ? 1e12 : weight));
  const quantile = quantilesOf({ ...fill, scale }, { ...usual, companions: 2 });
  expect(Math.abs(quantile(0.99))).toBeLessThan(5 * fill.leans[0]!.most + 1e-9);
});

describe("where the centre is", () => {
  test("as far from the line to the draws as a regression through the line has its slope, to a tenth", () => {
    const outcomes = outcomesOf(2000, (random) => {
      const [line, mean] = [random.normal(), random.normal()];
      return {
        evidence: { ...on(line), mean },
        value: line + 0.3 * (mean - line) + 0.1 * random.normal(),
      };
    });
    // The deviation of the slope is 0.1/√(2000·2).
    expect(Math.abs(learned(outcomes).leans[0]!.share - 0.3)).toBeLessThan(5 * 0.0016);
  });

  test("towards other columns and the draws at once, each by the share that it has", () => {
    const outcomes = outcomesOf(2000, (random) => {
      const [line, mean, companions] = [random.normal(), random.normal(), random.normal()];
      const value = line + 0.2 * (mean - line) + 0.6 * (companions - line) + 0.1 * random.normal();
      return { evidence: { ...on(line), mean, companions }, value };
    });
    const [lean] = learned(outcomes).leans;
    expect([lean!.share, lean!.companions]).toEqual([0.2, 0.6]);
  });

  test("on the line where draws tell nothing, on their mean where it is right, for each distance by itself", () => {
    const outcomes = outcomesOf(800, (random, i) => {
      const [line, mean] = [random.normal(), random.normal()];
      const isNear = i % 2 === 0;
      return { evidence: { ...on(line), mean, nearest: isNear ? 1 : 9 }, value: isNear ? line : mean };
    });
    const { leans } = learned(outcomes);
    expect(leans.map(({ distance }) => distance)).toEqual([1, 8]);
    expect(leans[0]!.share).toBeLessThan(1e-12);
    expect(leans[1]!.share).toBeCloseTo(1, 12);
    const evidence = { ...on(2), mean: 3 };
    const fill = learned(outcomes);
    expect(centreOf(fill, { ...evidence, nearest: 7 })).toBeCloseTo(2, 9);
    expect(centreOf(fill, { ...evidence, nearest: 100 })).toBeCloseTo(3, 9);
  });

  test("no farther from the line than twice what all but one in a hundred were, whatever the draws say", () => {
    const outcomes = outcomesOf(1000, (random) => {
      const value = random.normal();
      return { evidence: { ...usual, mean: value, spread: 1 }, value };
    });
    const fill = learned(outcomes);
    const far = centreOf(fill, { ...usual, mean: 1e9 });
    expect(far).toBeGreaterThan(2 * 2.2); // the 99 % quantile of |normal| is 2.58
    expect(far).toBeLessThan(2 * 3.1);
    const quantile = quantilesOf(fill, { ...usual, mean: 1e9, spread: 1e9 });
    expect(quantile(0.9) - quantile(0.1)).toBeLessThan(50);
  });

  test("in the units of a sequence: one a thousand times as large is filled alike", () => {
    const outcomes = outcomesOf(400, (random) => {
      const [line, mean] = [random.normal(), random.normal()];
      return {
        evidence: { ...on(line), mean, jump: random.uniform(), activity: random.uniform(), spread: 0.5 },
        value: line + 0.5 * (mean - line) + 0.3 * random.normal(),
      };
    });
    const larger = ({ evidence, value, part }: Outcome): Outcome => ({
      part,
      value: 1024 * value,
      evidence: {
        ...evidence,
        line: 1024 * evidence.line,
        companions: 1024 * evidence.companions,
        mean: 1024 * evidence.mean,
        jump: 1024 * evidence.jump,
        activity: 1024 * evidence.activity,
        spread: 1024 * evidence.spread,
        unit: 1024,
      },
    });
    expect(learned(outcomes.map(larger))).toEqual(learned(outcomes));
    const [first] = outcomes;
    expect(quantilesOf(learned(outcomes), larger(first!).evidence)(0.9)).toBe(
      1024 * quantilesOf(learned(outcomes), first!.evidence)(0.9),
    );
  });
});

describe("how wide it is", () => {
  const lively = (random: Random, i: number) => {
    const activity = i % 2 === 0 ? 0.1 : 2;
    return { evidence: { ...usual, activity }, value: activity * random.normal() };
  };

  test("the interval of 80 % holds 80 % of the calm entries and of the lively ones", () => {
    const fill = learned(outcomesOf(2000, lively));
    const others = outcomesOf(4000, lively);
    for (const activity of [0.1, 2]) {
      const own = others.filter(({ evidence }) => evidence.activity === activity);
      // 0.009 is the deviation of a share of 2000, and the quantiles of 2000 err by as much.
      expect(Math.abs(heldBy(fill, own) - 0.8)).toBeLessThan(0.05);
    }
  });

  test("what changes from one part of the time to the next makes it wider", () => {
    const drifting = (random: Random, i: number) => ({
      evidence: on(random.normal()),
      value: [0, 1, 2, 3][Math.floor(i / 100)]! + 0.1 * random.normal(),
    });
    const steady = (random: Random) => ({
      evidence: on(random.normal()),
      value: 1.5 + 0.1 * random.normal(),
    });
    const width = (fill: ColumnFill) => quantilesOf(fill, usual)(0.9) - quantilesOf(fill, usual)(0.1);
    expect(width(learned(outcomesOf(400, drifting)))).toBeGreaterThan(
      2 * width(learned(outcomesOf(400, steady))),
    );
  });

  test("entries that are always foretold have no width, and fewer than 50 teach nothing", () => {
    const exact = outcomesOf(60, (random) => {
      const line = random.normal();
      return { evidence: on(line), value: line };
    });
    const quantile = quantilesOf(learned(exact), on(7));
    expect([quantile(0.01), quantile(0.99)]).toEqual([7, 7]);
    expect(learnColumnFill(exact.slice(0, 49))).toBeUndefined();
  });

  test("outcomes of one part alone are foretold by themselves", () => {
    const outcomes = outcomesOf(60, (random) => ({ evidence: usual, value: random.normal() }));
    const fill = learned(outcomes.map((each) => ({ ...each, part: 2 })));
    expect(Math.abs(heldBy(fill, outcomes) - 0.8)).toBeLessThan(0.05);
  });
});

describe("the scale of errors", () => {
  const random = Random.stream(2, "scales");
  const rows = Array.from({ length: 4000 }, () => [1, random.uniform(), 3 * random.uniform()]);
  const truth = [0.2, 0, 0.5];
  /** From a Laplace distribution of scale 0.2 + 0.5·x. */
  const errors = rows.map((row) => {
    const scale = row.reduce((sum, value, j) => sum + value * truth[j]!, 0);
    return (random.uniform() < 0.5 ? -1 : 1) * -Math.log(1 - random.uniform()) * scale;
  });
  const floor = 1e-6;
  const weights = fitScale(rows, errors, floor);
  const loss = (tried: readonly number[]) =>
    rows.reduce((sum, row, i) => {
      const scale = row.reduce((all, value, j) => all + value * tried[j]!, floor);
      return sum + Math.log(scale) + Math.abs(errors[i]!) / scale;
    }, 0);

  test("is as likely as the best of a lattice of weights, but for a thousandth of a nat an error", () => {
    const lattice = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3];
    const best = lattice.flatMap((a) =>
      lattice.flatMap((b) => [0.4, 0.45, 0.5, 0.55].map((c) => loss([a, b, c]))),
    );
    expect((loss(weights) - Math.min(...best)) / rows.length).toBeLessThan(0.001);
    expect(weights.every((weight) => weight >= 0)).toBe(true);
    expect(Math.abs(weights[2]! - truth[2]!)).toBeLessThan(0.05);
  });

  test("of one part it is the mean of the ratios, which is where the derivative is 0", () => {
    const [weight] = fitScale([[1], [2], [4]], [1, -3, 2], 1e-12);
    expect(weight).toBeCloseTo((1 / 1 + 3 / 2 + 2 / 4) / 3, 6);
    expect(fitScale([[0], [0]], [0, 0], 1e-9)).toEqual([0]);
  });
});

describe("the neighbours of a missing entry", () => {
  const random = Random.stream(3, "column");
  const values = Float64Array.from({ length: 60 }, (_, t) =>
    random.uniform() < 0.5 || t < 3 || t > 56 ? Number.NaN : random.normal(),
  );
  const neighbours = new Neighbours(values);
  const missing = [...values.keys()].filter((step) => Number.isNaN(values[step]));
  const seen = [...values.keys()].filter((step) => !Number.isNaN(values[step]));
  const earlier = (step: number) => seen.filter((each) => each < step);
  const later = (step: number) => seen.filter((each) => each > step);

  test.each(missing)("of step %i as they are found by looking at all of them", (step) => {
    const { nearest, line, jump, activity } = neighbours.around(step)!;
    expect(nearest).toBe(Math.min(...seen.map((each) => Math.abs(each - step))));
    const [left, right] = [earlier(step).at(-1), later(step)[0]];
    const differences = [earlier(step).slice(-10), later(step).slice(0, 10)].flatMap((side) =>
      side.flatMap((each, i) => (i === 0 ? [] : [Math.abs(values[each]! - values[side[i - 1]!]!)])),
    );
    const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
    expect(activity).toBeCloseTo(mean, 12);
    if (left === undefined || right === undefined) {
      expect([line, jump]).toEqual([values[(left ?? right)!], 0]);
      return;
    }
    const slope = (values[right]! - values[left]!) / (right - left);
    expect(line).toBeCloseTo(values[left]! + slope * (step - left), 12);
    expect(jump).toBe(Math.abs(values[right]! - values[left]!));
  });

  test("the bridge is the conditional deviation of a random walk, by its joint normal distribution", () => {
    const gap = new Neighbours(Float64Array.of(0, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0));
    for (const step of [1, 2, 3, 4]) {
      // Var(w_a) − Cov(w_a, w_5)²/Var(w_5)
      expect(gap.around(step)!.bridge).toBeCloseTo(Math.sqrt(step - step ** 2 / 5), 12);
    }
    const open = new Neighbours(Float64Array.of(0, Number.NaN, Number.NaN, Number.NaN));
    expect(open.around(3)).toEqual({ nearest: 3, line: 0, jump: 0, bridge: Math.sqrt(3), activity: 0 });
  });

  test("there are none where nothing was observed", () => {
    expect(new Neighbours(Float64Array.of(Number.NaN, Number.NaN)).around(0)).toBeUndefined();
  });
});
