/** Expectation maximisation of every kind of emission, with gaps and ragged sequences: against all paths, and against the graph. */
import { describe, expect, test } from "vitest";
import type { Column, Sequence } from "../../src/data/dataset.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { emStep, fittingOf, type HmmParameters } from "../../src/models/hmm/em.ts";
import { sharesAbove } from "../../src/models/hmm/emissions/fit.ts";
import { fitsOf } from "../../src/models/hmm/emissions/index.ts";
import { logFactorial } from "../../src/models/hmm/emissions/poisson.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { fittedSequence, parametersOf } from "../../src/models/hmm/weights.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";

const runtime = nodeRuntime();

const real = (name: string) => plainColumn(name, { mean: 3, standardDeviation: 2 });
const yes = plainColumn("yes", { kind: "binary", mean: 0.4, standardDeviation: 0.5 });
const level = plainColumn("level", {
  kind: "categorical",
  levels: ["a", "b", "c"],
  shares: [0.5, 0.3, 0.2],
});
const count = plainColumn("count", { kind: "count", mean: 4, standardDeviation: 3 });

interface Case {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly emission?: readonly string[];
}

const cases: readonly Case[] = [
  { name: "binary", columns: [yes, { ...yes, name: "no" }] },
  { name: "levels", columns: [level, { ...level, name: "other" }] },
  { name: "counts", columns: [count, { ...count, name: "other" }] },
  { name: "mixtures of normals", columns: [real("a"), real("b")], emission: ["mixture"] },
  { name: "normal together", columns: [real("a"), real("b"), real("c")], emission: ["full"] },
  { name: "all kinds", columns: [real("a"), yes, level, count, real("b")], emission: ["b=mixture"] },
  {
    name: "some of them together",
    columns: [yes, real("a"), count, real("b"), level, real("c"), real("d")],
    emission: ["full", "c=gaussian"],
  },
];

/** A value of a column in one of three states. */
function drawnValue({ kind }: Column, state: number, common: number, random: Random): number {
  if (kind === "binary") return random.uniform() < [0.05, 0.5, 0.95][state]! ? 1 : 0;
  if (kind === "categorical") return random.uniform() < 0.8 ? state : random.integer(3);
  if (kind === "count") return Math.floor(-Math.log(random.uniform() + 1e-9) * (1 + 4 * state));
  return 3 + 2 * (state - 1) + (state - 1) * common + 0.4 * random.normal();
}

/** Ragged sequences, one of a step and one of which nothing was seen among them. */
function sequencesOf(columns: readonly Column[], lengths: readonly number[], seed: number): Sequence[] {
  const random = Random.stream(seed, "emissions");
  return lengths.map((length, i) => {
    let state = random.integer(3);
    const rows = Array.from({ length }, () => {
      if (random.uniform() < 0.2) state = random.integer(3);
      const common = random.normal();
      return columns.map((column) => {
        const value = drawnValue(column, state, common, random);
        return random.uniform() < 0.2 || i === 1 ? Number.NaN : value;
      });
    });
    return { name: `sequence ${i + 1}`, length, values: Float64Array.from(rows.flat()) };
  });
}

const modelOf = ({ columns, emission = [] }: Case, states = 3) => new Hmm({ columns, states, emission });

/** The host's parameters, and what is fitted to sequences. */
function fittedOf({ columns, emission = [] }: Case, sequences: readonly Sequence[]) {
  const named = new Map(
    emission.flatMap((word) => (word.includes("=") ? [word.split("=") as [string, string]] : [])),
  );
  const usual = {
    real: emission.find((word) => !word.includes("=")) ?? "gaussian",
    count: "poisson",
    binary: "bernoulli",
  };
  const familyOf = ({ name, kind }: Column) =>
    named.get(name) ?? (usual as Readonly<Record<string, string>>)[kind] ?? kind;
  const fits = fitsOf(columns, familyOf);
  return fittingOf(
    fits,
    sequences.map((each) => fittedSequence(each, columns, fits)),
  );
}

