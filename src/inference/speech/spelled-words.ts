/** What a language model of words says of letters: of a word once it is separated from the next. */
import type { WordModel, WordStep } from "../../baselines/word-model.ts";
import { Lexicon, spelled } from "./lexicon.ts";

/** How letters spell words. */
export interface SpelledWordsOptions {
  /** The model of words. */
  readonly model: WordModel;
  /** The words that it knows; all others are alike to it. */
  readonly words: Iterable<string>;
  /** The letters of the speech model, the separator among them. */
  readonly letters: readonly string[];
  /** What stands between words. */
  readonly separator: string;
  /** What each word adds, nats; 0 unless told. A beam's own bonus is for each letter. */
  readonly bonus?: number;
}

const NO_NATS = 0;

/**
 * A model of letters that is one of words (the prefix search of Hannun et al. 2014 over characters): a letter within a word costs
 * nothing, the separator behind a word what the model of words says of it, several separators are one. A state is one of the words' with
 * the place in a tree of all words' letters, so there are as many as that; a beginning of no known word is one more place.
 *
 * @example
 * const model = new SpelledWords({ model: bigram, words: bigram.words, letters, separator: " " });
 * new PrefixBeam({ lexicon: new Lexicon(unitsAlone(letters), letters), model, separator: " " });
 */
export class SpelledWords implements WordModel {
  readonly start: number;
  private readonly model: WordModel;
  private readonly letters: ReadonlyMap<string, number>;
  private readonly separator: number;
  private readonly bonus: number;
  private readonly tree: Lexicon;
  private readonly ids: Int32Array;
  private readonly places: number;

  constructor({ model, words, letters, separator, bonus = 0 }: SpelledWordsOptions) {
    this.model = model;
    this.letters = new Map(letters.map((letter, id) => [letter, id]));
    this.separator = this.idOf(separator);
    this.bonus = bonus;
    const told = [...words].filter((word) => Array.from(word).every((letter) => this.letters.has(letter)));
    this.tree = new Lexicon(spelled(told), letters);
    this.ids = Int32Array.from(this.tree.words, (word) => model.idOf(word));
    this.places = this.tree.size + 1;
    this.start = model.start * this.places;
  }

  idOf(letter: string): number {
    return this.letters.get(letter) ?? -1;
  }

  step(state: number, letter: number): WordStep {
    if (letter === this.separator) return this.separated(state);
    const [before, place] = this.parts(state);
    const child = place === this.tree.size ? -1 : this.tree.child(place, letter);
    return {
      logProb: NO_NATS,
      state: before * this.places + (child < 0 ? this.tree.size : child),
    };
  }

  end(state: number): number {
    const { logProb, state: after } = this.separated(state);
    return logProb + this.model.end(this.parts(after)[0]);
  }

  /** The state of the words and the place in the tree. */
  private parts(state: number): readonly [words: number, place: number] {
    const place = state % this.places;
    return [(state - place) / this.places, place];
  }

  /** Behind a word, if there is one. */
  private separated(state: number): WordStep {
    const [before, place] = this.parts(state);
    if (place === 0) return { logProb: NO_NATS, state };
    const known = place < this.tree.size && this.tree.isEnd(place);
    const word = known ? this.ids[this.tree.ends[this.tree.endAt[place]!]!]! : -1;
    const { logProb, state: after } = this.model.step(before, word);
    return { logProb: logProb + this.bonus, state: after * this.places };
  }
}
