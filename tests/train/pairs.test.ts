/** Training on pairs: what is particular to models that read a source. */
import { expect, test } from "vitest";
import { pairDataset } from "../../src/data/text/pairs-dataset.ts";
import { subwordDropout } from "../../src/data/text/subword-dropout.ts";
import { vocabularySize } from "../../src/data/text/vocabulary.ts";
import { Translator } from "../../src/models/translate/translator.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { noiseFeeds } from "../../src/train/noise.ts";
import { type TrainingOptions, trainingOptions } from "../../src/train/options.ts";
import { piecewiseGradient } from "../../src/train/piecewise.ts";
import { Trainer } from "../../src/train/trainer.ts";

const random = Random.stream(1, "pairs");
const words = ["one", "two", "three", "four", "five"];
const pairs = Array.from({ length: 24 }, (_, i) => {
  const own = Array.from({ length: 1 + (i % 4) }, () => words[random.integer(5)]!);
  return { name: String(i), source: own.join(" "), target: own.toReversed().join(" ") };
});
const data = pairDataset(pairs, "pairs", { unit: "subwords", most: 262, split: [0.8, 0.2, 0] });
const tokens = vocabularySize(data.fields.x.vocabulary);
const model = () => new Translator({ tokens, embedding: 4, hidden: 5, latent: 0 });
const runtime = nodeRuntime();

async function trained(asked: Partial<TrainingOptions>, stopAfter?: number): Promise<Float32Array> {
  const options = trainingOptions.parse({ epochs: 2, batchSize: 6, learningRate: 0.01, ...asked });
  const reread = subwordDropout(data.fields, 0.3);
  const settings = { model: model(), data, options, runtime, piecewise: piecewiseGradient };
  const create = () => Trainer.create({ ...settings, ...(options.subwordDropout > 0 && { reread }) });
  let trainer = await create();
  try {
    for await (const event of trainer.fit()) {
      if (event.type !== "step" || event.step !== stopAfter) continue;
      await trainer.download();
      const state = structuredClone(trainer.state);
      await trainer.dispose();
      trainer = await create();
      trainer.resume(state);
      for await (const _ of trainer.fit());
      break;
    }
    return trainer.weights.slice();
  } finally {
    await trainer.dispose();
  }
}

test("dropout along a source has masks of its length, those of a row whatever rows stand beside it", () => {
  const source = { seed: 1, labels: [7], dropout: { source: 0.5, x: 0.5 } };
  const feed = (from: number, to: number) =>
    noiseFeeds(model(), { steps: 3, places: 5 }, { from, to }, source);
  const [all, last] = [feed(0, 4), feed(3, 4)];
  expect(all["dropout.source"]!.shape).toEqual([5, 4, 4]);
  expect(all["dropout.x"]!.shape).toEqual([3, 4, 4]);
  const rowOf = (data: ArrayLike<unknown>, rows: number, row: number) =>
    Array.from({ length: 5 }, (_, s) =>
      Array.from(data).slice((s * rows + row) * 4, (s * rows + row + 1) * 4),
    );
  expect(rowOf(last["dropout.source"]!.data, 1, 0)).toEqual(rowOf(all["dropout.source"]!.data, 4, 3));
  expect(new Set(all["dropout.source"]!.data as Float32Array)).toEqual(new Set([0, 2]));
});

test("what is dropped along the source has an effect", async () => {
  const [none, some] = [await trained({}), await trained({ dropoutAt: { source: 0.5 } })];
  expect(none).not.toEqual(some);
});

test("windows that are computed in pieces come to the same", async () => {
  const asked = { window: 8, dropout: 0.2 };
  const [whole, pieces] = [await trained(asked), await trained({ ...asked, recompute: 3 })];
  pieces.forEach((weight, i) => {
    expect(weight).toBeCloseTo(whole[i]!, 4);
  });
});

test("a training that cuts texts anew and was stopped ends with the same weights", async () => {
  const asked = { subwordDropout: 0.3 };
  expect(await trained(asked, 3)).toEqual(await trained(asked));
  expect(await trained(asked)).not.toEqual(await trained({}));
});
