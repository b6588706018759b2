/** A VRNN of tokens: what it says of them, against enumeration. */
import { describe, expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { memorySplits } from "../../src/data/memory-dataset.ts";
import { memorySource } from "../../src/data/source.ts";
import { sampleTexts } from "../../src/inference/sample-text.ts";
import { scoreRows } from "../../src/inference/score.ts";
import { Vrnn, type VrnnOptions } from "../../src/models/vrnn/vrnn.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";

const runtime = nodeRuntime();
const vocabulary = { unit: "characters", tokens: ["a", "b"] } as const;
const fields: Fields = { x: { kind: "tokens", role: "target", axis: "T", vocabulary } };
const TOKENS = 6; // the reserved ones among them

const model = (options: Partial<VrnnOptions>) =>
  new Vrnn({ tokens: TOKENS, embedding: 3, tied: false, hidden: 5, latent: 2, ...options });

/** Weights at which tokens differ in how likely they are. */
const weightsOf = ({ parameters }: Vrnn) => initialWeights(parameters, 4).map((weight) => 1.5 * weight);

const sequenceOf = (ids: readonly number[]) => ({
  name: ids.join(""),
  length: ids.length,
  values: { x: Int32Array.from(ids) },
});

/** The bound of each of some sequences, in nats. */
async function boundsOf(of: Vrnn, sequences: readonly (readonly number[])[]): Promise<number[]> {
  const evaluator = await Evaluator.create(
    runtime,
    of,
    fields,
    plainElbo,
    trainingOptions.parse({ shards: 1 }),
  );
  const bounds: number[] = [];
  for (const ids of sequences) {
    const { natsPerStep } = await evaluator.bound(weightsOf(of), memorySource([sequenceOf(ids)], fields));
    bounds.push(natsPerStep * ids.length);
  }
  await evaluator.dispose();
  return bounds;
}

/** Id 0 pads and is never observed: it stands for no token, so the rest sums to less than one by what it would get. */
const pairs = Array.from({ length: TOKENS ** 2 }, (_, i) => [Math.floor(i / TOKENS), i % TOKENS]);

describe.each([false, true])("with a tied output: %s", (tied) => {
  test("the probabilities of all sequences of two tokens sum to one, and padding is no token", async () => {
    const exact = model({ tied, latent: 0 });
    const seen = pairs.filter(([a, b]) => a !== 0 && b !== 0);
    const firsts = await boundsOf(exact, [[1], [2], [3], [4], [5]]);
    const second = await boundsOf(exact, seen);
    // p(a, b) over all b but padding is p(a) (1 − p(padding | a)): for each a it is below p(a), and not by much.
    firsts.forEach((nats, i) => {
      const both = second.filter((_, at) => seen[at]![0] === i + 1).map(Math.exp);
      const share = both.reduce((all, p) => all + p, 0) / Math.exp(nats);
      expect(share).toBeLessThan(1);
      expect(share).toBeGreaterThan(0.5);
    });
    expect(new Set(second.map((nats) => nats.toFixed(4))).size).toBe(seen.length);
  });

  test("learns what comes after what, with latent variables and without", async () => {
    const ids = Array.from({ length: 400 }, (_, t) => (t % 3 === 2 ? 5 : 4));
    const splits = memorySplits(
      [sequenceOf(ids)],
      [{ index: 0, start: 0, end: 400, split: "train" }],
      fields,
    );
    for (const latent of [0, 2]) {
      const options = trainingOptions.parse({ epochs: 15, window: 30, learningRate: 0.03, shards: 1 });
      const of = model({ tied, latent, hidden: 12, embedding: 6 });
      const data = { modality: { name: "text" }, fields, splits, notes: [] } as const;
      const trainer = await Trainer.create({ model: of, data, options, runtime });
      for await (const _ of trainer.fit());
      expect((await trainer.evaluate(splits.train)).natsPerStep).toBeGreaterThan(-0.15);
      const settings = { runtime, model: of, weights: trainer.bestWeights, vocabulary, seed: 1 };
      const [text] = await sampleTexts({
        ...settings,
        prefix: "aabaa",
        count: 1,
        steps: 7,
        temperature: 0.1,
      });
      expect(text!.text).toBe("aabaabaabaab");
      await trainer.dispose();
    }
  });
});

test("a prefix decides what comes, and each row has random numbers of its own", async () => {
  const of = model({});
  const settings = { runtime, model: of, weights: weightsOf(of), vocabulary, steps: 20, seed: 3 };
  const three = await sampleTexts({ ...settings, prefix: "ab", count: 3 });
  const two = await sampleTexts({ ...settings, prefix: "ab", count: 2 });
  expect(two).toEqual(three.slice(0, 2));
  expect(three.every(({ text }) => text.startsWith("ab"))).toBe(true);
  expect(new Set(three.map(({ text }) => text)).size).toBe(3);
  const other = await sampleTexts({ ...settings, prefix: "ba", count: 3 });
  expect(other.map(({ ids }) => [...ids])).not.toEqual(three.map(({ ids }) => [...ids]));
});

describe("scores of tokens", () => {
  const settings = (of: Vrnn) => ({ runtime, model: of, weights: weightsOf(of), fields, seed: 1 });

  test("after each beginning the probabilities of all that may follow sum to one", async () => {
    const exact = model({ latent: 0 });
    const begun = [4, 5, 3];
    const sequences = [1, 2, 3, 4, 5].map((last) => sequenceOf([...begun, last]));
    const scores = await scoreRows({ ...settings(exact), sequences });
    const total = scores.reduce((all, own) => all + Math.exp(own.total[3]!), 0);
    const bound = await boundsOf(
      exact,
      sequences.map(({ values }) => [...values.x]),
    );
    scores.forEach((own, i) => {
      expect(own.total.slice(0, 3)).toEqual(scores[0]!.total.slice(0, 3));
      expect(own.total.reduce((all, nats) => all + nats, 0)).toBeCloseTo(bound[i]!, 4);
      expect(own.kl).toEqual(new Float64Array(4));
    });
    expect(total).toBeGreaterThan(0.9);
    expect(total).toBeLessThan(1 + 1e-6);
  });

  test("windows and neighbours change nothing, and each step is log-likelihood less divergence", async () => {
    const latent = model({});
    const ids = Array.from({ length: 40 }, (_, t) => 4 + ((t * t) % 3 === 1 ? 1 : 0));
    const [whole] = await scoreRows({ ...settings(latent), sequences: [sequenceOf(ids)] });
    const [cut] = await scoreRows({
      ...settings(latent),
      sequences: [sequenceOf(ids), sequenceOf([4, 5])],
      window: 7,
    });
    whole!.total.forEach((nats, t) => {
      expect(cut!.total[t]!).toBeCloseTo(nats, 4);
      expect(whole!.logLikelihood[t]! - whole!.kl[t]!).toBeCloseTo(nats, 10);
    });
    expect(Math.min(...whole!.kl)).toBeGreaterThanOrEqual(0);
    expect(new Set(whole!.emissionMean)).not.toContain(0.5);
    expect(whole!.emissionMean.every((id) => Number.isInteger(id) && id >= 0 && id < TOKENS)).toBe(true);
  });
});
