import { shuffled } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import { type Column, type ConditionColumn, type Sequence, sliceSequence } from "./dataset.ts";
import { columnScaling, FARTHEST } from "./scaling.ts";

export { columnScaling, FARTHEST, type Scaling } from "./scaling.ts";

/** A generator of whole numbers from 0 to `bound` − 1. */
export type RandomInteger = (bound: number) => number;

/**
 * Sequences side by side, time first, as a model takes them.
 *
 * Values are scaled in float64 before they are rounded to float32, so that a column around 1e9 keeps its digits: a real
 * or quantised entry is (value − mean) / deviation by the statistics of the training split, held within ±1e6; a binary
 * one is 0 or 1; a categorical one the index of its level; a count or a proportion is itself. Where `mask` is 0 (a missing entry, or a step after the end of a lane)
 * the value is 0.
 */
export interface Batch {
  /** T: the length of the longest lane. */
  readonly steps: number;
  /** B */
  readonly lanes: number;
  /** `[T, B, D]` */
  readonly values: Float32Array;
  /** `[T, B, D]`: 1 where the entry was observed. */
  readonly mask: Float32Array;
  /** `[T, B, C]` each: what is known beside the sequences, scaled and masked alike; empty where nothing is. */
  readonly condition: Pick<Batch, "values" | "mask">;
  /** `[B]`: how many steps each lane has; later ones are padding. */
  readonly lengths: Int32Array;
  /** Whether every lane goes on where the same lane of the batch before stopped, so its state is to be carried over. */
  readonly continues: boolean;
}

/** What becomes one batch: a (part of a) sequence for each lane. */
export interface BatchPlan {
  readonly sequences: readonly Sequence[];
  readonly continues: boolean;
}

/**
 * Puts sequences side by side; shorter ones are padded and masked.
 *
 * @param conditions what is known beside the columns, in the order of each sequence's `conditions`.
 * @throws VrnnError `data/width` when a sequence has not one value per column.
 * @example
 * const { values, mask } = makeBatch([{ name: "a", length: 2, values: Float64Array.of(0, Number.NaN) }], [flag]);
 * // values: [0, 0], mask: [1, 0]
 */
export function makeBatch(
  sequences: readonly Sequence[],
  columns: readonly Column[],
  continues = false,
  conditions: readonly ConditionColumn[] = [],
): Batch {
  const steps = sequences.reduce((longest, { length }) => Math.max(longest, length), 0);
  const none = new Float64Array();
  return {
    steps,
    lanes: sequences.length,
    ...sideBySide(sequences, steps, columns, ({ values }) => values),
    condition: sideBySide(sequences, steps, conditions, (sequence) => sequence.conditions ?? none),
    lengths: Int32Array.from(sequences, ({ length }) => length),
    continues,
  };
}

/** Scaled tables of the sequences as `[T, B, columns]`, with a mask of what was observed. */
function sideBySide(
  sequences: readonly Sequence[],
  steps: number,
  columns: readonly Column[],
  tableOf: (sequence: Sequence) => Float64Array,
): Pick<Batch, "values" | "mask"> {
  const [lanes, width] = [sequences.length, columns.length];
  const values = new Float32Array(steps * lanes * width); // [T, B, columns]
  const mask = new Float32Array(steps * lanes * width); // [T, B, columns]
  const scalings = columns.map(columnScaling);
  if (width === 0) return { values, mask };
  sequences.forEach((sequence, lane) => {
    const table = tableOf(sequence); // [length, columns]
    checkWidth(sequence, table, width);
    for (let i = 0; i < table.length; i++) {
      const value = table[i]!;
      if (Number.isNaN(value)) continue;
      const d = i % width;
      const { shift, scale } = scalings[d]!;
      const place = ((i - d) / width) * lanes * width + lane * width + d;
      values[place] = Math.max(-FARTHEST, Math.min(FARTHEST, (value - shift) / scale));
      mask[place] = 1;
    }
  });
  return { values, mask };
}

