import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isSpeech, readSpeech } from "../../src/data/files-speech.ts";
import { wholeSpans } from "../../src/data/plan.ts";
import { knownOfSpeech } from "../../src/data/speech/knowledge.ts";
import { PAD } from "../../src/data/text/tokens.ts";
import { spokenFolder, spokenWav } from "./spoken.ts";
import { folderWith } from "./temporary.ts";

const namesOf = async (
  { splits }: Awaited<ReturnType<typeof readSpeech>>,
  split: "train" | "valid" | "test",
) => (await splits[split].index()).map(({ name }) => name);

describe("a folder with a table of what was said", () => {
  const folder = folderWith(spokenFolder(8));

  test("is speech, and read as such", async () => {
    expect(isSpeech(folder)).toBe(true);
    const data = await readSpeech(folder, {});
    expect(data.modality.name).toBe("speech");
    expect(await namesOf(data, "train")).toHaveLength(8);
    expect(await namesOf(data, "test")).toHaveLength(2);
    const { hearing, dictionary } = knownOfSpeech(data.modality);
    expect(hearing).toMatchObject({ width: 13, stack: 3, deltas: 2, frameRate: 100 });
    expect(hearing.spectral).toMatchObject({ rate: 8000, cepstra: 13 });
    expect(dictionary).toEqual([]);
    expect(data.notes[0]).toBe("what was said: manifest.csv (12 utterances)");
  });

  test("is heard as the run that was trained on it hears", async () => {
    const data = await readSpeech(folder, {});
    const known = { fields: data.fields, modality: data.modality };
    const other = folderWith({
      "manifest.csv": "path,text\na.wav,high\nb.wav,low\n",
      "a.wav": spokenWav(["high"], 1, 16_000),
      "b.wav": spokenWav(["low"], 2),
    });
    const read = await readSpeech(other, { split: [0, 0, 1] }, known);
    expect(read.notes).toContain("1 recording of 16000 samples a second brought to 8000");
    expect(await namesOf(read, "test")).toHaveLength(2);
    expect(read.fields).toBe(known.fields);
  });

  test("and so are recordings of which nobody says anything, in a folder, in a table of paths, and one alone", async () => {
    const data = await readSpeech(folder, {});
    const known = { fields: data.fields, modality: data.modality };
    const sounds = { "a.wav": spokenWav(["high"], 1), "more/b.wav": spokenWav(["low"], 2) };
    const bare = folderWith(sounds);
    const listedAlone = folderWith({ ...sounds, "manifest.csv": "path\nmore/b.wav\n" });
    const heard = async (path: string) => {
      const read = await readSpeech(path, { split: [0, 0, 1] }, known);
      const parts = [];
      for await (const { values } of read.splits.test.open(wholeSpans(await read.splits.test.index())))
        parts.push([...(values["letters"] as Int32Array)]);
      return { names: await namesOf(read, "test"), letters: parts, notes: read.notes };
    };
    const all = await heard(bare);
    expect(all.names).toEqual(["a.wav", "more/b.wav"]);
    expect(all.letters).toEqual([[PAD], [PAD]]);
    expect(all.notes[0]).toBe("no list says what was said: 2 recordings to hear");
    expect((await heard(join(bare, "a.wav"))).names).toEqual(["a.wav"]);
    expect(await heard(listedAlone)).toMatchObject({ names: ["more/b.wav"], letters: [[PAD]] });
    await expect(readSpeech(listedAlone, {})).rejects.toMatchObject({ code: "data/transcript" });
    await expect(readSpeech(bare, {})).rejects.toMatchObject({ code: "data/transcripts" });
  });
});

test("lists of CMU Sphinx go by their splits; a dictionary tells words by their sounds", async () => {
  const folder = folderWith({
    "etc/tones_train.fileids": "speaker1/a\nspeaker2/b\nspeaker3/c\n",
    "etc/tones_train.transcription": "<s> HIGH LOW </s> (a)\n<s> LOW </s> (b)\n<s> HIGH </s> (c)\n",
    "etc/tones_test.fileids": "speaker4/d\n",
    "etc/tones_test.transcription": "<s> LOW LOW </s> (d)\n",
    "etc/tones.dic": "HIGH  HH AY\nLOW  L OW\n",
    "wav/speaker1/a.wav": spokenWav(["high", "low"], 1),
    "wav/speaker2/b.wav": spokenWav(["low"], 2),
    "wav/speaker3/c.wav": spokenWav(["high"], 3),
    "wav/speaker4/d.wav": spokenWav(["low", "low"], 4),
  });
  const data = await readSpeech(folder, {});
  expect(await namesOf(data, "test")).toEqual(["d"]);
  expect(await namesOf(data, "valid")).toHaveLength(1);
  expect(data.fields["phones"]).toMatchObject({ vocabulary: { tokens: ["AY", "HH", "L", "OW"] } });
  expect(data.notes).toContain("how words are said: etc/tones.dic (2 words)");
});

