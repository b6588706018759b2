/**
 * ROUGE-L: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", ACL 2004: how much of two texts is a common subsequence
 * of their words.
 */
import { wordsOf13a } from "./bleu.ts";

/** The length of the longest common subsequence. */
export function commonLength(a: readonly string[], b: readonly string[]): number {
  let before = new Int32Array(b.length + 1);
  for (const word of a) {
    const now = new Int32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++)
      now[j] = word === b[j - 1] ? before[j - 1]! + 1 : Math.max(before[j]!, now[j - 1]!);
    before = now;
  }
  return before[b.length]!;
}

/**
 * ROUGE-L in percent: the F-score of the shares of both texts that their longest common subsequence of words makes up, the best one
 * over several references. Words are those of 13a, in small letters.
 *
 * @param beta how many times as much recall counts as precision; once unless told
 * @example
 * rougeL("the cat sat", ["the cat sits"]); // 66.666…
 */
export function rougeL(text: string, references: readonly string[], beta = 1): number {
  const words = wordsOf13a(text.toLowerCase());
  const scores = references.map((reference) => {
    const others = wordsOf13a(reference.toLowerCase());
    const common = commonLength(words, others);
    if (common === 0) return 0;
    const [precision, recall] = [common / words.length, common / others.length];
    return ((1 + beta ** 2) * precision * recall) / (recall + beta ** 2 * precision);
  });
  return 100 * Math.max(0, ...scores);
}
