/** The Kalman filter against the dense joint normal distribution of all steps, in float64, and its graph against it. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import type { ConditionColumn, Sequence } from "../../src/data/dataset.ts";
import { gridOf } from "../../src/distributions/gaussian.ts";
import { encodeSequences } from "../../src/inference/encode.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { kalmanEmStep, type Learned } from "../../src/models/kalman/em.ts";
import { kalmanFilter } from "../../src/models/kalman/filter.ts";
import { Kalman, type KalmanOptions } from "../../src/models/kalman/kalman.ts";
import type { LinearGaussian, StateSequence } from "../../src/models/kalman/linear-gaussian.ts";
import { smoothed } from "../../src/models/kalman/smoother.ts";
import { structureOf } from "../../src/models/kalman/structures.ts";
import { linearGaussianOf, weightsOf } from "../../src/models/kalman/weights.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { conforms } from "./conformance.ts";
import "../slow.ts";

const [K, D, U] = [3, 2, 2];
const runtime = nodeRuntime();
const columns = [
  plainColumn("a", { mean: 5, standardDeviation: 3 }),
  plainColumn("b", { mean: -1, standardDeviation: 0.5, resolution: 0.01 }),
];

/** A model of made-up parameters whose states fade. */
function someModel(seed = 1, inputs = U): LinearGaussian {
  const random = Random.stream(seed, "kalman");
  const matrix = (rows: number, columns: number, by = 1) =>
    Float64Array.from({ length: rows * columns }, () => by * random.normal());
  const covariance = (n: number, by: number) => {
    const factor = new Matrix(Array.from({ length: n }, () => [...matrix(1, n, by)]));
    return Float64Array.from(factor.mmul(factor.transpose()).add(Matrix.eye(n).mul(0.1)).to1DArray());
  };
  return {
    ...{ states: K, width: D, inputs },
    transition: matrix(K, K, 0.4),
    input: matrix(K, inputs, 0.5),
    process: covariance(K, 0.4),
    observation: matrix(D, K),
    direct: matrix(D, inputs, 0.5),
    offset: matrix(1, D),
    noise: Float64Array.of(0.3, 0.2),
    initialMean: matrix(1, K),
    initialCovariance: covariance(K, 0.7),
  };
}

/** Made-up rows, some entries missing and the whole of the third. */
function someSequence(steps: number, seed = 1, { missing = 0.2, inputs = U } = {}): StateSequence {
  const random = Random.stream(seed, "rows");
  return {
    table: Float64Array.from({ length: steps * D }, (_, i) =>
      random.uniform() < missing || Math.floor(i / D) === 2 ? Number.NaN : 1.5 * random.normal(),
    ),
    inputs: Float64Array.from({ length: steps * inputs }, () => random.normal()),
  };
}

const matrixOf = (flat: Float64Array, rows: number, columns: number) =>
  new Matrix(Array.from({ length: rows }, (_, i) => [...flat.subarray(i * columns, (i + 1) * columns)]));

