import { groupBy, shuffled } from "../collections.ts";
import { Random } from "../random/generator.ts";

/**
 * Which of some folds each example is in: those of each level are dealt round, one fold after the other, so that every
 * fold has its share of every level.
 *
 * @param levels `[N]`
 * @returns `[N]`: 0 to `folds` − 1
 * @example
 * foldsOf([0, 0, 1, 1], 2, 1); // [0, 1, 1, 0]: one of each level in each
 */
export function foldsOf(levels: ArrayLike<number>, folds: number, seed: number): number[] {
  const random = Random.stream(seed, "folds");
  const places = Array.from(levels, (_, n) => n);
  const ofLevels = [...groupBy(places, (n) => levels[n]!).values()];
  const order = ofLevels.flatMap((own) => shuffled(own, (bound) => random.integer(bound)));
  const fold = new Array<number>(order.length);
  for (const [turn, n] of order.entries()) fold[n] = turn % folds;
  return fold;
}
