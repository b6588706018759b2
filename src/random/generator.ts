import { VrnnError } from "../errors.ts";
import { deriveKey } from "./key.ts";
import { philox, type Quad } from "./philox.ts";
import { drawNormal } from "./ziggurat.ts";

/** Where a generator stands, as JSON can hold it: its stream, and how many 32-bit words it has given. */
export interface RandomState {
  readonly stream: Quad;
  readonly position: number;
}

const BUFFER_WORDS = 64;
const TWO_TO_32 = 2 ** 32;

/**
 * Random numbers that are a function of a seed, a stream's name and a position, alike on every runtime. Streams of
 * different labels are independent, so what needs noise at step 17 takes the stream of that step and nothing has to be
 * remembered: a resumed run needs its counters only.
 *
 * @example
 * const noise = new Float32Array(4); // [T, B, Z]
 * Random.stream(1, "noise", 17).fillNormal(noise); // the same numbers whenever it is asked
 */
export class Random {
  readonly #stream: Quad;
  readonly #words = new Uint32Array(BUFFER_WORDS);
  /** The position of the first word in the buffer, and the next word's index in the buffer. */
  #start: number;
  #next: number;

  private constructor({ stream, position }: RandomState) {
    this.#stream = stream;
    this.#next = position % BUFFER_WORDS;
    this.#start = position - this.#next;
    this.#fill();
  }

  /**
   * The stream that a seed and labels name, at its beginning.
   *
   * @throws VrnnError `random/label` when the seed or a number among the labels is NaN or infinite.
   */
  static stream(seed: number, ...labels: readonly (string | number)[]): Random {
    return new Random({ stream: deriveKey(seed, labels), position: 0 });
  }

  /**
   * Goes on where `state` was read.
   *
   * @throws VrnnError `random/state` when the record was not made by a generator.
   */
  static restore(state: RandomState): Random {
    const sound =
      Array.isArray(state.stream) &&
      state.stream.length === 4 &&
      state.stream.every(isWord) &&
      isPosition(state.position);
    if (!sound) throw new VrnnError("random/state", "this is not the state of a random generator");
    return new Random(state);
  }

  /** Where it stands, to go on from with `restore`. */
  get state(): RandomState {
    return { stream: this.#stream, position: this.#start + this.#next };
  }

  /** 32 random bits, as a whole number from 0 to 2^32 - 1. */
  word(): number {
    if (this.#next === BUFFER_WORDS) this.#advance();
    return this.#words[this.#next++]!;
  }

  /** A number in [0, 1), of 53 random bits. */
  uniform(): number {
    const upper = this.word() >>> 5;
    const lower = this.word() >>> 6;
    return (upper * 2 ** 26 + lower) * 2 ** -53;
  }

  /**
   * A whole number from 0 to `bound` - 1, each equally likely.
   *
   * @throws VrnnError `random/bound` when the bound is not a whole number from 1 to 2^32.
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_TO_32) {
      throw new VrnnError("random/bound", `the bound must be a whole number from 1 to 2^32, not ${bound}`);
    }
    const limit = TWO_TO_32 - (TWO_TO_32 % bound); // words from here on would favour small results
    let word = this.word();
    while (word >= limit) word = this.word();
    return word % bound;
  }

  /** A draw from the standard normal distribution. */
  normal(): number {
    return drawNormal(this);
  }

  /** Fills `out` with independent draws from the standard normal distribution. */
  fillNormal(out: Float32Array): void {
    for (let at = 0; at < out.length; at++) out[at] = drawNormal(this);
  }

  /** Fills `out` with numbers in [0, 1), of 24 random bits, as many as a float32 holds. */
  fillUniform(out: Float32Array): void {
    for (let at = 0; at < out.length; at++) out[at] = (this.word() >>> 8) * 2 ** -24;
  }

  /**
   * Fills `out` with a mask for inverted dropout: 1 / `keepProbability` with that probability, else 0, so that the mean
   * is 1. Half a word decides an entry; more bits are drawn in the one case of 65,536 where these do not settle it.
   *
   * @throws VrnnError `random/probability` when `keepProbability` is not in (0, 1].
   */
  fillKeepMask(out: Float32Array, keepProbability: number): void {
    if (!(keepProbability > 0 && keepProbability <= 1)) {
      throw new VrnnError(
        "random/probability",
        `the probability to keep must lie in (0, 1], not ${keepProbability}`,
      );
    }
    const kept = 1 / keepProbability;
    const threshold = Math.floor(keepProbability * 65_536);
    const remainder = keepProbability * 65_536 - threshold;
    for (let at = 0; at < out.length; at += 2) {
      at = this.#fillSettled(out, at, kept, threshold);
      if (at >= out.length) break;
      const word = this.word();
      for (let half = 0; half < 2 && at + half < out.length; half++) {
        const bits = half === 0 ? word & 0xffff : word >>> 16;
        out[at + half] = bits < threshold || (bits === threshold && this.uniform() < remainder) ? kept : 0;
      }
    }
  }

  /** Pairs of mask entries from `at` on, as long as words in the buffer settle both; gives where it stopped. */
  #fillSettled(out: Float32Array, at: number, kept: number, threshold: number): number {
    const words = this.#words;
    const last = out.length - 1;
    let next = this.#next;
    for (; next < BUFFER_WORDS && at < last; next++, at += 2) {
      const word = words[next]!;
      const low = word & 0xffff;
      const high = word >>> 16;
      if (low === threshold || high === threshold) break;
      out[at] = kept * ((low - threshold) >>> 31); // the sign, without a branch that nobody can predict
      out[at + 1] = kept * ((high - threshold) >>> 31);
    }
    this.#next = next;
    return at;
  }

  /** Puts the items into random order, in place (Fisher and Yates), and returns them. */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const item = items[last]!;
      items[last] = items[other]!;
      items[other] = item;
    }
    return items;
  }

  /**
   * An index, drawn in proportion to `probabilities`, which need not sum to 1.
   *
   * @throws VrnnError `random/probability` when one is negative or not finite, or all are 0.
   */
  categorical(probabilities: ArrayLike<number>): number {
    const total = sumOfProbabilities(probabilities);
    const target = this.uniform() * total;
    let sum = 0;
    let lastPossible = 0;
    for (let index = 0; index < probabilities.length; index++) {
      const probability = probabilities[index]!;
      if (probability === 0) continue;
      sum += probability;
      if (target < sum) return index;
      lastPossible = index;
    }
    return lastPossible;
  }

  #advance(): void {
    this.#start += BUFFER_WORDS;
    this.#next = 0;
    this.#fill();
  }

  #fill(): void {
    const block = this.#start / 4;
    const [key0, key1, third, fourth] = this.#stream;
    philox(this.#words, [block % TWO_TO_32, Math.floor(block / TWO_TO_32), third, fourth], key0, key1);
  }
}

function sumOfProbabilities(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < probabilities.length; index++) {
    const probability = probabilities[index]!;
    if (!(probability >= 0)) {
      throw new VrnnError(
        "random/probability",
        `probability ${index} is ${probability}, it must be 0 or more`,
      );
    }
    sum += probability;
  }
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) {
    throw new VrnnError(
      "random/probability",
      `the probabilities sum to ${sum}, they must sum to more than 0`,
    );
  }
  return sum;
}

function isWord(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < TWO_TO_32;
}

function isPosition(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