/** The joint distribution of all states and all rows: means and covariance, states first. */
function joint(model: LinearGaussian, { inputs }: StateSequence, steps: number) {
  const { states: n, width, inputs: known } = model;
  const [A, C] = [matrixOf(model.transition, n, n), matrixOf(model.observation, width, n)];
  const means: Matrix[] = [];
  const blocks: Matrix[][] = Array.from({ length: steps }, () => []);
  const [B, direct] = [model.input, model.direct].map((flat, i) =>
    known === 0 ? Matrix.zeros(i === 0 ? n : width, 1) : matrixOf(flat, i === 0 ? n : width, known),
  ) as [Matrix, Matrix];
  const at = (t: number) =>
    Matrix.columnVector(known === 0 ? [0] : [...inputs.subarray(t * known, (t + 1) * known)]);
  for (let t = 0; t < steps; t++) {
    if (t === 0) {
      means.push(Matrix.columnVector([...model.initialMean]));
      blocks[0]![0] = matrixOf(model.initialCovariance, n, n);
      continue;
    }
    means.push(A.mmul(means[t - 1]!).add(B.mmul(at(t - 1))));
    for (let s = 0; s < t; s++) {
      blocks[t]![s] = A.mmul(blocks[t - 1]![s]!);
      blocks[s]![t] = blocks[t]![s]!.transpose();
    }
    blocks[t]![t] = A.mmul(blocks[t - 1]![t - 1]!)
      .mmul(A.transpose())
      .add(matrixOf(model.process, n, n));
  }
  const stack = (of: (t: number, s: number) => Matrix, rows: number, columns: number) => {
    const out = Matrix.zeros(steps * rows, steps * columns);
    for (let t = 0; t < steps; t++)
      for (let s = 0; s < steps; s++) out.setSubMatrix(of(t, s), t * rows, s * columns);
    return out;
  };
  const noise = Matrix.diag([...model.noise]);
  const seen = (t: number, s: number) => {
    const spread = C.mmul(blocks[t]![s]!).mmul(C.transpose());
    return t === s ? Matrix.add(spread, noise) : spread;
  };
  return {
    stateMean: means.flatMap((mean) => mean.to1DArray()),
    stateCovariance: stack((t, s) => blocks[t]![s]!, n, n),
    mean: means.flatMap((mean, t) =>
      C.mmul(mean)
        .add(direct.mmul(at(t)))
        .add(Matrix.columnVector([...model.offset]))
        .to1DArray(),
    ),
    covariance: stack(seen, width, width),
    crossed: stack((t, s) => blocks[t]![s]!.mmul(C.transpose()), n, width),
  };
}

/** log p(x) and p(z | x) by the joint distribution of what was observed. */
function dense(model: LinearGaussian, sequence: StateSequence) {
  const steps = sequence.table.length / model.width;
  const all = joint(model, sequence, steps);
  const seen = [...sequence.table.keys()].filter((i) => !Number.isNaN(sequence.table[i]));
  const covariance = all.covariance.selection(seen, seen);
  const off = Matrix.columnVector(seen.map((i) => sequence.table[i]! - all.mean[i]!));
  const factor = factorOf(covariance);
  const logDeterminant =
    2 * factor.lowerTriangularMatrix.diagonal().reduce((sum, each) => sum + Math.log(each), 0);
  const distance = off.transpose().mmul(factor.solve(off)).get(0, 0);
  const crossed = all.crossed.selection([...Array(steps * model.states).keys()], seen);
  return {
    nats: -0.5 * (seen.length * Math.log(2 * Math.PI) + logDeterminant + distance),
    means: crossed
      .mmul(factor.solve(off))
      .to1DArray()
      .map((each, i) => each + all.stateMean[i]!),
    covariance: Matrix.sub(all.stateCovariance, crossed.mmul(factor.solve(crossed.transpose()))),
  };
}

/** Rounding leaves products a little askew. */
const factorOf = (matrix: Matrix) => new CholeskyDecomposition(Matrix.add(matrix, matrix.transpose()).div(2));

const total = (logProb: Float64Array) => logProb.reduce((all, nats) => all + nats, 0);

describe("on the host", () => {
  test.each([1, 2, 3])(
    "likelihood and smoothed states are those of the joint distribution, seed %i",
    (seed) => {
      const [model, sequence] = [someModel(seed), someSequence(7, seed)];
      const [found, expected] = [kalmanFilter(model, sequence), dense(model, sequence)];
      expect(total(found.logProb)).toBeCloseTo(expected.nats, 9);
      const states = smoothed(found, model);
      expected.means.forEach((mean, i) => {
        expect(states.means[i]).toBeCloseTo(mean, 9);
      });
      for (let t = 0; t < 7; t++)
        for (let i = 0; i < K; i++)
          for (let j = 0; j < K; j++) {
            const place = (t: number) => t * K;
            expect(states.covariances[t * K * K + i * K + j]).toBeCloseTo(
              expected.covariance.get(place(t) + i, place(t) + j),
              9,
            );
            if (t < 6)
              expect(states.crossed[t * K * K + i * K + j]).toBeCloseTo(
                expected.covariance.get(place(t + 1) + i, place(t) + j),
                9,
              );
          }
    },
  );

  const everything: Learned = { dynamics: true, observation: true, initial: true };
  test.each<[string, Learned, number]>([
    ["everything is learned, with inputs", everything, U],
    ["everything is learned", everything, 0],
    ["beginnings are given", { ...everything, initial: false }, 0],
    ["noise alone is learned", { dynamics: false, observation: false, initial: false }, 0],
  ])("the likelihood never lowers where %s", (_, learned, inputs) => {
    const sequences = Array.from({ length: 12 }, (_, i) => someSequence(5 + 3 * i, i, { inputs }));
    let model = someModel(4, inputs);
    if (!learned.dynamics)
      model = { ...model, process: Float64Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 0.3 : 0)) };
    const nats = Array.from({ length: 40 }, () => {
      const step = kalmanEmStep(sequences, model, learned, [1e-3, 1e-3]);
      model = step.model;
      return step.logLikelihood;
    });
    nats.slice(1).forEach((after, i) => {
      expect(after).toBeGreaterThanOrEqual(nats[i]! - 1e-7 * Math.abs(after));
    });
    expect(nats.at(-1)!).toBeGreaterThan(nats[0]! + 10);
  });
});

