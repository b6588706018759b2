import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { BytePairs, learnMerges } from "../../src/data/text/byte-pairs.ts";
import { subwordDropout } from "../../src/data/text/subword-dropout.ts";
import { buildVocabulary, closedIds, Tokenizer } from "../../src/data/text/vocabulary.ts";
import { Random } from "../../src/random/generator.ts";

const texts = ["low lower lowest new newer newest wide wider widest", "the newer the wider, the lower"];
const vocabulary = buildVocabulary(texts, { unit: "subwords", most: 300 });
const tokenizer = new Tokenizer(vocabulary);
const uniform = (seed: number) => {
  const random = Random.stream(seed, "drop");
  return () => random.uniform();
};

describe("merges that are left out", () => {
  test("of a share of 0 are none, of all of them there are bytes", () => {
    const pairs = new BytePairs(learnMerges(texts, 40));
    for (const text of [...texts, "unknown words é"]) {
      expect(pairs.tokensWithDropout(text, 0, uniform(1))).toEqual(pairs.tokensOf(text));
      expect(pairs.tokensWithDropout(text, 1, uniform(1))).toHaveLength(
        new TextEncoder().encode(text).length,
      );
    }
  });

  test("leave the text as it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 1000 }), (text, seed) => {
        expect(tokenizer.decode(tokenizer.encodeWithDropout(text, 0.3, uniform(seed)))).toBe(text);
      }),
    );
  });

  test("cut it in several ways, a tenth of them into a few tokens more", () => {
    const usual = tokenizer.encode(texts[0]!).ids.length;
    const lengths = Array.from(
      { length: 50 },
      (_, seed) => tokenizer.encodeWithDropout(texts[0]!, 0.1, uniform(seed)).length,
    );
    expect(new Set(lengths).size).toBeGreaterThan(3);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(usual);
    const mean = lengths.reduce((sum, each) => sum + each, 0) / lengths.length;
    expect(mean).toBeGreaterThan(1.02 * usual);
    expect(mean).toBeLessThan(1.6 * usual);
  });
});

describe("pairs that are read anew", () => {
  const fields: Fields = {
    x: { kind: "tokens", role: "target", axis: "T", vocabulary },
    source: { kind: "tokens", role: "source", axis: "S", vocabulary },
  };
  const part = (x: Int32Array) => ({
    length: x.length,
    values: { x, source: closedIds(tokenizer.encode(texts[1]!).ids) },
  });

  test("say the same, on both sides, and the same for the same random numbers", () => {
    const own = part(closedIds(tokenizer.encode(texts[0]!).ids));
    const reread = subwordDropout(fields, 0.3);
    const told = reread(own, Random.stream(1, "row"));
    expect(told.length).toBe((told.values["x"] as Int32Array).length);
    expect(tokenizer.decode(told.values["x"] as Int32Array)).toBe(texts[0]);
    expect(tokenizer.decode(told.values["source"] as Int32Array)).toBe(texts[1]);
    expect(reread(own, Random.stream(1, "row"))).toEqual(told);
    expect(reread(own, Random.stream(2, "row"))).not.toEqual(told);
  });

  test("stay as they are where a window has cut them", () => {
    const own = part(tokenizer.encode(texts[0]!).ids);
    expect(subwordDropout(fields, 0.9)(own, Random.stream(1, "row")).values["x"]).toEqual(own.values.x);
  });

  test("are pairs of subwords", () => {
    const characters = {
      ...fields["x"]!,
      vocabulary: { unit: "characters", tokens: ["a"] },
    } as Fields[string];
    expect(() => subwordDropout({ x: fields["x"]! }, 0.1)).toThrow("only pairs of texts in subwords");
    expect(() => subwordDropout({ ...fields, x: characters }, 0.1)).toThrow(
      "only pairs of texts in subwords",
    );
  });
});
