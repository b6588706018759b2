/** What a decoder needs to know of a language: how likely each word is to come next. */

/** A word taken: its log-probability in nats, and the state behind it. */
export interface WordStep {
  readonly logProb: number;
  readonly state: number;
}

/**
 * A model of sentences, symbol by symbol: of words, or of letters that spell them. A state is a whole number that stands for all
 * that counts of what was said before; whoever searches holds as many as it likes.
 *
 * @example
 * let [state, nats] = [model.start, 0];
 * for (const word of ["NINE", "ONE"]) {
 *   const { logProb, state: next } = model.step(state, model.idOf(word));
 *   [state, nats] = [next, nats + logProb];
 * }
 * nats + model.end(state); // log p of the sentence
 */
export interface WordModel {
  /** No `logProb` is above this: 0 unless told. Only what adds a bonus to words tells more. */
  readonly most?: number;
  /** The state before the first word of a sentence. */
  readonly start: number;
  /** What `step` knows a word by; −1 for every word that is not known, which `step` takes too. */
  idOf(word: string): number;
  /** How likely a word is to come next, and the state behind it. */
  step(state: number, word: number): WordStep;
  /** log p of the sentence's end, nats. */
  end(state: number): number;
}