/** What is known of states, as `encode` gives it. */
type Smoothed = { readonly mean: Float64Array; readonly covariance: Float64Array };

/** A structured and a free model, with weights away from where they begin. */
const shapes: readonly (readonly [string, Omit<KalmanOptions, "columns">])[] = [
  ["free", { states: K }],
  ["a level", { states: 1, structure: "level" }],
  ["a trend and a season", { states: 1, structure: "trend+season:4" }],
];

function prepared(options: Omit<KalmanOptions, "columns">) {
  const model = new Kalman({ columns, ...options });
  const random = Random.stream(3, "weights");
  const weights = initialWeights(model.parameters, 1).map((weight) => weight + 0.1 * random.normal());
  const { structure, states } = options;
  const layout = {
    ...{ states: model.states, width: D, inputs: 0, parameters: model.parameters },
    structure: structure === undefined ? undefined : structureOf(structure, D),
    floors: gridOf(columns).floors,
  };
  expect(states).toBeGreaterThan(0);
  return { model, weights, layout, host: linearGaussianOf(weights, layout) };
}

/** In the units of the data. */
const sequenceOf = ({ table }: StateSequence, name = "one"): Sequence => ({
  name,
  length: table.length / D,
  values: table.map((value, i) => value * columns[i % D]!.standardDeviation + columns[i % D]!.mean),
});

