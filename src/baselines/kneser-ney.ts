/**
 * An n-gram model with interpolated, modified Kneser-Ney smoothing: Chen and Goodman, "An Empirical Study of Smoothing
 * Techniques for Language Modeling", 1998, equations 26 to 28.
 */
import { VrnnError } from "../errors.ts";

/** How much is taken off a count of 1, of 2, and of 3 and more. */
export type Discounts = readonly [number, number, number];

/** How n-grams are counted. */
export interface KneserNeyOptions {
  /** n: 4 predicts a symbol by the three before it. */
  readonly order: number;
  /** How many symbols there are; ids are below it. */
  readonly symbols: number;
  /** Of each order the same; estimated from the counts of each order unless told. */
  readonly discounts?: Discounts;
}

/** What followed a context: how often each symbol, and what is to be known of all of them. */
interface Follower {
  readonly counts: Map<number, number>;
  total: number;
  /** How many symbols were counted once, twice, and more often. */
  readonly once: [number, number, number];
}

/** What followed each context of a length, by the context. */
type Level = Map<string, Follower>;

/** Where too little was counted to estimate discounts by. */
const USUAL: Discounts = [0.62, 1, 1.3];

/**
 * p(x | context) = (c(context x) − D) / c(context ·) + γ(context) p(x | shorter context); below the highest order a
 * symbol counts once for each different symbol that it followed the context after. The shortest is uniform.
 *
 * @example
 * const model = KneserNey.fit([ids], { order: 4, symbols: 69 });
 * -mean(model.logProbabilities(valid, ids)); // 1.70 nats per character
 */
export class KneserNey {
  private readonly options: KneserNeyOptions;
  private readonly levels: readonly Level[];
  private readonly discounts: readonly Discounts[];

  private constructor(options: KneserNeyOptions, levels: readonly Level[]) {
    this.options = options;
    this.levels = levels;
    this.discounts = levels.map((level) => options.discounts ?? estimated(level));
  }

  /** Counts the symbols of some sequences. @throws VrnnError `baseline/order` for an order below 1 */
  static fit(sequences: Iterable<ArrayLike<number>>, options: KneserNeyOptions): KneserNey {
    const { order } = options;
    if (!Number.isInteger(order) || order < 1)
      throw new VrnnError("baseline/order", `the order of an n-gram is a whole number from 1, not ${order}`);
    const levels: readonly Level[] = Array.from({ length: order }, () => new Map());
    for (const sequence of sequences) {
      const all = keyOf(sequence, 0, sequence.length);
      for (let t = 0; t < sequence.length; t++) count(levels, all, t, sequence[t]!);
    }
    return new KneserNey(options, levels);
  }

  /** How likely each symbol is to come next, `[symbols]`. @param context what came before, of any length */
  probabilities(context: ArrayLike<number>): Float64Array {
    const all = keyOf(context, 0, context.length);
    return Float64Array.from({ length: this.options.symbols }, (_, symbol) =>
      this.probability(all, all.length, symbol),
    );
  }

  /** log p of each symbol of a sequence given those before it, `[length]` nats. @param history what came before it */
  logProbabilities(sequence: ArrayLike<number>, history: ArrayLike<number> = []): Float64Array {
    const { order } = this.options;
    const near = keyOf(history, Math.max(0, history.length - order), history.length);
    const all = near + keyOf(sequence, 0, sequence.length);
    return Float64Array.from(sequence, (symbol, t) =>
      Math.log(this.probability(all, near.length + t, symbol)),
    );
  }

  /**
   * log p of each symbol of a sequence, each counted once it is told, `[length]` nats: what was told before is learned from. The
   * discounts stay those of what was counted first.
   */
  adaptiveLogProbabilities(sequence: ArrayLike<number>): Float64Array {
    const all = keyOf(sequence, 0, sequence.length);
    return Float64Array.from(sequence, (symbol, t) => {
      const p = this.probability(all, t, symbol);
      count(this.levels, all, t, symbol);
      return Math.log(p);
    });
  }

  /** p of a symbol at a place of a text, from the shortest context to the longest. */
  private probability(text: string, at: number, symbol: number): number {
    let p = 1 / this.options.symbols;
    for (let length = 0; length < Math.min(this.levels.length, at + 1); length++) {
      const follower = this.levels[length]!.get(text.slice(at - length, at));
      if (follower === undefined) break; // a longer context was not seen either
      const discounts = this.discounts[length]!;
      const { counts, total, once } = follower;
      const seen = counts.get(symbol) ?? 0;
      const left = seen === 0 ? 0 : seen - discounts[Math.min(seen, 3) - 1]!;
      const freed = once.reduce((all, times, i) => all + times * discounts[i]!, 0);
      p = (left + freed * p) / total;
    }
    return p;
  }
}

/** Symbols as text: what is in a map has to be compared by value. */
function keyOf(symbols: ArrayLike<number>, from: number, to: number): string {
  let key = "";
  for (let i = from; i < to; i++) key += String.fromCharCode(symbols[i]!);
  return key;
}

/** Counts a symbol after its longest context; after a shorter one only what is new after the longer one. */
function count(levels: readonly Level[], text: string, at: number, symbol: number): void {
  for (let length = Math.min(levels.length - 1, at); length >= 0; length--) {
    const level = levels[length]!;
    const context = text.slice(at - length, at);
    let follower = level.get(context);
    if (follower === undefined) {
      follower = { counts: new Map(), total: 0, once: [0, 0, 0] };
      level.set(context, follower);
    }
    const before = follower.counts.get(symbol) ?? 0;
    follower.counts.set(symbol, before + 1);
    follower.total += 1;
    const { once } = follower;
    if (before < 3) once[before]! += 1;
    if (before > 0 && before < 3) once[before - 1]! -= 1;
    if (before > 0) return;
  }
}

/** Discounts by how many n-grams were counted once to four times (eq. 26). */
function estimated(level: Level): Discounts {
  const times = [0, 0, 0, 0];
  for (const { counts } of level.values())
    for (const seen of counts.values()) if (seen <= 4) times[seen - 1]! += 1;
  const [n1, n2, n3, n4] = times as [number, number, number, number];
  if (n1 * n2 * n3 === 0) return USUAL;
  const y = n1 / (n1 + 2 * n2);
  const discount = (seen: number, ratio: number) =>
    Math.min(seen, Math.max(0, seen - (seen + 1) * y * ratio));
  return [discount(1, n2 / n1), discount(2, n3 / n2), discount(3, n4 / n3)];
}
