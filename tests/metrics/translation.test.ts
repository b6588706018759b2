/** BLEU and chrF against sacreBLEU (fixtures/translation_sacrebleu.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bleuOf, bleuSignature, bleuStatistics, summedBleu, wordsOf13a } from "../../src/metrics/bleu.ts";
import { chrfOf, chrfStatistics, summedChrf } from "../../src/metrics/chrf.ts";

fc.configureGlobal({ seed: 1 });

interface Case {
  readonly name: string;
  readonly hypotheses: readonly string[];
  readonly references: readonly (readonly string[])[];
  readonly bleu: number;
  readonly lowercased: number;
  readonly untokenised: number;
  readonly chrf: number;
  readonly signature: string;
}

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures", "translation_sacrebleu.json"), "utf8"),
) as {
  readonly version: string;
  readonly cases: readonly Case[];
  readonly tokens: readonly { readonly text: string; readonly tokens: readonly string[] }[];
};

test.each(fixture.tokens)("words of $text", ({ text, tokens }) => {
  expect(wordsOf13a(text.trimEnd())).toEqual(tokens);
});

describe.each(fixture.cases)("of $name", ({ hypotheses, references, ...expected }) => {
  const each = hypotheses.map((text, i) => ({ text, references: references.map((own) => own[i]!) }));
  const bleu = (options: Parameters<typeof bleuStatistics>[2]) =>
    bleuOf(summedBleu(each.map(({ text, references: own }) => bleuStatistics(text, own, options))));

  test("BLEU is that of sacreBLEU, cased, lowercased and of words between spaces", () => {
    expect(bleu({})).toBeCloseTo(expected.bleu, 9);
    expect(bleu({ isCased: false })).toBeCloseTo(expected.lowercased, 9);
    expect(bleu({ tokens: "none" })).toBeCloseTo(expected.untokenised, 9);
    expect(`${bleuSignature({}, references.length)}|version:${fixture.version}`).toBe(expected.signature);
  });

  test("chrF2 is that of sacreBLEU", () => {
    const statistics = each.map(({ text, references: own }) => chrfStatistics(text, own));
    expect(chrfOf(summedChrf(statistics))).toBeCloseTo(expected.chrf, 9);
  });
});

test("a text held against itself has all there is, whatever it says", () => {
  const text = fc.array(fc.constantFrom("a", "bc", "d.", "é", "1,5", "(f)"), { minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(text, (words) => {
      const own = words.join(" ");
      expect(bleuOf(bleuStatistics(own, [own]))).toBeCloseTo(100, 9);
      expect(chrfOf(chrfStatistics(own, [own]))).toBeCloseTo(100, 9);
    }),
  );
});