describe.each(shapes)("the graph: %s", (_, options) => {
  const { model, weights, layout, host } = prepared(options);
  const settings = { runtime, model, weights, columns, seed: 2 };
  const plain = someSequence(9, 5, { inputs: 0 });

  test("weights stand for the same parameters there and back", () => {
    const back = weightsOf(host, layout);
    expect(back).toHaveLength(countOf(model.parameters));
    const again = linearGaussianOf(back, layout);
    for (const part of ["transition", "process", "observation", "noise", "initialCovariance"] as const)
      again[part].forEach((value, i) => {
        expect(value).toBeCloseTo(host[part][i]!, 4);
      });
  });

  test("entries are as likely as on the host", async () => {
    const [scores] = await scoreSequences({ ...settings, sequences: [sequenceOf(plain)] });
    const { offsets } = gridOf(columns);
    const { logProb } = kalmanFilter(host, plain);
    const expected = logProb.map((nats, i) => (Number.isNaN(plain.table[i]) ? 0 : nats + offsets[i % D]!));
    for (let t = 0; t < 9; t++)
      expect(scores!.total[t]).toBeCloseTo(expected[t * D]! + expected[t * D + 1]!, 3);
  });

  test("what is known of states given the whole sequence is what the host's smoother says", async () => {
    const [encoded] = await encodeSequences({ ...settings, particles: 1, sequences: [sequenceOf(plain)] });
    const { means, covariances } = smoothed(kalmanFilter(host, plain), host);
    const { mean, covariance } = encoded!.smoothed! as unknown as Smoothed;
    means.forEach((each, i) => {
      expect(Math.abs(mean[i]! - each)).toBeLessThan(2e-3 * (1 + Math.abs(each)));
    });
    covariances.forEach((each, i) => {
      expect(Math.abs(covariance[i]! - each)).toBeLessThan(2e-3 * (1 + Math.abs(each)));
    });
  });

  test("gaps are filled by draws with the moments of what is missing given the rest", async () => {
    const particles = 20_000;
    const [filled] = await imputeSequences({ ...settings, sequences: [sequenceOf(plain)], particles });
    const all = joint(host, plain, 9);
    const [seen, missing] = [false, true].map((isMissing) =>
      [...plain.table.keys()].filter((i) => Number.isNaN(plain.table[i]) === isMissing),
    ) as [number[], number[]];
    const factor = factorOf(all.covariance.selection(seen, seen));
    const off = Matrix.columnVector(seen.map((i) => plain.table[i]! - all.mean[i]!));
    const crossed = all.covariance.selection(missing, seen);
    const spread = Matrix.sub(
      all.covariance.selection(missing, missing),
      crossed.mmul(factor.solve(crossed.transpose())),
    );
    const centre = crossed.mmul(factor.solve(off)).to1DArray();
    expect(filled!.gaps).toHaveLength(missing.length);
    const draws = filled!.gaps.map(({ draws, column: d }) =>
      [...draws].map((value) => (value - columns[d]!.mean) / columns[d]!.standardDeviation),
    );
    const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
    missing.forEach((place, i) => {
      const variance = spread.get(i, i);
      const expected = centre[i]! + all.mean[place]!;
      expect(Math.abs(mean(draws[i]!) - expected)).toBeLessThan(5 * Math.sqrt(variance / particles) + 2e-3);
      missing.forEach((_, j) => {
        const [one, other] = [draws[i]!, draws[j]!];
        const found = mean(one.map((value, s) => value * other[s]!)) - mean(one) * mean(other);
        const error = Math.sqrt((variance * spread.get(j, j) + spread.get(i, j) ** 2) / particles);
        expect(Math.abs(found - spread.get(i, j)), `${i}, ${j}`).toBeLessThan(5 * error + 3e-3);
      });
    });
  });

  test("what is sampled has the moments of the joint distribution", async () => {
    const [count, length] = [6000, 4];
    const samples = await sampleSequences({ ...settings, count, steps: length });
    const rows = samples.map(({ values }) =>
      [...values].map((value, i) => (value - columns[i % D]!.mean) / columns[i % D]!.standardDeviation),
    );
    const all = joint(host, plain, length);
    const mean = (of: (row: readonly number[]) => number) =>
      rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
    for (let i = 0; i < length * D; i++) {
      const variance = all.covariance.get(i, i);
      expect(Math.abs(mean((row) => row[i]!) - all.mean[i]!)).toBeLessThan(
        5 * Math.sqrt(variance / count) + 0.01,
      );
      for (let j = 0; j <= i; j++) {
        const [a, b] = [all.mean[i]!, all.mean[j]!];
        const found = mean((row) => (row[i]! - a) * (row[j]! - b));
        const error = Math.sqrt(
          (variance * all.covariance.get(j, j) + all.covariance.get(i, j) ** 2) / count,
        );
        expect(Math.abs(found - all.covariance.get(i, j))).toBeLessThan(5 * error + 0.01);
      }
    }
  });

  test("expectation maximisation raises the likelihood that the graph tells", async () => {
    const sequences = Array.from({ length: 12 }, (_, i) =>
      sequenceOf(someSequence(10, i, { inputs: 0 }), `sequence ${i}`),
    );
    let own = weights;
    let last = Number.NEGATIVE_INFINITY;
    const iterations = model.expectationMaximisation(own, sequences);
    for (let i = 0; i < 5; i++) {
      const { value } = iterations.next();
      const scores = await scoreSequences({ ...settings, weights: own, sequences });
      const graph = scores.flatMap(({ total }) => [...total]).reduce((all, nats) => all + nats, 0);
      expect(Math.abs(graph - value.logLikelihood)).toBeLessThan(2e-4 * Math.abs(graph));
      expect(value.logLikelihood).toBeGreaterThan(last);
      last = value.logLikelihood;
      own = value.weights;
    }
  });
});

