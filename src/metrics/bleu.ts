/**
 * BLEU: Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002, as sacreBLEU
 * computes it (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018): of whole corpora, with the tokens of mteval-v13a,
 * exponential smoothing where an n-gram never matches.
 */
import { countedNGrams, sharedNGrams } from "./counted-n-grams.ts";

/** N-grams of up to so many words. */
const ORDER = 4;

/** What a text comes to; of a corpus their sum. */
export interface BleuStatistics {
  /** `[4]`: n-grams that a reference has too, each as often as there at most. */
  readonly matches: readonly number[];
  /** `[4]`: n-grams. */
  readonly totals: readonly number[];
  /** Words, and those of the reference that comes nearest in length. */
  readonly length: number;
  readonly referenceLength: number;
}

/** How texts are compared. */
export interface BleuOptions {
  /** Whether case counts; it does unless told. */
  readonly isCased?: boolean;
  /** `13a` separates marks from words, `none` takes what stands between spaces; `13a` unless told. */
  readonly tokens?: "13a" | "none";
}

/**
 * What figures are comparable by, as sacreBLEU prints it.
 *
 * @example
 * bleuSignature(); // "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp"
 */
export const bleuSignature = ({ isCased = true, tokens = "13a" }: BleuOptions = {}, references = 1): string =>
  `nrefs:${references}|case:${isCased ? "mixed" : "lc"}|eff:no|tok:${tokens}|smooth:exp`;

const ENTITIES: readonly (readonly [string, string])[] = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
];

/**
 * The tokens of mteval-v13a: marks stand by themselves, a full stop or comma between digits does not.
 *
 * @example
 * wordsOf13a("It costs 1,000.5 euros, he said."); // ["It", "costs", "1,000.5", "euros", ",", "he", "said", "."]
 */
export function wordsOf13a(text: string): string[] {
  const joined = text.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  const plain = ENTITIES.reduce((all, [entity, mark]) => all.replaceAll(entity, mark), joined);
  return betweenSpaces(
    ` ${plain} `
      .replace(/([{-~[-` -&(-+:-@/])/g, " $1 ")
      .replace(/([^0-9])([.,])/g, "$1 $2 ")
      .replace(/([.,])([^0-9])/g, " $1 $2")
      .replace(/([0-9])(-)/g, "$1 $2 "),
  );
}

const betweenSpaces = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/**
 * What a translation has in common with its references.
 *
 * @param references one at least
 */
export function bleuStatistics(
  text: string,
  references: readonly string[],
  { isCased = true, tokens = "13a" }: BleuOptions = {},
): BleuStatistics {
  const cut = (own: string): string[] => {
    const cased = isCased ? own : own.toLowerCase();
    return tokens === "13a" ? wordsOf13a(cased.trimEnd()) : betweenSpaces(cased);
  };
  const words = cut(text);
  const others = references.map(cut);
  const counts = Array.from({ length: ORDER }, (_, n) => {
    const most = new Map<string, number>();
    for (const other of others)
      for (const [gram, count] of countedNGrams(other, n + 1))
        most.set(gram, Math.max(most.get(gram) ?? 0, count));
    const matches = sharedNGrams(countedNGrams(words, n + 1), most);
    return { matches, total: Math.max(0, words.length - n) };
  });
  return {
    matches: counts.map(({ matches }) => matches),
    totals: counts.map(({ total }) => total),
    length: words.length,
    referenceLength: nearest(
      others.map(({ length }) => length),
      words.length,
    ),
  };
}

/** The length that is nearest, the shorter of two that are equally near. */
const nearest = (lengths: readonly number[], length: number): number =>
  lengths.reduce((a, b) => {
    const [of, other] = [Math.abs(a - length), Math.abs(b - length)];
    return other < of || (other === of && b < a) ? b : a;
  });

/** Statistics of a corpus. */
export function summedBleu(all: readonly BleuStatistics[]): BleuStatistics {
  const total = (of: (own: BleuStatistics) => number) => all.reduce((sum, own) => sum + of(own), 0);
  const orders = Array.from({ length: ORDER }, (_, n) => n);
  return {
    matches: orders.map((n) => total(({ matches }) => matches[n]!)),
    totals: orders.map((n) => total(({ totals }) => totals[n]!)),
    length: total(({ length }) => length),
    referenceLength: total(({ referenceLength }) => referenceLength),
  };
}

/**
 * BLEU in percent: the geometric mean of the shares of n-grams that match, less what is too short.
 *
 * @example
 * bleuOf(summedBleu([bleuStatistics("the cat sat on a mat", ["the cat sat on the mat"])])); // 53.728…
 */
export function bleuOf({ matches, totals, length, referenceLength }: BleuStatistics): number {
  if (totals.some((total) => total === 0) || matches.every((count) => count === 0)) return 0;
  let halved = 1;
  const logs = matches.map((count, n) => {
    if (count > 0) return Math.log(count / totals[n]!);
    halved *= 2;
    return Math.log(1 / (halved * totals[n]!));
  });
  const brevity = length < referenceLength ? Math.exp(1 - referenceLength / length) : 1;
  return 100 * brevity * Math.exp(logs.reduce((sum, log) => sum + log, 0) / ORDER);
}
