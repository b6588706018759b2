/** How the steps of training sequences lie in time. */
import type { Sequence } from "../dataset.ts";
import type { SplitPart } from "../split.ts";

/** From as many distances the usual one is told. */
const MOST_DISTANCES = 100_000;
/** A distance is about the usual one where it is not farther from it than this share. */
const ABOUT = 0.2;
/** Of even steps so many distances are about the usual one. */
const EVEN = 0.9;

export interface Timing {
  /** The median distance between neighbours, in seconds; NaN where there is none. */
  readonly usual: number;
  /** From the first step to the end of the last, of the longest stretch. */
  readonly span: number;
  /** Whether nearly all distances are about the usual one. */
  readonly isEven: boolean;
}

/** The timing of the parts of sequences that train. */
export function timingOf(sequences: readonly Sequence[], parts: readonly SplitPart[]): Timing {
  const distances: number[] = [];
  let span = 0;
  for (const { index, split, start, end } of parts) {
    const { times } = sequences[index]!;
    if (split !== "train" || times === undefined || end <= start) continue;
    span = Math.max(span, times[end - 1]! - times[start]!);
    for (let t = start + 1; t < end && distances.length < MOST_DISTANCES; t++)
      distances.push(times[t]! - times[t - 1]!);
  }
  const usual = distances.toSorted((a, b) => a - b)[distances.length >> 1] ?? Number.NaN;
  const about = distances.filter((each) => Math.abs(each - usual) <= ABOUT * usual).length;
  return { usual, span: span + (usual || 0), isEven: about >= EVEN * distances.length };
}
