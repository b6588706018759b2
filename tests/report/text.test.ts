/** What a report shows of text: against figures counted by hand. */
import { expect, test } from "vitest";
import { END, Tokenizer, type Vocabulary } from "../../src/data/text/vocabulary.ts";
import { contentOf, renderReport } from "../../src/report/render.ts";
import type { ReportSource, TextStudy } from "../../src/report/section.ts";
import { shadeOf, shadesFrom } from "../../src/report/surprise.ts";

const characters: Vocabulary = { unit: "characters", tokens: ["a", "b", "\n", "<"] };

/** Scores whose bounds are these nats, a tenth of which is divergence. */
function scoresOf(surprises: readonly number[], expected: readonly number[]): TextStudy["scores"] {
  const total = Float64Array.from(surprises, (nats) => -nats);
  return { total, kl: total.map((nats) => -0.1 * nats), emissionMean: Float64Array.from(expected) };
}

function contentWith(text: TextStudy) {
  const source: ReportSource = {
    data: { modality: { name: "text" }, fields: {}, splits: {} as never, notes: ["a note"] },
    units: {},
    metrics: [],
    latents: [],
    text,
  };
  return contentOf(source, { title: "t", subtitle: "s", facts: [] });
}

const study = (vocabulary: Vocabulary, text: string, more: Partial<TextStudy> = {}): TextStudy => {
  const { ids } = new Tokenizer(vocabulary).encode(text);
  const surprises = Array.from(ids, (_, t) => t / 2);
  const scores = scoresOf(surprises, Array.from(ids));
  return { vocabulary, split: "valid", ids, scores, isLatent: true, sampled: ["written"], ...more };
};

test("each token has its surprise, the dearest come first with what stood before and what was likelier", () => {
  const { reading, texts, notes } = contentWith(
    study(characters, "ab\na", { scores: scoresOf([0.5, 4, 7, 1], [4, 4, 5, 5]) }),
  );
  expect(reading).toMatchObject({ unit: "character", klShare: expect.closeTo(0.1, 12) });
  expect(reading!.tokens).toEqual([
    { text: "a", nats: 0.5 },
    { text: "b", nats: 4 },
    { text: "\n", nats: 7 },
    { text: "a", nats: 1 },
  ]);
  expect(reading!.surprises).toEqual([
    { before: "ab", text: "(line feed)", expected: "b", nats: 7 },
    { before: "a", text: "b", expected: "a", nats: 4 },
    { before: "ab ", text: "a", expected: "b", nats: 1 },
    { before: "", text: "a", expected: "a", nats: 0.5 },
  ]);
  expect(texts).toEqual({ real: "ab\na", sampled: ["written"] });
  expect(notes).toEqual(["a note"]);
});

test("words stand apart, ends are lines, and a model without latent variables has no share of divergence", () => {
  const vocabulary: Vocabulary = { unit: "words", tokens: ["the", "cat"] };
  const ids = Int32Array.of(4, 5, END, 1);
  const { reading } = contentWith({
    vocabulary,
    ids,
    split: "train",
    scores: scoresOf([1, 1, 1, 2], [4, 5, 3, 5]),
    isLatent: false,
    sampled: [],
  });
  expect(reading!.tokens.map(({ text }) => text)).toEqual(["the ", "cat ", "\n", "<unknown> "]);
  expect(reading).toMatchObject({ klShare: null, split: "train" });
  expect(reading!.surprises[0]).toMatchObject({ before: "the cat  ", text: "<unknown>", expected: "cat" });
});

test("the page shades by class, and shows as text what looks like markup", () => {
  const { html } = renderReport(contentWith(study(characters, "aab<")));
  expect(html).toContain('a<span class="s1">b</span><span class="s1">&lt;</span></p>');
  expect(html).toContain("The beginning of the valid split.");
  expect(html).toContain("<h2>Writing</h2>");
  expect(html).toContain('<p class="text">written</p>');
  expect(html.match(/\.s[1-5]\{background/g)).toHaveLength(5);
});

test.each([
  ["characters", 0, 0],
  ["characters", 0.999, 0],
  ["characters", 1, 1],
  ["bytes", 2.5, 2],
  ["characters", 6, 5],
  ["characters", 40, 5],
  ["words", 2.5, 0],
  ["words", 9.5, 4],
] as const)("of %s a surprise of %d nats has shade %d", (unit, nats, shade) => {
  expect(shadeOf(nats, shadesFrom[unit])).toBe(shade);
});
