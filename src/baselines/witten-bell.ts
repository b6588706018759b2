/**
 * An n-gram model of words with Witten-Bell smoothing: Witten and Bell, "The Zero-Frequency Problem", IEEE Transactions on
 * Information Theory 37, 1991, method C, interpolated as in Chen and Goodman 1998, equations 13 to 15. What it knows of a context
 * it learns of few sentences, where Kneser-Ney has too few counts of counts for its discounts.
 */
import { VrnnError } from "../errors.ts";
import type { WordModel, WordStep } from "./word-model.ts";

/** How sentences are counted. */
export interface WittenBellOptions {
  /** n: 2 predicts a word by the one before it. */
  readonly order: number;
  /** Words that may be said beside those of the sentences, such as those of a dictionary. */
  readonly words?: Iterable<string>;
}

/** So many steps are remembered. */
const REMEMBERED = 2 ** 17;
/** The context of no words. */
const NOTHING = 0;

/**
 * p(w | h) = (c(h w) + t(h) p(w | h′)) / (c(h ·) + t(h)) with h′ a word shorter than h and t(h) how many different words followed h;
 * the shortest context goes back to 1/V, of V words with the end of a sentence. A sentence begins after n − 1 signs of its beginning.
 * Of a word that is not among the V, p is that of one of them that was never seen: probabilities sum to 1 over the words that are
 * known, so give all that can be said as `words`.
 *
 * @example
 * const model = WittenBell.fit([["NINE", "ONE"], ["ONE", "NINE"]], { order: 2 });
 * model.logProb(["NINE"], "ONE"); // -0.875… = log((1 + 2 · 1/3) / (2 + 2))
 */
export class WittenBell implements WordModel {
  /** The words that are known, in the order of their ids. */
  readonly words: readonly string[];
  readonly start: number;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly contexts: Contexts;
  private readonly steps = new Map<number, WordStep>();

  private constructor(ids: ReadonlyMap<string, number>, contexts: Contexts) {
    this.words = [...ids.keys()];
    this.ids = ids;
    this.contexts = contexts;
    this.start = contexts.beginning;
  }

  /** Counts sentences. @throws VrnnError `baseline/order` for an order below 1 */
  static fit(sentences: Iterable<readonly string[]>, { order, words = [] }: WittenBellOptions): WittenBell {
    if (!Number.isInteger(order) || order < 1)
      throw new VrnnError("baseline/order", `the order of an n-gram is a whole number from 1, not ${order}`);
    const ids = new Map<string, number>();
    const idOf = (word: string): number => {
      if (!ids.has(word)) ids.set(word, ids.size);
      return ids.get(word)!;
    };
    for (const word of words) idOf(word);
    const told = Array.from(sentences, (sentence) => sentence.map(idOf));
    const contexts = new Contexts(order, ids.size);
    for (const sentence of told) contexts.count(sentence);
    return new WittenBell(ids, contexts);
  }

  idOf(word: string): number {
    return this.ids.get(word) ?? -1;
  }

  /** How likely a word is to come next, and the state behind it. */
  step(state: number, word: number): WordStep {
    const key = this.contexts.keyOf(state, word);
    const known = this.steps.get(key);
    if (known !== undefined) return known;
    if (this.steps.size >= REMEMBERED) this.steps.clear();
    const logProb = Math.log(this.contexts.probability(state, word));
    const step = { logProb, state: this.contexts.after(state, word) };
    this.steps.set(key, step);
    return step;
  }

  end(state: number): number {
    return Math.log(this.contexts.probability(state, this.contexts.end));
  }

  /** log p of a word, nats. @param history the words of the sentence before it, from its first */
  logProb(history: readonly string[], word: string): number {
    return this.step(this.stateAfter(history), this.idOf(word)).logProb;
  }

  /** The state after the first words of a sentence. */
  stateAfter(history: readonly string[]): number {
    return history.reduce((state, word) => this.contexts.after(state, this.idOf(word)), this.start);
  }

  /** log p of each word of a sentence and of its end, `[words + 1]` nats. */
  logProbs(sentence: readonly string[]): Float64Array {
    let state = this.start;
    const nats = sentence.map((word) => {
      const step = this.step(state, this.idOf(word));
      state = step.state;
      return step.logProb;
    });
    return Float64Array.of(...nats, this.end(state));
  }
}

/** Counts of what followed each context: a context is a number, and what is one word longer is found by it and the word. */
class Contexts {
  /** What stands for the end of a sentence. */
  readonly end: number;
  /** The context at the beginning of a sentence, n − 1 signs long. */
  readonly beginning: number;
  private readonly order: number;
  private readonly begin: number;
  private readonly totals: number[] = [0];
  private readonly kinds: number[] = [0];
  /** Each context without its first word, and how many words it has. */
  private readonly shorter: number[] = [NOTHING];
  private readonly lengths: number[] = [0];
  private readonly longer = new Map<number, number>();
  private readonly counts = new Map<number, number>();

  constructor(order: number, words: number) {
    this.order = order;
    this.end = words;
    this.begin = words + 1;
    this.beginning = this.beginnings().at(-1)!;
  }

  /** A context and a word as one number; all words that are not known are one. */
  keyOf(context: number, word: number): number {
    return context * (this.begin + 2) + word + 1;
  }

  count(sentence: readonly number[]): void {
    let before = this.beginnings();
    for (const word of [...sentence, this.end]) {
      for (const context of before) this.add(context, word);
      if (word !== this.end) before = this.extended(before, word);
    }
  }

  probability(context: number, word: number): number {
    const rest = context === NOTHING ? 1 / (this.end + 1) : this.probability(this.shorter[context]!, word);
    const [total, kinds] = [this.totals[context]!, this.kinds[context]!];
    if (total === 0) return rest;
    return ((this.counts.get(this.keyOf(context, word)) ?? 0) + kinds * rest) / (total + kinds);
  }

  /** The longest context that was counted and ends with a word: none that is longer would change a probability. */
  after(context: number, word: number): number {
    let from = this.lengths[context] === this.order - 1 ? this.shorter[context]! : context;
    if (this.order === 1) return NOTHING;
    for (;;) {
      const found = this.longer.get(this.keyOf(from, word));
      if (found !== undefined) return found;
      if (from === NOTHING) return NOTHING;
      from = this.shorter[from]!;
    }
  }

  /** Contexts of 0 to n − 1 signs of the beginning. */
  private beginnings(): number[] {
    let all = [NOTHING];
    for (let i = 1; i < this.order; i++) all = this.extended(all, this.begin);
    return all;
  }

  /** Contexts of all lengths, a word later. */
  private extended(before: readonly number[], word: number): number[] {
    const after = [NOTHING];
    for (const context of before.slice(0, this.order - 1))
      after.push(this.extend(context, word, after.at(-1)!));
    return after;
  }

  private extend(context: number, word: number, shorter: number): number {
    const key = this.keyOf(context, word);
    const known = this.longer.get(key);
    if (known !== undefined) return known;
    const made = this.totals.length;
    this.longer.set(key, made);
    this.totals.push(0);
    this.kinds.push(0);
    this.shorter.push(shorter);
    this.lengths.push(this.lengths[context]! + 1);
    return made;
  }

  private add(context: number, word: number): void {
    const key = this.keyOf(context, word);
    const seen = this.counts.get(key) ?? 0;
    this.counts.set(key, seen + 1);
    this.totals[context]! += 1;
    if (seen === 0) this.kinds[context]! += 1;
  }
}
