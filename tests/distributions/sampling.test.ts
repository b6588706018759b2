import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import { centred } from "../../src/distributions/centred.ts";
import { centreOf } from "../../src/distributions/centres.ts";
import { type FamilyEntry, families } from "../../src/distributions/families.ts";
import { and, constant, equal, greater, input, type Tensor } from "../../src/graph/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { type Node, range, settings } from "./settings.ts";
import "../slow.ts";

/** The chance that a test of this file fails though samples and likelihood agree, had its seed been drawn anew. */
const FALSE_ALARM_RATE = 1e-3;
const DRAWS = 20_000;
/** The fewest draws that a bin is expected to hold. */
const FEWEST = 50;

const numbersOf = (values: Values, name: string) => (values[name] as TensorValue<"float32">).data;

/** Of parameters of its own: `nade.test.ts`. */
const { nade: _, ...plain } = families;

/** Every other family, and some around what was seen last. */
const placed: Readonly<Record<string, FamilyEntry>> = {
  ...plain,
  ...Object.fromEntries(
    [
      "gaussian",
      "student-t",
      "mixture",
      "log-normal",
      "poisson",
      "negative-binomial",
      "logit-normal",
      "zero-inflated-beta",
    ].map((name) => {
      const { kind, family } = families[name]!;
      return [`${name} around the last value`, { kind, family: centred(family, centreOf("last")) }];
    }),
  ),
};

