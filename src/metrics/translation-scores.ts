/** What translations score against references, by the measures of the field, and how surely one lot is better than another. */
import { meanOf } from "../collections.ts";
import { Random } from "../random/generator.ts";
import {
  type BleuOptions,
  type BleuStatistics,
  bleuOf,
  bleuSignature,
  bleuStatistics,
  summedBleu,
} from "./bleu.ts";
import { chrfOf, chrfStatistics, summedChrf } from "./chrf.ts";
import { sampleQuantile } from "./quantiles.ts";
import { rougeL } from "./rouge-l.ts";

/** In percent each. */
export interface TranslationScores {
  /** Of whole texts as they are written, by the tokens of 13a: the figure of sacreBLEU. */
  readonly bleu: number;
  /** How it is computed, as sacreBLEU prints it. */
  readonly signature: string;
  /** The same in small letters, next to what papers give of tokenised text. */
  readonly bleuLowercased: number;
  readonly chrf: number;
  readonly rougeL: number;
}

const LOWERCASED: BleuOptions = { isCased: false };

/**
 * The scores of a corpus.
 *
 * @param texts translations @param references one of each
 * @example
 * translationScores(["Ein Hund rennt."], ["Ein Hund läuft."]).chrf; // 51.9…
 */
export function translationScores(
  texts: readonly string[],
  references: readonly string[],
): TranslationScores {
  const bleu = (options: BleuOptions) => bleuOf(summedBleu(statisticsOf(texts, references, options)));
  return {
    bleu: bleu({}),
    signature: bleuSignature(),
    bleuLowercased: bleu(LOWERCASED),
    chrf: chrfOf(summedChrf(texts.map((text, i) => chrfStatistics(text, [references[i]!])))),
    rougeL: meanOf(texts.map((text, i) => rougeL(text, [references[i]!]))),
  };
}

const statisticsOf = (
  texts: readonly string[],
  references: readonly string[],
  options: BleuOptions = {},
): BleuStatistics[] => texts.map((text, i) => bleuStatistics(text, [references[i]!], options));

/** How much better one lot of translations is. */
export interface BleuDifference {
  /** BLEU of the first less that of the second, in percent. */
  readonly difference: number;
  /** An interval of 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** Two-sided: twice the share of drawn corpora on which the better one is not better; 0.002 at least. */
  readonly pValue: number;
}

const DRAWS = 1000;

/**
 * The difference in BLEU of two lots of translations of the same texts by drawing corpora anew, of which both are measured (Koehn,
 * "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004).
 *
 * @example
 * pairedBleu(ours, theirs, references); // { difference: 1.2, interval: [0.4, 2.1], pValue: 0.003 }
 */
export function pairedBleu(
  texts: readonly string[],
  others: readonly string[],
  references: readonly string[],
  seed = 1,
): BleuDifference {
  const [own, other] = [statisticsOf(texts, references), statisticsOf(others, references)];
  const differenceOn = (places: readonly number[]): number =>
    bleuOf(summedBleu(places.map((i) => own[i]!))) - bleuOf(summedBleu(places.map((i) => other[i]!)));
  const random = Random.stream(seed, "paired bootstrap");
  const drawn = Float64Array.from({ length: DRAWS }, () =>
    differenceOn(texts.map(() => random.integer(texts.length))),
  ).sort();
  const [notAbove, notBelow] = [
    drawn.filter((difference) => difference <= 0).length,
    drawn.filter((difference) => difference >= 0).length,
  ] as const;
  return {
    difference: differenceOn([...texts.keys()]),
    interval: [sampleQuantile(drawn, 0.025), sampleQuantile(drawn, 0.975)],
    // As sampled tests have it: what was seen is one of the draws, and no p is 0.
    pValue: Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (DRAWS + 1)),
  };
}
