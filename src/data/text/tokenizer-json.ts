/** Subwords as the file `tokenizer.json` that other tools read: Hugging Face's tokenizers, in any language. */
import { RESERVED, type Vocabulary, vocabularySize } from "./tokens.ts";

/**
 * The text of `tokenizer.json`: text in it becomes the ids that `Tokenizer` gives, and back. The reserved tokens have their ids,
 * and no text becomes them, as they are no tokens that the reader would look for.
 *
 * @returns undefined of tokens that are no subwords, which that file has no common form for
 * @example
 * JSON.parse(tokenizerJson(vocabulary)).model.type; // "BPE"
 */
export function tokenizerJson(vocabulary: Vocabulary): string | undefined {
  const { unit, tokens, merges = [], lowercase = false } = vocabulary;
  if (unit !== "subwords") return undefined;
  const ids = [...RESERVED, ...tokens].slice(0, vocabularySize(vocabulary)).map((token, id) => [token, id]);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return `${JSON.stringify(
    {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: lowercase ? { type: "Lowercase" } : null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(ids),
        merges,
      },
    },
    undefined,
    1,
  )}\n`;
}
