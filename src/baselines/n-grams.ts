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
  { train, valid, judged }: Readonly<Record<"train" | "valid" | "judged", readonly ArrayLike<number>[]>>,
  { orders, symbols }: NGramOptions,
): ChosenNGrams {
  const natsOf = (texts: typeof judged, model: KneserNey) =>
    pooledNatsPerStep(texts.map((ids) => model.logProbabilities(ids)));
  const [learned, held] = valid.length > 0 ? [train, valid] : withoutLast(train);
  const order = orders
    .map((each) => ({ each, reached: natsOf(held, KneserNey.fit(learned, { order: each, symbols })) }))
    .reduce((a, b) => (b.reached > a.reached ? b : a)).each;
  const model = KneserNey.fit(train, { order, symbols });
  const counted = judged.map((ids) => model.logProbabilities(ids)); // before it learns on
  return { order, counted, adaptive: judged.map((ids) => model.adaptiveLogProbabilities(ids)) };
}

/** Texts without their last tenth, and that. */
function withoutLast(texts: readonly ArrayLike<number>[]): [ArrayLike<number>[], ArrayLike<number>[]] {
  const symbols = texts.reduce((sum, { length }) => sum + length, 0);
  let left = Math.ceil(0.9 * symbols);
  const cut = texts.map((ids) => {
    const kept = Math.min(left, ids.length);
    left -= kept;
    return [Array.from(ids).slice(0, kept), Array.from(ids).slice(kept)] as const;
  });
  const some = (each: ArrayLike<number>) => each.length > 0;
  return [cut.map(([first]) => first).filter(some), cut.map(([, last]) => last).filter(some)];
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
