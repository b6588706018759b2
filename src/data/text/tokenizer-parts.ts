/** The parts of tokenizers that a file `tokenizer.json` names: how text is changed, and how it is cut into words. */
import { wordsOf } from "./byte-pairs.ts";

/** A part as the file has it: its kind, and options of it. */
export interface Part {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Changes a text before it is cut. */
type Change = (text: string) => string;
/** Cuts a text into words. */
export type Cut = (text: string) => readonly string[];

const unaccented: Change = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "");

/** Ideographs, which stand as words of their own. */
const IDEOGRAPH =
  /[\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{f900}-\u{faff}\u{20000}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/** Control characters go, not those that no version of Unicode names yet, and whatever is a space is one (BERT; Devlin et al. 2019). */
const cleaned: Change = (text) =>
  text
    .replace(/[\t\n\r]/g, " ")
    .replace(/[\ufffd\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, "")
    .replace(/\p{White_Space}/gu, " ");

/** Each character by itself: a sigma at the end of a word is no other one. */
const lowered: Change = (text) => text.replace(/./gsu, (character) => character.toLowerCase());

function bert({
  clean_text: cleans = true,
  handle_chinese_chars: parts = true,
  strip_accents: strips,
  lowercase = true,
}: Part): Change {
  const changes: Change[] = [
    ...(cleans === true ? [cleaned] : []),
    ...(parts === true ? [(text: string) => text.replace(IDEOGRAPH, " $& ")] : []),
    // Accents go where letters become small, unless it is said.
    ...((strips ?? lowercase) === true ? [unaccented] : []),
    ...(lowercase === true ? [lowered] : []),
  ];
  return (text) => changes.reduce((changed, change) => change(changed), text);
}

/** How text is changed, by the names of the file. */
export const changes: Readonly<Record<string, (part: Part) => Change>> = {
  BertNormalizer: bert,
  Lowercase: () => lowered,
  StripAccents: () => (text) => text.replace(/\p{M}/gu, ""),
  NFC: () => (text) => text.normalize("NFC"),
  NFD: () => (text) => text.normalize("NFD"),
  NFKC: () => (text) => text.normalize("NFKC"),
  NFKD: () => (text) => text.normalize("NFKD"),
};

/** A mark by itself, as ASCII and Unicode have them, or what lies between marks and spaces. */
const BERT_WORD = /[!-/:-@[-`{-~\p{P}]|[^\p{White_Space}!-/:-@[-`{-~\p{P}]+/gu;
const WORD =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{White_Space}\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+/gu;

/** How text is cut, by the names of the file. */
export const cuts: Readonly<Record<string, (part: Part) => Cut>> = {
  BertPreTokenizer: () => (text) => text.match(BERT_WORD) ?? [],
  Whitespace: () => (text) => text.match(WORD) ?? [],
  WhitespaceSplit: () => (text) => text.match(/\P{White_Space}+/gu) ?? [],
  ByteLevel:
    ({ add_prefix_space: prefixes, use_regex: cutting = true }) =>
    (text) => {
      const own = prefixes === true && text !== "" && !text.startsWith(" ") ? ` ${text}` : text;
      return cutting === true ? wordsOf(own) : [own];
    },
};
