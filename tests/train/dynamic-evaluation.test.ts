/** Weights that learn on from what they have told, and texts that begin anew every so many steps. */
import { expect, test } from "vitest";
import { cutSource } from "../../src/data/cut-source.ts";
import { wholeSpans } from "../../src/data/plan.ts";
import { memorySource, type SequenceSource } from "../../src/data/source.ts";
import { textDataset } from "../../src/data/text/text-dataset.ts";
import { Tokenizer } from "../../src/data/text/vocabulary.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { evaluateDynamically } from "../../src/train/dynamic-evaluation.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import { initialWeights } from "../../src/train/weights.ts";

const runtime = nodeRuntime();
const { fields } = textDataset("abcdefgh ".repeat(30), "letters", { unit: "characters" });
const tokenizer = new Tokenizer(fields.x.vocabulary);
const sourceOf = (...texts: string[]) =>
  memorySource(
    texts.map((text, i) => ({
      name: `${i}`,
      length: text.length,
      values: { x: tokenizer.encode(text).ids },
    })),
    fields,
  );
const model = new Vrnn({ tokens: tokenizer.size, embedding: 6, tied: false, hidden: 12, latent: 0 });
const weights = initialWeights(model.parameters, 1);
const evaluation = { runtime, model, weights, fields, objective: plainElbo };
/** What it comes to in the end. */
async function ended<Result>(work: AsyncGenerator<{ done: number; of: number }, Result>): Promise<Result> {
  let [last, before] = [await work.next(), 0];
  for (; !last.done; last = await work.next()) {
    expect(last.value.done).toBeGreaterThan(before);
    expect(last.value.done).toBeLessThanOrEqual(last.value.of);
    before = last.value.done;
  }
  return last.value;
}
const dynamic = async (source: SequenceSource, rate: number, segment = 8) =>
  (await ended(evaluateDynamically({ ...evaluation, source }, { rate, segment }))).natsPerStep;

const text = "abcabcabdabcabcabd".repeat(12);

test("at a rate of 0 it tells what plain evaluation tells", async () => {
  const options = { batchSize: 1, window: 8, seed: 1, shards: 1 };
  const evaluator = await Evaluator.create(runtime, model, fields, plainElbo, options);
  const source = sourceOf(text, "hgfedcba hgfedcba ab");
  const { natsPerStep } = await evaluator.bound(weights, source);
  await evaluator.dispose();
  expect(await dynamic(source, 0)).toBeCloseTo(natsPerStep, 6);
});

test("what was told is learned from, and what is told has not been seen", async () => {
  expect(await dynamic(sourceOf(text), 1)).toBeGreaterThan((await dynamic(sourceOf(text), 0)) + 0.5);
  // The first segment, and all of a text that fits in one, is told by the weights that were given.
  const short = sourceOf(text.slice(0, 8));
  expect(await dynamic(short, 5)).toBe(await dynamic(short, 0));
});

test("each sequence begins with the weights that were given", async () => {
  const [first, second] = ["abcabcabd".repeat(5), "hgfhgfhge".repeat(5)];
  const alone = await Promise.all([first, second].map((own) => dynamic(sourceOf(own), 1)));
  const together = await dynamic(sourceOf(first, second), 1);
  expect(together).toBeCloseTo((alone[0]! + alone[1]!) / 2, 6);
});

test("models that read ahead, and rates beyond all bounds, are refused", async () => {
  const ahead = Object.create(model, { evidence: { value: () => ({ slices: {}, fixed: {} }) } }) as Vrnn;
  await expect(
    ended(evaluateDynamically({ ...evaluation, model: ahead, source: sourceOf(text) }, { rate: 1 })),
  ).rejects.toMatchObject({ code: "train/dynamic" });
  await expect(dynamic(sourceOf(text), 1e30)).rejects.toMatchObject({ code: "train/dynamic" });
});

test("a source that is cut has the same steps, each piece by itself", async () => {
  const whole = sourceOf("abcdefgh abc", "ab");
  const cut = cutSource(whole, 5);
  expect((await cut.index()).map(({ name, length, offset }) => [name, length, offset])).toEqual([
    ["0", 5, 0],
    ["0", 5, 5],
    ["0", 2, 10],
    ["1", 2, 0],
  ]);
  const texts: string[] = [];
  for await (const { values } of cut.open(wholeSpans(await cut.index())))
    texts.push(tokenizer.decode(values["x"] as Int32Array));
  expect(texts).toEqual(["abcde", "fgh a", "bc", "ab"]);
});
