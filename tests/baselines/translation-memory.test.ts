import fc from "fast-check";
import { expect, test } from "vitest";
import { TranslationMemory } from "../../src/baselines/translation-memory.ts";

const words = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f"), { minLength: 1, maxLength: 6 });

test("the nearest text is that of the greatest cosine of TF-IDF", () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), words, (sources, asked) => {
      const rarity = (word: string) =>
        Math.log(
          (1 + sources.length) / (1 + sources.filter((own) => (own as string[]).includes(word)).length),
        ) + 1;
      const vector = (own: readonly string[]) =>
        [..."abcdef"].map((word) => own.filter((each) => each === word).length * rarity(word));
      const length = (own: readonly number[]) => Math.hypot(...own);
      const cosine = (own: readonly string[]) => {
        const [a, b] = [vector(own), vector(asked)];
        return a.reduce((sum, x, i) => sum + x * b[i]!, 0) / length(a) / length(b);
      };
      const memory = new TranslationMemory(
        sources.map((own, i) => ({ source: own.join(" "), target: String(i) })),
      );
      const found = Number(memory.answer(asked.join(" ")));
      const best = Math.max(...sources.map(cosine));
      expect(cosine(sources[found]!)).toBeCloseTo(best, 9);
    }),
  );
});

test("what it remembers it answers, and of what it knows nothing it gives the first answer", () => {
  const memory = new TranslationMemory([
    { source: "A dog runs.", target: "Ein Hund rennt." },
    { source: "Two men sit!", target: "Zwei Männer sitzen." },
  ]);
  expect(memory.answer("two men SIT!")).toBe("Zwei Männer sitzen.");
  expect(memory.answer("Ω")).toBe("Ein Hund rennt.");
});
