/** Sequences unrolled window by window, each with the state that the one before left. */
import { type OpenBatch, openBatches, type PlannedBatch } from "../data/plan.ts";
import type { SequenceSource } from "../data/source.ts";
import type { Values } from "../runtime/runtime.ts";
import { carriedStates } from "./feeds.ts";

/** What is unrolled, and how; states and feeds come by shard. */
export interface UnrolledWindows {
  readonly source: SequenceSource;
  readonly plan: readonly PlannedBatch[];
  /** The states before the first step of so many rows. */
  readonly begin: (rows: number) => readonly Values[];
  /** The inputs of a window but its states. */
  readonly feed: (window: OpenBatch) => readonly Values[];
  readonly run: (feeds: readonly Values[]) => Promise<readonly Values[]>;
}

/** A window that was unrolled. */
export interface UnrolledWindow extends OpenBatch {
  /** What the program gave, by shard. */
  readonly results: readonly Values[];
}

/**
 * Runs a program over the batches of a plan: where a batch goes on with the sequences of the one before, its rows begin in
 * the states that they were left in.
 *
 * @example
 * for await (const { parts, results } of overWindows({ source, plan, begin, feed, run })) add(parts, results);
 */
export async function* overWindows({
  source,
  plan,
  begin,
  feed,
  run,
}: UnrolledWindows): AsyncGenerator<UnrolledWindow> {
  let states: readonly Values[] = [];
  for await (const window of openBatches(source, plan)) {
    if (window.plan.place === 0) states = begin(window.parts.length);
    const results = await run(feed(window).map((own, shard) => ({ ...own, ...states[shard] })));
    states = results.map(carriedStates);
    yield { ...window, results };
  }
}
