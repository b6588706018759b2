import { describe, expect, test } from "vitest";
import type { Column, ColumnKind } from "../../src/data/dataset.ts";
import { families } from "../../src/distributions/families.ts";
import { constant, equal, input, type Tensor } from "../../src/graph/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";

/** The chance that a test of this file fails though samples and likelihood agree, had its seed been drawn anew. */
const FALSE_ALARM_RATE = 1e-3;
const DRAWS = 20_000;
const BINS = 20;

const columnsOf: Readonly<Record<ColumnKind, (resolution: number) => readonly Column[]>> = {
  real: (resolution) => [column("real", 2.5, resolution), column("real", 0.4, resolution)],
  binary: () => [column("binary", 1, 0), column("binary", 1, 0)],
  categorical: () => [column("categorical", 1, 0, 4), column("categorical", 1, 0, 3)],
  count: () => [column("count", 1, 0), column("count", 1, 0)],
  proportion: () => [column("proportion", 0.2, 0), column("proportion", 0.2, 0)],
  quantised: () => [column("quantised", 40, 1), column("quantised", 40, 1)],
};

function column(kind: ColumnKind, deviation: number, resolution: number, levels = 0): Column {
  return {
    name: kind,
    kind,
    levels: Array.from({ length: levels }, (_, level) => `level ${level}`),
    resolution,
    mean: 0.3,
    deviation,
    minimum: 0,
    maximum: 1,
    missing: 0,
    shares: Array.from({ length: levels }, () => 1 / levels),
  };
}

const numbersOf = (values: Values, name: string) => (values[name] as TensorValue<"float32">).data;

/** An emission with one set of network outputs: draws from it, and its log-likelihoods at given values. */
async function emissionOf(name: string, columns: readonly Column[]) {
  const emission = families[name]!.family(columns);
  const random = Random.stream(11, name);
  const output = constant(
    emission.initialBias.map((bias) => bias + 0.6 * random.normal()),
    [1, emission.width],
  );
  const raw: Tensor = emission.recall?.(output, constant([0.7, -0.2], [1, 2])) ?? output;
  const draws = {
    uniform: input("uniform", ["N", emission.uniforms]),
    normal: input("normal", ["N", emission.normals]),
  };
  const x = input("x", ["N", columns.length]);
  const runtime = nodeRuntime();
  const [sampler, scorer] = await Promise.all([
    runtime.compile(compile({ x: emission.sample(raw, draws, constant([1], [])) })),
    runtime.compile(compile({ nats: emission.logProbability(raw, x, equal(x, x)) })),
  ]);
  const uniform = Float32Array.from({ length: DRAWS * emission.uniforms }, () =>
    Math.max(random.uniform(), 2 ** -25),
  );
  const normal = Float32Array.from({ length: DRAWS * emission.normals }, () => random.normal());
  const sampled = await sampler.run({
    uniform: float32([DRAWS, emission.uniforms], uniform),
    normal: float32([DRAWS, emission.normals], normal),
  });
  return {
    /** The draws of a column. */
    drawn: (at: number) => [...numbersOf(sampled, "x")].filter((_, i) => i % columns.length === at),
    /** The log-likelihood of each value in a column. */
    nats: async (at: number, values: readonly number[]) => {
      const repeated = Float32Array.from(values.flatMap((value) => columns.map(() => value)));
      const scored = await scorer.run({ x: float32([values.length, columns.length], repeated) });
      return [...numbersOf(scored, "nats")].filter((_, i) => i % columns.length === at);
    },
  };
}

/** The probability that a chi-squared variable of these degrees of freedom is at least so large (Wilson and Hilferty). */
function chiSquaredTail(statistic: number, freedom: number): number {
  const spread = 2 / (9 * freedom);
  const z = (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread);
  return normalTail(z);
}

