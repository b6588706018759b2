/** Lists of transcripts as they are written, and those of AN4. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCmu, parseKaldi, parseManifest } from "../../../src/data/audio/transcripts.ts";
import { VrnnError } from "../../../src/errors.ts";
import { testWithSharedData } from "../../shared-data.ts";
import { an4 } from "./recordings.ts";

const named = (file: string) => (text: string) => ({ text, file });
const [spoken, ids] = [named("a.transcription"), named("a.fileids")];

describe("of CMU Sphinx", () => {
  test("words stand before the name, maybe between marks", () => {
    expect(parseCmu(spoken("<s> YES </s> (an1-a)\r\n\nGO  ON (an2-a)\n<s> </s> (an3-a)"))).toEqual([
      { id: "an1-a", text: "YES" },
      { id: "an2-a", text: "GO ON" },
      { id: "an3-a", text: "" },
    ]);
  });

  test("paths are found by names, in whatever order, and speakers are folders", () => {
    expect(parseCmu(spoken("YES (x)\nNO (y)\nWHAT (z)"), ids("wav/bob/y\nwav/ann/x\nz\n"))).toEqual([
      { id: "x", path: "wav/ann/x", speaker: "ann", text: "YES" },
      { id: "y", path: "wav/bob/y", speaker: "bob", text: "NO" },
      { id: "z", path: "z", text: "WHAT" },
    ]);
  });

  test("names that repeat over folders belong together in their order", () => {
    expect(parseCmu(spoken("YES (1)\nNO (1)"), ids("ann/1\nbob/1"))).toEqual([
      { id: "ann/1", path: "ann/1", speaker: "ann", text: "YES" },
      { id: "bob/1", path: "bob/1", speaker: "bob", text: "NO" },
    ]);
    expect(() => parseCmu(spoken("YES (1)"), ids("ann/1\nbob/1"))).toThrow(
      "a.fileids has 2 lines, the transcripts 1",
    );
    expect(() => parseCmu(spoken("A (1)\nB (2)\nC (1)"), ids("ann/1\nbob/1\nc/2"))).toThrow(
      'a.transcription:2: "2" stands beside "bob/1" (put both lists in one order)',
    );
  });

  test.each([
    ["YES (a)\nNO", undefined, "a.transcription:2: the line does not end with a name in brackets"],
    ["YES (a)\n\nNO (a)", undefined, 'a.transcription:3: "a" occurs a second time'],
    ["YES (a)\nNO (b)", "x/a", 'a.transcription:2: "b" is not in a.fileids'],
    ["YES (a)", "x/a\nx/b", 'a.fileids:2: "x/b" has no transcript'],
  ])("%j is refused", (text, paths, message) => {
    expect(() => parseCmu(spoken(text), paths === undefined ? undefined : ids(paths))).toThrow(message);
  });
});

describe("of a manifest", () => {
  const table = named("m.csv");

  test("columns are found by their names", () => {
    const text = 'text,path,speaker,split,seconds\n"one, two",a.wav,ann,train,1.5\n,b.wav,,dev,2\n';
    expect(parseManifest(table(text))).toEqual([
      { id: "a.wav", path: "a.wav", speaker: "ann", split: "train", text: "one, two" },
      { id: "b.wav", path: "b.wav", split: "valid", text: "" },
    ]);
    expect(parseManifest(table("\uFEFFid\tfile\tsentence\n7\ta.wav\tone, two\n"))).toEqual([
      { id: "7", path: "a.wav", text: "one, two" },
    ]);
  });

  test.each([
    ["path,words\na.wav,one\n", 'm.csv:1: there is no column of text among "path" and "words"'],
    ["path,text\na.wav,one\na.wav,two\n", 'm.csv:3: "a.wav" occurs a second time'],
    ["path,text\n,one\n", "m.csv:2: the path is empty"],
    ["path,text,split\na.wav,one,rest\n", 'm.csv:2: "rest" is no split (call it train, valid or test)'],
    ["path,text\na.wav\n", 'm.csv:2, column "text"'],
    ["", "there are no rows of data"],
  ])("%j is refused", (text, message) => {
    expect(() => parseManifest(table(text))).toThrow(message);
  });
});

describe("of Kaldi", () => {
  const [text, wavScp, utt2spk] = [named("text"), named("wav.scp"), named("utt2spk")];

  test("lists are joined by ids", () => {
    expect(
      parseKaldi({
        text: text("a1 ONE  TWO\na2\n"),
        wavScp: wavScp("a2 /x/with blank.wav\na1 /x/1.wav\nunused /x/3.wav\n"),
        utt2spk: utt2spk("a1 ann\na2 bob"),
      }),
    ).toEqual([
      { id: "a1", path: "/x/1.wav", speaker: "ann", text: "ONE TWO" },
      { id: "a2", path: "/x/with blank.wav", speaker: "bob", text: "" },
    ]);
    expect(parseKaldi({ text: text("a1 ONE") })).toEqual([{ id: "a1", text: "ONE" }]);
  });

  test.each([
    [{ text: text("a ONE\na TWO") }, 'text:2: "a" occurs a second time'],
    [{ text: text("a ONE"), wavScp: wavScp("b x.wav") }, 'text:1: "a" is not in wav.scp'],
    [{ text: text("a ONE"), wavScp: wavScp("a x.wav\na y.wav") }, 'wav.scp:2: "a" occurs a second time'],
    [
      { text: text("a ONE"), wavScp: wavScp("a sph2pipe x.sph |") },
      'wav.scp:1: the recording of "a" is what a command writes',
    ],
    [{ text: text("a ONE"), utt2spk: utt2spk("a") }, 'utt2spk:1: there is nothing behind "a"'],
  ])("%j is refused", (files, message) => {
    expect(() => parseKaldi(files)).toThrow(message);
  });
});

test("any text is read, or refused as an error of this project", () => {
  const texts = fc.string({
    unit: fc.constantFrom("a", "b", " ", "\n", "(", ")", "/", ",", '"', "\t", "<s>"),
    maxLength: 30,
  });
  fc.assert(
    fc.property(texts, texts, (text, other) => {
      for (const read of [
        () => parseCmu(spoken(text), ids(other)),
        () => parseManifest({ text: `path,text\n${text}`, file: "m" }),
        () => parseKaldi({ text: spoken(text), wavScp: ids(other) }),
      ]) {
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(VrnnError);
        }
      }
    }),
    { numRuns: 500 },
  );
});

testWithSharedData("AN4's lists belong together", (folder) => {
  const files = an4(folder);
  const list = (file: string) => ({ file, text: new TextDecoder().decode(files.get(file)!) });
  const [train, test] = ["train", "test"].map((split) =>
    parseCmu(list(`etc/an4_${split}.transcription`), list(`etc/an4_${split}.fileids`)),
  );
  expect(train![0]).toEqual({
    id: "an251-fash-b",
    path: "an4_clstk/fash/an251-fash-b",
    speaker: "fash",
    text: "YES",
  });
  expect([train!.length, test!.length]).toEqual([948, 130]);
  for (const { path } of [...train!, ...test!]) expect(files.has(`feat/${path}.mfc`)).toBe(true);
});
