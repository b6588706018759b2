/** How much several captions of one picture differ. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { cosineOf, type NGramRarity } from "./cider.ts";
import { countedNGrams } from "./counted-n-grams.ts";

/**
 * Distinct-n (Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", NAACL 2016): the share of all
 * n-grams of some texts that are different ones; 0 where there are none.
 *
 * @example
 * distinctN([["a", "car"], ["a", "dog"]], 1); // 0.75
 */
export function distinctN(texts: readonly (readonly string[])[], order: number): number {
  const counts = texts.map((words) => countedNGrams(words, order));
  const total = counts.reduce(
    (sum, own) => sum + [...own.values()].reduce((all, count) => all + count, 0),
    0,
  );
  return total === 0 ? 0 : new Set(counts.flatMap((own) => [...own.keys()])).size / total;
}

/**
 * Self-CIDEr (Wang and Chan, "Describing Like Humans: On Diversity in Image Captioning", CVPR 2019, section 3.3): −log_m of the share
 * that the greatest singular value has, of m captions that are held against each other by CIDEr's cosines. 0 where all are the same,
 * 1 where none has anything of another.
 *
 * @param texts two at least, as words
 * @example
 * selfCider([["a", "red", "car"], ["a", "red", "car"]], rarity); // 0
 */
export function selfCider(texts: readonly (readonly string[])[], rarity: NGramRarity): number {
  const compared = texts.map((words) => rarity.compared(words));
  const kernel = new Matrix(compared.map((own) => compared.map((other) => cosineOf(own, other))));
  const { realEigenvalues } = new EigenvalueDecomposition(kernel, { assumeSymmetric: true });
  const singular = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  const total = singular.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const diversity = -Math.log(Math.max(...singular) / total) / Math.log(texts.length);
  return Math.max(0, diversity);
}
