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

/** Control characters go, and whatever is a space is one (BERT; Devlin et al. 2019). */
const cleaned: Change = (text) => text.replace(/[\t\n\r\p{Zs}]/gu, " ").replace(/[\0\ufffd\p{C}]/gu, "");

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
    ...(lowercase === true ? [(text: string) => text.toLowerCase()] : []),
  ];
  return (text) => changes.reduce((changed, change) => change(changed), text);
}

/** How text is changed, by the names of the file. */
export const changes: Readonly<Record<string, (part: Part) => Change>> = {
  BertNormalizer: bert,
  Lowercase: () => (text) => text.toLowerCase(),
  StripAccents: () => (text) => text.replace(/\p{Mn}/gu, ""),
  NFC: () => (text) => text.normalize("NFC"),
  NFD: () => (text) => text.normalize("NFD"),
  NFKC: () => (text) => text.normalize("NFKC"),
  NFKD: () => (text) => text.normalize("NFKD"),
};

/** A mark by itself, as ASCII and Unicode have them, or what lies between marks and spaces. */
const BERT_WORD = /[!-/:-@[-`{-~\p{P}]|[^\s!-/:-@[-`{-~\p{P}]+/gu;
const WORD =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\s\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+/gu;

/** How text is cut, by the names of the file. */
export const cuts: Readonly<Record<string, (part: Part) => Cut>> = {
  BertPreTokenizer: () => (text) => text.match(BERT_WORD) ?? [],
  Whitespace: () => (text) => text.match(WORD) ?? [],
  WhitespaceSplit: () => (text) => text.match(/\S+/g) ?? [],
  ByteLevel:
    ({ add_prefix_space: prefixes, use_regex: cutting = true }) =>
    (text) => {
      const own = prefixes === true && text !== "" && !/^\s/u.test(text) ? ` ${text}` : text;
      return cutting === true ? wordsOf(own) : [own];
    },
};
