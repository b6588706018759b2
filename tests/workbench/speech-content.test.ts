/** What a report tells of speech, of a model that has learned nothing: each figure against what it is made of. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FrontEndOptions, frontEnd } from "../../src/data/audio/front-end.ts";
import type { Sound } from "../../src/data/audio/sound.ts";
import { decodeWav } from "../../src/data/audio/wav.ts";
import { encodeWav } from "../../src/data/audio/wav-encode.ts";
import { recordingsIn } from "../../src/data/files-speech.ts";
import { knownOfSpeech } from "../../src/data/speech/knowledge.ts";
import { type Pronunciations, speechDataset, type Utterance } from "../../src/data/speech/speech-dataset.ts";
import { AcousticModel } from "../../src/inference/speech/acoustic-model.ts";
import { decodingOf, usualDecoding } from "../../src/inference/speech/decoder.ts";
import { type HeardUtterance, heardUtterances } from "../../src/inference/speech/utterances.ts";
import { wordErrors, wordErrorsBySpeaker } from "../../src/metrics/word-errors.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { modelDataOf } from "../../src/models/family.ts";
import { Random } from "../../src/random/generator.ts";
import type { SpeechContent } from "../../src/report/content.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { type Recorded, speechContent } from "../../src/workbench/speech-content.ts";
import { speechPage } from "../../src/workbench/speech-page.ts";

const RATE = 8000;
const spectral: FrontEndOptions = { rate: RATE, cepstra: 13 };
const dictionary: Pronunciations = [
  { word: "ONE", units: ["W", "AH", "N"] },
  { word: "ONE", units: ["W", "AO", "N", "N"] },
  { word: "TWO", units: ["T", "UW"] },
];

function soundOf(seed: number, seconds: number): Sound {
  const samples = new Float32Array(RATE * seconds);
  Random.stream(seed, "sound").fillNormal(samples);
  return { rate: RATE, channels: [samples.map((sample) => Math.max(-1, Math.min(0.99, sample / 8)))] };
}

interface Spoken {
  readonly name: string;
  readonly words: readonly string[] | undefined;
  readonly speaker?: string;
  readonly seconds?: number;
}

/** What a model that has learned nothing hears of some utterances, as validation; it learned from the first. */
async function heardOf(spoken: readonly Spoken[], known: Pronunciations | undefined) {
  const sounds = new Map(spoken.map(({ name, seconds = 1 }, i) => [name, soundOf(i, seconds)]));
  const said = spoken.map(
    ({ name, words, speaker }): Utterance => ({
      ...{ name, words, speaker, split: "valid" },
      frames: frontEnd(spectral).features(sounds.get(name)!.channels[0]!),
    }),
  );
  const first = { ...said[0]!, name: "learned", words: ["ONE", "TWO"], split: "train" } as const;
  const data = speechDataset([first, ...said], "test", { spectral, frameRate: 100, dictionary: known });
  const { fields } = data;
  const { build, options } = modelFamilies.recognise;
  const small = options.parse({ hidden: 8, latent: 3, encoder: 10, encoderLayers: 1 });
  const model = build(modelDataOf(fields), small as never);
  const weights = initialWeights(model.parameters, 1);
  const acoustic = await AcousticModel.open({ runtime: nodeRuntime(), model, weights, fields });
  const decoding = decodingOf(fields, knownOfSpeech(data.modality), usualDecoding);
  const heard: HeardUtterance[] = [];
  const hearing = { acoustic, decoding, fields, alternatives: 1 };
  for await (const each of heardUtterances(data.splits.valid, hearing)) heard.push(each);
  await acoustic.close();
  return { heard, config: data, decoding, sounds };
}

async function contentOf(
  spoken: readonly Spoken[],
  known: Pronunciations | undefined,
): Promise<SpeechContent> {
  const { sounds, heard, ...shown } = await heardOf(spoken, known);
  const recordings = new Map(
    spoken.map(({ name, speaker }): [string, Recorded] => [
      name,
      { speaker, sound: () => Promise.resolve(sounds.get(name)) },
    ]),
  );
  return speechContent(heard, { ...shown, source: "the valid split", of: heard.length, recordings });
}

