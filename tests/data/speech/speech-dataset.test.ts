import { describe, expect, test } from "vitest";
import type { FieldDataset } from "../../../src/data/field-dataset.ts";
import { wholeSpans } from "../../../src/data/plan.ts";
import type { Part } from "../../../src/data/source.ts";
import { earsFor } from "../../../src/data/speech/ears.ts";
import type { Hearing } from "../../../src/data/speech/hearing.ts";
import { knownOfSpeech } from "../../../src/data/speech/knowledge.ts";
import { perturbation } from "../../../src/data/speech/perturbation.ts";
import { speechDataset } from "../../../src/data/speech/speech-dataset.ts";
import { PAD, RESERVED } from "../../../src/data/text/tokens.ts";
import { Random } from "../../../src/random/generator.ts";
import { errorOf } from "../../run/scratch.ts";
import { utterance } from "./utterances.ts";

const dictionary = [
  { word: "go", units: ["G", "OW"] },
  { word: "no", units: ["N", "OW"] },
];
const options = { frameRate: 100 };

async function partsOf({ splits }: FieldDataset, split: "train" | "valid" | "test"): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of splits[split].open(wholeSpans(await splits[split].index()))) parts.push(part);
  return parts;
}

const namesOf = async ({ splits }: FieldDataset, split: "train" | "valid" | "test") =>
  (await splits[split].index()).map(({ name }) => name);

describe("splits", () => {
  const said = Array.from({ length: 20 }, (_, i) => utterance(`u${i}`, 30, { speaker: `s${i % 5}` }));

  test("validation is of speakers that training has not heard", async () => {
    const data = speechDataset(said, "here", options);
    const speakerOf = (name: string) => said.find((each) => each.name === name)!.speaker;
    const [train, valid] = await Promise.all([namesOf(data, "train"), namesOf(data, "valid")]);
    expect(valid).toHaveLength(4);
    const heard = new Set(train.map(speakerOf));
    expect(valid.some((name) => heard.has(speakerOf(name)))).toBe(false);
    expect(data.notes[0]).toBe(
      "1 of 5 speakers of the training files held back for validation; 16 train, 4 valid, 0 test",
    );
  });

  test("of one speaker, or nobody knows whom, utterances are held back", async () => {
    const alone = Array.from({ length: 20 }, (_, i) => utterance(`u${i}`, 30, { speaker: "me" }));
    const data = speechDataset(alone, "here", options);
    expect(await namesOf(data, "valid")).toHaveLength(2);
    expect(data.notes[0]).toBe(
      "2 of 20 utterances of the training files held back for validation, as there is one speaker; 18 train, 2 valid, 0 test",
    );
    const untold = speechDataset(
      alone.map((each) => ({ ...each, speaker: undefined })),
      "here",
      options,
    );
    expect(untold.notes[0]).toContain("as nobody tells speakers");
  });

  test("by shares, speakers are held back for the test too", async () => {
    const data = speechDataset(said, "here", { ...options, split: [0.6, 0.2, 0.2] });
    expect(data.notes[0]).toBe(
      "1 of 5 speakers of the training files held back for validation, 1 for the test; 12 train, 4 valid, 4 test",
    );
  });

  test("splits that are told stay", async () => {
    const told = said.map((each, i) => ({ ...each, split: i < 3 ? ("valid" as const) : undefined }));
    expect(await namesOf(speechDataset(told, "here", options), "valid")).toEqual(["u0", "u1", "u2"]);
  });

  test("a trained model's other data are all tested", async () => {
    const { fields, modality } = speechDataset(said, "here", options);
    const known = { fields, speech: knownOfSpeech(modality) };
    const split = [0, 0, 1] as const;
    const other = speechDataset([utterance("new", 12)], "there", { ...options, known, split });
    expect(await namesOf(other, "test")).toEqual(["new"]);
    expect(other.fields).toBe(fields);
  });
});

