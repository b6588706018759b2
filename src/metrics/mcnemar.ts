/** Whether one way of telling labels is right more often than another, of the same things. */
import { VrnnError } from "../errors.ts";

/** How two ways differ that told the same things. */
export interface PairedAccuracy {
  /** The share that the first told rightly less that of the second. */
  readonly difference: number;
  /** 95 % of that difference, by the normal approximation to paired proportions. */
  readonly interval: readonly [number, number];
  /** Two-sided, of McNemar's exact test: that so unequal a number of things is told rightly by one of them alone. */
  readonly pValue: number;
}

/** Of the standard normal distribution, 97.5 % lie below. */
const UPPER = 1.959963984540054;

/**
 * McNemar's exact test (McNemar 1947): of the things that only one of two ways told rightly each way has half by chance.
 *
 * @param first whether each thing was told rightly @param second of the same things
 * @throws VrnnError `metrics/length` when the lengths differ or are 0
 * @example
 * mcnemar([true, true, true, false], [true, false, false, false]).pValue; // 0.5
 */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): PairedAccuracy {
  const count = first.length;
  if (count === 0 || count !== second.length)
    throw new VrnnError("metrics/length", `${count} and ${second.length} things were told`);
  const onlyFirst = first.filter((isRight, i) => isRight && !second[i]).length;
  const onlySecond = second.filter((isRight, i) => isRight && !first[i]).length;
  const apart = onlyFirst + onlySecond;
  const difference = (onlyFirst - onlySecond) / count;
  const deviation = Math.sqrt(apart - (onlyFirst - onlySecond) ** 2 / count) / count;
  const interval = [difference - UPPER * deviation, difference + UPPER * deviation] as const;
  return {
    difference,
    interval,
    pValue: Math.min(1, 2 * halvesUpTo(Math.min(onlyFirst, onlySecond), apart)),
  };
}

/** The probability that at most `most` of `count` fair coins show heads. */
function halvesUpTo(most: number, count: number): number {
  let logTerm = -count * Math.LN2; // of no heads at all
  let all = Math.exp(logTerm);
  for (let heads = 1; heads <= most; heads++) {
    logTerm += Math.log((count - heads + 1) / heads);
    all += Math.exp(logTerm);
  }
  return all;
}