describe("speech of which it is known what was said", () => {
  const spoken: Spoken[] = [
    { name: "a", words: ["ONE"], speaker: "theo" },
    { name: "b", words: ["TWO", "ONE"], speaker: "theo" },
    { name: "c", words: [], speaker: "lucas" },
    { name: "long", words: ["TWO"], speaker: "lucas", seconds: 21 },
    { name: "short", words: ["ONE", "ONE", "ONE", "ONE"], speaker: "lucas", seconds: 0.2 },
  ];
  let content: SpeechContent;
  beforeAll(async () => {
    content = await contentOf(spoken, dictionary);
  });
  const of = (name: string) => content.utterances.find((own) => own.name === name)!;

  test("figures are those of the words that are shown", () => {
    const told = content.utterances.map(({ name, pairs }) => ({
      said: pairs!.flatMap((pair) => pair.said ?? []),
      heard: pairs!.flatMap((pair) => pair.heard ?? []),
      speaker: spoken.find((own) => own.name === name)!.speaker!,
    }));
    expect(told.map(({ said }) => said).toSorted()).toEqual(spoken.map(({ words }) => words).toSorted());
    const { confusions, ...all } = wordErrors(
      spoken.map(({ name }) => told[content.utterances.indexOf(of(name))]!),
    );
    expect(content.errors).toEqual(all);
    expect(content.confusions.toSorted(byText)).toEqual(confusions.toSorted(byText));
    const rates = [...wordErrorsBySpeaker(told)].map(([speaker, { rate }]) => [speaker, rate]);
    expect(Object.fromEntries(content.speakers.map(({ speaker, rate }) => [speaker, rate]))).toEqual(
      Object.fromEntries(rates),
    );
    expect([content.heard, content.of, content.symbols]).toEqual([5, 5, "phones"]);
  });

  test("those with more errors come first", () => {
    const errors = content.utterances.map(
      ({ pairs }) => pairs!.filter(({ said, heard }) => said !== heard).length,
    );
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  });

  test("what was said lies in time: sounds of the first way to say a word, words around their sounds", () => {
    const { symbols, said } = of("b");
    expect(symbols!.map(({ text }) => text)).toEqual(["T", "UW", "W", "AH", "N"]);
    expect(said!.map(({ text }) => text)).toEqual(["TWO", "ONE"]);
    expect(said!.map(({ start, end }) => [start, end])).toEqual([
      [symbols![0]!.start, symbols![1]!.end],
      [symbols![2]!.start, symbols![4]!.end],
    ]);
    let last = 0;
    for (const { start, end } of symbols!) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      last = end;
    }
    expect(last).toBeLessThanOrEqual(1);
    expect([of("c").symbols, of("c").said]).toEqual([[], []]);
  });

  test("words that are too many for the steps are laid out nowhere, and counted all the same", () => {
    expect(of("short").symbols).toBeUndefined();
    expect(of("short").pairs!.length).toBeGreaterThan(0);
  });

  test("recordings are played as they are, long ones are not", () => {
    const { rate, channels } = decodeWav(Buffer.from(of("a").wav!, "base64"), "a");
    const [sound] = soundOf(0, 1).channels;
    expect(rate).toBe(RATE);
    expect(channels[0]).toHaveLength(RATE);
    expect(Math.max(...channels[0]!.map((sample, i) => Math.abs(sample - sound![i]!)))).toBeLessThan(
      2 ** -15,
    );
    expect(of("long").wav).toBeUndefined();
  });

  test("cepstra are shown as bands with their frequencies", () => {
    const { spectrum } = of("a");
    expect([spectrum.width, spectrum.isSmooth, spectrum.frameRate]).toEqual([40, true, 100]);
    expect(spectrum.centresHz).toEqual(frontEnd(spectral).centresHz);
    expect(spectrum.values).toHaveLength(40 * 98);
  });
});

test("without a dictionary letters are laid out, and words between spaces", async () => {
  const { utterances, symbols } = await contentOf([{ name: "a", words: ["TWO", "ONE"] }], undefined);
  expect(symbols).toBe("letters");
  expect(utterances[0]!.symbols!.map(({ text }) => text).join("")).toBe("TWO ONE");
  expect(utterances[0]!.said!.map(({ text }) => text)).toEqual(["TWO", "ONE"]);
});

test("where nobody knows what was said, only what was heard is told", async () => {
  const { errors, speakers, words, confusions, utterances, heard } = await contentOf(
    [{ name: "a", words: undefined }],
    dictionary,
  );
  expect({ errors, speakers, words, confusions, heard }).toEqual({
    ...{ errors: undefined, speakers: [], words: [], confusions: [], heard: 1 },
  });
  expect(utterances[0]).not.toHaveProperty("pairs");
  expect(utterances[0]).not.toHaveProperty("said");
});

test("words that the dictionary lacks are counted, and not laid out", async () => {
  const { errors, utterances } = await contentOf([{ name: "a", words: ["THREE"] }], dictionary);
  expect(errors!.words).toBe(1);
  expect(utterances[0]).not.toHaveProperty("symbols");
});

describe("the recordings of a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-recordings-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("are known by the names of utterances, with who speaks", async () => {
    const sound = soundOf(7, 0.1);
    writeFileSync(join(folder, "x.wav"), encodeWav(sound));
    writeFileSync(join(folder, "manifest.csv"), "path,text,speaker\nx.wav,ONE,theo\n");
    const [[name, recording], ...others] = [...recordingsIn(folder)] as [[string, Recorded]];
    expect([name, recording.speaker, others]).toEqual(["x.wav", "theo", []]);
    expect((await recording.sound())!.channels[0]).toHaveLength(800);
  });
});

test("a page of its own names the folder, and holds its recordings", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-page-"));
  try {
    const { heard, config, decoding, sounds } = await heardOf(
      [{ name: "a.wav", words: ["ONE"], speaker: "theo" }],
      dictionary,
    );
    writeFileSync(join(folder, "a.wav"), encodeWav(sounds.get("a.wav")!));
    writeFileSync(join(folder, "manifest.csv"), "path,text,speaker\na.wav,ONE,theo\n");
    const page = await speechPage(heard, folder, { config, decoding, of: 1, source: "the test split" });
    expect(page).toContain("in 1 utterance of the test split. Of 1 word,");
    expect(page).toContain('src="data:audio/wav;base64,UklGR');
    expect(page).toContain("a.wav, by theo");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
