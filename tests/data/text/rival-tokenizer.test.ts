/**
 * Tokenizers of encoders against Hugging Face's own reading of the same files, in JavaScript. That follows its original in Rust but for
 * details, which are left out here and have tests by their definitions (`read-tokenizer.test.ts`).
 */
import { Tokenizer as RivalTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BYTE_CHARACTERS, learnMerges } from "../../../src/data/text/byte-pairs.ts";
import { readTokenizer } from "../../../src/data/text/read-tokenizer.ts";

/** Letters with and without case and accents, marks, numbers, ideographs, spaces and what controls. */
const characters = [
  ..."abcXYZ \t\n.,'!-_$+~09",
  ..."\u00e9\u00c9\u00f1\u00df\u03c3\u0391\u0130\u0131\u01c5\u4e2d\u6587\u30ab\ud55c\u0627\u093e\u0301\ufe0f\u{1f600}",
  ..."\u00a0\u200b\u00ad\u200d\u2028\u3000\ufb01\u00bd\u00b2\u00ab\u2014\u2026\u201c\ue000",
];
const told = fc.string({ unit: fc.constantFrom(...characters), maxLength: 20 });
const texts = fc.oneof(
  told,
  fc.string({ unit: "grapheme" }),
  fc.array(told).map((all) => all.join(" ")),
);

/** Asks both for the ids of random texts, which hold nothing of what is left out. */
function expectAlike(parts: object, leftOut?: RegExp): void {
  const json = { version: "1.0", added_tokens: [], post_processor: null, decoder: null, ...parts };
  const own = readTokenizer(JSON.stringify(json), "tokenizer.json");
  const rival = new RivalTokenizer(json as unknown as ConstructorParameters<typeof RivalTokenizer>[0], {});
  fc.assert(
    fc.property(
      texts.filter((text) => leftOut?.test(text) !== true),
      (text) => {
        const { ids } = rival.encode(text, { add_special_tokens: false });
        expect(own.idsOf(text).ids).toEqual([...ids]);
      },
    ),
    { numRuns: 500 },
  );
}

test.each([
  [true, null],
  [false, null],
  [false, true],
  [true, false],
])("pieces of words as BERT cuts them: lower case %s, accents stripped %s", (lowercase, strip_accents) => {
  const spelled = characters.join("");
  const all = [
    spelled,
    spelled.toLowerCase(),
    spelled.normalize("NFD"),
    spelled.normalize("NFD").toLowerCase(),
  ];
  const pieces = ["[UNK]", ...new Set(all.join("").replace(/\s/gu, ""))].flatMap((one) => [one, `##${one}`]);
  expectAlike(
    {
      normalizer: {
        ...{ type: "BertNormalizer", clean_text: true, handle_chinese_chars: true },
        ...{ lowercase, strip_accents },
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      model: {
        ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##" },
        ...{ max_input_chars_per_word: 100 },
        vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      },
    },
    // A great sigma, which JavaScript makes another small one of at the end of a word; ideographs of two units of UTF-16, which it looks
    // for in one.
    /[\u03a3\u{20000}-\u{2fa1f}]/u,
  );
});

test.each([
  [true, true],
  [false, true],
  [false, false],
])("pairs of bytes: a space is put in front %s, words are cut %s", (add_prefix_space, use_regex) => {
  const merges = learnMerges(["the cat's caf\u00e9, the cats' \u4e2d\u6587 and and the  the \n\n the"], 60);
  const tokens = [...new Set([...BYTE_CHARACTERS, ...merges.map((merge) => merge.join(""))])];
  const across = ["a\u0120", "a\u0120a"];
  expectAlike({
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space, trim_offsets: true, use_regex },
    model: {
      ...{ type: "BPE", dropout: null, unk_token: null, fuse_unk: false },
      ...{ continuing_subword_prefix: "", end_of_word_suffix: "" },
      vocab: Object.fromEntries([...tokens, ...across].map((token, id) => [token, id])),
      merges: [["a", "\u0120"], ["a\u0120", "a"], ...merges],
    },
  });
});