describe.each(cases)("$name", (own) => {
  const sequences = sequencesOf(own.columns, [30, 4, 1, 57, 12], 4);

  test.each([1, 2, 3])("the likelihood never lowers, seed %i", (seed) => {
    const fitting = fittedOf(own, sequences);
    let parameters = parametersOf(initialWeights(modelOf(own, 4).parameters, seed), 4, fitting.fits);
    const nats = Array.from({ length: 40 }, () => {
      const step = emStep(fitting, parameters);
      parameters = step.parameters;
      return step.logLikelihood;
    });
    nats.slice(1).forEach((after, i) => {
      expect(after).toBeGreaterThanOrEqual(nats[i]! - 1e-9 * Math.abs(after));
    });
    expect(nats.at(-1)!).toBeGreaterThan(nats[0]! + 20);
  });

  test("its likelihood is that of the graph, iteration by iteration", async () => {
    const model = modelOf(own);
    let weights = initialWeights(model.parameters, 2);
    const iterations = model.expectationMaximisation(weights, sequences);
    for (let i = 0; i < 4; i++) {
      const { value } = iterations.next();
      const scores = await scoreSequences({
        runtime,
        model,
        weights,
        columns: own.columns,
        sequences,
        seed: 1,
      });
      const graph = scores.flatMap(({ total }) => [...total]).reduce((all, each) => all + each, 0);
      expect(Math.abs(graph - value.logLikelihood)).toBeLessThan(2e-5 * Math.abs(graph));
      weights = value.weights;
    }
  });

  test("likelihood and counts are those of all paths", () => {
    const short = sequencesOf(own.columns, [6, 3], 7);
    const fitting = fittedOf(own, short);
    const before = parametersOf(initialWeights(modelOf(own).parameters, 5), 3, fitting.fits);
    const moved = {
      ...before,
      transition: before.transition.map((share, i) => (i % 4 === 0 ? share + 1 : share) / 2),
    };
    const step = emStep(fitting, moved);
    const all = short.map((sequence) => enumerated(own, sequence, moved));
    const likelihood = all.reduce((sum, { logLikelihood }) => sum + logLikelihood, 0);
    expect(Math.abs(step.logLikelihood - likelihood)).toBeLessThan(1e-10 * Math.abs(likelihood));
    const first = [0, 1, 2].map((k) => all.reduce((sum, { initial }) => sum + initial[k]! / all.length, 0));
    first.forEach((share, k) => void expect(step.parameters.initial[k]).toBeCloseTo(share, 10));
    const moves = [...Array(9).keys()].map((i) => all.reduce((sum, each) => sum + each.moves[i]!, 0));
    moves.forEach((move, i) => {
      const row = moves.slice(i - (i % 3), i - (i % 3) + 3).reduce((sum, each) => sum + each, 0);
      expect(step.parameters.transition[i]).toBeCloseTo(move / row, 10);
    });
  });
});

/** The likelihood of a sequence, the shares of first states and the expected moves, as sums over all paths. */
function enumerated(own: Case, sequence: Sequence, { initial, transition, emission }: HmmParameters) {
  const width = own.columns.length;
  const steps = sequence.length;
  const densities = Array.from({ length: steps }, (_, t) => {
    const row = { name: "row", length: 1, values: sequence.values.subarray(t * width, (t + 1) * width) };
    const fitting = fittedOf(own, [row]);
    return emission.map((state) => {
      const certain = { initial: Float64Array.of(1), transition: Float64Array.of(1), emission: [state] };
      return Math.exp(emStep(fitting, certain).logLikelihood);
    });
  });
  let total = 0;
  const firsts = [0, 0, 0];
  const moves = Array<number>(9).fill(0);
  for (let path = 0; path < 3 ** steps; path++) {
    const states = Array.from({ length: steps }, (_, t) => Math.floor(path / 3 ** t) % 3);
    const joint = states.reduce(
      (all, k, t) => all * (t === 0 ? initial[k]! : transition[states[t - 1]! * 3 + k]!) * densities[t]![k]!,
      1,
    );
    total += joint;
    firsts[states[0]!]! += joint;
    for (let t = 1; t < steps; t++) moves[states[t - 1]! * 3 + states[t]!]! += joint;
  }
  return {
    logLikelihood: Math.log(total),
    initial: firsts.map((share) => share / total),
    moves: moves.map((move) => move / total),
  };
}

