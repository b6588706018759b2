/** Tokenizers of encoders that somebody brings: ids by the definitions of their kinds, and kinds that are refused by name. */
import { describe, expect, test } from "vitest";
import { readTokenizer } from "../../../src/data/text/read-tokenizer.ts";
import { tokenizerJson } from "../../../src/data/text/tokenizer-json.ts";
import { buildVocabulary, Tokenizer } from "../../../src/data/text/vocabulary.ts";

const pieces = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "want",
  "##want",
  "##ed",
  "wa",
  "un",
  "runn",
  "##ing",
  ",",
];
const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
const bert = {
  truncation: null,
  normalizer: { type: "BertNormalizer", clean_text: true, strip_accents: null, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    special_tokens: { "[CLS]": { ids: [2] }, "[SEP]": { ids: [3] } },
  },
  model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", vocab },
};
const read = (json: object) => readTokenizer(JSON.stringify(json), "tokenizer.json");
const words = (json: object, text: string) => read(json)(text).map((id) => pieces[id]);

describe("pieces of words", () => {
  test.each([
    ["unwanted running", ["un", "##want", "##ed", "runn", "##ing"]],
    ["  UNwant\u00e9d,running\u0000\n", ["un", "##want", "##ed", ",", "runn", "##ing"]],
    ["unwantedX running", ["[UNK]", "runn", "##ing"]],
    ["", []],
    ["[SEP]", ["[UNK]", "[UNK]", "[UNK]"]], // is text
    [`${"want".repeat(26)} want`, ["[UNK]", "want"]], // a word of more than 100 characters
  ])("%j", (text, expected) => {
    expect(words(bert, text)).toEqual(["[CLS]", ...expected, "[SEP]"]);
  });

  test("no more than the file says, those of beginning and end included", () => {
    expect(words({ ...bert, truncation: { max_length: 4 } }, "unwanted running")).toEqual([
      "[CLS]",
      "un",
      "##want",
      "[SEP]",
    ]);
  });

  test("around them what the file says: as BERT and RoBERTa have it, or nothing", () => {
    const around = { type: "BertProcessing", cls: ["[CLS]", 2], sep: ["[SEP]", 3] };
    expect(read({ ...bert, post_processor: around })("want")).toEqual([2, 4, 3]);
    expect(
      read({ ...bert, post_processor: { type: "Sequence", processors: [{ type: "ByteLevel" }, around] } })(
        "want",
      ),
    ).toEqual([2, 4, 3]);
    expect(read({ ...bert, post_processor: null })("want")).toEqual([4]);
  });

  test("ideographs stand alone, and accents go only where letters become small", () => {
    const ids = { "\u4e2d": 0, "\u6587": 1, "\u00e9": 2, e: 3, "?": 4 };
    const model = { type: "WordPiece", unk_token: "?", vocab: ids };
    const own = { normalizer: bert.normalizer, pre_tokenizer: bert.pre_tokenizer, model };
    expect(read(own)("\u4e2d\u6587 \u00c9")).toEqual([0, 1, 3]);
    const kept = { ...own, normalizer: { type: "BertNormalizer", lowercase: false } };
    expect(read(kept)("\u00e9e\u00c9")).toEqual([4]);
    expect(read(kept)("\u00e9 e")).toEqual([2, 3]);
  });
});

test("whole words, by the marks between them", () => {
  const model = { type: "WordLevel", unk_token: "?", vocab: { "?": 0, a_1: 1, "!!": 2, "a_1!!": 3 } };
  const lower = { type: "Sequence", normalizers: [{ type: "NFKC" }, { type: "Lowercase" }] };
  expect(read({ normalizer: lower, pre_tokenizer: { type: "Whitespace" }, model })("A_\uff11!! b")).toEqual([
    1, 2, 0,
  ]);
  expect(read({ normalizer: lower, pre_tokenizer: { type: "WhitespaceSplit" }, model })("A_1!! b")).toEqual([
    3, 0,
  ]);
});

test("pairs of bytes are those of the file that is written of the project's own subwords", () => {
  const vocabulary = buildVocabulary(["low lower lowest, newer wider \u00fcber", "low new wide"], {
    unit: "subwords",
    most: 280,
  });
  const own = readTokenizer(tokenizerJson(vocabulary)!, "tokenizer.json");
  const tokenizer = new Tokenizer(vocabulary);
  for (const text of ["low lower", "newest \u00fcber-wide\n it's  42", "\ud83d\ude00"])
    expect(own(text)).toEqual(Array.from(tokenizer.encode(text).ids));
  const json = JSON.parse(tokenizerJson(vocabulary)!) as { pre_tokenizer: object };
  const spaced = read({ ...json, pre_tokenizer: { ...json.pre_tokenizer, add_prefix_space: true } });
  expect(spaced("low")).toEqual(Array.from(tokenizer.encode(" low").ids));
});

test.each<[object, string]>([
  [
    { ...bert, model: { type: "Unigram", vocab: [] } },
    "its model is Unigram, and none of WordLevel, WordPiece and BPE, which is not read",
  ],
  [{ ...bert, normalizer: { type: "Precompiled" } }, "its normalizer is Precompiled, and none of"],
  [{ ...bert, pre_tokenizer: { type: "Metaspace" } }, "its pre_tokenizer is Metaspace, and none of"],
  [{ ...bert, post_processor: { type: "toString" } }, "its post_processor is toString, and none of"],
  [
    { ...bert, model: { type: "BPE", vocab, merges: [] } },
    "its model BPE is not of bytes: its pre_tokenizer is not ByteLevel",
  ],
  [
    { pre_tokenizer: { type: "ByteLevel" }, model: { type: "BPE", vocab, merges: [], byte_fallback: true } },
    "byte_fallback: ",
  ],
  [{ ...bert, truncation: { max_length: 8, direction: "Left" } }, "it keeps the ends of long texts"],
  [{ ...bert, model: { type: "WordPiece", vocab } }, "unk_token: it is missing"],
  [{ vocab }, "model: it is missing"],
  [
    { ...bert, pre_tokenizer: { type: "Sequence", pretokenizers: [bert.pre_tokenizer, bert.pre_tokenizer] } },
    "it cuts texts in several ways",
  ],
])("a tokenizer of another kind is refused: %#", (json, what) => {
  expect(() => read(json)).toThrow(
    expect.objectContaining({ code: "data/tokenizer", what: expect.stringContaining(what) }),
  );
});