test("lists of Kaldi go by the folders of their splits", async () => {
  const folder = folderWith({
    "data/train/text": "u1 high\nu2 low\nu3 low high\n",
    "data/train/wav.scp": "u1 /elsewhere/u1.wav\nu2 /elsewhere/u2.wav\nu3 /elsewhere/u3.wav\n",
    "data/train/utt2spk": "u1 s1\nu2 s2\nu3 s2\n",
    "data/test/text": "u4 low\n",
    "data/test/wav.scp": "u4 /elsewhere/u4.wav\n",
    "wav/u1.wav": spokenWav(["high"], 1),
    "wav/u2.wav": spokenWav(["low"], 2),
    "wav/u3.wav": spokenWav(["low", "high"], 3),
    "wav/u4.wav": spokenWav(["low"], 4),
  });
  const data = await readSpeech(folder, {});
  expect(await namesOf(data, "test")).toEqual(["u4"]);
  const parts = [];
  for await (const part of data.splits.train.open(wholeSpans(await data.splits.train.index())))
    parts.push(part);
  const valid = await namesOf(data, "valid");
  expect(parts.length + valid.length).toBe(3);
});

test("each list means the recordings beside it", async () => {
  const list = (word: string) => `path,text\n1.wav,${word}\n2.wav,${word}\n`;
  const folder = folderWith({
    "train/metadata.csv": list("high"),
    "train/1.wav": spokenWav(["high"], 1),
    "train/2.wav": spokenWav(["high"], 2),
    "test/metadata.csv": list("low"),
    "test/1.wav": spokenWav(["low", "low"], 3),
    "test/2.wav": spokenWav(["low", "low"], 4),
  });
  const data = await readSpeech(folder, {});
  const lengths = async (split: "train" | "test") =>
    (await data.splits[split].index()).map(({ length }) => length);
  const [[one], [two]] = [await lengths("train"), await lengths("test")];
  expect(two!).toBeGreaterThan(one!);
});

test("words are what stands between blanks; of an empty cell nobody knows what was said", async () => {
  const folder = folderWith({
    "manifest.csv": "path,text\na.wav,high  low\nb.wav,\nc.wav,low\n",
    "a.wav": spokenWav(["high", "low"], 1),
    "b.wav": spokenWav(["high"], 2),
    "c.wav": spokenWav(["low"], 3),
  });
  const { modality } = await readSpeech(folder, { shuffle: 2 });
  expect(knownOfSpeech(modality).sentences.every((sentence) => ["high low", "low"].includes(sentence))).toBe(
    true,
  );
});

test("where recordings and features are there, recordings are read, and that is said", async () => {
  const folder = folderWith({
    "manifest.csv": "path,text\na,high\nb,low\n",
    "wav/a.wav": spokenWav(["high"], 1),
    "wav/b.wav": spokenWav(["low"], 2),
    "feat/a.mfc": new Uint8Array(4),
  });
  const { notes } = await readSpeech(folder, {});
  expect(notes).toContain("1 file of features left aside: recordings are read");
});

describe("what cannot be read is refused with its place", () => {
  const manifest = "path,text\na.wav,high\nb.wav,low\n";

  test("a recording that is listed and is not there", async () => {
    const folder = folderWith({ "manifest.csv": manifest, "a.wav": spokenWav(["high"], 1) });
    await expect(readSpeech(folder, {})).rejects.toMatchObject({
      code: "data/missing-file",
      at: folder,
      message: expect.stringContaining('there is no recording of "b.wav"'),
    });
  });

  test("a file that is no sound", async () => {
    const folder = folderWith({ "manifest.csv": manifest, "a.wav": "hello", "b.wav": spokenWav(["low"], 1) });
    await expect(readSpeech(folder, {})).rejects.toMatchObject({ at: join(folder, "a.wav") });
  });

  test("a recording of another folder than the list names", async () => {
    const folder = folderWith({
      "manifest.csv": "path,text\nalice/1.wav,high\nbob/2.wav,low\n",
      "bob/1.wav": spokenWav(["low"], 1),
      "bob/2.wav": spokenWav(["low"], 2),
    });
    await expect(readSpeech(folder, {})).rejects.toMatchObject({ code: "data/missing-file" });
  });

  test("a recording that may be several", async () => {
    const folder = folderWith({
      "etc/train.fileids": "a\n",
      "etc/train.transcription": "HIGH (a)\n",
      "wav/one/a.wav": spokenWav(["high"], 1),
      "wav/two/a.wav": spokenWav(["low"], 2),
    });
    await expect(readSpeech(folder, {})).rejects.toMatchObject({ code: "data/ambiguous-file" });
  });

  test("a recording that two lists name", async () => {
    const folder = folderWith({
      "manifest.csv": "path,text\ntest/a.wav,high\n",
      "test/manifest.csv": "path,text\na.wav,high\n",
      "test/a.wav": spokenWav(["high"], 1),
    });
    await expect(readSpeech(folder, {})).rejects.toMatchObject({ code: "data/listed-twice" });
  });

  test("a folder without a list is no speech", () => {
    expect(isSpeech(folderWith({ "a.wav": spokenWav(["high"], 1) }))).toBe(false);
  });
});
