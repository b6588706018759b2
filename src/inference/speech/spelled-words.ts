/** What a language model of words says of letters: of a word once it is separated from the next. */
import type { WordModel, WordStep } from "../../baselines/word-model.ts";
import { Lexicon, spelled } from "./lexicon.ts";
import { WeighedWords } from "./look-ahead.ts";

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

/**
 * A model of letters that is one of words (the prefix search of Hannun et al. 2014 over characters). A word's log-probability is told
 * bit by bit: each letter takes away what the likeliest word that goes on so lacks of the one before (the look-ahead of Ortmanns, Ney and
 * Eiden 1996), and the separator the rest; several separators are one. A state is one of the words' with the place in a tree of
 * all words' letters, so there are as many as that; a beginning of no known word is one more place.
 *
 * @example
 * const model = new SpelledWords({ model: bigram, words: bigram.words, letters, separator: " " });
 * new PrefixBeam({ lexicon: new Lexicon(unitsAlone(letters), letters), model, separator: " " });
 */
export class SpelledWords implements WordModel {
  readonly most: number;
  readonly start: number;
  private readonly letters: ReadonlyMap<string, number>;
  private readonly separator: number;
  private readonly bonus: number;
  private readonly tree: Lexicon;
  private readonly words: WeighedWords;
  private readonly places: number;

  constructor({ model, words, letters, separator, bonus = 0 }: SpelledWordsOptions) {
    this.letters = new Map(letters.map((letter, id) => [letter, id]));
    this.separator = this.idOf(separator);
    this.bonus = bonus;
    const told = [...words].filter((word) => Array.from(word).every((letter) => this.letters.has(letter)));
    this.tree = new Lexicon(spelled(told), letters);
    this.words = new WeighedWords(this.tree, model, { weight: 1, bonus });
    this.most = Math.max(0, this.words.most);
    this.places = this.tree.size + 1;
    this.start = model.start * this.places;
  }

  idOf(letter: string): number {
    return this.letters.get(letter) ?? -1;
  }

  /** How likely a letter is to come next, and the state behind it: a separator costs what the word before it does. */
  step(state: number, letter: number): WordStep {
    if (letter === this.separator) return this.separated(state);
    const [before, place] = this.parts(state);
    const child = place === this.tree.size ? -1 : this.tree.child(place, letter);
    const next = child < 0 ? this.tree.size : child;
    const logProb = this.aheadOf(before, next) - this.aheadOf(before, place);
    return { logProb, state: before * this.places + next };
  }

  end(state: number): number {
    const { logProb, state: after } = this.separated(state);
    return logProb + this.words.model.end(this.parts(after)[0]);
  }

  /** The state of the words and the place in the tree. */
  private parts(state: number): readonly [words: number, place: number] {
    const place = state % this.places;
    return [(state - place) / this.places, place];
  }

  /** What the likeliest word adds that a place may come to, an unknown one among them; nothing before a word. */
  private aheadOf(before: number, place: number): number {
    if (place === 0) return 0;
    const unknown = this.unknown(before).logProb + this.bonus;
    return place === this.tree.size ? unknown : Math.max(unknown, this.words.ahead(before)[place]!);
  }

  private unknown(before: number): WordStep {
    return this.words.model.step(before, -1);
  }

  /** Behind a word, if there is one. */
  private separated(state: number): WordStep {
    const [before, place] = this.parts(state);
    if (place === 0) return { logProb: 0, state };
    const [whole, after] =
      place < this.tree.size && this.tree.isEnd(place)
        ? this.known(before, this.tree.ends[this.tree.endAt[place]!]!)
        : [this.unknown(before).logProb + this.bonus, this.unknown(before).state];
    return { logProb: whole - this.aheadOf(before, place), state: after * this.places };
  }

  private known(before: number, word: number): readonly [nats: number, after: number] {
    return [this.words.weightOf(before, word), this.words.after(before, word)];
  }
}
