import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { bernoulliDivergence } from "../../src/distributions/bernoulli.ts";
import { betaDivergence, betaLogDensity } from "../../src/distributions/beta.ts";
import { normalCdf, normalKl, normalLogDensity } from "../../src/distributions/gaussian.ts";
import {
  laplaceCdf,
  laplaceDivergence,
  laplaceLogDensity,
  laplaceLogMass,
} from "../../src/distributions/laplace.ts";
import { logisticLogMass } from "../../src/distributions/logistics.ts";
import { logitNormalLogDensity } from "../../src/distributions/logit-normal.ts";
import { negativeBinomialLogProbability } from "../../src/distributions/negative-binomial.ts";
import { poissonDivergence, poissonLogProbability } from "../../src/distributions/poisson.ts";
import { studentTLogDensity } from "../../src/distributions/student-t.ts";
import {
  digamma,
  greater,
  lgamma,
  log,
  log1mExp,
  log1p,
  sub,
  sum,
  type Tensor,
} from "../../src/graph/index.ts";
import { runGraph } from "../fixtures/run-graph.ts";

interface Reference {
  readonly arguments: Readonly<Record<string, readonly number[]>>;
  readonly logProbability: readonly number[];
  readonly cdf?: readonly number[];
}

interface DivergenceReference {
  readonly first: readonly (readonly number[])[];
  readonly second: readonly (readonly number[])[];
  readonly divergence: readonly number[];
}

/** Made by scipy/make_fixture.py. */
const fixture = JSON.parse(
  readFileSync(new URL("./scipy/fixtures/distributions.json", import.meta.url), "utf8"),
) as {
  readonly cases: Readonly<Record<string, Reference>>;
  readonly divergences: Readonly<Record<string, DivergenceReference>>;
  readonly functions: Readonly<Record<string, readonly number[]>>;
};

type Build = (given: readonly Tensor[]) => Tensor;

const betaOf = (mean: Tensor, concentration: Tensor) => ({ mean, rest: sub(1, mean), concentration });

/** Arguments in the order of the fixture: x first, then the parameters. */
const logProbabilities: Readonly<Record<string, Build>> = {
  normal: (given) => normalLogDensity(...(given as [Tensor, Tensor, Tensor])),
  "student-t": (given) => studentTLogDensity(...(given as [Tensor, Tensor, Tensor, Tensor])),
  laplace: (given) => laplaceLogDensity(...(given as [Tensor, Tensor, Tensor])),
  "laplace-mass": (given) => laplaceLogMass(...(given as [Tensor, Tensor, Tensor, Tensor])),
  poisson: (given) => poissonLogProbability(...(given as [Tensor, Tensor])),
  "negative-binomial": (given) => negativeBinomialLogProbability(...(given as [Tensor, Tensor, Tensor])),
  beta: ([x, mean, concentration]) =>
    betaLogDensity(x as Tensor, betaOf(mean as Tensor, concentration as Tensor)),
  "logit-normal": (given) => logitNormalLogDensity(...(given as [Tensor, Tensor, Tensor])),
  "logistic-mass": ([x, mean, scale, width, first, last]) =>
    logisticLogMass(
      ...([x, mean, scale, width] as [Tensor, Tensor, Tensor, Tensor]),
      greater(first as Tensor, 0.5),
      greater(last as Tensor, 0.5),
    ),
};

const cdfs: Readonly<Record<string, Build>> = {
  normal: (given) => normalCdf(...(given as [Tensor, Tensor, Tensor])),
  laplace: (given) => laplaceCdf(...(given as [Tensor, Tensor, Tensor])),
  "logit-normal": ([x, mean, scale]) =>
    normalCdf(sub(log(x as Tensor), log1p(sub(0, x as Tensor))), mean as Tensor, scale as Tensor),
};

/** Parameters of the first, then those of the second. */
const divergences: Readonly<Record<string, Build>> = {
  normal: (given) => normalKl(...(given as [Tensor, Tensor, Tensor, Tensor])),
  laplace: (given) => laplaceDivergence(...(given as [Tensor, Tensor, Tensor, Tensor])),
  poisson: (given) => poissonDivergence(...(given as [Tensor, Tensor])),
  beta: ([mean1, n1, mean2, n2]) =>
    betaDivergence(betaOf(mean1 as Tensor, n1 as Tensor), betaOf(mean2 as Tensor, n2 as Tensor)),
  bernoulli: (given) => bernoulliDivergence(...(given as [Tensor, Tensor])),
};

type Precision = "float32" | "float64";

const tensorsOf = (lists: Readonly<Record<string, readonly number[]>>) =>
  Object.fromEntries(
    Object.entries(lists).map(([name, data]) => [name, { shape: [data.length], data: [...data] }]),
  );

