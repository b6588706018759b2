/** Captions of pictures: what is particular to models that read one. */
import { describe, expect, test } from "vitest";
import { heldDataset } from "../../src/data/field-dataset.ts";
import type { Fields, FramesField } from "../../src/data/fields.ts";
import { augmentation } from "../../src/data/images/augment.ts";
import { oneOfEach } from "../../src/data/one-of-each.ts";
import { wholeSpans } from "../../src/data/plan.ts";
import type { MemorySequence } from "../../src/data/source.ts";
import { buildVocabulary, closedIds, Tokenizer, vocabularySize } from "../../src/data/text/vocabulary.ts";
import { PictureCaptioner } from "../../src/inference/caption.ts";
import { Captioner, type CaptionerOptions } from "../../src/models/caption/captioner.ts";
import { caption } from "../../src/models/caption/family.ts";
import { modelDataOf } from "../../src/models/family.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";

const colours = { red: [220, 30, 30], green: [30, 200, 40], blue: [20, 40, 230] } as const;
const names = Object.keys(colours) as (keyof typeof colours)[];
const SIDE = 16;

/** A square of one colour on grey, in some place. */
function picture(name: keyof typeof colours, random: Random): Uint8Array {
  const [top, left] = [random.integer(8), random.integer(8)];
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / SIDE), Math.floor(i / 3) % SIDE, i % 3];
    const isInside = y >= top && y < top + 8 && x >= left && x < left + 8;
    return isInside ? colours[name][c]! : 128;
  });
}

const said = (name: string): string[] => [`a ${name} square`, `there is a square that is ${name}`];
const vocabulary = buildVocabulary(names.flatMap(said), { unit: "words" });
const tokenizer = new Tokenizer(vocabulary);
const fields: Fields = {
  x: { kind: "tokens", role: "target", axis: "T", vocabulary },
  picture: {
    ...{ kind: "frames", role: "source", axis: "none", shape: [SIDE, SIDE, 3] },
    ...{ storage: "uint8", range: [0, 255] },
  },
  class: { kind: "label", role: "label", axis: "none", levels: names },
};

function sequences(count: number, seed: number): MemorySequence[] {
  const random = Random.stream(seed, "pictures");
  return Array.from({ length: count }, (_, n) => names[n % 3]!).flatMap((name, n) => {
    const pixels = picture(name, random);
    return said(name).map((text, k): MemorySequence => {
      const x = closedIds(tokenizer.encode(text).ids);
      const values = { x, picture: pixels, class: Int32Array.of(names.indexOf(name)) };
      return { name: `${n} ${k}`, group: String(n), length: x.length, values };
    });
  });
}

const data = heldDataset({
  ...{ modality: { name: "captions" }, fields, notes: [] },
  splits: { train: sequences(24, 1), valid: sequences(6, 2), test: sequences(9, 3) },
});
const runtime = nodeRuntime();
const options: CaptionerOptions = {
  ...{ tokens: vocabularySize(vocabulary), picture: [SIDE, SIDE, 3], widths: [8, 16], classes: 3 },
  ...{ embedding: 12, hidden: 24, latent: 2, classWeight: 1, wordsWeight: 0.2 },
};

test("it learns to say what a picture shows, to tell its class, and to look at all places in sum", async () => {
  const model = new Captioner(options);
  const asked = trainingOptions.parse({ epochs: 24, batchSize: 8, learningRate: 0.01, seed: 1 });
  const trainer = await Trainer.create({ model, data, options: asked, runtime, drawn: oneOfEach });
  let figures: Readonly<Record<string, number>> = {};
  for await (const event of trainer.fit()) if (event.type === "epoch") figures = { ...event.valid };
  const weights = trainer.bestWeights.slice();
  await trainer.dispose();
  expect(figures["class"]).toBeLessThan(0.2); // nats of one of three
  const settings = { runtime, model, weights, fields, vocabulary, width: 3, lengthPower: 1, rows: 4 };
  const captioner = await PictureCaptioner.create(settings);
  const shown = sequences(9, 3).filter((_, i) => i % 2 === 0);
  const seen = shown.map(({ values }) => ({ picture: values["picture"] as Uint8Array }));
  const [found, classes] = [await captioner.describe(seen), await captioner.classify(seen)];
  shown.forEach((_, i) => {
    expect(said(names[i % 3]!)).toContain(found[i]![0]!.text);
    expect(classes![i]!.name).toBe(names[i % 3]);
  });
  const drawn = await captioner.draw(seen[0]!, { count: 12, seed: 1, temperature: 1 });
  expect(new Set(drawn.map(({ text }) => text)).size).toBeGreaterThan(1);
  expect(drawn.every(({ logProbability }) => logProbability < 0)).toBe(true);
  const alike = [seen[1]!, seen[1]!];
  const [ofAll] = (await captioner.classify([{ ...seen[0]!, alike }]))!;
  const [first, second] = [classes![0]!.probability, classes![1]!.probability];
  expect(ofAll!.name).toBe(names[1]);
  expect(ofAll!.probability).toBeGreaterThanOrEqual((2 / 3) * second - 1e-5);
  expect(ofAll!.probability).toBeLessThanOrEqual((2 / 3) * second + (1 - first) / 3 + 1e-5);
  const inTurn = await captioner.draw({ ...seen[0]!, alike }, { count: 12, seed: 1, temperature: 1 });
  // Each draw has noise of its own, so that those of the picture itself are the same as without others.
  expect(inTurn.map(({ text }) => text).filter((_, i) => i % 3 === 0)).toEqual(
    drawn.map(({ text }) => text).filter((_, i) => i % 3 === 0),
  );
  expect(inTurn.map(({ text }) => text)).not.toEqual(drawn.map(({ text }) => text));
  const shares = await captioner.looked(seen[0]!, found[0]![0]!);
  expect(shares.length).toBe(found[0]![0]!.ids.length);
  for (const row of shares) {
    expect(row.length).toBe(16); // 4 × 4 places
    expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  }
  await captioner.dispose();
}, 240_000);

