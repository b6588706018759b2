import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitGaussian } from "../../src/baselines/gaussian.ts";
import { fitVar } from "../../src/baselines/var.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import { pooledNatsPerStep } from "../../src/metrics/nats.ts";
import { autoregression, column, normals, sequence, uniforms } from "./generator.ts";

/** The most that one entry of a column on a grid can score, in nats. */
const HIGHEST_LOG_MASS = Math.log(2 / Math.sqrt(2 * Math.PI));

type Rows = (number | null)[][];
interface Fixture {
  resolution: number[];
  deviation: number[];
  train: Rows[];
  test: Rows;
  gaussian: number[];
  var: Record<string, number[]>;
}

describe("against NumPy and SciPy (fixtures/var_scipy.py)", () => {
  const fixture: Fixture = JSON.parse(
    readFileSync(new URL("fixtures/var_scipy.json", import.meta.url), "utf8"),
  );
  const columns = [
    column("ignored", 0, "binary"),
    ...fixture.resolution.map((resolution, j) => column(`x${j}`, resolution, "real", fixture.deviation[j]!)),
  ];
  const read = (rows: Rows) => sequence(rows.map((row) => [1, ...row.map((value) => value ?? NaN)]));
  const train = fixture.train.map(read);
  const held = read(fixture.test);

  test("the i.i.d. Gaussian's step scores agree", () => {
    expectClose(fitGaussian(columns, train).logLikelihood(held), fixture.gaussian);
  });

  test.each(Object.keys(fixture.var).map(Number))("order %i's step scores agree", (order) => {
    const model = fitVar(columns, train, [], { orders: [order] });
    expectClose(model.logLikelihood(held), fixture.var[order]!);
  });
});

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, step) => {
    expect(Math.abs(actual[step]! - value), `step ${step}`).toBeLessThan(1e-9 * (1 + Math.abs(value)));
  });
}

test("recovers the coefficients of a simulated process and beats the i.i.d. Gaussian on new data", () => {
  const columns = [column("a"), column("b")];
  const train = [sequence(autoregression(1, 4000, 2))];
  const model = fitVar(columns, train, [], { orders: [2] });
  const [a1, a2] = [model.coefficients.get(1, 0), model.coefficients.get(3, 0)];
  expect(a1).toBeCloseTo(0.5, 1);
  expect(a2).toBeCloseTo(0.3, 1);
  expect(model.coefficients.get(2, 0)).toBeCloseTo(0, 1);
  const fresh = sequence(autoregression(2, 1000, 2));
  const gain =
    pooledNatsPerStep([model.logLikelihood(fresh)]) -
    pooledNatsPerStep([fitGaussian(columns, train).logLikelihood(fresh)]);
  expect(gain).toBeGreaterThan(0.5);
});

test("chooses the order that scores the validation split best", () => {
  const columns = [column("a"), column("b")];
  const [train, valid] = [[sequence(autoregression(3, 300, 2))], [sequence(autoregression(4, 200, 2))]];
  const alone = [1, 2, 3, 4, 5].map((order) => fitVar(columns, train, [], { orders: [order] }));
  const nats = alone.map((model) => pooledNatsPerStep(valid.map((one) => model.logLikelihood(one))));
  const best = nats.indexOf(Math.max(...nats)) + 1;
  expect(fitVar(columns, train, valid).order).toBe(best);
  expect(best).toBeGreaterThan(1);
});

test("a missing entry is marginalised: its mass summed over the grid gives the score without it", () => {
  const columns = [column("a", 0.5), column("b", 0.25)];
  const rows = autoregression(5, 200, 2).map(([a, b]) => [Math.round(a! * 2) / 2, Math.round(b! * 4) / 4]);
  const model = fitVar(columns, [sequence(rows)], [], { orders: [1] });
  const scoreLast = (a: number, b: number) =>
    model.logLikelihood(
      sequence([
        [0.5, 0.25],
        [a, b],
      ]),
    )[1]!;
  let mass = 0;
  for (let cell = -80; cell <= 80; cell++) mass += Math.exp(scoreLast(1, cell / 4));
  expect(Math.log(mass)).toBeCloseTo(scoreLast(1, NaN), 9);
  expect(scoreLast(NaN, NaN)).toBe(0);
});

