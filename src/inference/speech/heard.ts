/** What was heard: words with their frames, and the hypotheses that a search ends with. */
import { alignedWords } from "../../metrics/word-errors.ts";
import { logAdd } from "../log-add.ts";

/** A word and the frames that it was said in: from its first to the one behind its last. */
export interface TimedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** A word and how sure it is, from 0 to 1. */
export interface HeardWord extends TimedWord {
  /**
   * The posterior of the word at its place: the shares of all hypotheses of the list that have it there, aligned with this one
   * (Wessel, Schlüter, Macherey and Ney 2001, of lists). Of what the beam has dropped it knows nothing.
   */
  readonly confidence: number;
}

/** What may have been said. */
export interface Hypothesis {
  readonly words: readonly HeardWord[];
  /** log p of the frames given the words, all pronunciations added, with what language model and bonus say: nats. */
  readonly score: number;
  /** log p of the frames given the words alone, nats. */
  readonly acoustic: number;
  /** Its share of all hypotheses that the search ended with, by their scores. */
  readonly posterior: number;
}

/** A hypothesis at its end. */
export interface Finished {
  readonly words: readonly TimedWord[];
  readonly score: number;
  readonly acoustic: number;
}

/** Letters, or pieces of words, as words, each of which a separator begins; the frames are those of the first and the last letter. */
export function wordsOfLetters(letters: readonly TimedWord[], separator: string): TimedWord[] {
  const words: TimedWord[] = [];
  let isOpen = false;
  for (const { word: piece, start, end } of letters) {
    const open = words.at(-1);
    const isNext = piece.startsWith(separator);
    const letter = isNext ? piece.slice(separator.length) : piece;
    isOpen &&= !isNext;
    if (letter === "") continue;
    if (!isOpen) isOpen = words.push({ word: letter, start, end }) > 0;
    else words[words.length - 1] = { word: open!.word + letter, start: open!.start, end };
  }
  return words;
}

/** Hypotheses of the same words as one, with the frames of the likeliest; the best one first. */
export function merged(finished: readonly Finished[]): Finished[] {
  const byWords = new Map<string, Finished>();
  for (const each of finished.toSorted((a, b) => b.score - a.score)) {
    const key = each.words.map(({ word }) => word).join("\n");
    const known = byWords.get(key);
    byWords.set(key, known === undefined ? each : together(known, each));
  }
  return [...byWords.values()].sort((a, b) => b.score - a.score);
}

const together = (best: Finished, other: Finished): Finished => ({
  words: best.words,
  score: logAdd(best.score, other.score),
  acoustic: logAdd(best.acoustic, other.acoustic),
});

/**
 * The best hypotheses of those that a search ended with, the best one first.
 *
 * @param most how many
 */
export function nBest(finished: readonly Finished[], most: number): Hypothesis[] {
  const all = merged(finished);
  const total = all.reduce((sum, { score }) => logAdd(sum, score), Number.NEGATIVE_INFINITY);
  const shares = all.slice(0, most).map((each) => ({ ...each, posterior: Math.exp(each.score - total) }));
  return shares.map(({ words, ...told }) => {
    const confidences = confidencesOf(words, shares);
    const sure = words.map((word, i) => ({ ...word, confidence: Math.min(1, confidences[i]!) }));
    return { words: sure, ...told };
  });
}

/** Of each word the shares of the hypotheses that have it at its place, `[words]`. */
function confidencesOf(
  words: readonly TimedWord[],
  all: readonly (Finished & { readonly posterior: number })[],
): Float64Array {
  const sums = new Float64Array(words.length);
  const texts = words.map(({ word }) => word);
  for (const { words: others, posterior } of all) {
    let place = 0;
    const pairs = alignedWords(
      texts,
      others.map(({ word }) => word),
    );
    for (const { said, heard } of pairs) {
      if (said === undefined) continue;
      if (said === heard) sums[place]! += posterior;
      place++;
    }
  }
  return sums;
}
