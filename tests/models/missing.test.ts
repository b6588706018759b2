/** Rows seen in part: who takes them, who draws what is missing, and who refuses. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { bernoulliLogProbability } from "../../src/distributions/bernoulli.ts";
import type { Emission, MissingRule } from "../../src/distributions/emission.ts";
import { families } from "../../src/distributions/families.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import {
  add,
  cast,
  concat,
  less,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor,
  where,
} from "../../src/graph/index.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { ParticleFilter } from "../../src/inference/particle-filter.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { capabilitiesOf } from "../../src/models/model.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32 } from "../../src/runtime/runtime.ts";
import { unrollProgram } from "../../src/train/programs.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { numbers } from "./conformance.ts";

const runtime = nodeRuntime();
const D = 3;

/** Yes or no of three columns, each leaning on those before it by this much: the log-odds of a row in their order. */
const COUPLING = 1.5;

const columnsOf = (x: Tensor): Tensor[] => [...split(x, Array<number>(D).fill(1))];
const logitsAfter = (own: Tensor, before: readonly Tensor[]): Tensor =>
  before.reduce((all, x) => add(all, mul(sub(x, 0.5), COUPLING)), own);

/** The same by the chain rule over the entries of a row, each drawn or seen before the next. */
function chain(missing: MissingRule): Emission {
  const through = (raw: Tensor, value: (logit: Tensor, d: number) => Tensor): Tensor => {
    const before: Tensor[] = [];
    columnsOf(raw).forEach((own, d) => {
      before.push(value(logitsAfter(own, before), d));
    });
    return concat(before);
  };
  const drawn = (uniform: Tensor) => {
    const noise = columnsOf(uniform);
    return (logit: Tensor, d: number) => cast(less(noise[d]!, sigmoid(logit)), "float32");
  };
  return {
    width: D,
    uniforms: D,
    normals: 0,
    missing,
    initialBias: [0.3, -0.4, 0.2],
    logProbability: (raw, x) => {
      const values = columnsOf(x);
      const logits = columnsOf(raw).map((own, d) => logitsAfter(own, values.slice(0, d)));
      return bernoulliLogProbability(concat(logits), x);
    },
    sample: (raw, { uniform }) => through(raw, drawn(uniform)),
    complete: (raw, x, seen, { uniform }) => {
      const [values, known, draw] = [columnsOf(x), columnsOf(seen), drawn(uniform)];
      return through(raw, (logit, d) => where(known[d]!, values[d]!, draw(logit, d)));
    },
    mean: (raw) => sigmoid(raw),
  };
}

const chained: readonly MissingRule[] = ["sampled", "refuse"];
beforeAll(() => {
  for (const rule of chained)
    Object.assign(families, { [`chain-${rule}`]: { kind: "binary", family: () => chain(rule) } });
});
afterAll(() => {
  for (const rule of chained) Reflect.deleteProperty(families, `chain-${rule}`);
});

const columns = ["a", "b", "c"].map((name) => plainColumn(name, { kind: "binary", mean: 0.5 }));
const sequence = (values: readonly number[], width = D): Sequence => ({
  name: "one",
  length: values.length / width,
  values: Float64Array.from(values),
});
const followed = (rule: MissingRule) => {
  const model = new Vrnn({ columns, hidden: 4, latent: 0, emission: [`chain-${rule}`] });
  const weights = initialWeights(model.parameters, 1);
  return { runtime, model, weights, columns, seed: 3 };
};
const refused = (at: string, remedy: RegExp) =>
  expect.objectContaining({ code: "model/missing", at, remedy: expect.stringMatching(remedy) });

const whole = [1, 0, 1, Number.NaN, Number.NaN, Number.NaN, 0, 0, 1];
const gappy = [1, 0, 1, 1, Number.NaN, 0];
const place = 'column "b"';

