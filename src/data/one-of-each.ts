/** An epoch that takes one sequence of each group, such as one of a picture's captions, another one each time. */
import { groupBy } from "../collections.ts";
import type { RandomInteger } from "./plan.ts";
import type { Index, Span } from "./source.ts";

/** Which of the spans of an index an epoch goes over. */
export type Drawn = (spans: readonly Span[], index: Index, random: RandomInteger) => readonly Span[];

/**
 * One sequence of each group, drawn anew at each call, and every sequence that is of none. What reads a source, such as the
 * encoder of a picture, then reads it once an epoch.
 *
 * @example
 * const index = [
 *   { name: "a.jpg 1", length: 8, group: "a.jpg" },
 *   { name: "a.jpg 2", length: 6, group: "a.jpg" },
 *   { name: "b.jpg 1", length: 7, group: "b.jpg" },
 * ];
 * oneOfEach(wholeSpans(index), index, (bound) => bound - 1).map(({ i }) => i); // [1, 2]
 */
export const oneOfEach: Drawn = (spans, index, random) => {
  const groups = groupBy(spans, ({ i }) => index[i]!.group ?? i);
  return [...groups.values()].flatMap((own) =>
    index[own[0]!.i]!.group === undefined ? own : own[random(own.length)]!,
  );
};
