import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WittenBell } from "../../src/baselines/witten-bell.ts";
import { errorOf } from "../run/scratch.ts";
import { testWithSharedData } from "../shared-data.ts";
import { an4Sentences } from "../speech-data.ts";

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures", "witten_bell.json"), "utf8"),
) as {
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly logProbs: Readonly<Record<string, readonly (readonly number[])[]>>;
};
const wordsOf = (line: string): string[] => line.split(" ").filter((word) => word !== "");
const train = fixture.train.map(wordsOf);
const held = fixture.test.map(wordsOf);

describe.each([1, 2, 3, 4])("of order %i", (order) => {
  const model = WittenBell.fit(train, { order });

  test("gives each word and each end the probability that the definition gives, computed in Python", () => {
    held.forEach((sentence, i) => {
      const expected = fixture.logProbs[order]![i]!;
      const found = model.logProbs(sentence);
      expect(found).toHaveLength(expected.length);
      expected.forEach((nats, t) => {
        expect(found[t]).toBeCloseTo(nats, 12);
      });
      sentence.forEach((word, t) => {
        expect(model.logProb(sentence.slice(0, t), word)).toBe(found[t]);
      });
    });
  });

  test("sums to one over the words and the end, whatever was said before", () => {
    const saying = fc.array(fc.constantFrom(...model.words, "unheard"), { maxLength: 7 });
    fc.assert(
      fc.property(saying, (history) => {
        const end = Math.exp(model.end(model.stateAfter(history)));
        const sum = model.words.reduce((all, word) => all + Math.exp(model.logProb(history, word)), end);
        expect(sum).toBeCloseTo(1, 12);
      }),
    );
  });
});

test("a word that was never said takes a share where it is among the words that may be", () => {
  const model = WittenBell.fit(train, { order: 2, words: ["horse", "cat"] });
  expect(model.words.slice(0, 3)).toEqual(["horse", "cat", "the"]);
  const all = model.words.reduce((sum, word) => sum + Math.exp(model.logProb(["the"], word)), 0);
  expect(all + Math.exp(model.end(model.stateAfter(["the"])))).toBeCloseTo(1, 12);
  expect(model.logProb(["the"], "cow")).toBe(model.logProb(["the"], "horse"));
  expect(model.idOf("cow")).toBe(-1);
});

test("without sentences all words are alike; an order of 0 is refused", () => {
  const model = WittenBell.fit([], { order: 3, words: ["a", "b", "c"] });
  expect(model.logProb(["a"], "b")).toBeCloseTo(Math.log(1 / 4), 12);
  expect(errorOf(() => WittenBell.fit([], { order: 0 }))).toMatchObject({ code: "baseline/order" });
});

test("states are as few as contexts: what does not count is forgotten", () => {
  const model = WittenBell.fit(train, { order: 3 });
  expect(model.stateAfter(["the", "mat", "the", "cat"])).toBe(model.stateAfter(["a", "the", "cat"]));
  expect(model.stateAfter(["mat", "mat", "on"])).toBe(model.stateAfter(["cat", "on"]));
});

testWithSharedData("of AN4 reaches the perplexity that a program of its own does", (folder) => {
  const [sentences, judged] = [an4Sentences(folder, "train"), an4Sentences(folder, "test")];
  // Printed by the same definition in Python on the same transcripts.
  const expected = [40.66249169729503, 20.515969636554757, 19.054729223287577, 19.731650049278336];
  expected.forEach((perplexity, i) => {
    const model = WittenBell.fit(sentences, { order: i + 1 });
    const nats = judged.flatMap((sentence) => [...model.logProbs(sentence)]);
    expect(Math.exp(-nats.reduce((a, b) => a + b, 0) / nats.length)).toBeCloseTo(perplexity, 9);
  });
});
