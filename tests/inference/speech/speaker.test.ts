/** Speech that a model makes up: how long it is, what it goes on from, and what lies between two recordings. */
import { expect, test } from "vitest";
import { framesOf } from "../../../src/data/audio/frames.ts";
import { readSpeech } from "../../../src/data/files-speech.ts";
import { knownOfSpeech } from "../../../src/data/speech/knowledge.ts";
import { type EncodedRecording, latentsBetween, Speaker } from "../../../src/inference/speech/speaker.ts";
import { buildModel, type FamilyName } from "../../../src/models/loading.ts";
import { nodeRuntime } from "../../../src/runtime/node.ts";
import { storedWeights } from "../../../src/train/named-weights.ts";
import { initialWeights } from "../../../src/train/weights.ts";
import { folderWith } from "../../data/temporary.ts";
import { speechFolder } from "../../speech-folder.ts";

const data = readSpeech(speechFolder(folderWith({}), 3), { features: "mel" });
const spoken = { text: "up", speaker: "ann", length: 20 };

interface Asked {
  readonly family?: FamilyName;
  readonly options?: object;
  readonly temperature?: number;
}

/** An untrained model whose log-odds that a step is the last are given, or nearly. */
async function speakerWith(
  endLogit: number,
  { family = "voice", options = { latent: 3 }, temperature = 0.5 }: Asked = {},
) {
  const { fields, modality } = await data;
  const model = await buildModel({ family, model: { hidden: 8, emission: ["gmm"], ...options }, fields });
  const weights = initialWeights(model.parameters, 1);
  storedWeights(model.parameters, weights)["emission.bias"]!.set([endLogit], 2 * 5 * 40 + 5);
  const { hearing } = knownOfSpeech(modality);
  const settings = { runtime: nodeRuntime(), model, weights, fields, hearing, seed: 1 };
  return new Speaker({ ...settings, temperature, latentTemperature: 1 });
}

test("an utterance is over at the step that is told to be the last", async () => {
  const [said] = await (await speakerWith(40)).say([spoken]);
  expect(said).toMatchObject({ spoken, ended: true, frames: { width: 40, length: 1 } });
});

test("however tame frames are, utterances end as often as the model says", async () => {
  const said = await (await speakerWith(-1, { temperature: 0.05 })).say(
    Array(300).fill({ ...spoken, length: 8 }),
  );
  const lengths = said.map(({ frames }) => frames.length);
  // Nearly geometric, with 1 / (1 + e) at each step; the temperature of frames would leave e⁻²⁰ of it.
  expect(lengths.filter((length) => length === 1).length / 300).toBeCloseTo(1 / (1 + Math.E), 1);
  expect(said.filter(({ ended }) => ended).length).toBeGreaterThan(0.95 * 300);
});

test("one that does not end is cut when it takes a quarter more than was asked for", async () => {
  const said = await (await speakerWith(-40)).say([spoken, { ...spoken, length: 8 }]);
  expect(said.map(({ ended, frames }) => [ended, frames.length])).toEqual([
    [false, 30],
    [false, 15],
  ]);
});

test("a beginning is gone on with up to the end of all of it", async () => {
  const speaker = await speakerWith(-40);
  const beginning = framesOf(new Float32Array(12 * 40).fill(-8), 40);
  const [said] = await speaker.continued(beginning, [spoken]);
  expect(said!.frames.length).toBe(30 - 12);
  const [other] = await speaker.continued(
    framesOf(
      beginning.values.map(() => 0),
      40,
    ),
    [spoken],
  );
  expect(other!.frames.values).not.toEqual(said!.frames.values);
  await expect(speaker.continued(beginning, [{ ...spoken, length: 12 }])).rejects.toThrow(
    expect.objectContaining({
      code: "speech/too-short",
      what: "the beginning takes 0.12 s, and all of it is to take 0.12 s",
    }),
  );
});

test("a recording is encoded step by step, and decoded as long as it is, whoever says it", async () => {
  const speaker = await speakerWith(40);
  const frames = framesOf(
    Float32Array.from({ length: 9 * 40 }, (_, i) => -8 + Math.sin(i)),
    40,
  );
  const own = { ...spoken, length: 9 };
  const [encoded] = await speaker.encoded([{ name: "a", frames, spoken: own }]);
  expect(encoded!.latents.length).toBe(9 * 3);
  const [said] = await speaker.decoded([{ ...own, speaker: "bob" }], [encoded!.latents]);
  expect(said).toMatchObject({ ended: true, spoken: { speaker: "bob" }, frames: { length: 9 } });
});

test("of the ways to take a recording the one with the highest bound is chosen", async () => {
  const speaker = await speakerWith(0);
  const frames = framesOf(new Float32Array(9 * 40).fill(-8), 40);
  const ways = ["up", "down"].flatMap((text) =>
    ["ann", "bob"].map((name) => ({ text, speaker: name, length: 9 })),
  );
  const scores = await speaker.encoded(ways.map((way) => ({ name: "a", frames, spoken: way })));
  const most = Math.max(...scores.map(({ nats }) => nats));
  expect(await speaker.likeliest({ name: "a", frames }, ways)).toEqual(
    scores.find(({ nats }) => nats === most)!.spoken,
  );
});

test("a model without latent variables of steps encodes nothing", async () => {
  const speaker = await speakerWith(0, { family: "rnn", options: {} });
  const frames = framesOf(new Float32Array(9 * 40), 40);
  await expect(speaker.encoded([{ name: "a", frames, spoken }])).rejects.toThrow(
    expect.objectContaining({ code: "speech/latents" }),
  );
  expect(await speaker.say([spoken])).toHaveLength(1);
});

test("what lies between is stretched to its length, and moves on a straight line", () => {
  const encoded = (values: readonly number[]): EncodedRecording => ({
    spoken: { length: values.length / 2 },
    latents: Float64Array.from(values),
    nats: 0,
  });
  const ends = [encoded([0, 10, 2, 20]), encoded([4, 0, 4, 0, 8, 0])] as const;
  expect([...latentsBetween(ends, 0, 3)]).toEqual([0, 10, 1, 15, 2, 20]);
  expect([...latentsBetween(ends, 1, 2)]).toEqual([4, 0, 8, 0]);
  expect([...latentsBetween(ends, 0.25, 2)]).toEqual([1, 7.5, 3.5, 15]);
  expect([...latentsBetween(ends, 0.5, 1)]).toEqual([2, 5]);
});
