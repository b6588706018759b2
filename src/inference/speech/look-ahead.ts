/** What the language model says of the words that a beginning may come to, before it is known which. */
import type { WordModel } from "../../baselines/word-model.ts";
import type { Lexicon } from "./lexicon.ts";

/** So many numbers are remembered of all states together (32 MB). */
const REMEMBERED = 2 ** 22;

/** How words are weighed against sounds, both in nats. */
export interface WordWeights {
  /** What a log-probability of the language model counts. */
  readonly weight: number;
  /** What each word adds: above 0 for more words, below for fewer. */
  readonly bonus: number;
}

/** Said of a language of which nothing is known: any word, whenever. */
export const anyWord: WordModel = {
  start: 0,
  idOf: () => 0,
  step: () => ({ logProb: 0, state: 0 }),
  end: () => 0,
};

/**
 * Words of a lexicon as they are weighed after each state of a language model; what was asked is remembered, within bounds.
 * `ahead` is the look-ahead of Ortmanns, Ney and Eiden 1996, exact: at each node of the tree the greatest weight of its words.
 */
export class WeighedWords {
  readonly lexicon: Lexicon;
  readonly model: WordModel;
  private readonly weights: WordWeights;
  private readonly ids: Int32Array;
  private readonly remembered = new Map<number, Float64Array>();

  constructor(lexicon: Lexicon, model: WordModel, weights: WordWeights) {
    this.lexicon = lexicon;
    this.model = model;
    this.weights = weights;
    this.ids = Int32Array.from(lexicon.words, (word) => model.idOf(word));
  }

  /** No word adds more than this. */
  get most(): number {
    return this.weights.weight * (this.model.most ?? 0) + this.weights.bonus;
  }

  /** What a word adds after a state, nats. @param word its place in the lexicon */
  weightOf(state: number, word: number): number {
    return this.weights.weight * this.model.step(state, this.ids[word]!).logProb + this.weights.bonus;
  }

  /** The state after a word. */
  after(state: number, word: number): number {
    return this.model.step(state, this.ids[word]!).state;
  }

  /** What the end of a sentence adds. */
  endOf(state: number): number {
    return this.weights.weight * this.model.end(state);
  }

  /** The greatest weight of a word at or below each node, `[N]`. */
  ahead(state: number): Float64Array {
    const known = this.remembered.get(state);
    if (known !== undefined) return known;
    if ((this.remembered.size + 1) * this.lexicon.size > REMEMBERED) this.remembered.clear();
    const made = this.aheadOf(state);
    this.remembered.set(state, made);
    return made;
  }

  private aheadOf(state: number): Float64Array {
    const { size, childAt, children, endAt, ends } = this.lexicon;
    const best = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    for (let node = size - 1; node >= 0; node--) {
      for (let at = endAt[node]!; at < endAt[node + 1]!; at++)
        best[node] = Math.max(best[node]!, this.weightOf(state, ends[at]!));
      for (let at = childAt[node]!; at < childAt[node + 1]!; at++)
        best[node] = Math.max(best[node]!, best[children[at]!]!);
    }
    return best;
  }
}
