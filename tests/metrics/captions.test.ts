/** Measures of captions against NumPy (fixtures/captions.py), and against figures of the UCM captions. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { captionWords } from "../../src/data/captions/caption-words.ts";
import { distinctN, selfCider } from "../../src/metrics/caption-diversity.ts";
import { captionScores } from "../../src/metrics/caption-scores.ts";
import { ciderD, NGramRarity } from "../../src/metrics/cider.ts";
import { testWithSharedData } from "../shared-data.ts";

const fixture = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures", "captions.json"), "utf8")) as {
  readonly captions: readonly string[];
  readonly references: readonly (readonly string[])[];
  readonly bleu: readonly number[];
  readonly rougeL: number;
  readonly ciderD: number;
  readonly ciderOf: readonly number[];
  readonly selfCider: readonly number[];
};
const references = fixture.references.map((own) => own.map(captionWords));
const rarity = new NGramRarity(references);

describe("against NumPy", () => {
  const scores = captionScores(fixture.captions, fixture.references);

  test("BLEU of one to four words", () => {
    scores.bleu.forEach((bleu, n) => {
      expect(bleu).toBeCloseTo(fixture.bleu[n]!, 9);
    });
  });

  test("ROUGE-L", () => expect(scores.rougeL).toBeCloseTo(fixture.rougeL, 12));

  test("CIDEr-D of all, and of each caption", () => {
    expect(scores.ciderD).toBeCloseTo(fixture.ciderD, 12);
    fixture.captions.forEach((caption, i) => {
      expect(ciderD(captionWords(caption), references[i]!, rarity)).toBeCloseTo(fixture.ciderOf[i]!, 12);
    });
  });

  test("self-CIDEr of the references", () => {
    references.forEach((own, i) => {
      expect(selfCider(own, rarity)).toBeCloseTo(fixture.selfCider[i]!, 9);
    });
  });
});

describe("by hand", () => {
  test("a caption as a person gave it scores most, but no n-gram that all pictures share counts", () => {
    const two = new NGramRarity([[["a", "red", "car"]], [["a", "dog"]]]);
    // Cosines of one, two and three words are 1, of four there is none.
    expect(ciderD(["a", "red", "car"], [["a", "red", "car"]], two)).toBeCloseTo(7.5, 12);
    expect(ciderD(["a"], [["a", "red", "car"]], two)).toBe(0);
  });

  test("saying a word again is worth nothing", () => {
    const two = new NGramRarity([[["car"]], [["dog"]]]);
    // One word: min(2, 1)·1/(2·1) = 1/2, a quarter of that over the orders, one word too long.
    expect(ciderD(["car", "car"], [["car"]], two)).toBeCloseTo((10 / 2 / 4) * Math.exp(-1 / 72), 12);
  });

  test("distinct words and pairs", () => {
    const texts = [
      ["a", "car"],
      ["a", "dog"],
    ];
    expect(distinctN(texts, 1)).toBe(3 / 4);
    expect(distinctN(texts, 2)).toBe(1);
    expect(distinctN([["a"]], 2)).toBe(0);
  });

  test("captions that are the same differ by 0, those that share nothing by 1", () => {
    const four = [1, 2, 3, 4].map((i) => ["p", "q", "r", "s"].map((word) => `${word}${i}`));
    const of = new NGramRarity(four.map((words) => [words]));
    expect(selfCider([four[0]!, four[0]!, four[0]!], of)).toBeCloseTo(0, 6);
    expect(selfCider(four, of)).toBeCloseTo(1, 9);
  });

  test("an empty caption scores 0 and breaks nothing", () => {
    const { rougeL, ciderD: cider } = captionScores(["", "a dog"], [["a car"], ["a dog"]]);
    expect([rougeL, cider]).toEqual([0.5, expect.closeTo(2.5, 9)]);
  });
});

interface Captioned {
  readonly cls: string;
  readonly split: string;
  readonly captions: readonly string[];
}

testWithSharedData("figures of the UCM captions that were computed elsewhere", (folder) => {
  const archive = join(folder, "images", "ucm_captions_128px.tar.gz");
  const text = execFileSync("tar", ["xzOf", archive, "./captions.json"], { encoding: "utf8" });
  const test = (JSON.parse(text) as Captioned[]).filter(({ split }) => split === "test");
  const human = captionScores(
    test.map(({ captions }) => captions[0]!),
    test.map(({ captions }) => captions.slice(1)),
  );
  expect(human.bleu[3]).toBeCloseTo(0.66, 3);
  expect(human.ciderD).toBeCloseTo(3.29, 2);
});