/** Every column's draws of an emission with one set of network outputs, and what it says of given values. */
async function emissionOf(name: string, columns: readonly Column[]) {
  const emission = placed[name]!.family(columns);
  const random = Random.stream(11, name);
  const rawOf = (): Tensor => {
    const biases = emission.initialBias.map((bias) => bias + 0.6 * random.normal());
    const output = constant(biases, [1, biases.length]);
    return (
      emission.recall?.(output, { value: constant([0.7, -0.2], [1, 2]), age: constant([3, 0], [1, 2]) }) ??
      output
    );
  };
  const [raw, other] = [rawOf(), rawOf()];
  const draws = {
    uniform: input("uniform", ["N", emission.uniforms]),
    normal: input("normal", ["N", emission.normals]),
  };
  const x = input("x", ["N", columns.length]);
  const seen = greater(input("seen", [columns.length]), 0);
  const anything = equal(x, x);
  const { cdf, kl } = emission;
  const runtime = nodeRuntime();
  const [sampler, scorer] = await Promise.all([
    runtime.compile(compile({ x: emission.sample(raw, draws, constant([1], [])) })),
    runtime.compile(
      compile({
        nats: emission.logProbability(raw, x, and(anything, seen)),
        other: emission.logProbability(other, x, and(anything, seen)),
        mean: emission.mean(raw),
        ...(cdf && { cdf: cdf(raw, x) }),
        ...(kl && { kl: kl(raw, other) }),
      }),
    ),
  ]);
  const uniform = Float32Array.from({ length: DRAWS * emission.uniforms }, () =>
    Math.max(random.uniform(), 2 ** -25),
  );
  const normal = Float32Array.from({ length: DRAWS * emission.normals }, () => random.normal());
  const sampled = await sampler.run({
    uniform: float32([DRAWS, emission.uniforms], uniform),
    normal: float32([DRAWS, emission.normals], normal),
  });
  const score = async (rows: Float32Array, observed: readonly number[]) => {
    const results = await scorer.run({
      x: float32([rows.length / columns.length, columns.length], rows),
      seen: float32([columns.length], Float32Array.from(observed)),
    });
    const of = (output: string, at: number) =>
      output in results
        ? [...numbersOf(results, output)].filter((_, i) => i % columns.length === at)
        : undefined;
    return of;
  };
  return {
    /** The draws of a column. */
    drawn: (at: number) => [...numbersOf(sampled, "x")].filter((_, i) => i % columns.length === at),
    /** What it says of a column at some values, where only this column was observed. */
    column: async (at: number, values: readonly number[]) => {
      const within = ({ levels }: Column, value: number) =>
        levels.length > 0 ? Math.min(value, levels.length - 1) : value; // of the support, though not observed
      const rows = Float32Array.from(
        values.flatMap((value) => columns.map((own, i) => (i === at ? value : within(own, value)))),
      );
      const of = await score(
        rows,
        columns.map((_, i) => (i === at ? 1 : 0)),
      );
      return (output: string) => of(output, at);
    },
    /** The log-likelihood of both columns together. */
    joint: async (rows: readonly (readonly number[])[]) => {
      const of = await score(
        Float32Array.from(rows.flat()),
        columns.map(() => 1),
      );
      const [first, second] = [of("nats", 0)!, of("nats", 1)!];
      return first.map((nats, i) => nats + second[i]!);
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

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Checks counts against probabilities that add up to 1. */
function expectAgreement(counts: readonly number[], probabilities: readonly number[]): void {
  const statistic = counts.reduce(
    (sum, count, i) => sum + (count - DRAWS * probabilities[i]!) ** 2 / (DRAWS * probabilities[i]!),
    0,
  );
  expect(counts.length).toBeGreaterThan(1);
  expect(chiSquaredTail(statistic, counts.length - 1)).toBeGreaterThan(FALSE_ALARM_RATE);
}

/** Counts of draws between neighbouring edges, the outermost open. */
const histogram = (draws: readonly number[], edges: readonly number[]) => {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const draw of draws) counts[edges.filter((edge) => draw >= edge).length]! += 1;
  return counts;
};

/** Joins neighbouring values until each bin is likely enough; edges lie between values. */
function bins(values: readonly number[], probabilities: readonly number[]) {
  const edges: number[] = [];
  const shares = [0];
  let left = 1;
  values.forEach((value, i) => {
    shares[shares.length - 1]! += probabilities[i]!;
    left -= probabilities[i]!;
    const full = shares.at(-1)! * DRAWS >= FEWEST;
    if (!full || left * DRAWS < FEWEST) return;
    edges.push((value + values[i + 1]!) / 2);
    shares.push(0);
  });
  return { edges, shares };
}

test("the oracle: tails of known chi-squared quantiles", () => {
  expect(chiSquaredTail(43.82, 19)).toBeCloseTo(0.001, 4);
  expect(chiSquaredTail(30.144, 19)).toBeCloseTo(0.05, 3);
});

const isForSizes = (name: string): boolean => name.startsWith("log-normal");

const cases = settings.flatMap((setting) =>
  Object.entries(placed).flatMap(([name, { kind }]) =>
    kind === setting.kind && isForSizes(name) === (setting.isOfSizes ?? false)
      ? [0, 1].map((at) => ({ family: name, at, in: setting.name, setting }))
      : [],
  ),
);

test("every family is covered", () => {
  expect([...new Set(cases.map(({ family }) => family))].sort()).toEqual(Object.keys(placed).sort());
});

describe.each(cases)("$family, $in, column $at", ({ family, at, setting: { columns, kind, nodes } }) => {
  const all = (async () => {
    const emission = await emissionOf(family, columns);
    const drawn = emission.drawn(at);
    const atom = (node: Node) => kind !== "proportion" || node.value > 0 || drawn.includes(0);
    const kept = nodes(columns[at]!).filter(atom);
    const values = kept.map(({ value }) => value);
    const of = await emission.column(at, values);
    const probabilities = of("nats")!.map((nats, i) => Math.exp(nats) * kept[i]!.width);
    return { drawn, values, of, probabilities, total: sum(probabilities) };
  })();

  test("its probabilities add up to 1", async () => {
    const { total } = await all;
    expect(Math.abs(total - 1)).toBeLessThan(kind === "real" || kind === "proportion" ? 1e-3 : 1e-4);
  });

  test("draws agree with the likelihood", async () => {
    const { drawn, values, probabilities, total } = await all;
    const { edges, shares } = bins(
      values,
      probabilities.map((each) => each / total),
    );
    expectAgreement(histogram(drawn, edges), shares);
  });

  test("what has only certain values draws only these", async () => {
    const { drawn, values } = await all;
    if (kind === "real" || kind === "proportion") return;
    const step = values[1]! - values[0]!;
    const strays = drawn.filter((draw) => {
      const place = (draw - values[0]!) / step;
      return Math.abs(place - Math.round(place)) > 5e-3 || draw < values[0]! - step / 2;
    });
    expect(strays).toEqual([]);
  });

  test("the expected value is the average", async () => {
    const { values, of, probabilities, total } = await all;
    if (kind === "categorical") return; // there it is the likeliest level
    const average = (entry: (value: number) => number) =>
      sum(values.map((value, i) => (entry(value) * probabilities[i]!) / total));
    const mean = average((value) => value);
    const spread = Math.sqrt(average((value) => (value - mean) ** 2));
    expect(Math.abs(of("mean")![0]! - mean)).toBeLessThan(3e-3 * spread);
  });

  test("P(X ≤ x), where there is one, is what has added up", async () => {
    const { of, probabilities, values } = await all;
    const cdf = of("cdf");
    if (cdf === undefined) return;
    let below = 0;
    const halves = kind === "proportion" || values.length === 8001 ? 0.5 : 0; // nodes of a density stand in their cells' middle
    const errors = probabilities.map((own, i) => {
      below += own;
      return Math.abs(cdf[i]! - (below - halves * own));
    });
    expect(Math.max(...errors)).toBeLessThan(1.5e-3);
  });

  test("the divergence, where there is one, is the expected difference of nats", async () => {
    const { of, probabilities } = await all;
    const kl = of("kl");
    if (kl === undefined) return;
    const [first, second] = [of("nats")!, of("other")!];
    const expected = sum(probabilities.map((own, i) => (own > 0 ? own * (first[i]! - second[i]!) : 0)));
    expect(Math.abs(kl[0]! - expected)).toBeLessThan(5e-3 * Math.max(1, expected));
  });
});

describe.each(["bivariate", "gmm"])("%s", (name) => {
  test("pairs of draws agree with the joint likelihood of their chain rule", async () => {
    const emission = await emissionOf(name, settings[0]!.columns);
    const [step, count, coarse] = [0.04, 420, 30]; // as far as any component reaches
    const place = (i: number) => (i + 0.5 - count / 2) * step;
    const rows = range(count * count).map((i) => [place(Math.floor(i / count)), place(i % count)]);
    const width =
      step *
      step *
      settings[0]!.columns.reduce((all, { standardDeviation: deviation }) => all * deviation, 1);
    const probabilities = (await emission.joint(rows)).map((nats) => Math.exp(nats) * width);
    expect(sum(probabilities)).toBeCloseTo(1, 3);
    const blockOf = (x: number) =>
      Math.min(count / coarse - 1, Math.max(0, Math.floor((x / step + count / 2) / coarse)));
    const cell = (x1: number, x2: number) => blockOf(x1) * (count / coarse) + blockOf(x2);
    const tally = (entries: Iterable<readonly [number, number, number]>) => {
      const table = new Array<number>((count / coarse) ** 2).fill(0);
      for (const [x1, x2, weight] of entries) table[cell(x1, x2)]! += weight;
      return table;
    };
    const shares = tally(rows.map(([x1, x2], i) => [x1!, x2!, probabilities[i]!] as const));
    const second = emission.drawn(1);
    const counts = tally(emission.drawn(0).map((x1, i) => [x1, second[i]!, 1] as const));
    const likely = range(shares.length).filter((i) => shares[i]! * DRAWS >= FEWEST);
    const others = (table: readonly number[], all: number) => all - sum(likely.map((i) => table[i]!));
    expect(likely.length).toBeGreaterThan(8);
    expectAgreement(
      [...likely.map((i) => counts[i]!), others(counts, DRAWS)],
      [...likely.map((i) => shares[i]!), others(shares, 1)],
    );
  });
});
