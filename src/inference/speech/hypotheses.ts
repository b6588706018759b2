/** What a beam holds between two frames, in flat arrays. */
import type { WordHistory } from "./word-history.ts";

/** When a word was said, and those before it back to what all agree on. */
export interface WordTimes {
  readonly start: number;
  readonly end: number;
  before: WordTimes | undefined;
}

/** Hypotheses side by side, the best one first: their words, and the node of the lexicon where the next one stands. */
export class Hypotheses {
  count = 0;
  readonly histories: WordHistory[] = [];
  readonly nodes: Int32Array;
  /** log p of all paths that end with a blank, and of those that end with the node's unit. */
  readonly blanks: Float64Array;
  readonly labels: Float64Array;
  /** What they are compared by. */
  readonly ranks: Float64Array;
  /** The frames of the word at the node: its first, and the one behind its last. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The frames of the words before it. */
  readonly times: (WordTimes | undefined)[] = [];

  constructor(width: number) {
    this.nodes = new Int32Array(width);
    this.blanks = new Float64Array(width);
    this.labels = new Float64Array(width);
    this.ranks = new Float64Array(width);
    this.starts = new Int32Array(width);
    this.ends = new Int32Array(width);
  }

  /** Puts one in the place of another. */
  move(from: number, to: number): void {
    this.histories[to] = this.histories[from]!;
    this.times[to] = this.times[from];
    for (const each of [this.nodes, this.blanks, this.labels, this.ranks, this.starts, this.ends])
      each[to] = each[from]!;
  }
}