describe("transcripts", () => {
  const data = () =>
    speechDataset(
      [
        utterance("a", 60, { words: ["go", "no"], split: "train" }),
        utterance("b", 60, { words: ["go", "now"], split: "train" }),
        utterance("c", 9, { words: ["no", "no"], split: "train" }),
        utterance("d", 60, { words: undefined, split: "train" }),
        utterance("e", 60, { words: [], split: "valid" }),
      ],
      "here",
      { ...options, dictionary },
    );

  test("are phones of the dictionary and letters, after the reserved ids", async () => {
    const { fields } = data();
    const vocabulary = (name: string) => {
      const field = fields[name];
      return field?.kind === "tokens" ? field.vocabulary.tokens : [];
    };
    expect(vocabulary("phones")).toEqual(["G", "N", "OW"]);
    expect(vocabulary("letters")).toEqual([" ", "g", "n", "o", "w"]);
    const [first] = await partsOf(data(), "train");
    const ids = first!.values["phones"] as Int32Array;
    expect(Array.from(ids, (id) => vocabulary("phones")[id - RESERVED.length])).toEqual([
      ...["G", "OW", "N", "OW"],
    ]);
  });

  test("with a word that the dictionary lacks are told by letters alone, and the word is named", async () => {
    const [, second] = await partsOf(data(), "train");
    expect([...(second!.values["phones"] as Int32Array)]).toEqual([PAD]);
    expect(second!.values["letters"]).toHaveLength("go now".length);
    expect(data().notes).toContain(
      "1 word not in the dictionary: now; what holds them is told by letters alone",
    );
  });

  test("of more symbols than there are steps are named, and stay for errors to be counted", async () => {
    // 9 frames are 3 steps; "no no" takes 5 letters and 4 phones.
    const [, , third] = await partsOf(data(), "train");
    expect(third!.length).toBe(3);
    expect(third!.values["letters"]).toHaveLength("no no".length);
    for (const kind of ["phones", "letters"]) {
      expect(data().notes).toContain(
        `1 utterance too short for the ${kind} that were said: c; no ${kind} are learned from them`,
      );
    }
  });

  test("nobody knows are not those of silence", async () => {
    const [, , , unknown] = await partsOf(data(), "train");
    const [silent] = await partsOf(data(), "valid");
    expect([...(unknown!.values["letters"] as Int32Array)]).toEqual([PAD]);
    expect(silent!.values["letters"]).toHaveLength(0);
  });
});

test("letters that often stand together are one symbol, which spell what was said, new words too", async () => {
  const said = ["no now", "go now", "now on"].map((text, i) =>
    utterance(`u${i}`, 60, { split: "train", words: text.split(" ") }),
  );
  const heldBack = utterance("held back", 60, { split: "valid", words: ["gown"] });
  const data = speechDataset([...said, heldBack], "here", { ...options, subwords: 8 });
  const { letters } = data.fields;
  const tokens = letters?.kind === "tokens" ? letters.vocabulary.tokens : [];
  expect(tokens).toEqual([" ", "g", "n", "o", "w", "no", " no", "now"].slice(0, 5).concat(tokens.slice(5)));
  expect(tokens).toHaveLength(8);
  expect(tokens.slice(5)).toContain("no");
  const piecesOf = (part: Part | undefined) =>
    Array.from(part!.values["letters"] as Int32Array, (id) => tokens[id - RESERVED.length]);
  const train = await partsOf(data, "train");
  expect(train.map((part) => piecesOf(part).join(""))).toEqual(["no now", "go now", "now on"]);
  expect(piecesOf(train[0])[0]).toBe("no");
  const [valid] = await partsOf(data, "valid");
  expect(piecesOf(valid).join("")).toBe("gown");
  expect(
    speechDataset(said.concat(heldBack), "here", { ...options, subwords: 3 }).fields["letters"],
  ).toMatchObject({ vocabulary: { unit: "characters" } });
});

test("words that are held back altogether are named", () => {
  const once = ["go", "no", "now"].map((word, i) => utterance(`u${i}`, 60, { words: [word] }));
  const { notes } = speechDataset(once, "here", options);
  expect(notes).toContainEqual(
    expect.stringMatching(/^1 word of validation and test that training lacks: (go|no|now)$/),
  );
});

test("a dictionary that has no utterance's words is refused; letters that training lacks are named", async () => {
  const cased = [{ word: "GO", units: ["G", "OW"] }];
  const spoken = [
    utterance("a", 30, { split: "train" }),
    utterance("b", 30, { split: "valid", words: ["gö"] }),
  ];
  expect(await errorOf(() => speechDataset(spoken, "here", { ...options, dictionary: cased }))).toMatchObject(
    {
      code: "data/dictionary",
    },
  );
  expect(speechDataset(spoken, "here", options).notes).toContain(
    'letters that training lacks: "ö"; words that hold them count as wrong, whatever is heard',
  );
});

test("a label twice takes a step more", () => {
  const words = (text: string) => ({ words: [text], split: "train" as const });
  // 12 frames are 4 steps: enough for "goop" but for the blank between its o's.
  const { notes } = speechDataset(
    [
      utterance("fits", 12, words("gope")),
      utterance("does not", 12, words("goop")),
      utterance("held back", 30, { split: "valid" }),
    ],
    "here",
    options,
  );
  expect(notes).toContain(
    "1 utterance too short for the letters that were said: does not; no letters are learned from them",
  );
});