const condition: ConditionColumn = { ...plainColumn("price"), role: "covariate" };
test("next to nothing left of a wide start is told as in float64: float32's rounding leaves no negative variance", async () => {
  const [one] = columns as [(typeof columns)[number]];
  const structure = "trend+season:12";
  const model = new Kalman({ columns: [one], states: 1, structure });
  const layout = {
    ...{ states: model.states, width: 1, inputs: 0, parameters: model.parameters },
    ...{ structure: structureOf(structure, 1), floors: gridOf([one]).floors },
  };
  const first = linearGaussianOf(initialWeights(model.parameters, 1), layout);
  const calm = { ...first, process: first.process.map((each) => 1e-8 * each), noise: Float64Array.of(1e-6) };
  const weights = weightsOf(calm, layout);
  const host = linearGaussianOf(weights, layout);
  const steps = 600;
  const table = Float64Array.from({ length: steps }, (_, t) => Math.sin((2 * Math.PI * t) / 12) + t / 1000);
  const sequence = {
    name: "calm",
    length: steps,
    values: table.map((x) => x * one.standardDeviation + one.mean),
  };
  const [scores] = await scoreSequences({
    runtime,
    model,
    weights,
    columns: [one],
    seed: 1,
    sequences: [sequence],
  });
  const { logProb } = kalmanFilter(host, { table, inputs: new Float64Array(0) });
  const [offset] = gridOf([one]).offsets;
  const mean = (nats: ArrayLike<number>) => Array.from(nats).reduce((all, each) => all + each / steps, 0);
  expect(mean(scores!.total)).toBeCloseTo(mean(logProb) + offset!, 1);
});

describe("it keeps the contract", () => {
  conforms("Kalman filter", () => new Kalman({ columns, states: 3 }));
  conforms(
    "Kalman filter with conditions",
    () => new Kalman({ columns, conditions: [condition], states: 2 }),
  );
  conforms("local level and season", () => new Kalman({ columns, states: 1, structure: "level+season:3" }));
});

test("what it reads of conditions on the host is what the graph reads", async () => {
  const model = new Kalman({ columns, conditions: [condition], states: 2 });
  const random = Random.stream(8, "conditions");
  const sequences = [12, 7].map((length, i) => ({
    ...sequenceOf(someSequence(length, i, { inputs: 0 }), `sequence ${i}`),
    conditions: Float64Array.from({ length }, (_, t) => (t === 3 ? Number.NaN : random.normal())),
  }));
  const weights = initialWeights(model.parameters, 1).map((weight) => weight + 0.1 * random.normal());
  const { value } = model.expectationMaximisation(weights, sequences).next();
  const settings = { runtime, model, weights, columns, conditions: [condition], seed: 2 };
  const scores = await scoreSequences({ ...settings, sequences });
  const graph = scores.flatMap(({ total }) => [...total]).reduce((all, nats) => all + nats, 0);
  expect(Math.abs(graph - value.logLikelihood)).toBeLessThan(2e-4 * Math.abs(graph));
});

test.each([
  ["tren", /there is no structure "tren".*level, trend and season:24/],
  ["season:1", /no structure "season:1"/],
  ["level+level", /no structure "level\+level"/],
  ["trend+season:500", /"trend\+season:500" has 1002 hidden states/],
])("the structure %s is refused with what to do", (structure, message) => {
  expect(() => new Kalman({ columns, states: 1, structure })).toThrow(message);
});

test("more states than observed steps are refused; a sequence of nothing observed changes nothing", () => {
  const some = sequenceOf(someSequence(8, 1, { inputs: 0 }));
  const nothing = { ...some, name: "nothing", values: some.values.map(() => Number.NaN) };
  const model = new Kalman({ columns, states: 9 });
  const weights = initialWeights(model.parameters, 1);
  expect(() => model.expectationMaximisation(weights, [some])).toThrow(/9 hidden states .* 7 observed steps/);
  const small = new Kalman({ columns, states: 2 });
  const first = initialWeights(small.parameters, 1);
  const told = (sequences: readonly Sequence[]) =>
    small.expectationMaximisation(first, sequences).next().value as { readonly logLikelihood: number };
  expect(told([some, nothing]).logLikelihood).toBeCloseTo(told([some]).logLikelihood, 9);
});

test("other columns than real ones are refused with what to do", () => {
  const flag = plainColumn("flag", { kind: "binary" });
  expect(() => new Kalman({ columns: [flag], states: 1 })).toThrow(
    /real columns, and this one is binary.*--kind flag=real/,
  );
});
