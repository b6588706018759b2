/** Gaps that are made where it is known what stood there. */
import { type Sequence, sliceSequence } from "../data/dataset.ts";
import { Random } from "../random/generator.ts";

/** A stretch of a sequence, whole and with gaps. */
export interface TornPiece {
  readonly whole: Sequence;
  readonly torn: Sequence;
  /** How many steps of other pieces come before it; the same where it is torn in other ways. */
  readonly start: number;
}

/** What is missing at once: entries of single columns, or whole steps. */
export type Tear = "partial" | "whole";

/** The lengths of gaps that are made, in turn, and how many entries are left between two. */
const LENGTHS = [1, 2, 1, 4, 1, 8, 16, 30] as const;
const BETWEEN = 20;

/** Sequences are looked at in pieces of so many steps, spread over all of them. */
const PIECE = 300;
/** Short ones are looked at again with other gaps, so often at most. */
const MOST_PASSES = 8;

/** The same gaps whenever they are made. */
const SEED = 1;

/**
 * Pieces of sequences, spread over all of them; where these are short, each again with other gaps.
 *
 * @param wanted how many steps the pieces have together, as far as there are so many
 */
export function tornPieces(
  sequences: readonly Sequence[],
  tear: Tear,
  width: number,
  wanted: number,
): TornPiece[] {
  const pieces = sequences.flatMap((sequence) =>
    Array.from({ length: Math.ceil(sequence.length / PIECE) }, (_, i) => ({
      ...sliceSequence(sequence, i * PIECE, Math.min((i + 1) * PIECE, sequence.length)),
      name: `${sequence.name} ${i}`,
    })),
  );
  const steps = stepsOf(pieces);
  const every = Math.max(1, Math.floor(steps / wanted));
  const chosen = pieces.filter((_, i) => i % every === 0);
  const passes = Math.min(MOST_PASSES, Math.max(1, Math.ceil(wanted / Math.max(1, steps))));
  return Array.from({ length: passes }, (_, pass) =>
    chosen.map((piece, i) => {
      const whole = { ...piece, name: `${piece.name} ${pass}` };
      return { whole, torn: tornApart(whole, tear, width), start: stepsOf(chosen.slice(0, i)) };
    }),
  ).flat();
}

const stepsOf = (pieces: readonly Sequence[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** A sequence with gaps: in each column at places of its own, or in all at once. */
function tornApart(sequence: Sequence, tear: Tear, width: number): Sequence {
  const values = sequence.values.slice();
  const random = Random.stream(SEED, "gaps", tear, sequence.name);
  const take = (columns: readonly number[]) => {
    for (const step of gapSteps(sequence.length, random))
      for (const d of columns) values[step * width + d] = Number.NaN;
  };
  const all = Array.from({ length: width }, (_, d) => d);
  if (tear === "whole") take(all);
  else for (const d of all) take([d]);
  return { ...sequence, values };
}

/** The steps of gaps of all lengths in turn, from a random one on. */
function gapSteps(length: number, random: Random): number[] {
  const steps: number[] = [];
  let turn = random.integer(LENGTHS.length);
  for (let start = random.integer(2 * BETWEEN); start < length; turn++) {
    const end = Math.min(length, start + LENGTHS[turn % LENGTHS.length]!);
    for (let step = start; step < end; step++) steps.push(step);
    start = end + BETWEEN;
  }
  return steps;
}