test("a caption without words looks nowhere", async () => {
  const model = new Captioner(options);
  const weights = initialWeights(model.parameters, 1);
  const settings = { runtime, model, weights, fields, vocabulary, width: 2, lengthPower: 0, rows: 1 };
  const captioner = await PictureCaptioner.create(settings);
  const seen = { picture: picture("red", Random.stream(4, "pictures")) };
  const empty = { text: "", ids: [], logProbability: -1 };
  expect(await captioner.looked(seen, empty)).toEqual([]);
  await captioner.dispose();
});

describe("an epoch takes one caption of each picture", () => {
  const index = sequences(5, 1).map(({ name, length, group }) => ({ name, length, ...(group && { group }) }));

  test("another one in time, each as often", () => {
    const counts = new Map<number, number>();
    const random = Random.stream(7, "draws");
    for (let epoch = 0; epoch < 400; epoch++) {
      const drawn = oneOfEach(wholeSpans(index), index, (bound) => random.integer(bound));
      expect(drawn.map(({ i }) => index[i]!.group)).toEqual(["0", "1", "2", "3", "4"]);
      for (const { i } of drawn) counts.set(i, (counts.get(i) ?? 0) + 1);
    }
    // Of 400 fair throws more than 5 deviations from 200 are not seen.
    for (const i of index.keys()) expect(Math.abs(counts.get(i)! - 200)).toBeLessThan(50);
  });

  test("sequences of no group are all taken, in their order, and no random number is", () => {
    const alone = index.map(({ name, length }) => ({ name, length }));
    const spans = wholeSpans(alone);
    const never = () => {
      throw new Error("nothing is to be drawn");
    };
    expect(oneOfEach(spans, alone, never)).toEqual(spans);
  });
});

describe("its family", () => {
  test("builds it of the fields of captioned pictures, with their class where they have one", () => {
    const { class: _, ...without } = fields;
    expect(modelDataOf(fields)).toEqual({
      ...{ captions: vocabularySize(vocabulary), picture: [SIDE, SIDE, 3], class: fields["class"] },
    });
    const built = (of: Fields) => caption.build(modelDataOf(of), { widths: [8] });
    expect(Object.keys(built(fields).asides!)).toEqual(["class", "words"]);
    expect(Object.keys(built(without).asides!)).toEqual(["words"]);
  });

  test("builds it of what an encoder that is not trained tells, which it reads in place of pixels", () => {
    const encoded: FramesField = {
      kind: "frames",
      role: "source",
      axis: "none",
      shape: [9, 5],
      storage: "float32",
      range: [0, 1],
    };
    expect(modelDataOf({ ...fields, encoded })).toMatchObject({ picture: [SIDE, SIDE, 3], encoded });
    const model = caption.build(modelDataOf({ ...fields, encoded }), { hidden: 24 });
    expect(Object.values(model.inputs!)).toMatchObject([{ field: "encoded", shape: ["B", 9, 5] }]);
    expect(model.parameters.find(({ name }) => name === "encoder.place.weight")!.shape).toEqual([5, 24]);
    expect(
      augmentation({ ...fields, encoded }, { flips: true, turns: false, zoom: 0.1, jitter: 0.1 }),
    ).toBeUndefined();
    expect(caption.describe({}, { encoded }).at(-1)!.value).toBe("9, 5");
  });

  test("refuses pairs of texts by what models them", () => {
    expect(() => caption.build({ pairs: 9 }, {})).toThrow(/models captioned pictures, not pairs of texts/);
  });
});