describe("a distribution of whole rows whose gaps are drawn", () => {
  test("says so among the capabilities of its model", () => {
    expect(capabilitiesOf(followed("sampled").model).missing).toBe("sampled");
    expect(emissionOf(columns, ["chain-sampled", "a=bernoulli"]).missing).toBe("sampled");
    expect(emissionOf(columns, ["chain-sampled", "a=chain-refuse"]).missing).toBe("refuse");
  });

  test("scores whole rows and empty ones, and refuses gaps by the column", async () => {
    const settings = followed("sampled");
    const [scores] = await scoreSequences({ ...settings, sequences: [sequence(whole)] });
    expect(scores!.total[0]).toBeLessThan(0);
    expect(scores!.total[1]).toBe(0);
    await expect(scoreSequences({ ...settings, sequences: [sequence(gappy)] })).rejects.toThrow(
      refused(place, /particles/),
    );
  });

  test("a stream by the posterior refuses them too", async () => {
    const stream = await Stream.open(followed("sampled"));
    await stream.step(gappy.slice(0, D));
    await expect(stream.step(gappy.slice(D))).rejects.toThrow(refused(place, /particles/));
    await stream.close();
  });

  test("a program that meets one nevertheless gives no number that could be taken for its likelihood", async () => {
    const { model, weights } = followed("sampled");
    const executable = await runtime.compile(unrollProgram(model, ["logLikelihood"]));
    const results = await executable.run({
      parameters: float32([weights.length], weights),
      x: emptyFloat32([3, 1, D]),
      mask: float32([3, 1, D], Float32Array.of(1, 1, 1, 0, 0, 0, 1, 0, 1)),
      noise: emptyFloat32([3, 1, 0]),
      "state.h": emptyFloat32([1, 4]),
    });
    const nats = numbers(results, "logLikelihood");
    expect(nats.slice(0, 6).every(Number.isFinite)).toBe(true);
    expect(nats[7]).toBeNaN(); // and so is every sum of its row
  });

  test("particles draw what is missing given the rest: the mean weight is the sum over what it may have been", async () => {
    const settings = followed("sampled");
    const given = [Number.NaN, 1, 0]; // the first entry, on which both others lean
    const particles = 20_000;
    const options = { ...settings, particles };
    const filter = await ParticleFilter.create(options, { parts: ["logLikelihood", "imputed"], window: 1 });
    const weighed: { weight: number; first: number }[] = [];
    await filter.filter(sequence(given), ({ results }) => {
      const [nats, rows] = [numbers(results, "logLikelihood"), numbers(results, "imputed")];
      for (let i = 0; i < particles; i++)
        weighed.push({
          weight: Math.exp(nats[i * D]! + nats[i * D + 1]! + nats[i * D + 2]!),
          first: rows[i * D]!,
        });
      return undefined;
    });
    await filter.dispose();
    const ways = await Promise.all(
      [0, 1].map(async (first) => {
        const [scores] = await scoreSequences({ ...settings, sequences: [sequence([first, 1, 0])] });
        return Math.exp(scores!.total[0]!);
      }),
    );
    const all = ways[0]! + ways[1]!;
    const mean = weighed.reduce((sum, { weight }) => sum + weight, 0) / particles;
    const square = weighed.reduce((sum, { weight }) => sum + weight ** 2, 0) / particles;
    const error = Math.sqrt((square - mean ** 2) / particles);
    expect(Math.abs(mean - all)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.01 * all);
    const ones = weighed.reduce((sum, { weight, first }) => sum + weight * first, 0) / (mean * particles);
    expect(Math.abs(ones - ways[1]! / all)).toBeLessThan(0.02);
  });
});

describe("a distribution of whole rows alone", () => {
  test.each([
    [
      "scores",
      (settings: ReturnType<typeof followed>) =>
        scoreSequences({ ...settings, sequences: [sequence(gappy)] }),
    ],
    [
      "particles",
      (settings: ReturnType<typeof followed>) =>
        imputeSequences({ ...settings, sequences: [sequence(gappy)], particles: 5 }),
    ],
  ])("%s refuse gaps, and say how to go on", async (_, follow) => {
    await expect(follow(followed("refuse"))).rejects.toThrow(refused(place, /^fill the gaps$/));
  });

  test("no hidden Markov model takes it, as that sums out what is missing", () => {
    expect(() => new Hmm({ columns, states: 2, emission: ["chain-refuse"] })).toThrow(
      expect.objectContaining({ code: "hmm/emission" }),
    );
  });
});

describe("a pair of which one entry was seen", () => {
  const pair = [plainColumn("dx"), plainColumn("dy")];
  const model = new Vrnn({ columns: pair, hidden: 4, latent: 0, emission: ["bivariate"] });
  const random = Random.stream(4, "pair");
  const weights = initialWeights(model.parameters, 1).map((each) => each + 0.3 * random.normal());
  const settings = { runtime, model, weights, columns: pair, seed: 3 };
  const seen = 0.7;
  const steps = Array.from({ length: 1201 }, (_, i) => (i - 600) / 100);

  test.each([0, 1])("entry %i: particles weigh by its marginal, and draw the other given it", async (at) => {
    const rowOf = (other: number) => (at === 0 ? [seen, other] : [other, seen]);
    const one = sequence(rowOf(Number.NaN), 2);
    const options = { ...settings, particles: 4000 };
    const filter = await ParticleFilter.create(options, { parts: ["logLikelihood", "imputed"], window: 1 });
    const found = { nats: [] as number[], drawn: [] as number[] };
    await filter.filter(one, ({ results }) => {
      found.nats = numbers(results, "logLikelihood").filter((_, i) => i % 2 === at);
      found.drawn = numbers(results, "imputed").filter((_, i) => i % 2 !== at);
      return undefined;
    });
    await filter.dispose();
    const scores = await scoreSequences({
      ...settings,
      sequences: [one, ...steps.map((other) => sequence(rowOf(other), 2))],
    });
    const [alone, ...joint] = scores.map(({ total }) => total[0]!);
    for (const nats of found.nats) expect(Math.abs(nats - alone!)).toBeLessThan(1e-5);
    const weights = joint.map(Math.exp);
    const average = (of: (value: number) => number) =>
      weights.reduce((all, weight, i) => all + weight * of(steps[i]!), 0) /
      weights.reduce((all, weight) => all + weight, 0);
    const mean = average((value) => value);
    const variance = average((value) => (value - mean) ** 2);
    const own = found.drawn.reduce((all, value) => all + value, 0) / found.drawn.length;
    expect(Math.abs(own - mean)).toBeLessThan(4 * Math.sqrt(variance / found.drawn.length));
  });
});