test("utterances without a frame are left out and named; nothing but such ones is refused", async () => {
  const empty = utterance("empty", 0);
  const data = speechDataset([utterance("heard", 30, { split: "train" }), empty], "here", options);
  expect(data.notes).toContain("left out, as they hold no frame: empty");
  const error = await errorOf(() => speechDataset([empty], "here", options));
  expect(error).toMatchObject({ code: "data/empty-folder", at: "here" });
  const untold = [utterance("tested", 30, { split: "test" })];
  expect(await errorOf(() => speechDataset(untold, "here", options))).toMatchObject({
    code: "data/no-training",
  });
});

describe("what is learned from", () => {
  const data = speechDataset([utterance("long", 300, { split: "train" })], "here", options);
  const { hearing } = knownOfSpeech(data.modality);
  const still = { speed: 0, pad: 0, noise: 0, warp: 0, maskBands: 0, masks: 0, maskSteps: 7 };
  const random = (seed: number) => Random.stream(seed, "perturbation");

  test("is what was heard where nothing is asked for", async () => {
    const [part] = await partsOf(data, "train");
    const same = perturbation(hearing, data.fields, still)(part!, random(1));
    const values = same.values["x"] as Float64Array;
    (part!.values["x"] as Float64Array).forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 4);
    });
  });

  test("is quicker or slower by the share at most, each time otherwise, and the same for the same random numbers", async () => {
    const [part] = await partsOf(data, "train");
    const reread = perturbation(hearing, data.fields, { ...still, speed: 0.2 });
    const lengths = Array.from({ length: 30 }, (_, seed) => reread(part!, random(seed)).length);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(Math.floor(100 / 1.2));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(Math.ceil(100 / 0.8));
    expect(new Set(lengths).size).toBeGreaterThan(5);
    expect(reread(part!, random(3))).toEqual(reread(part!, random(3)));
  });

  test("stands between silence of so many seconds at most, quieter than speech; computed features have none", async () => {
    const [part] = await partsOf(data, "train");
    const ears = earsFor("cepstra", 8000);
    const tone = ears.frames(Float32Array.from({ length: 8000 }, (_, i) => 0.5 * Math.sin(i)));
    const heard: Hearing = {
      ...{ features: "cepstra", spectral: ears.spectral, width: tone.width, frameRate: ears.frameRate },
      ...{ deltas: 0, stack: 1 },
    };
    const spoken = { ...part!, values: { ...part!.values, frames: tone.values } };
    const options = { ...still, pad: 0.5 };
    const padded = Array.from({ length: 20 }, (_, seed) =>
      perturbation(heard, data.fields, options)(spoken, random(seed)),
    );
    const lengths = padded.map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(tone.length + 100);
    expect(new Set(lengths).size).toBeGreaterThan(10);
    const energiesOf = (values: ArrayLike<number>) =>
      Array.from({ length: values.length / tone.width }, (_, t) => values[t * tone.width]!);
    const own = energiesOf(tone.values);
    for (const { values } of padded) {
      const energies = energiesOf(values["x"] as Float64Array);
      const from = energies.indexOf(own[0]!);
      expect(energies.splice(from, own.length)).toEqual(own);
      expect(Math.max(...energies)).toBeLessThan(Math.min(...own));
    }
    const same = perturbation(hearing, data.fields, options)(part!, random(1));
    expect(same.length).toBe(part!.length);
  });

  test("has holes of so many steps at most, and a sixth of the utterance at most each", async () => {
    const [part] = await partsOf(data, "train");
    const width = (part!.values["x"] as Float64Array).length / part!.length;
    const reread = perturbation(hearing, data.fields, { ...still, masks: 2, maskSteps: 50 });
    const holes = Array.from({ length: 30 }, (_, seed) => {
      const { values } = reread(part!, random(seed));
      return (values["x"] as Float64Array).filter(Number.isNaN).length / width;
    });
    expect(Math.max(...holes)).toBeLessThanOrEqual(2 * Math.floor(part!.length / 6));
    expect(Math.max(...holes)).toBeGreaterThan(7);
    // One in a thousand steps is one in ten utterances of a hundred.
    const seldom = perturbation(hearing, data.fields, { ...still, masks: 0.1, maskSteps: 50 });
    const whole = Array.from({ length: 100 }, (_, seed) => seldom(part!, random(seed))).filter(
      ({ values }) => !(values["x"] as Float64Array).some(Number.isNaN),
    );
    expect(whole.length).toBeGreaterThan(80);
    expect(whole.length).toBeLessThan(100);
  });
});
