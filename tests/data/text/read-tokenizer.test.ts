/** Tokenizers of encoders that somebody brings: ids by the definitions of their kinds, and kinds that are refused by name. */
import { describe, expect, test } from "vitest";
import { BYTE_CHARACTERS } from "../../../src/data/text/byte-pairs.ts";
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
const read = (json: object) => {
  const tokenizer = readTokenizer(JSON.stringify(json), "tokenizer.json");
  return (text: string) => tokenizer.idsOf(text).ids;
};
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
    const cutting = { ...bert, truncation: { max_length: 4 } };
    expect(words(cutting, "unwanted running")).toEqual(["[CLS]", "un", "##want", "[SEP]"]);
    const { most, idsOf } = readTokenizer(JSON.stringify(cutting), "tokenizer.json");
    expect([most, idsOf("unwanted").isCut, idsOf("want want").isCut]).toEqual([4, true, false]);
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
  const own = read(JSON.parse(tokenizerJson(vocabulary)!) as object);
  const tokenizer = new Tokenizer(vocabulary);
  for (const text of ["low lower", "newest \u00fcber-wide\n it's  42", "\ud83d\ude00"])
    expect(own(text)).toEqual(Array.from(tokenizer.encode(text).ids));
  const json = JSON.parse(tokenizerJson(vocabulary)!) as { pre_tokenizer: object };
  const spaced = read({ ...json, pre_tokenizer: { ...json.pre_tokenizer, add_prefix_space: true } });
  expect(spaced("low")).toEqual(Array.from(tokenizer.encode(" low").ids));
  expect(spaced("\nlow")).toEqual(Array.from(tokenizer.encode(" \nlow").ids)); // which begins with no space
});

test("pairs of bytes reach over spaces where texts are not cut into words", () => {
  const bytes = Object.fromEntries(BYTE_CHARACTERS.map((byte, id) => [byte, id]));
  const model = {
    type: "BPE",
    vocab: { ...bytes, "\u0120a": 300, "a\u0120a": 301 },
    merges: ["\u0120 a", "a \u0120a"],
  };
  const cutting = (use_regex: boolean) => read({ pre_tokenizer: { type: "ByteLevel", use_regex }, model });
  expect(cutting(false)("a a")).toEqual([301]);
  expect(cutting(true)("a a")).toEqual([bytes["a"], 300]);
});

describe("characters are what the makers of these files take them for", () => {
  const spelled = (normalizer: object, text: string) => {
    const characters = ["?", ..."\u03bf\u03b4\u03c3\u03c2\u0915\u0378ab"];
    const own = Object.fromEntries(
      characters.flatMap((each, i) => [
        [each, i],
        [`##${each}`, i],
      ]),
    );
    const model = { type: "WordPiece", unk_token: "?", vocab: own };
    return read({ normalizer, pre_tokenizer: { type: "WhitespaceSplit" }, model })(text)
      .map((id) => characters[id])
      .join("");
  };

  test("a sigma at the end of a word is the usual small one", () => {
    for (const type of ["Lowercase", "BertNormalizer"])
      expect(spelled({ type }, "\u039f\u0394\u039f\u03a3")).toBe("\u03bf\u03b4\u03bf\u03c3");
  });

  test("accents are all marks, and those without a width of their own for BERT", () => {
    expect(spelled({ type: "StripAccents" }, "\u0915\u093e")).toBe("\u0915");
    expect(spelled({ type: "BertNormalizer" }, "\u0915\u093e")).toBe("?");
  });

  test("what controls is taken out, and what Unicode does not name stays; what separates lines is a space", () => {
    expect(spelled({ type: "BertNormalizer" }, "a\u00ad\ue000b\u0378")).toBe("ab\u0378");
    expect(spelled({ type: "BertNormalizer" }, "a\u2028?\u0085b")).toBe("a?b");
  });
});

const cls = { SpecialToken: { id: "[CLS]", type_id: 0 } };
const text = { Sequence: { id: "A", type_id: 0 } };
/** With what stands around texts. */
const framed = (single: readonly object[], special_tokens: object = { "[CLS]": { ids: [2] } }) => ({
  ...bert,
  post_processor: { type: "TemplateProcessing", single, special_tokens },
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
    { ...bert, added_tokens: [{ id: 9, content: "covid19", special: false }] },
    'it looks for "covid19" among added_tokens',
  ],
  [
    {
      pre_tokenizer: { type: "ByteLevel" },
      model: { type: "BPE", vocab: { "<unk>": 0, a: 1 }, merges: [], unk_token: "<unk>" },
    },
    "unk_token: it stands for bytes that the vocabulary lacks",
  ],
  [{ ...bert, model: { ...bert.model, unk_token: "?" } }, "unk_token: the vocabulary lacks it"],
  [{ model: { type: "WordLevel", unk_token: "?", vocab } }, "unk_token: the vocabulary lacks it"],
  [{ ...bert, pre_tokenizer: { type: "ByteLevel" } }, "its model WordPiece is not of bytes"],
  [framed([text, cls], {}), "single: special_tokens lack a token of it"],
  [framed([cls, cls]), "single: the text must stand in it once"],
  [framed([text, cls, text]), "single: the text must stand in it once"],
  [framed([cls, { Sequence: { id: "B", type_id: 0 } }]), "single.1.Sequence.id: "],
  [framed([cls, { Sequence: { id: "A", type_id: 1 } }]), "single.1.Sequence.type_id: "],
  [framed([{ SpecialToken: { id: "[CLS]", type_id: 2 } }, text]), "single.0.SpecialToken.type_id: "],
  [
    { ...bert, post_processor: { type: "Sequence", processors: [bert.post_processor, bert.post_processor] } },
    "it puts tokens around texts twice",
  ],
  [
    { ...bert, post_processor: { type: "BertProcessing", cls: ["[CLS]", "2"], sep: ["[SEP]", 3] } },
    "cls: it must be a token and its id",
  ],
  [{ ...bert, truncation: { max_length: 2 } }, "its truncation leaves 2 tokens, with none of the text"],
  [{ ...bert, normalizer: { type: "Sequence" } }, "normalizers: it is missing"],
  [{ ...bert, normalizer: { type: "Sequence", normalizers: [null] } }, "normalizers.0: "],
  [
    { ...bert, pre_tokenizer: { type: "Sequence", pretokenizers: [bert.pre_tokenizer, bert.pre_tokenizer] } },
    "it cuts texts in several ways",
  ],
])("a tokenizer of another kind is refused: %#", (json, what) => {
  expect(() => read(json)).toThrow(
    expect.objectContaining({ code: "data/tokenizer", what: expect.stringContaining(what) }),
  );
});
