/**
 * How batches were planned and fed before there were fields, kept as they were: planEpoch and makeBatch for training,
 * the shards of a batch, conditions that are known of steps to come, the observations of particles. What the feeder gives
 * must be the same numbers, bit for bit.
 */
import { type Column, type ConditionColumn, type Sequence, sliceSequence } from "../../src/data/dataset.ts";
import type { RandomInteger } from "../../src/data/plan.ts";
import { columnScaling, FARTHEST } from "../../src/data/scaling.ts";

export interface Batch {
  readonly steps: number;
  readonly batchRows: number;
  /** `[T, B, D]` */
  readonly values: Float32Array;
  /** `[T, B, D]` */
  readonly mask: Float32Array;
  /** `[T, B, C]` each */
  readonly condition: Pick<Batch, "values" | "mask">;
}

export interface Fed {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface EpochOptions {
  readonly batchSize: number;
  readonly window?: number;
  readonly random?: RandomInteger;
}

export function makeBatch(
  sequences: readonly Sequence[],
  columns: readonly Column[],
  conditions: readonly ConditionColumn[] = [],
): Batch {
  const steps = sequences.reduce((longest, { length }) => Math.max(longest, length), 0);
  const none = new Float64Array();
  return {
    steps,
    batchRows: sequences.length,
    ...sideBySide(sequences, steps, columns, ({ values }) => values),
    condition: sideBySide(sequences, steps, conditions, (sequence) => sequence.conditions ?? none),
  };
}

function sideBySide(
  sequences: readonly Sequence[],
  steps: number,
  columns: readonly Column[],
  tableOf: (sequence: Sequence) => Float64Array,
): Pick<Batch, "values" | "mask"> {
  const [batchRows, width] = [sequences.length, columns.length];
  const values = new Float32Array(steps * batchRows * width); // [T, B, columns]
  const mask = new Float32Array(steps * batchRows * width); // [T, B, columns]
  const scalings = columns.map(columnScaling);
  if (width === 0) return { values, mask };
  sequences.forEach((sequence, row) => {
    const table = tableOf(sequence); // [length, columns]
    for (let i = 0; i < table.length; i++) {
      const value = table[i]!;
      if (Number.isNaN(value)) continue;
      const d = i % width;
      const { shift, scale } = scalings[d]!;
      const place = ((i - d) / width) * batchRows * width + row * width + d;
      values[place] = Math.max(-FARTHEST, Math.min(FARTHEST, (value - shift) / scale));
      mask[place] = 1;
    }
  });
  return { values, mask };
}

function windows(sequences: readonly Sequence[], length: number): Sequence[][] {
  return sequences.map((sequence) => cut(sequence, length));
}

function cut(sequence: Sequence, length: number): Sequence[] {
  const count = Math.max(1, Math.ceil(sequence.length / length));
  return Array.from({ length: count }, (_, i) =>
    sliceSequence(sequence, i * length, Math.min((i + 1) * length, sequence.length)),
  );
}

export function streams(sequences: readonly Sequence[], batchRows: number, window: number): Sequence[] {
  if (sequences.length >= batchRows) return [...sequences];
  const steps = sequences.reduce((sum, { length }) => sum + length, 0);
  const length = Math.max(1, Math.ceil(steps / batchRows / window)) * window;
  return windows(sequences, length).flat();
}

export function trainingSequences(
  train: readonly Sequence[],
  { batchSize, window }: { batchSize: number; window: number },
): readonly Sequence[] {
  const windows = train.reduce((sum, { length }) => sum + Math.ceil(length / window), 0);
  const batchRows = Math.min(batchSize, Math.floor(windows / 32));
  return train.length * 2 <= batchRows ? streams(train, batchRows, window) : train;
}

function bucketBatches(
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
  return random ? shuffle(groups, random) : groups;
}

function shuffle<T>(items: readonly T[], random: RandomInteger): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

export function planEpoch(
  sequences: readonly Sequence[],
  options: EpochOptions,
): { sequences: readonly Sequence[]; continues: boolean }[] {
  const { batchSize, window = Number.POSITIVE_INFINITY, random } = options;
  return bucketBatches(sequences, batchSize, random).flatMap((group) => chain(group, window));
}

function chain(
  group: readonly Sequence[],
  window: number,
): { sequences: readonly Sequence[]; continues: boolean }[] {
  const longest = group.reduce((most, { length }) => Math.max(most, length), 0);
  const length = Math.min(window, Math.max(1, longest));
  const rows = windows(group, length);
  const ended = (row: number) => sliceSequence(group[row]!, group[row]!.length, group[row]!.length);
  return Array.from({ length: Math.max(1, Math.ceil(longest / length)) }, (_, i) => ({
    sequences: rows.map((row, b) => row[i] ?? ended(b)),
    continues: i > 0,
  }));
}

function shardsOf(batchRows: number, most: number): readonly { from: number; to: number }[] {
  const count = Math.max(1, Math.min(batchRows, most));
  return Array.from({ length: count }, (_, shard) => ({
    from: Math.floor((shard * batchRows) / count),
    to: Math.floor(((shard + 1) * batchRows) / count),
  }));
}

function rowsOf(
  data: Float32Array,
  { steps, batchRows }: Batch,
  width: number,
  { from, to }: { from: number; to: number },
): Float32Array {
  const part = new Float32Array(steps * (to - from) * width);
  for (let t = 0; t < steps; t++) {
    part.set(
      data.subarray((t * batchRows + from) * width, (t * batchRows + to) * width),
      t * (to - from) * width,
    );
  }
  return part;
}

/** x, mask, condition and its mask of each shard of a batch. */
export function shardFeeds(
  batch: Batch,
  columns: number,
  conditions: number,
  shards: number,
): Record<string, Fed>[] {
  return shardsOf(batch.batchRows, shards).map((shard) => {
    const part = (data: Float32Array, width: number): Fed => ({
      shape: [batch.steps, shard.to - shard.from, width],
      data: rowsOf(data, batch, width, shard),
    });
    return {
      x: part(batch.values, columns),
      mask: part(batch.mask, columns),
      ...(conditions > 0 && {
        condition: part(batch.condition.values, conditions),
        "condition.mask": part(batch.condition.mask, conditions),
      }),
    };
  });
}

export function knownFeeds(
  conditions: readonly ConditionColumn[],
  tables: readonly (Float64Array | undefined)[],
  from: number,
  steps: number,
): Record<string, Fed> {
  const width = conditions.length;
  const rows = tables.map((table = new Float64Array()): Sequence => {
    const values = new Float64Array(steps * width).fill(Number.NaN); // [steps, C]
    values.set(table.subarray(from * width, (from + steps) * width));
    return { name: "known", length: steps, values };
  });
  const { values, mask } = makeBatch(rows, conditions); // [T, B, C]
  const shape = [steps, tables.length, width];
  return { condition: { shape, data: values }, "condition.mask": { shape, data: mask } };
}

/** `[T, width]` for each of B rows: `[T, B, width]`. */
export function repeatRows(data: Float32Array, steps: number, width: number, batchRows: number): Fed {
  const repeated = { shape: [steps, batchRows, width], data: new Float32Array(steps * batchRows * width) };
  for (let t = 0; t < steps; t++) {
    const step = data.subarray(t * width, (t + 1) * width);
    for (let row = 0; row < batchRows; row++) repeated.data.set(step, (t * batchRows + row) * width);
  }
  return repeated;
}

export function observedSteps({ mask, steps, batchRows }: Batch): number {
  const width = mask.length / Math.max(1, steps * batchRows);
  let count = 0;
  for (let row = 0; row < steps * batchRows; row++) {
    if (mask.subarray(row * width, (row + 1) * width).some((seen) => seen > 0)) count++;
  }
  return count;
}
