/** The words behind hypotheses, shared: what several have in common is there once, and what none needs goes at once. */

/** Some words, by their last one and those before it. */
export interface WordHistory {
  /** A whole number that no other living history has. */
  readonly slot: number;
  /** The last word, by its place in the lexicon; −1 where there is none. */
  readonly word: number;
  /** The words before it; those that all hypotheses agree on are cut off. */
  before: WordHistory | undefined;
  /** How many words there are, those included that were cut off. */
  readonly depth: number;
  /** The state of the language model, and what all words add to a score. */
  readonly state: number;
  readonly score: number;
  /** The greatest weight of a next word at each node of the lexicon, `[N]`. */
  readonly ahead: Float64Array;
  /** How many hypotheses have just these words. */
  held: number;
  /** Histories with one word more: the first of them, which leads to the next. */
  longer: WordHistory | undefined;
  next: WordHistory | undefined;
}

/** What a history is made of. */
export type NewHistory = Pick<WordHistory, "word" | "state" | "score" | "ahead">;

/** All histories of a search, from what all hypotheses agree on. */
export class WordHistories {
  /** The words that all agree on. */
  root: WordHistory;
  private readonly free: number[] = [];
  private slots = 0;
  private fresh: WordHistory[] = [];

  constructor(first: NewHistory) {
    this.root = this.made(first, undefined);
  }

  /** How many there are. */
  get size(): number {
    return this.slots - this.free.length;
  }

  /** What has a word more, if it is there. */
  find(before: WordHistory, word: number): WordHistory | undefined {
    let found = before.longer;
    while (found !== undefined && found.word !== word) found = found.next;
    return found;
  }

  /** A history with a word more, which lives until `sweep` unless it is held. */
  grow(before: WordHistory, told: NewHistory): WordHistory {
    const made = this.made(told, before);
    made.next = before.longer;
    before.longer = made;
    this.fresh.push(made);
    return made;
  }

  /** One hypothesis fewer has these words. */
  release(history: WordHistory): void {
    history.held--;
    this.drop(history);
  }

  /** Drops those that were grown and are not held. */
  sweep(): void {
    for (const history of this.fresh) this.drop(history);
    this.fresh = [];
  }

  /** The next word that all agree on, if there is one: from then on it is the root. */
  settle(): WordHistory | undefined {
    const { root } = this;
    const only = root.longer;
    if (root.held > 0 || only === undefined || only.next !== undefined) return undefined;
    only.before = undefined;
    root.longer = undefined;
    this.free.push(root.slot);
    this.root = only;
    return only;
  }

  private drop(history: WordHistory): void {
    let each = history;
    while (each.held === 0 && each.longer === undefined && each.before !== undefined) {
      const { before } = each;
      unlink(before, each);
      each.before = undefined;
      this.free.push(each.slot);
      each = before;
    }
  }

  private made({ word, state, score, ahead }: NewHistory, before: WordHistory | undefined): WordHistory {
    const slot = this.free.pop() ?? this.slots++;
    const depth = before === undefined ? 0 : before.depth + 1;
    return { slot, word, before, depth, state, score, ahead, held: 0, longer: undefined, next: undefined };
  }
}

/** Takes a history out of those that its own stands before. */
function unlink(before: WordHistory, gone: WordHistory): void {
  if (before.longer === gone) {
    before.longer = gone.next;
    return;
  }
  let each = before.longer;
  while (each !== undefined && each.next !== gone) each = each.next;
  if (each !== undefined) each.next = gone.next;
}
