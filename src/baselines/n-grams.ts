/** Texts by n-grams, as a model of tokens is held against them. */
import { pooledNatsPerStep } from "../metrics/nats.ts";
import { KneserNey } from "./kneser-ney.ts";

/** More symbols than these cannot be told apart: contexts are keys of 16 bits a symbol. */
export const MOST_SYMBOLS = 65_536;

/** Which n-grams, and of how many symbols. */
export interface NGramOptions {
  readonly orders: readonly number[];
  /** How many symbols there are; ids are below it. At most 65,536. */
  readonly symbols: number;
}

/** What n-grams of an order reach. */
export interface NGramNats {
  readonly order: number;
  readonly natsPerStep: number;
}

/** What n-grams of one order reach on texts, as they were counted, and learning on from what they have told. */
export interface ChosenNGrams {
  readonly order: number;
  /** Of each symbol of each text, in nats. */
  readonly counted: readonly Float64Array[];
  readonly adaptive: readonly Float64Array[];
}

/**
 * What n-grams of the order that does best on validation texts (where there are none, on the last tenth of training, counted in
 * the rest) reach on others: counted in training, and once more with each symbol counted after it was told.
 *
 * @example
 * chosenNGrams({ train, valid, judged }, { orders: [2, 4, 6], symbols: 69 });
 * // { order: 6, counted: [Float64Array [-1.2, -0.3, …]], adaptive: [Float64Array [-1.2, -0.2, …]] }
 */
export function chosenNGrams(
  { train, valid, judged }: Readonly<Record<"train" | "valid" | "judged", readonly Int32Array[]>>,
  { orders, symbols }: NGramOptions,
): ChosenNGrams {
  const [learned, held] = valid.length > 0 ? [train, valid] : withoutLast(train);
  const best = orders
    .map((order) => {
      const model = KneserNey.fit(learned, { order, symbols });
      return { order, model, reached: pooledNatsPerStep(held.map((ids) => model.logProbabilities(ids))) };
    })
    .reduce((a, b) => (b.reached > a.reached ? b : a));
  const { order } = best;
  const model = learned === train ? best.model : KneserNey.fit(train, { order, symbols });
  const counted = judged.map((ids) => model.logProbabilities(ids)); // before it learns on
  return { order, counted, adaptive: judged.map((ids) => model.adaptiveLogProbabilities(ids)) };
}

/** Texts without their last tenth, and that. */
function withoutLast(
  texts: readonly Int32Array[],
): [first: readonly Int32Array[], last: readonly Int32Array[]] {
  const symbols = texts.reduce((sum, { length }) => sum + length, 0);
  const first = firstTokens(texts, Math.ceil(0.9 * symbols));
  const last = texts.map((ids, i) => ids.subarray(first[i]?.length ?? 0));
  return [first, last.filter(({ length }) => length > 0)];
}

/** So many tokens of some texts, from the first on. */
export function firstTokens(texts: readonly Int32Array[], most: number): Int32Array[] {
  const kept: Int32Array[] = [];
  let left = most;
  for (const ids of texts) {
    if (left <= 0) break;
    kept.push(ids.subarray(0, left));
    left -= Math.min(left, ids.length);
  }
  return kept;
}

/**
 * What n-grams with Kneser-Ney smoothing reach: counted in some sequences, judged on others, pooled over all symbols.
 *
 * @example
 * nGramNats(train, valid, { orders: [2, 4], symbols: 69 });
 * // [{ order: 2, natsPerStep: -2.45 }, { order: 4, natsPerStep: -1.72 }]
 */
export const nGramNats = (
  train: readonly ArrayLike<number>[],
  judged: readonly ArrayLike<number>[],
  { orders, symbols }: NGramOptions,
): NGramNats[] =>
  orders.map((order) => {
    const model = KneserNey.fit(train, { order, symbols });
    return { order, natsPerStep: pooledNatsPerStep(judged.map((ids) => model.logProbabilities(ids))) };
  });
