/** What hypotheses may become at the next frame: a table by words and place in the lexicon, and the best of it. */
import { logAdd } from "../log-add.ts";
import type { WordHistory } from "./word-history.ts";

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Candidates, in flat arrays that are used again at each frame. Two that have the same words and stand at the same node are one,
 * and their probabilities are added.
 */
export class Candidates {
  count = 0;
  histories: WordHistory[] = [];
  nodes = new Int32Array(0);
  /** log p of all paths that end with a blank, and of those that end with the node's unit. */
  blanks = new Float64Array(0);
  labels = new Float64Array(0);
  /** Of the likeliest way from another node: what it brings, and which hypothesis it comes from; −1 where there is none. */
  brought = new Float64Array(0);
  sources = new Int32Array(0);
  /** What they are compared by. */
  ranks = new Float64Array(0);
  private heads = new Int32Array(0);

  constructor() {
    this.enlarge(1024);
  }

  clear(): void {
    this.heads.fill(-1);
    this.count = 0;
  }

  /** The candidate of some words and a node, made if it is not there. */
  at(history: WordHistory, node: number): number {
    const mask = this.heads.length - 1;
    let place = this.placeOf(history, node);
    for (let found = this.heads[place]!; found >= 0; found = this.heads[place]!) {
      if (this.nodes[found] === node && this.histories[found] === history) return found;
      place = (place + 1) & mask;
    }
    if (this.count === this.nodes.length) {
      this.enlarge(2 * this.count);
      return this.at(history, node);
    }
    this.heads[place] = this.count;
    return this.add(history, node);
  }

  /** Adds paths that come from another node. */
  bring(index: number, mass: number, source: number): void {
    this.labels[index] = logAdd(this.labels[index]!, mass);
    if (mass <= this.brought[index]!) return;
    this.brought[index] = mass;
    this.sources[index] = source;
  }

  /** The best ones by rank, the best one first; of equals the one that came first. @returns how many were put into `chosen` */
  best(chosen: Int32Array): number {
    let size = 0;
    for (let index = 0; index < this.count; index++) {
      const rank = this.ranks[index]!;
      const isFull = size === chosen.length;
      if (rank === NEVER || (isFull && rank <= this.ranks[chosen[size - 1]!]!)) continue;
      const place = this.placeAmong(chosen, size, rank);
      chosen.copyWithin(place + 1, place, isFull ? size - 1 : size);
      chosen[place] = index;
      if (!isFull) size++;
    }
    return size;
  }

  /** Behind how many of those chosen a rank stands. */
  private placeAmong(chosen: Int32Array, size: number, rank: number): number {
    let [low, high] = [0, size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ranks[chosen[middle]!]! < rank) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private add(history: WordHistory, node: number): number {
    const index = this.count++;
    this.histories[index] = history;
    this.nodes[index] = node;
    this.blanks[index] = NEVER;
    this.labels[index] = NEVER;
    this.brought[index] = NEVER;
    this.sources[index] = -1;
    return index;
  }

  private placeOf({ slot }: WordHistory, node: number): number {
    const mixed = Math.imul(slot + 1, 0x9e3779b1) ^ Math.imul(node + 1, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & (this.heads.length - 1);
  }

  private enlarge(size: number): void {
    const grown = <Flat extends Float64Array | Int32Array>(now: Flat, made: Flat): Flat => {
      made.set(now);
      return made;
    };
    this.nodes = grown(this.nodes, new Int32Array(size));
    this.sources = grown(this.sources, new Int32Array(size));
    this.blanks = grown(this.blanks, new Float64Array(size));
    this.labels = grown(this.labels, new Float64Array(size));
    this.brought = grown(this.brought, new Float64Array(size));
    this.ranks = grown(this.ranks, new Float64Array(size));
    this.heads = new Int32Array(4 * size).fill(-1);
    for (let index = 0; index < this.count; index++) {
      let place = this.placeOf(this.histories[index]!, this.nodes[index]!);
      while (this.heads[place]! >= 0) place = (place + 1) & (this.heads.length - 1);
      this.heads[place] = index;
    }
  }
}
