/** What captions score against those that people gave of the same pictures, as coco-caption computes it (Chen et al. 2015). */
import { meanOf } from "../collections.ts";
import { captionWords } from "../data/captions/caption-words.ts";
import { type BleuStatistics, bleuStatistics, summedBleu } from "./bleu.ts";
import { ciderD, NGramRarity } from "./cider.ts";
import { commonLength } from "./rouge-l.ts";

/** As fractions; CIDEr-D from 0 to 10. */
export interface CaptionScores {
  /** BLEU of up to 1, 2, 3 and 4 words, of the whole corpus. */
  readonly bleu: readonly [number, number, number, number];
  readonly rougeL: number;
  readonly ciderD: number;
}

/**
 * The scores of captions. How rare n-grams are is told by the references themselves, so that CIDEr-D is of the whole set of pictures.
 *
 * @param captions one of each picture @param references several of each
 * @example
 * captionScores(["a red car", "a dog"], [["a red car", "the car"], ["a dog runs"]]).bleu[0]; // 1 less what is too short
 */
export function captionScores(
  captions: readonly string[],
  references: readonly (readonly string[])[],
): CaptionScores {
  const own = captions.map(captionWords);
  const others = references.map((each) => each.map(captionWords));
  const joined = (words: readonly string[]) => words.join(" ");
  const statistics = own.map((words, i) =>
    bleuStatistics(joined(words), others[i]!.map(joined), { tokens: "none" }),
  );
  const rarity = new NGramRarity(others);
  return {
    bleu: bleuOrders(summedBleu(statistics)),
    rougeL: meanOf(own.map((words, i) => rougeLOf(words, others[i]!))),
    ciderD: meanOf(own.map((words, i) => ciderD(words, others[i]!, rarity))),
  };
}

/** What coco-caption adds to counts, so that nothing is divided by 0. */
const [TINY, SMALL] = [1e-15, 1e-9];

/** BLEU of each order, of a whole corpus, without smoothing (Papineni et al. 2002). */
function bleuOrders({ matches, totals, length, referenceLength }: BleuStatistics): CaptionScores["bleu"] {
  const ratio = (length + TINY) / (referenceLength + SMALL);
  const brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  let product = 1;
  return matches.map((count, n) => {
    product *= (count + TINY) / (totals[n]! + SMALL);
    return brevity * product ** (1 / (n + 1));
  }) as unknown as CaptionScores["bleu"];
}

/** β: recall counts so many times as much as precision. */
const BETA = 1.2;

/** ROUGE-L (Lin 2004), of which precision and recall are each those of the reference that has most of it. */
function rougeLOf(words: readonly string[], references: readonly (readonly string[])[]): number {
  const common = references.map((reference) => commonLength(words, reference));
  const [precision, recall] = [
    Math.max(...common.map((length) => length / Math.max(1, words.length))),
    Math.max(...common.map((length, i) => length / Math.max(1, references[i]!.length))),
  ];
  if (precision === 0 || recall === 0) return 0;
  return ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
}
