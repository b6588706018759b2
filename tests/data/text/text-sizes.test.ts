/** How long texts are, whatever their tokens are and wherever they are cut. */
import { expect, test } from "vitest";
import { cutSource } from "../../../src/data/cut-source.ts";
import { textDataset } from "../../../src/data/text/text-dataset.ts";
import { textSizes } from "../../../src/data/text/text-sizes.ts";
import type { TokenUnit } from "../../../src/data/text/tokens.ts";

const text = "Grüße aus 東京 🙂, größer. ".repeat(20);
const sizes = { bytes: new TextEncoder().encode(text).length, characters: [...text].length };

test.each<TokenUnit>(["characters", "bytes", "subwords"])(
  "of %s they are those of the text, also in pieces",
  async (unit) => {
    const { fields, splits } = textDataset(text, "greetings.txt", { unit, most: 300, split: [1, 0, 0] });
    const { vocabulary } = fields.x;
    expect(await textSizes(splits.train, vocabulary)).toEqual(sizes);
    for (const steps of [2, 3, 5])
      expect(await textSizes(cutSource(splits.train, steps), vocabulary), `${steps}`).toEqual(sizes);
  },
);

test("a character that training has not counts as �: one character, three bytes", async () => {
  const known = textDataset("abc", "a.txt", { unit: "characters", split: [1, 0, 0] }).fields.x.vocabulary;
  const { splits } = textDataset("aéb", "b.txt", { unit: "characters", vocabulary: known, split: [0, 0, 1] });
  expect(await textSizes(splits.test, known)).toEqual({ bytes: 5, characters: 3 });
});

test("words do not keep what stands between them", async () => {
  const { fields, splits } = textDataset("two words", "a.txt", { unit: "words", split: [1, 0, 0] });
  expect(await textSizes(splits.train, fields.x.vocabulary)).toBeUndefined();
});
