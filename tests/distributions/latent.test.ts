/** Distributions of latent variables: every one in the table against its own density, and that against closed forms. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import {
  divergence,
  type LatentDistribution,
  logPriorRatio,
  whereObserved,
} from "../../src/distributions/latent/distribution.ts";
import { latentFamilies } from "../../src/distributions/latent/families.ts";
import type { LatentFamily } from "../../src/distributions/latent/family.ts";
import { normal } from "../../src/distributions/latent/normal.ts";
import { studentTFamily } from "../../src/distributions/latent/student-t.ts";
import { constant, scalar, sum as sumOf, type Tensor } from "../../src/graph/index.ts";
import { drawBlocks } from "../../src/models/step.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { gradientError } from "../finite-differences.ts";

/** The chance that draws and density are held to disagree though they do not. */
const FALSE_ALARM_RATE = 1e-3;
const DRAWS = 40_000;

/** The value that √n times the largest distance of distribution functions exceeds at that rate (Kolmogorov 1933). */
const LARGEST_DISTANCE = Math.sqrt(-Math.log(FALSE_ALARM_RATE / 2) / 2);

/** What outputs are, as numbers. */
async function computed(outputs: Record<string, Tensor>) {
  const executable = await nodeRuntime().compile(compile(outputs));
  const results = await executable.run({});
  await executable.dispose();
  return (name: string): number[] => [...(results[name] as TensorValue<"float32">).data];
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const meanOf = (values: readonly number[]): number => sum(values) / values.length;

/** Unevenly spaced so that far tails count: z = 0.7 + sinh u. Weights are those of the trapezoid rule in u. */
const nodes = Array.from({ length: 12_001 }, (_, i) => {
  const u = -12 + i * 0.002;
  return { z: 0.7 + Math.sinh(u), weight: Math.cosh(u) * 0.002 };
});

/** One latent variable with some parameters, and another of the same family. */
function pairOf(family: LatentFamily): readonly [LatentDistribution, LatentDistribution] {
  const raw = (numbers: readonly number[]) =>
    numbers.slice(0, family.parameters).map((each) => constant([each], [1, 1]));
  const [first, second] = [raw([0.7, -0.4, 0.3]), raw([0.2, 0.5, -0.6])] as [Tensor, ...Tensor[]][];
  return [family.of(...first!), family.of(...second!)];
}

const rows: Readonly<Record<string, LatentFamily>> = {
  ...latentFamilies,
  "student-t with 4 degrees of freedom": studentTFamily(4),
};

describe.each(Object.entries(rows))("%s", (_, family) => {
  const [own, other] = pairOf(family);

  const told = (async () => {
    const z = constant(
      nodes.map((node) => node.z),
      [nodes.length, 1],
    );
    const of = await computed({
      own: own.logProb(z),
      other: other.logProb(z),
      mean: own.mean,
      deviation: own.standardDeviation,
    });
    const density = of("own").map((nats, i) => Math.exp(nats) * nodes[i]!.weight);
    return { of, density };
  })();

  const drawn = (async () => {
    const numbers = new Float32Array(DRAWS * family.normals);
    Random.stream(7, "latent").fillNormal(numbers);
    const noise = constant([...numbers], [DRAWS, family.normals]);
    const of = await computed({ full: own.sample(noise), tame: own.sample(noise, scalar(0.25)) });
    return { full: of("full"), tame: of("tame") };
  })();

  test("its density has a mass of 1, its mean and its standard deviation", async () => {
    const { of, density } = await told;
    const mean = sum(density.map((own, i) => own * nodes[i]!.z));
    const variance = sum(density.map((own, i) => own * (nodes[i]!.z - mean) ** 2));
    expect(Math.abs(sum(density) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(of("mean")[0]! - mean)).toBeLessThan(1e-4);
    expect(Math.abs(of("deviation")[0]! / Math.sqrt(variance) - 1)).toBeLessThan(1e-3);
  });

  test("draws agree with the density (Kolmogorov and Smirnov)", async () => {
    const { density } = await told;
    const { full } = await drawn;
    const sorted = full.toSorted((a, b) => a - b);
    let [below, at] = [0, 0];
    const distances = nodes.map(({ z }, i) => {
      while (at < sorted.length && sorted[at]! <= z) at += 1;
      below += density[i]!;
      return Math.abs(below - density[i]! / 2 - at / DRAWS);
    });
    expect(Math.sqrt(DRAWS) * Math.max(...distances)).toBeLessThan(LARGEST_DISTANCE);
  });

  test("temperature draws towards the mean, and noise of 0 gives it", async () => {
    const { full, tame } = await drawn;
    const furthest = full.map((z, i) => Math.abs(tame[i]! - (0.7 + 0.25 * (z - 0.7))) / (1 + Math.abs(z)));
    expect(Math.max(...furthest)).toBeLessThan(1e-6);
    const none = constant(Array<number>(family.normals).fill(0), [1, family.normals]);
    const of = await computed({ centre: own.sample(none) });
    expect(of("centre")[0]).toBeCloseTo(0.7, 6);
  });

  test("the divergence is the expected difference of log densities, in closed form or told by draws", async () => {
    const { of, density } = await told;
    const [q, p] = [of("own"), of("other")];
    const expected = sum(density.map((mass, i) => mass * (q[i]! - p[i]!)));
    const { full } = await drawn;
    const z = constant(full, [DRAWS, 1]);
    const byDraws = await computed({ kl: divergence(other, own, logPriorRatio(z, other, own)) });
    const kl = byDraws("kl"); // one number of a closed form
    const mean = meanOf(kl);
    const error = Math.sqrt(meanOf(kl.map((each) => (each - mean) ** 2)) / kl.length);
    expect(expected).toBeGreaterThan(0.1);
    expect(kl.length === 1).toBe(own.kl?.(other) !== undefined);
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error + 1e-5);
  });

  test("gradients of draws and densities are those of differences", async () => {
    const shapes = Array.from({ length: family.parameters }, () => [2, 3]);
    const noise = constant(
      Array.from({ length: 6 * family.normals }, (_, i) => Math.sin(3 * i + 1)),
      [2, 3 * family.normals],
      "float64",
    );
    const draw = (...raw: Tensor[]) => family.of(...(raw as [Tensor, ...Tensor[]])).sample(noise);
    expect(await gradientError({ shapes, build: draw })).toBeLessThan(1e-6);
    const density = (z: Tensor, ...raw: Tensor[]) => family.of(...(raw as [Tensor, ...Tensor[]])).logProb(z);
    expect(await gradientError({ shapes: [[2, 3], ...shapes], build: density })).toBeLessThan(1e-6);
  });

  test("draws, densities and their gradients are finite far from anything likely", async () => {
    const rawScales = [-60, -12, 0, 60];
    const others = [-120, -20, 0, 20, 1e5];
    const cases = rawScales.flatMap((rawScale) =>
      others.flatMap((raw) =>
        [0, 1e-8, 100].flatMap((z) => [0, 1e-10, 5].map((noise) => [rawScale, raw, z, noise] as const)),
      ),
    );
    const column = (of: (each: (typeof cases)[number]) => number, width = 1) =>
      constant(
        cases.flatMap((each) => Array<number>(width).fill(of(each))),
        [cases.length, width],
      );
    const [mean, rawScale, ...raw] = [
      column(() => 0),
      column((each) => each[0]),
      column((each) => each[1]),
    ].slice(0, family.parameters) as [Tensor, Tensor, ...Tensor[]];
    const distribution = family.of(mean, rawScale, ...raw);
    const density = distribution.logProb(column((each) => each[2]));
    const draw = distribution.sample(column((each) => each[3], family.normals));
    const slopes = [density, draw].flatMap((of) => gradients(sumOf(of), [mean, rawScale, ...raw]));
    const outputs = [density, draw, ...slopes];
    const of = await computed(Object.fromEntries(outputs.map((output, i) => [`${i}`, output])));
    for (const i of outputs.keys()) expect(of(`${i}`).every(Number.isFinite), `output ${i}`).toBe(true);
  });

  test("where nothing was observed it is the other, whatever family that is of", async () => {
    const anything = constant([1, 0], [2, 1]);
    const z = constant([0.4], [1, 1]);
    const noise = constant([0.3, -0.8, 1.1], [1, 3]);
    for (const prior of [other, normal(constant([0.2], [1, 1]), constant([0.5], [1, 1]))]) {
      const chosen = whereObserved(anything, own, prior);
      const residual = whereObserved(anything, family.around(prior, ...correctionOf(family)), prior);
      const of = await computed({
        chosen: chosen.logProb(z),
        drawn: chosen.sample(noise),
        ratio: logPriorRatio(z, prior, residual),
        deviation: chosen.standardDeviation,
        ownLogProb: own.logProb(z),
        priorLogProb: prior.logProb(z),
        ownDraw: own.sample(noise),
        priorDraw: prior.sample(noise),
        ownDeviation: own.standardDeviation,
        priorDeviation: prior.standardDeviation,
      });
      expect(of("chosen")).toEqual([...of("ownLogProb"), ...of("priorLogProb")]);
      expect(of("drawn")).toEqual([...of("ownDraw"), ...of("priorDraw")]);
      expect(of("deviation")).toEqual([...of("ownDeviation"), ...of("priorDeviation")]);
      expect(of("ratio")[1]).toBe(0);
      expect(Math.abs(of("ratio")[0]!)).toBeGreaterThan(0.01);
    }
  });
});

/** A correction by 0.5, and a scale of its own. */
const correctionOf = ({ parameters }: LatentFamily): [Tensor, ...Tensor[]] => [
  constant([0.5], [1, 1]),
  ...Array.from({ length: parameters - 1 }, () => constant([-0.2], [1, 1])),
];

/** Equal to six digits. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const furthest = expected.map((each, i) => Math.abs(found[i]! - each) / (1 + Math.abs(each)));
  expect(Math.max(...furthest)).toBeLessThan(2e-6);
}

describe("Student's t", () => {
  test("with 3 and 4 degrees of freedom has the densities 6√3/π(3 + t²)² and 12/(4 + t²)^(5/2)", async () => {
    const t = [-40, -3, -0.5, 0, 1, 2.5, 1000];
    const z = constant(t, [t.length, 1]);
    const like = { dtype: "float32", shape: [t.length, 1] } as const;
    const of = await computed({
      three: studentTFamily(3).standard(like).logProb(z),
      four: studentTFamily(4).standard(like).logProb(z),
    });
    const three = t.map((each) => Math.log((6 * Math.sqrt(3)) / Math.PI) - 2 * Math.log(3 + each * each));
    const four = t.map((each) => Math.log(12) - 2.5 * Math.log(4 + each * each));
    expectClose(of("three"), three);
    expectClose(of("four"), four);
  });

  test("with many degrees of freedom draws what a normal distribution draws of the same noise", async () => {
    const [mean, rawScale] = [constant([0.3], [1, 1]), constant([0.8], [1, 1])];
    const noise = constant([1.7, -0.6, 0, 0, -2.1, 3], [3, 2]);
    const first = constant([1.7, 0, -2.1], [3, 1]);
    const of = await computed({
      t: studentTFamily(1e7).of(mean, rawScale).sample(noise),
      normal: normal(mean, rawScale).sample(first),
    });
    expectClose(of("t"), of("normal"));
  });

  test.each([2, 1, 0, -3, Number.NaN])("refuses %f degrees of freedom", (freedom) => {
    expect(() => studentTFamily(freedom)).toThrow(expect.objectContaining({ code: "distribution/freedom" }));
  });
});

test("a number of parameters that a family does not have is refused", () => {
  const part = constant([0], [1, 1]);
  expect(() => latentFamilies["student-t"].of(part, part)).toThrow(
    expect.objectContaining({ code: "distribution/parameters" }),
  );
});

test.each(Object.entries(latentFamilies))("a draw from %s of too few numbers is refused", (_, family) => {
  const own = family.standard({ dtype: "float32", shape: [1, 6] });
  const width = 6 * family.normals - 1;
  expect(() => own.sample(constant(Array<number>(width).fill(0), [1, width]))).toThrow(
    expect.objectContaining({ code: "model/noise" }),
  );
});

test("a block that declares too few numbers for a draw is refused by its name", () => {
  const [prior] = pairOf(latentFamilies["student-t"]);
  const block = { name: "jump", shape: [1], at: "step", prior: () => prior } as const;
  expect(() => drawBlocks([block], constant([0], [1, 1]), {}, () => ({ prior, posterior: prior }))).toThrow(
    expect.objectContaining({ code: "model/noise", message: expect.stringContaining("jump") }),
  );
});