test("shares that would be under the least are held there, and the others part the rest", () => {
  expect([...sharesAbove(Float64Array.of(0, 1, 3), 0.2)!]).toEqual([0.2, 0.2, expect.closeTo(0.6, 12)]);
  expect([...sharesAbove(Float64Array.of(0, 4, 4, 2), 0.1)!].map((share) => share.toFixed(6))).toEqual(
    [0.1, 0.36, 0.36, 0.18].map((share) => share.toFixed(6)),
  );
  expect(sharesAbove(new Float64Array(3), 0.1)).toBeUndefined();
});

test("log x! is that of products, small and large", () => {
  for (const x of [0, 1, 5, 127, 128, 300, 2000]) {
    const product = Array.from({ length: x }, (_, i) => Math.log(i + 1)).reduce((all, each) => all + each, 0);
    expect(Math.abs(logFactorial(x) - product)).toBeLessThan(1e-12 * Math.max(1, product));
  }
});

test("a step that only the least likely state can tell does not underflow", () => {
  const columns = [real("a")];
  const fitting = fittedOf({ name: "", columns }, [
    { name: "far", length: 3, values: Float64Array.of(3, 3 + 2 * 60, 3) },
  ]);
  const parameters: HmmParameters = {
    initial: Float64Array.of(1, 0),
    transition: Float64Array.of(1, 0, 0.5, 0.5), // the second state is never reached
    emission: [[Float64Array.of(0, 1)], [Float64Array.of(60, 1)]],
  };
  const { logLikelihood } = emStep(fitting, parameters);
  const wanted = -0.5 * 3600 - 3 * (0.5 * Math.log(2 * Math.PI) + Math.log(2));
  expect(logLikelihood).toBeCloseTo(wanted, 8);
});

describe("where it begins", () => {
  const columns = [real("a"), yes, level, count];
  const sequences = sequencesOf(columns, [40, 3, 60], 2);
  const model = new Hmm({ columns, states: 4, restarts: 3 });
  const first = initialWeights(model.parameters, 1);
  const start = (seed: number) => model.restarts.start(first, sequences, Random.stream(seed, "start"));

  test("is drawn from the data, the same for the same seed", () => {
    expect(start(1)).toEqual(start(1));
    expect(start(1)).not.toEqual(start(2));
    expect(start(1).every(Number.isFinite)).toBe(true);
  });

  test("is a state on each side of data that lie far apart", () => {
    const far = [
      {
        name: "far",
        length: 200,
        values: Float64Array.from({ length: 200 }, (_, t) => (t < 150 ? -17 : 23)),
      },
    ];
    const two = new Hmm({ columns: [real("a")], states: 2 });
    const weights = initialWeights(two.parameters, 1);
    const means = [1, 2, 3, 4, 5, 6].map((seed) => {
      const drawn = two.restarts.start(weights, far, Random.stream(seed, "start"));
      return [drawn[6]!, drawn[8]!].sort((a, b) => a - b);
    });
    const apart = means.filter(([low, high]) => low! < -5 && high! > 5);
    expect(apart.length).toBeGreaterThanOrEqual(5);
  });

  test("counts the numbers that are free: 3 of the first state, 12 of moves, 6 of each state", () => {
    expect(model.freeParameters).toBe(3 + 12 + 4 * (2 + 1 + 2 + 1));
  });
});

describe("what is refused, by name", () => {
  test("more states than steps of which anything was seen", () => {
    const [, nothing, one] = sequencesOf([yes], [3, 4, 1], 4);
    const model = new Hmm({ columns: [yes], states: 6 });
    const weights = initialWeights(model.parameters, 1);
    const begin = (sequences: readonly Sequence[]) => () => model.expectationMaximisation(weights, sequences);
    expect(begin([nothing!, one!])).toThrow(expect.objectContaining({ code: "hmm/states", at: "--states" }));
    expect(begin([nothing!])).toThrow(/6 states for 0 steps.*give data with observed entries/);
  });
});
