/** Live speech by a small model that was trained on it: what is told while it goes on, beside what the whole recording gives. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Frames, framesOf } from "../../../src/data/audio/frames.ts";
import { frontEnd } from "../../../src/data/audio/front-end.ts";
import type { FieldDataset } from "../../../src/data/field-dataset.ts";
import { readSpeech } from "../../../src/data/files-speech.ts";
import { stepStage, stepsOf } from "../../../src/data/speech/hearing.ts";
import { knownOfSpeech, type SpeechKnowledge } from "../../../src/data/speech/knowledge.ts";
import { AcousticModel } from "../../../src/inference/speech/acoustic-model.ts";
import { decodingOf } from "../../../src/inference/speech/decoder.ts";
import {
  type FinalTranscript,
  LiveTranscriber,
  type LiveTranscriberOptions,
  type LiveTranscript,
} from "../../../src/inference/speech/live-transcriber.ts";
import { PrefixBeam } from "../../../src/inference/speech/prefix-beam.ts";
import { modelFamilies } from "../../../src/models/families.ts";
import { modelDataOf } from "../../../src/models/family.ts";
import type { Model } from "../../../src/models/model.ts";
import { Random } from "../../../src/random/generator.ts";
import { nodeRuntime } from "../../../src/runtime/node.ts";
import { trainingOptions } from "../../../src/train/options.ts";
import { Trainer } from "../../../src/train/trainer.ts";
import { initialWeights } from "../../../src/train/weights.ts";
import { someWords, spokenTones, TONE_RATE, writeTones } from "../../spoken-tones.ts";

const folder = mkdtempSync(join(tmpdir(), "vrnn-live-"));
const runtime = nodeRuntime();
const shape = { hidden: 16, latent: 4, encoder: 32, encoderLayers: 1 };
const decoding = { letters: false, weight: 1, bonus: 0, width: 16, order: 2 };
let data: FieldDataset;
let known: SpeechKnowledge;
let model: Model;
let weights: Float32Array;

beforeAll(async () => {
  writeTones(folder);
  data = await readSpeech(folder, {});
  known = knownOfSpeech(data.modality);
  model = modelFamilies.recognise.build(modelDataOf(data.fields), shape);
  const { usual } = modelFamilies.recognise;
  const options = trainingOptions.parse({
    ...usual?.training,
    ...{ epochs: 14, learningRate: 0.01, warmupSteps: 10, window: 256, shards: 1, seed: 1 },
  });
  const trainer = await Trainer.create({ model, data, options, runtime });
  for await (const _ of trainer.fit());
  weights = trainer.bestWeights;
  await trainer.dispose();
}, 400_000);
afterAll(() => rmSync(folder, { recursive: true }));

const settings = () => ({ runtime, model, weights, fields: data.fields });

/** Hears something in pieces of some sizes. */
async function heard(
  samples: Float32Array,
  sizes: readonly number[],
  options: Partial<LiveTranscriberOptions> = {},
): Promise<LiveTranscript[]> {
  const live = await LiveTranscriber.open({ ...settings(), known, decoding, ...options });
  const told: LiveTranscript[] = [];
  for (let at = 0, i = 0; at < samples.length; i++) {
    const size = sizes[i % sizes.length]!;
    told.push(...(await live.push(samples.subarray(at, at + size))));
    at += size;
  }
  told.push(...(await live.finish()));
  await live.close();
  return told;
}

const finals = (told: readonly LiveTranscript[]) =>
  told.filter((each): each is FinalTranscript => each.type === "final");
const textOf = (words: readonly { readonly word: string }[]) => words.map(({ word }) => word).join(" ");
const transcript = (told: readonly LiveTranscript[]) => textOf(finals(told).flatMap(({ words }) => words));
/** Words that stay, at each event. */
const staying = (told: LiveTranscript) =>
  told.type === "final" ? told.words : told.words.slice(0, told.stable);

/** Sound, and what was said in it. */
function sentences(count: number, pause?: number) {
  const random = Random.stream(5, "live", count);
  const words = Array.from({ length: count }, () => someWords(random));
  return { words, sound: words.map((each) => spokenTones(each, random, pause)) };
}
const joined = (pieces: readonly Float32Array[]): Float32Array =>
  Float32Array.from(pieces.flatMap((piece) => [...piece]));
