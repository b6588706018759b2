/** Dictionaries that say how words are said. */
import { VrnnError } from "../../errors.ts";

/** One way to say a word. */
export interface Pronunciation {
  readonly word: string;
  readonly units: readonly string[];
}

/** The second and further pronunciations of a word are numbered: `AND(2)`. */
const NUMBER = /\(\d+\)$/;

/**
 * Pronunciations as the dictionaries of CMU hold them: a line each, the word before its sounds; `;;;` begins a comment.
 *
 * @param at what the text is called in errors
 * @throws VrnnError `lexicon/line` where a word has no sounds
 * @example
 * readDictionary("A  AH\nA(2)  EY"); // [{ word: "A", units: ["AH"] }, { word: "A", units: ["EY"] }]
 */
export function readDictionary(text: string, at = "dictionary"): Pronunciation[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "" || line.startsWith(";;;")) return [];
    const [head, ...units] = line.trim().split(/\s+/) as [string, ...string[]];
    if (units.length === 0)
      throw new VrnnError("lexicon/line", `the word ${head} has no sounds`, {
        at: `${at}:${i + 1}`,
        remedy: "write them after it, with spaces between them",
      });
    return [{ word: head.replace(NUMBER, ""), units }];
  });
}
