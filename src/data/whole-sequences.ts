/** Whole sequences of a source: in memory, or one of them by itself. */
import type { MemorySequence, SequenceSource } from "./source.ts";

/**
 * Sequences of a source, whole, in memory: all that work on them side by side reads.
 *
 * @param most how many at most, from the first on; all unless told
 */
export async function sequencesIn(
  source: SequenceSource,
  most = Number.POSITIVE_INFINITY,
): Promise<MemorySequence[]> {
  const index = (await source.index()).slice(0, most);
  const sequences: MemorySequence[] = [];
  for await (const part of source.open(index.map(({ length }, i) => ({ i, from: 0, to: length }))))
    sequences.push({ ...index[sequences.length]!, ...part });
  return sequences;
}

/**
 * One sequence of a source as a source of its own. Closing is left to the whole.
 *
 * @param i its place in the index
 */
export const onlySequence = (source: SequenceSource, i: number): SequenceSource => ({
  index: async () => (await source.index()).slice(i, i + 1),
  open: (plan, signal) =>
    source.open(
      Array.from(plan, (span) => ({ ...span, i })),
      signal,
    ),
  close: () => Promise.resolve(),
});
