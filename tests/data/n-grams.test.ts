import fc from "fast-check";
import { expect, test } from "vitest";
import { hashedNGrams, nGramsField } from "../../src/data/text/n-grams.ts";
import { labelledDataset } from "../../src/data/text/text-dataset.ts";
import { sequencesIn } from "../../src/data/whole-sequences.ts";

const setOf = (text: string) => new Set(hashedNGrams(text));

/** All runs of one and two words and of three to five characters, told apart by what they are of. */
function runsOf(text: string): Set<string> {
  const plain = ` ${text.toLowerCase().trim().replace(/\s+/g, " ")} `;
  const words = plain.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  const found = words.flatMap((word, i) => [`w ${word}`, ...(i > 0 ? [`w ${words[i - 1]} ${word}`] : [])]);
  const letters = Array.from(plain);
  for (const length of [3, 4, 5])
    for (let i = 0; i + length <= letters.length; i++)
      found.push(`c ${letters.slice(i, i + length).join("")}`);
  return new Set(found);
}

test("there is a number for every run, and seldom one for two", () => {
  const text = "How do I locate my card? It has not arrived after two weeks, and I am still waiting for it.";
  const runs = runsOf(text).size;
  const { length } = hashedNGrams(text);
  expect(length).toBeLessThanOrEqual(runs);
  expect(length).toBeGreaterThan(runs - 5); // of n runs n² / 2¹⁶ fall together: 1 of 270
});

test("case and the width of spaces make no difference, the order of words does", () => {
  expect(hashedNGrams("Ok  lar...\n")).toEqual(hashedNGrams("ok lar..."));
  expect(setOf("not good")).not.toEqual(setOf("good not"));
  expect(hashedNGrams("")).toEqual(Int32Array.of());
});

test("numbers are those of any earlier version: models were learned with them", () => {
  expect([...hashedNGrams("Hi!")]).toEqual([20623, 9561, 5957, 5453, 1502, 25092, 27791]);
});

test("of any text they are apart, within the table, few, and the same again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const found = hashedNGrams(text);
      expect(new Set(found).size).toBe(found.length);
      expect(found.length).toBeLessThanOrEqual(4096);
      expect(found.every((each) => each >= 0 && each < nGramsField.size)).toBe(true);
      expect(hashedNGrams(text)).toEqual(found);
    }),
  );
  expect(hashedNGrams("a b ".repeat(50_000)).length).toBeLessThan(40);
});

test("they stand beside labelled texts, unless a run knows of none", async () => {
  const texts = [
    { name: "1", text: "Ok lar...", label: "ham" },
    { name: "2", text: "WINNER!!", label: "spam" },
    { name: "3", text: "WINNER, Ok", label: "spam" },
  ];
  const all = { split: [1, 0, 0] as const, unit: "words" as const };
  const { fields, splits } = labelledDataset(texts, "sms.txt", all);
  expect(fields.grams).toEqual(nGramsField);
  const [first] = await sequencesIn(splits.train);
  expect(first?.values["grams"]).toEqual(hashedNGrams("Ok lar..."));
  expect(labelledDataset(texts, "sms.txt", { ...all, hasNGrams: false }).fields.grams).toBeUndefined();
});
