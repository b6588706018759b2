import fc from "fast-check";
import { expect, test } from "vitest";
import { rougeL } from "../../src/metrics/rouge-l.ts";
import { pairedBleu, translationScores } from "../../src/metrics/translation-scores.ts";

/** The longest common subsequence by trying every one of the first. */
function longest(a: readonly string[], b: readonly string[]): number {
  let best = 0;
  for (let chosen = 0; chosen < 2 ** a.length; chosen++) {
    const words = a.filter((_, i) => (chosen >> i) & 1);
    let at = 0;
    const isThere = words.every((word) => {
      at = b.indexOf(word, at) + 1;
      return at > 0;
    });
    if (isThere) best = Math.max(best, words.length);
  }
  return best;
}

test("ROUGE-L is told by the longest common subsequence", () => {
  const words = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(words, words, fc.constantFrom(1, 1.2), (own, other, beta) => {
      const common = longest(own, other);
      const [precision, recall] = [common / own.length, common / other.length];
      const wanted =
        common === 0 ? 0 : ((1 + beta ** 2) * precision * recall) / (recall + beta ** 2 * precision);
      expect(rougeL(own.join(" "), [other.join(" ")], beta)).toBeCloseTo(100 * wanted, 9);
    }),
  );
  expect(rougeL("The cat sat", ["a dog", "the cat sits"])).toBeCloseTo(200 / 3, 9);
});

const references = Array.from(
  { length: 60 },
  (_, i) => `the ${i % 7} cats sat on the ${i % 5} red mats today`,
);
const spoiled = (every: number) =>
  references.map((text, i) => (i % every === 0 ? text.replace("cats sat", "dogs sit") : text));

test("what is the same scores everything", () => {
  const { bleu, bleuLowercased, chrf, rougeL: rouge, signature } = translationScores(references, references);
  for (const score of [bleu, bleuLowercased, chrf, rouge]) expect(score).toBeCloseTo(100, 9);
  expect(signature).toBe("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp");
  const shouted = references.map((text) => text.toUpperCase());
  expect(translationScores(shouted, references)).toMatchObject({ bleu: expect.closeTo(0, 0) });
  expect(translationScores(shouted, references).bleuLowercased).toBeCloseTo(100, 9);
});

test("a difference is told with its interval, and none where there is none", () => {
  const clear = pairedBleu(spoiled(12), spoiled(2), references);
  expect(clear.difference).toBeGreaterThan(5);
  expect(clear.interval[0]).toBeGreaterThan(0);
  expect(clear.pValue).toBeLessThan(0.01);
  const none = pairedBleu(spoiled(3), spoiled(3), references);
  expect(none).toEqual({ difference: 0, interval: [0, 0], pValue: 1 });
  const turned = pairedBleu(spoiled(2), spoiled(12), references);
  expect(turned.difference).toBeCloseTo(-clear.difference, 9);
  expect(turned.pValue).toBe(clear.pValue);
});