/** A function of argument lists and, in float64, the gradient of its sum. */
async function evaluate(
  build: Build,
  lists: Readonly<Record<string, readonly number[]>>,
  precision: Precision,
): Promise<{ y: number[]; slopes: number[][] }> {
  const names = Object.keys(lists);
  const results = await runGraph(
    tensorsOf(lists),
    (given) => {
      const own = names.map((name) => given[name] as Tensor);
      const y = build(own);
      const slopes = gradients(sum(y), own);
      return { y, ...Object.fromEntries(slopes.map((slope, i) => [`d${i}`, slope])) };
    },
    precision,
  );
  return {
    y: Array.from(results["y"]!, Number),
    slopes: names.map((_, i) => Array.from(results[`d${i}`]!, Number)),
  };
}

const differences = (actual: readonly number[], expected: readonly number[]): number[] => {
  expect(actual.length).toBe(expected.length);
  return expected.map((value, i) => Math.abs(value - actual[i]!) / Math.max(1, Math.abs(value)));
};

/** Errors in nats, or relative to the entry beyond one nat. */
const tolerance = { float64: 1e-10, float32: 1e-5 } as const;

const worstOf = (errors: readonly number[]) => errors.reduce((most, each) => (each <= most ? most : each), 0);

describe.each(["float64", "float32"] as const)("in %s, against SciPy", (precision) => {
  test.each(Object.entries(logProbabilities))(
    "log-probabilities of %s, ordinary and far out",
    async (name, build) => {
      const { arguments: lists, logProbability } = fixture.cases[name]!;
      const { y, slopes } = await evaluate(build, lists, precision);
      expect(worstOf(differences(y, logProbability))).toBeLessThan(tolerance[precision]);
      expect(slopes.flat().every(Number.isFinite)).toBe(true);
    },
  );

  test.each(Object.keys(fixture.divergences))("divergences of %s", async (name) => {
    const { first, second, divergence } = fixture.divergences[name]!;
    const lists = Object.fromEntries(
      [...first[0]!, ...second[0]!].map((_, i) => [
        `p${i}`,
        first.map((own, row) => [...own, ...second[row]!][i]!),
      ]),
    );
    const { y } = await evaluate(divergences[name]!, lists, precision);
    expect(worstOf(differences(y, divergence))).toBeLessThan(10 * tolerance[precision]);
  });

  test.each([
    ["lgamma", lgamma],
    ["digamma", digamma],
    ["log1p", log1p],
    ["log1mExp", log1mExp],
  ] as const)("%s", async (name, build) => {
    const { y } = await evaluate(([x]) => build(x as Tensor), { x: fixture.functions["x"]! }, precision);
    expect(worstOf(differences(y, fixture.functions[name]!))).toBeLessThan(tolerance[precision]);
  });
});

/** ONNX Runtime knows erf in float32 alone. */
test.each(Object.entries(cdfs))("CDF of %s", async (name, build) => {
  const { arguments: lists, cdf } = fixture.cases[name]!;
  const { y } = await evaluate(build, lists, "float32");
  expect(worstOf(differences(y, cdf!))).toBeLessThan(1e-6);
});

/** Moves one argument of all entries and compares the change with the gradient. */
describe("gradients agree with central differences", () => {
  const integral = new Set(["poisson 0", "negative-binomial 0", "logistic-mass 4", "logistic-mass 5"]);
  test.each(Object.entries(logProbabilities))("%s", async (name, build) => {
    const { arguments: lists } = fixture.cases[name]!;
    const { y: centre, slopes } = await evaluate(build, lists, "float64");
    for (const [i, argument] of Object.keys(lists).entries()) {
      if (integral.has(`${name} ${i}`)) continue;
      const inside = name === "beta" || name === "logit-normal"; // x stays within (0, 1)
      const room = (value: number) =>
        inside && i === 0 ? Math.min(value, 1 - value) : Math.abs(value) + 1e-3;
      const steps = lists[argument]!.map((value) => 1e-6 * room(value));
      const moved = async (sign: number) =>
        (
          await evaluate(
            build,
            { ...lists, [argument]: lists[argument]!.map((value, j) => value + sign * steps[j]!) },
            "float64",
          )
        ).y;
      const [above, below] = [await moved(1), await moved(-1)];
      slopes[i]!.forEach((slope, j) => {
        const numeric = (above[j]! - below[j]!) / (2 * steps[j]!);
        const rounding = (1e-14 * Math.max(1, Math.abs(centre[j]!))) / steps[j]!;
        const kinks = name.startsWith("laplace") && Math.abs(numeric) < 1e-9; // at the peak itself
        if (!kinks)
          expect(Math.abs(slope - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(numeric)) + rounding);
      });
    }
  });
});