function checkWidth({ name, length }: Sequence, table: Float64Array, width: number): void {
  if (table.length === length * width) return;
  const what = `${length} steps of ${width} columns make ${length * width} values, the sequence has ${table.length}`;
  throw new VrnnError("data/width", what, { at: `sequence "${name}"`, remedy: "read it with these columns" });
}

/**
 * Cuts each sequence into consecutive windows of `length` steps (the last may be shorter).
 *
 * @example
 * windows([a], 100)[0]?.map(({ offset, length }) => [offset ?? 0, length]); // [[0, 100], [100, 100], [200, 37]]
 */
export function windows(sequences: readonly Sequence[], length: number): Sequence[][] {
  return sequences.map((sequence) => cut(sequence, length));
}

function cut(sequence: Sequence, length: number): Sequence[] {
  const count = Math.max(1, Math.ceil(sequence.length / length));
  return Array.from({ length: count }, (_, i) =>
    sliceSequence(sequence, i * length, Math.min((i + 1) * length, sequence.length)),
  );
}

/**
 * Cuts long sequences so that there are enough to fill the lanes of a batch: few long recordings become many streams
 * that train side by side. Each stream begins with a fresh state. Cuts fall on whole windows; sequences that are many
 * or short enough stay as they are.
 *
 * @example
 * streams([hour], 8, 100).length; // 8
 */
export function streams(sequences: readonly Sequence[], lanes: number, window: number): Sequence[] {
  if (sequences.length >= lanes) return [...sequences];
  const steps = sequences.reduce((sum, { length }) => sum + length, 0);
  const length = Math.max(1, Math.ceil(steps / lanes / window)) * window;
  return windows(sequences, length).flat();
}

/**
 * Groups sequences of similar lengths, so that little is padded, and shuffles the groups. Lengths are compared with a
 * random error of up to a tenth, so that groups differ from epoch to epoch.
 *
 * @param random When left out, groups are formed by length alone and come in that order.
 */
export function bucketBatches(
  sequences: readonly Sequence[],
  batchSize: number,
  random?: RandomInteger,
): Sequence[][] {
  const jitter = () => (random ? 1 + random(1024) / 10_240 : 1);
  const keyed = sequences.map((sequence) => ({ sequence, key: sequence.length * jitter() }));
  const sorted = keyed.sort((a, b) => a.key - b.key).map(({ sequence }) => sequence);
  const groups = Array.from({ length: Math.ceil(sorted.length / batchSize) }, (_, i) =>
    sorted.slice(i * batchSize, (i + 1) * batchSize),
  );
  return random ? shuffled(groups, random) : groups;
}

/** How an epoch is cut into batches. */
export interface EpochOptions {
  /** The most lanes of a batch. */
  readonly batchSize: number;
  /** The most steps of a batch; longer sequences continue in the next one. No limit unless told. */
  readonly window?: number;
  /** Shuffles; without it the order is by length, the same each time. */
  readonly random?: RandomInteger;
}

/**
 * One pass over the data as an ordered list of batches, each entry of each sequence in exactly one. A batch whose
 * `continues` is true holds, lane by lane, what follows the batch before it; a lane that has ended is then of length 0.
 *
 * @example
 * for (const { sequences, continues } of planEpoch(train, { batchSize: 8, window: 100, random })) {
 *   const batch = makeBatch(sequences, columns, continues);
 * }
 */
export function planEpoch(sequences: readonly Sequence[], options: EpochOptions): BatchPlan[] {
  const { batchSize, window = Number.POSITIVE_INFINITY, random } = options;
  return bucketBatches(sequences, batchSize, random).flatMap((group) => chain(group, window));
}

function chain(group: readonly Sequence[], window: number): BatchPlan[] {
  const longest = group.reduce((most, { length }) => Math.max(most, length), 0);
  const length = Math.min(window, Math.max(1, longest));
  const lanes = windows(group, length);
  const ended = (lane: number) => sliceSequence(group[lane]!, group[lane]!.length, group[lane]!.length);
  return Array.from({ length: Math.max(1, Math.ceil(longest / length)) }, (_, i) => ({
    sequences: lanes.map((lane, b) => lane[i] ?? ended(b)),
    continues: i > 0,
  }));
}
