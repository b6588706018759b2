/** How an epoch is cut into batches: from lengths alone, before anything is read. */
import { shuffled } from "../collections.ts";
import type { Index, Part, SequenceSource, Span } from "./source.ts";

/** A generator of whole numbers from 0 to `bound` − 1. */
export type RandomInteger = (bound: number) => number;

/** How an epoch is cut into batches. */
export interface EpochOptions {
  /** The most rows of a batch. */
  readonly batchSize: number;
  /** The most steps of a batch; longer sequences continue in the next one. No limit unless told. */
  readonly window?: number;
  /** Shuffles; without it the order is by length, the same each time. */
  readonly random?: RandomInteger;
}

/** What becomes one batch: a span of steps for each of its rows. */
export interface PlannedBatch {
  readonly rows: readonly Span[];
  /**
   * How many batches of the same sequences came right before it. Above 0 each row goes on where the same row of the
   * batch before stopped, so that its state is to be carried over; a row that has ended is of length 0.
   */
  readonly place: number;
}

const lengthOf = ({ from, to }: Span): number => to - from;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
const longest = (spans: readonly Span[]): number =>
  spans.reduce((most, span) => Math.max(most, lengthOf(span)), 0);

/** Every sequence of an index from its first step to its last. */
export const wholeSpans = (index: Index): Span[] =>
  index.map(({ length }, i) => ({ i, from: 0, to: length }));

/**
 * Cuts a span into consecutive windows of `length` steps (the last may be shorter).
 *
 * @example
 * windowSpans({ i: 0, from: 0, to: 237 }, 100).map(({ to }) => to); // [100, 200, 237]
 */
export function windowSpans({ i, from, to }: Span, length: number): Span[] {
  const count = Math.max(1, Math.ceil((to - from) / length));
  return Array.from({ length: count }, (_, w) => ({
    i,
    from: from + w * length,
    to: Math.min(from + (w + 1) * length, to),
  }));
}

/**
 * Cuts long spans so that there are enough to fill the rows of a batch: few long recordings become many streams that
 * train side by side. Each stream begins with a fresh state. Cuts fall on whole windows; spans that are many or short
 * enough stay as they are.
 *
 * @example
 * streamSpans([{ i: 0, from: 0, to: 3600 }], 8, 100).length; // 8
 */
export function streamSpans(spans: readonly Span[], rows: number, window: number): Span[] {
  if (spans.length >= rows) return [...spans];
  const steps = sum(spans.map(lengthOf));
  const length = Math.max(1, Math.ceil(steps / rows / window)) * window;
  return spans.flatMap((span) => windowSpans(span, length));
}

/** Updates that an epoch should have before recordings are cut to fill a batch. */
const FEWEST_UPDATES = 32;

/**
 * What an epoch of training goes over: whole sequences, or, where few long recordings leave rows of a batch empty, streams
 * of them, as long as enough updates are left in an epoch.
 *
 * @example
 * trainingSpans([{ name: "hour", length: 360_000 }], { batchSize: 16, window: 100 }).length; // 16
 */
export function trainingSpans(
  index: Index,
  { batchSize, window }: { readonly batchSize: number; readonly window: number },
): Span[] {
  const spans = wholeSpans(index);
  const windows = sum(spans.map((span) => Math.ceil(lengthOf(span) / window)));
  const rows = Math.min(batchSize, Math.floor(windows / FEWEST_UPDATES));
  return spans.length * 2 <= rows ? streamSpans(spans, rows, window) : spans;
}

/**
 * Groups spans of similar lengths, so that little is padded, and shuffles the groups. Lengths are compared with a
 * random error of up to a tenth, so that groups differ from epoch to epoch.
 *
 * @param random When left out, groups are formed by length alone and come in that order.
 */
export function bucketSpans(spans: readonly Span[], batchSize: number, random?: RandomInteger): Span[][] {
  const jitter = () => (random ? 1 + random(1024) / 10_240 : 1);
  const keys = Float64Array.from(spans, (span) => lengthOf(span) * jitter());
  const order = Uint32Array.from(spans.keys()).sort((a, b) => keys[a]! - keys[b]! || a - b);
  const groups = Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
    Array.from(order.subarray(i * batchSize, (i + 1) * batchSize), (place) => spans[place]!),
  );
  return random ? shuffled(groups, random) : groups;
}

/**
 * One pass over spans as an ordered list of batches, each step of each span in exactly one.
 *
 * @example
 * const plan = planBatches(wholeSpans(await source.index()), { batchSize: 8, window: 100, random });
 * for await (const { parts } of openBatches(source, plan, signal)) feeder.feed(parts, { shards: 2 });
 */
export function planBatches(spans: readonly Span[], options: EpochOptions): PlannedBatch[] {
  const { batchSize, window = Number.POSITIVE_INFINITY, random } = options;
  return bucketSpans(spans, batchSize, random).flatMap((group) => chain(group, window));
}

/** The batches of spans side by side, window by window. */
function chain(group: readonly Span[], window: number): PlannedBatch[] {
  const most = longest(group);
  const length = Math.min(window, Math.max(1, most));
  const batches = Math.max(1, Math.ceil(most / length));
  return Array.from({ length: batches }, (_, place) => new Window(group, length, place));
}

/** A window of some spans; its rows are made when they are asked for, so that a plan is small. */
class Window implements PlannedBatch {
  readonly place: number;
  private readonly group: readonly Span[];
  private readonly length: number;

  constructor(group: readonly Span[], length: number, place: number) {
    this.group = group;
    this.length = length;
    this.place = place;
  }

  get rows(): readonly Span[] {
    const start = this.place * this.length;
    return this.group.map(({ i, from, to }) => ({
      i,
      from: Math.min(from + start, to),
      to: Math.min(from + start + this.length, to),
    }));
  }
}

/**
 * The rows of some batches that fall to one of several processes; each has its share of every batch.
 *
 * @param rank which of them, from 0 @param size how many there are
 */
export const rowsOfRank = (plan: readonly PlannedBatch[], rank: number, size: number): PlannedBatch[] =>
  plan.map(({ rows, place }) => {
    const { from, to } = rankRows(rows.length, rank, size);
    return { rows: rows.slice(from, to), place };
  });

/** Rows `from` to `to` of a batch, those of one process. */
export const rankRows = (rows: number, rank: number, size: number): { from: number; to: number } => ({
  from: Math.floor((rank * rows) / size),
  to: Math.floor(((rank + 1) * rows) / size),
});

/** The parts of one batch. */
export interface OpenBatch {
  readonly plan: PlannedBatch;
  /** One for each row. */
  readonly parts: readonly Part[];
}

/**
 * Reads the batches of a plan, one after the other.
 *
 * @param signal ends the reading: the iteration throws its reason.
 */
export async function* openBatches(
  source: SequenceSource,
  plan: readonly PlannedBatch[],
  signal?: AbortSignal,
): AsyncGenerator<OpenBatch> {
  const parts = source.open(rowsOf(plan), signal)[Symbol.asyncIterator]();
  try {
    for (const batch of plan) {
      const own: Part[] = [];
      for (let left = batch.rows.length; left > 0; left--) own.push((await parts.next()).value as Part);
      yield { plan: batch, parts: own };
    }
  } finally {
    await parts.return?.();
  }
}

function* rowsOf(plan: readonly PlannedBatch[]): Generator<Span> {
  for (const { rows } of plan) yield* rows;
}