/** P(Z ≥ z), by Simpson's rule. */
function normalTail(z: number): number {
  const [steps, end] = [2000, 12];
  const width = (end - z) / steps;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const weight = (i: number) => (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
  return (
    (width / 3) *
    Array.from({ length: steps + 1 }, (_, i) => weight(i) * density(z + i * width)).reduce((a, b) => a + b)
  );
}

function expectAgreement(counts: readonly number[], probabilities: readonly number[]): void {
  const statistic = counts.reduce(
    (sum, count, i) => sum + (count - DRAWS * probabilities[i]!) ** 2 / (DRAWS * probabilities[i]!),
    0,
  );
  expect(chiSquaredTail(statistic, counts.length - 1)).toBeGreaterThan(FALSE_ALARM_RATE);
}

/** Counts of draws between neighbouring edges, the outermost open. */
const histogram = (draws: readonly number[], edges: readonly number[]) => {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const draw of draws) counts[edges.filter((edge) => draw >= edge).length]! += 1;
  return counts;
};

test("the oracle: tails of known chi-squared quantiles", () => {
  expect(chiSquaredTail(43.82, 19)).toBeCloseTo(0.001, 4);
  expect(chiSquaredTail(30.144, 19)).toBeCloseTo(0.05, 3);
});

const namesOf = (kind: ColumnKind) =>
  Object.entries(families).flatMap(([name, family]) => (family.kind === kind ? [name] : []));

describe.each(namesOf("real"))("%s: draws agree with the likelihood", (name) => {
  const reach = Array.from({ length: 8001 }, (_, i) => -12 + i * 0.003);

  test.each([0, 1])("without a grid, column %i: equally likely bins are equally full", async (at) => {
    const columns = columnsOf.real(0);
    const emission = await emissionOf(name, columns);
    const { deviation } = columns[at]!;
    const masses = (await emission.nats(at, reach)).map((nats) => Math.exp(nats) * deviation * 0.003);
    const total = masses.reduce((a, b) => a + b);
    expect(total).toBeCloseTo(1, 3);
    let below = 0;
    const cumulated = masses.map((mass) => (below += mass / total));
    const edges = Array.from(
      { length: BINS - 1 },
      (_, k) => reach[cumulated.findIndex((share) => share >= (k + 1) / BINS)]! + 0.0015,
    );
    const shares = edges.map((edge) => cumulated[Math.round((edge - 0.0015 + 12) / 0.003)]!);
    const probabilities = [...shares, 1].map((share, k) => share - (shares[k - 1] ?? 0));
    expectAgreement(histogram(emission.drawn(at), edges), probabilities);
  });

  test.each([0, 1])("on a grid, column %i: each point is met as often as its mass says", async (at) => {
    const resolution = 0.1; // fine enough for a cell's mass to be its density times its width
    const columns = columnsOf.real(resolution);
    const emission = await emissionOf(name, columns);
    const scaled = (k: number) => (k * resolution) / columns[at]!.deviation;
    const points = Array.from({ length: 401 }, (_, k) => k - 200);
    const masses = (await emission.nats(at, points.map(scaled))).map(Math.exp);
    expect(masses.reduce((a, b) => a + b)).toBeCloseTo(1, 2);
    const common = points.filter((_, i) => masses[i]! * DRAWS > 50);
    const edges = common.slice(1).map((k) => scaled(k - 0.5));
    const [low, high] = [common[0]!, common[common.length - 1]!];
    const open = points.map((k) => Math.min(high, Math.max(low, k)));
    const total = masses.reduce((a, b) => a + b);
    const probabilities = common.map((k) =>
      open.reduce((sum, place, i) => (place === k ? sum + masses[i]! / total : sum), 0),
    );
    expect(common.length).toBe(high - low + 1);
    expectAgreement(histogram(emission.drawn(at), edges), probabilities);
  });
});

describe.each([...namesOf("binary"), ...namesOf("categorical")])(
  "%s: draws agree with the likelihood",
  (name) => {
    test.each([0, 1])("column %i", async (at) => {
      const columns = columnsOf[families[name]!.kind](0);
      const emission = await emissionOf(name, columns);
      const values = Array.from({ length: Math.max(2, columns[at]!.levels.length) }, (_, value) => value);
      const probabilities = (await emission.nats(at, values)).map(Math.exp);
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      const drawn = emission.drawn(at);
      expectAgreement(
        values.map((value) => drawn.filter((draw) => draw === value).length),
        probabilities,
      );
    });
  },
);
