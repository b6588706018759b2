import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BEGIN,
  buildVocabulary,
  END,
  PAD,
  Tokenizer,
  UNKNOWN,
  vocabularySize,
} from "../../../src/data/text/vocabulary.ts";

fc.configureGlobal({ seed: 1 });

const over = (text: string, unit: "characters" | "bytes" | "words", lowercase?: boolean) =>
  new Tokenizer(buildVocabulary([text], { unit, lowercase }));

describe("a vocabulary", () => {
  test("holds what is frequent first, and does not depend on the order of the texts", () => {
    const texts = ["the cat", "the dog", "a cat the"];
    const { tokens } = buildVocabulary(texts, { unit: "words" });
    expect(tokens).toEqual(["the", "cat", "a", "dog"]);
    expect(buildVocabulary(texts.toReversed(), { unit: "words" }).tokens).toEqual(tokens);
  });

  test("is cut by size and by frequency", () => {
    const texts = ["a a a b b c"];
    expect(buildVocabulary(texts, { unit: "words", most: 2 }).tokens).toEqual(["a", "b"]);
    expect(buildVocabulary(texts, { unit: "words", least: 2 }).tokens).toEqual(["a", "b"]);
  });

  test("of bytes is the same for all texts", () => {
    expect(vocabularySize(buildVocabulary(["abc"], { unit: "bytes" }))).toBe(260);
  });
});

describe("a tokenizer", () => {
  test("gives back any text that it knows, by characters and by bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const unit of ["characters", "bytes"] as const) {
          const tokenizer = over(text, unit);
          const { ids, unknown } = tokenizer.encode(text);
          expect(tokenizer.decode(ids)).toBe(text);
          expect(unknown).toBe(0);
          expect(ids.every((id) => id > END && id < tokenizer.size)).toBe(true);
        }
      }),
    );
  });

  test("takes a character of two code units as one", () => {
    expect([...over("a🎲a", "characters").encode("a🎲a").ids]).toEqual([4, 5, 4]);
  });

  test("keeps words with their apostrophes, and marks apart", () => {
    const text = "Don't panic, it’s 3.5 mm!";
    const tokenizer = over(text, "words");
    expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe("Don't panic , it’s 3 . 5 mm !");
    expect(over("The the", "words", true).vocabulary).toEqual({
      unit: "words",
      lowercase: true,
      tokens: ["the"],
    });
  });

  test("counts what it does not know", () => {
    const { ids, unknown } = over("ab", "characters").encode("abzb?");
    expect([...ids]).toEqual([4, 5, UNKNOWN, 5, UNKNOWN]);
    expect(unknown).toBe(2);
  });

  test("writes up to the first end, without padding and beginning", () => {
    expect(over("ab", "characters").decode([BEGIN, 4, PAD, 5, UNKNOWN, END, 4])).toBe("ab\ufffd");
    const bytes = over("", "bytes");
    expect(bytes.decode([BEGIN, ...bytes.encode("é").ids, UNKNOWN, 101, END])).toBe("é\ufffda");
  });
});
