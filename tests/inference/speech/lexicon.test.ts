import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDictionary } from "../../../src/data/speech/dictionary.ts";
import { Lexicon, pronunciationsOf, spelled, unitsAlone } from "../../../src/inference/speech/lexicon.ts";
import { errorOf } from "../../run/scratch.ts";
import { testWithSharedData } from "../../shared-data.ts";
import { an4Sentences, an4Text } from "../../speech-data.ts";

describe("a dictionary", () => {
  const text = ";;; of CMU\nA   AH\nA(2)\tEY\r\n\nAND  AE N D\n";

  test("is read line by line, further pronunciations under the word itself", () => {
    expect(readDictionary(text)).toEqual([
      { word: "A", units: ["AH"] },
      { word: "A", units: ["EY"] },
      { word: "AND", units: ["AE", "N", "D"] },
    ]);
  });

  test("names the line of a word without sounds", () => {
    expect(errorOf(() => readDictionary("A AH\nB\n", "own.dic"))).toMatchObject({
      code: "lexicon/line",
      at: "own.dic:2",
    });
  });

  test("names the words that it lacks", () => {
    const dictionary = readDictionary(text);
    expect(pronunciationsOf(["A"], dictionary)).toHaveLength(2);
    const error = errorOf(() => pronunciationsOf(["A", "CAT", "DOG"], dictionary));
    expect(error).toMatchObject({ code: "lexicon/word" });
    expect((error as Error).message).toContain("CAT, DOG");
  });
});

/** The ways to say each word that a tree holds, walked through from its first node. */
function walked(lexicon: Lexicon, node = 0, units: readonly string[] = []): string[] {
  const ends = [...lexicon.ends.subarray(lexicon.endAt[node]!, lexicon.endAt[node + 1]!)];
  const children = [...lexicon.children.subarray(lexicon.childAt[node]!, lexicon.childAt[node + 1]!)];
  return [
    ...ends.map((word) => `${lexicon.words[word]} ${units.join(" ")}`),
    ...children.flatMap((child) => walked(lexicon, child, [...units, lexicon.units[lexicon.unit[child]!]!])),
  ];
}

describe("a lexicon", () => {
  test("holds what it was made of, as a tree whose children come after their parents", () => {
    const pronunciation = fc.record({
      word: fc.constantFrom("V", "W", "X", "Y"),
      units: fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(pronunciation, { minLength: 1, maxLength: 12 }), (all) => {
        const lexicon = new Lexicon(all, ["", "a", "b"]);
        const expected = new Set(all.map(({ word, units }) => `${word} ${units.join(" ")}`));
        expect(walked(lexicon).sort()).toEqual([...expected].sort());
        const beginnings = all.flatMap(({ units }) => units.map((_, i) => units.slice(0, i + 1).join("")));
        expect(lexicon.size).toBe(1 + new Set(beginnings).size);
        for (let node = 0; node < lexicon.size; node++)
          for (const child of lexicon.children.subarray(lexicon.childAt[node]!, lexicon.childAt[node + 1]!)) {
            expect(child).toBeGreaterThan(node);
            expect(lexicon.child(node, lexicon.unit[child]!)).toBe(child);
          }
      }),
    );
  });

  test("tells the one word that a beginning can come to", () => {
    const lexicon = new Lexicon(readDictionary("A a\nAB a b\nC c\nSEE c d\nSEA c d"), [
      "",
      "a",
      "b",
      "c",
      "d",
    ]);
    const node = (text: string) => Array.from(text, Number).reduce((at, unit) => lexicon.child(at, unit), 0);
    expect(lexicon.onlyWord(node("12"))).toBe(lexicon.words.indexOf("AB"));
    for (const open of ["", "1", "3", "34"]) expect(lexicon.onlyWord(node(open))).toBe(-1);
    expect(lexicon.child(0, 4)).toBe(-1);
    expect(lexicon.isEnd(node("1"))).toBe(true);
    expect(lexicon.isEnd(0)).toBe(false);
  });

  test("is of letters where words are spelled, and of single units where all may be said", () => {
    expect(spelled(["GO", "GO", "É"])).toEqual([
      { word: "GO", units: ["G", "O"] },
      { word: "É", units: ["É"] },
    ]);
    expect(unitsAlone(["a", "-", "b"], 1).map(({ word }) => word)).toEqual(["a", "b"]);
  });

  test("refuses units that the model does not tell, words without any, and no words", () => {
    const make = (word: string, units: string[]) =>
      errorOf(() => new Lexicon([{ word, units }], ["", "AA", "B"]));
    expect(make("X", ["AB"])).toMatchObject({ code: "lexicon/unit", at: "X", remedy: 'did you mean "AA"?' });
    expect(make("X", [])).toMatchObject({ code: "lexicon/unit" });
    expect(errorOf(() => new Lexicon([], [""]))).toMatchObject({ code: "lexicon/empty" });
  });
});

testWithSharedData("the dictionary of AN4 has all words that are said", (folder) => {
  const dictionary = readDictionary(an4Text(folder, "etc/an4.dic"));
  const words = new Set([...an4Sentences(folder, "train"), ...an4Sentences(folder, "test")].flat());
  const phones = new Set(dictionary.flatMap(({ units }) => units));
  expect(phones.size).toBe(33);
  const lexicon = new Lexicon(pronunciationsOf(words, dictionary), ["", ...phones]);
  expect(new Set(lexicon.words)).toEqual(words);
});