const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 9 });

describe("pieces of any sizes, from samples on", () => {
  test("are heard as the whole recording: log-probabilities to 1e-5", async () => {
    const [samples] = sentences(1).sound as [Float32Array];
    const { hearing } = known;
    const acoustic = await AcousticModel.open(settings());
    const steps = stepsOf(hearing, frontEnd(hearing.spectral!).features(samples));
    const whole = await acoustic.hear(Float64Array.from(steps.values));
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        acoustic.rest();
        const ears = frontEnd(hearing.spectral!).stream();
        const stage = stepStage(hearing)(hearing.width);
        const phones: number[] = [];
        const hear = async (values: Float32Array) =>
          phones.push(...((await acoustic.hear(Float64Array.from(values))).logProb["phones"] ?? []));
        for (let at = 0, i = 0; at < samples.length; i++) {
          const size = lengths[i % lengths.length]!;
          await hear(stage.push(ears.push(samples.subarray(at, at + size)).values));
          at += size;
        }
        await hear(stage.push(ears.end().values));
        await hear(stage.end());
        expect(phones).toHaveLength(whole.logProb["phones"]!.length);
        const off = phones.map((value, i) => Math.abs(value - whole.logProb["phones"]![i]!));
        expect(Math.max(...off)).toBeLessThan(1e-5);
      }),
      { numRuns: 6 },
    );
    await acoustic.close();
  });

  test("give the transcript of the whole recording, where no pause ends it", async () => {
    const acoustic = await AcousticModel.open(settings());
    const { hearing } = known;
    const { beam, field, units } = decodingOf(data.fields, known, decoding);
    let right = 0;
    const { words, sound } = sentences(6);
    for (const [i, samples] of sound.entries()) {
      acoustic.rest();
      const steps = stepsOf(hearing, frontEnd(hearing.spectral!).features(samples));
      const { logProb } = await acoustic.hear(Float64Array.from(steps.values));
      const offline = new PrefixBeam(beam);
      const symbols = logProb[field]!;
      for (let at = 0; at < symbols.length; at += units.length)
        offline.push(symbols.subarray(at, at + units.length));
      const [best] = offline.finish(1);
      const told = await heard(samples, [333, 57, 1201], { sure: 1, silence: 1000 });
      expect(transcript(told)).toBe(textOf(best!.words));
      if (transcript(told) === words[i]!.join(" ")) right++;
    }
    await acoustic.close();
    expect(right).toBeGreaterThanOrEqual(2); // it has learned something: guessed, it were none
  });

  test("tell the same, each thing at the same time", async () => {
    const samples = joined(sentences(3, 0.5).sound);
    const expected = await heard(samples, [240]);
    expect(finals(expected).length).toBeGreaterThan(1);
    const plain = (told: readonly LiveTranscript[]) =>
      told.map((each) => [each.type, textOf(each.words), textOf(staying(each)), each.heard]);
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        expect(plain(await heard(samples, lengths))).toEqual(plain(expected));
      }),
      { numRuns: 5 },
    );
  });
});

test("what is stable only grows, and begins what is told for good", async () => {
  for (const sure of [0.6, 0.99, 1]) {
    const told = await heard(joined(sentences(4, 0.3).sound), [500], { sure, silence: 0.5 });
    let before = "";
    for (const each of told) {
      const now = textOf(staying(each));
      expect(`${now} `.startsWith(before === "" ? "" : `${before} `)).toBe(true);
      before = each.type === "final" ? "" : now;
    }
    // Where all hypotheses have to agree, few words stay before the end.
    if (sure < 0.9) expect(told.some((each) => each.type === "partial" && each.stable > 0)).toBe(true);
  }
});

