/** Texts that stand for others, by hand and by going through all. */
import { expect, test } from "vitest";
import { countedTexts, medoid } from "../../src/metrics/medoid.ts";
import { Random } from "../../src/random/generator.ts";

test("is what shares most with all, though another was said as often", () => {
  expect(medoid(["x y", "x y", "a b c d", "a b c d", "a b c e"])).toBe("a b c d");
  expect(medoid(["alone"])).toBe("alone");
});

/** The same by its definition: shared n-grams, each order by the number that the longer text has. */
function likeness(a: string, b: string): number {
  const grams = (text: string, n: number) => {
    const words = text.split(" ");
    return words.slice(n).map((_, i) => words.slice(i, i + n + 1).join(" "));
  };
  return [0, 1, 2, 3].reduce((sum, n) => {
    const [first, second] = [grams(a, n), grams(b, n)];
    const shared = first.filter((gram) => {
      const at = second.indexOf(gram);
      if (at >= 0) second.splice(at, 1);
      return at >= 0;
    });
    return sum + shared.length / Math.max(1, Math.max(a.split(" ").length, b.split(" ").length) - n);
  }, 0);
}

test("has the largest sum of likenesses, of drawn texts", () => {
  const random = Random.stream(1, "texts");
  for (let draw = 0; draw < 30; draw++) {
    const texts = Array.from({ length: 12 }, () =>
      Array.from({ length: 1 + random.integer(6) }, () => "abcd"[random.integer(4)]!).join(" "),
    );
    const sumOf = (text: string) => texts.reduce((sum, other) => sum + likeness(text, other), 0);
    expect(sumOf(medoid(texts))).toBeCloseTo(Math.max(...texts.map(sumOf)), 9);
  }
});

test("texts are counted, the most frequent one first, of equals the first", () => {
  expect(countedTexts(["b", "a", "a", "c"])).toEqual([
    ["a", 2],
    ["b", 1],
    ["c", 1],
  ]);
});
