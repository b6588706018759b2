/** Sequences that hold nothing. */
import { counted, listed } from "../words/figures.ts";
import { type Dataset, SPLIT_NAMES } from "./dataset.ts";

/** So many are named. */
const MOST_NAMED = 5;

/**
 * A note on sequences of which no entry was observed: nothing is learned of them, and nothing can be told.
 *
 * @example
 * unobservedNotes(dataset); // ["1 sequence holds missing values alone: pump-3 (nothing is learned or told of it)"]
 */
export function unobservedNotes({ splits }: Pick<Dataset, "splits">): string[] {
  const empty = SPLIT_NAMES.flatMap((split) =>
    splits[split].filter(({ values }) => values.every(Number.isNaN)).map(({ name }) => name),
  );
  if (empty.length === 0) return [];
  const holds = empty.length === 1 ? "holds" : "hold";
  return [
    `${counted(empty.length, "sequence")} ${holds} missing values alone: ${listed(empty, MOST_NAMED)} (nothing is learned or told of ${empty.length === 1 ? "it" : "them"})`,
  ];
}