test("a pause gives a final result: words in their order, with times within the sound and how sure they are", async () => {
  const silence = new Float32Array(TONE_RATE).map((_, i) => 0.002 * Math.sin(i * i));
  const { sound } = sentences(3);
  const samples = joined(sound.flatMap((piece) => [piece, silence]));
  const results = finals(await heard(samples, [400]));
  expect(results.length).toBeGreaterThanOrEqual(3);
  let last = 0;
  for (const { words, start, end, heard: at, fit, alternatives } of results) {
    expect(start).toBe(words[0]!.start);
    expect(end).toBe(words.at(-1)!.end);
    expect(at - end).toBeGreaterThan(0.3);
    expect(fit).toBeTypeOf("number");
    expect(alternatives).toHaveLength(1);
    for (const word of words) {
      expect(word.start).toBeGreaterThanOrEqual(last);
      expect(word.end).toBeGreaterThan(word.start);
      expect(word.confidence).toBeGreaterThan(0);
      expect(word.confidence).toBeLessThanOrEqual(1);
      last = word.end;
    }
  }
  expect(last).toBeLessThan(samples.length / TONE_RATE);
});

test("speech without a pause is told for good too, and nothing of it twice", async () => {
  const { sound } = sentences(8);
  const samples = joined(sound);
  const whole = await heard(samples, [800], { silence: 1000, sure: 0.9 });
  const cut = await heard(samples, [800], { silence: 1000, sure: 0.9, longest: 1 });
  expect(finals(whole)).toHaveLength(1);
  expect(finals(cut).length).toBeGreaterThan(2);
  expect(transcript(cut)).toBe(transcript(whole));
});

test("a minute in, it holds no more than after seconds", async () => {
  const live = await LiveTranscriber.open({ ...settings(), known, decoding, longest: 5 });
  const { sound } = sentences(10, 0.3);
  const sizeOf = (value: unknown, seen = new Set<unknown>()): number => {
    if (typeof value !== "object" || value === null || seen.has(value)) return 1;
    seen.add(value);
    if (ArrayBuffer.isView(value)) return value.byteLength;
    return Object.values(value).reduce((sum: number, each) => sum + sizeOf(each, seen), 1);
  };
  const held: number[] = [];
  for (let round = 0; round < 6; round++) {
    for (const samples of sound) await live.push(samples);
    held.push(sizeOf((live as unknown as { readonly listener: object }).listener));
  }
  await live.close();
  expect(live.heard).toBeGreaterThan(40);
  expect(Math.max(...held.slice(1))).toBeLessThan(1.2 * held[0]!);
});

test("after it has finished it hears anew, as from the beginning", async () => {
  const live = await LiveTranscriber.open({ ...settings(), known, decoding });
  const [samples] = sentences(1).sound as [Float32Array];
  const once = [...(await live.push(samples)), ...(await live.finish())];
  const again = [...(await live.push(samples)), ...(await live.finish())];
  expect(transcript(again)).toBe(transcript(once));
  expect(await live.finish()).toEqual([]);
  await live.close();
});

describe("what cannot be heard is refused", () => {
  test("a model of whole utterances", async () => {
    const whole = modelFamilies.recognise.build(modelDataOf(data.fields), { ...shape, hears: "both" });
    const options = { ...settings(), model: whole, weights: initialWeights(whole.parameters, 1) };
    await expect(LiveTranscriber.open({ ...options, known, decoding })).rejects.toMatchObject({
      code: "speech/whole",
    });
  });

  test("sound, where a run knows features alone, which it hears", async () => {
    const { spectral, ...hearing } = known.hearing;
    const live = await LiveTranscriber.open({ ...settings(), known: { ...known, hearing }, decoding });
    expect(live.rate).toBeUndefined();
    await expect(live.push(new Float32Array(400))).rejects.toMatchObject({ code: "speech/features" });
    const [samples] = sentences(1).sound as [Float32Array];
    const frames = frontEnd(spectral!).features(samples);
    const told = [...(await live.pushFrames(frames)), ...(await live.finish())];
    expect(transcript(told)).toBe(transcript(await heard(samples, [samples.length])));
    const narrow: Frames = framesOf(new Float32Array(12), 12);
    await expect(live.pushFrames(narrow)).rejects.toMatchObject({ code: "data/frames" });
    await live.close();
  });

  test("samples that are no numbers, of which none is taken", async () => {
    const live = await LiveTranscriber.open({ ...settings(), known, decoding });
    await expect(live.push(Float32Array.of(0, Number.NaN))).rejects.toMatchObject({ code: "data/sound" });
    await live.close();
  });
});