test("a missing regressor counts as the training mean", () => {
  const columns = [column("a"), column("b")];
  const train = [sequence(autoregression(6, 100, 2))];
  const model = fitVar(columns, train, [], { orders: [1] });
  const mean = fitGaussian(columns, train).means[1]!;
  const without = model.logLikelihood(
    sequence([
      [1, NaN],
      [0.3, -0.2],
    ]),
  )[1]!;
  expect(without).toBeCloseTo(
    model.logLikelihood(
      sequence([
        [1, mean],
        [0.3, -0.2],
      ]),
    )[1]!,
    12,
  );
});

test("the first steps of a sequence are scored by the i.i.d. Gaussian", () => {
  const columns = [column("a"), column("b", 0.1)];
  const train = [sequence(autoregression(7, 100, 2))];
  const held = sequence(autoregression(8, 6, 2));
  const [model, gaussian] = [fitVar(columns, train, [], { orders: [3] }), fitGaussian(columns, train)];
  const [nats, iid] = [model.logLikelihood(held), gaussian.logLikelihood(held)];
  expect([...nats.subarray(0, 3)]).toEqual([...iid.subarray(0, 3)]);
  expect(nats[3]).not.toBe(iid[3]);
  const short = { ...held, length: 2, values: held.values.subarray(0, 4) };
  expect([...model.logLikelihood(short)]).toEqual([...iid.subarray(0, 2)]);
});

test("no step scores above −0.226 nats for each observed column on a grid, however redundant the columns", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(1e-9, 0.01, 1, 5),
      fc.constantFrom(1, 2, 5),
      (seed, resolution, order) => {
        const model = fitVar(redundantColumns(resolution), [redundant(seed, 60, resolution)], [], {
          orders: [order],
        });
        const held = redundant(seed + 1, 30, resolution);
        const nats = model.logLikelihood(held);
        nats.forEach((value, t) => {
          const row = held.values.subarray(t * 5, (t + 1) * 5);
          const observed = row.filter((entry) => !Number.isNaN(entry)).length;
          expect(value).toBeLessThanOrEqual(observed * HIGHEST_LOG_MASS + 1e-6);
        });
      },
    ),
    { numRuns: 60 },
  );
});

/** A walk, its copy, its double, a constant and noise, all on a grid, a tenth of them missing. */
function redundant(seed: number, length: number, resolution: number): Sequence {
  const [normal, uniform] = [normals(seed), uniforms(seed)];
  const rows = autoregression(seed, length, 1).map(([x]) => {
    const cell = Math.round(x! / resolution) * resolution;
    const noise = Math.round(normal() / resolution) * resolution;
    return [cell, cell, 2 * cell, 3 * resolution, noise].map((value) => (uniform() < 0.1 ? NaN : value));
  });
  return sequence(rows);
}

function redundantColumns(resolution: number) {
  return ["walk", "copy", "double", "constant", "noise"].map((name) => column(name, resolution));
}

test("a change of units, grid and all, leaves the nats as they are", () => {
  fc.assert(
    fc.property(fc.constantFrom(1e-3, 0.2, 7, 1e6), fc.constantFrom(1e-3, 3, 1e5), (first, second) => {
      const units = [first, second];
      const inUnits = (rows: number[][]) =>
        sequence(rows.map((row) => row.map((value, j) => value * units[j]!)));
      const rounded = (seed: number) =>
        autoregression(seed, 80, 2).map((row) => row.map((x) => Math.round(x * 4) / 4));
      const plain = fitVar([column("a", 0.25), column("b", 0.25)], [sequence(rounded(9))], [], {
        orders: [2],
      });
      const scaled = fitVar(
        [column("a", 0.25 * first), column("b", 0.25 * second)],
        [inUnits(rounded(9))],
        [],
        { orders: [2] },
      );
      const expected = plain.logLikelihood(sequence(rounded(10)));
      scaled.logLikelihood(inUnits(rounded(10))).forEach((value, t) => {
        expect(value).toBeCloseTo(expected[t]!, 8);
      });
    }),
  );
});

test("refuses sequences that are too short and a choice of orders without validation data", () => {
  const columns = [column("a")];
  expect(() => fitVar(columns, [sequence([[1]])], [])).toThrow(
    expect.objectContaining({ code: "baseline/too-short" }),
  );
  expect(() => fitVar(columns, [sequence([[1], [2], [4], [3]])], [])).toThrow(
    expect.objectContaining({ code: "baseline/no-validation" }),
  );
});
