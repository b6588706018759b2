/** Where sequences come from: memory, a file of any size, whatever can tell lengths and hand out parts. */
import { VrnnError } from "../errors.ts";
import { sliceUnits, type Units } from "./dataset.ts";
import { type Fields, type FieldValues, widthOf } from "./fields.ts";

/** What is known of a sequence without reading its values. */
export interface IndexEntry {
  readonly name: string;
  /** T: how many steps it has. */
  readonly length: number;
  /** Where it begins in the sequence that it is a part of, in steps; absent counts as 0. */
  readonly offset?: number;
  /** What several sequences tell of alike, such as a picture with several captions; absent: nothing else does. */
  readonly group?: string;
}

/** Every sequence of a source, in its order. */
export type Index = readonly IndexEntry[];

/** Steps `from` (included) to `to` (not included) of sequence `i` of an index. */
export interface Span {
  readonly i: number;
  readonly from: number;
  readonly to: number;
}

/** Some steps of a sequence, with the values of every field. */
export interface Part {
  /** How many steps. */
  readonly length: number;
  /**
   * By field: of an axis T the values of these steps, else those of the whole sequence. `[length, D]` float64 for
   * columns, `[length]` int32 for tokens, `[length, ...shape]` for frames, the index of a level for a label.
   */
  readonly values: Readonly<Record<string, FieldValues>>;
  /** By field of columns: how these values are scaled, where it is not by the columns' statistics. */
  readonly units?: Readonly<Record<string, Units>>;
  /** `[length]`: when each step was, where that is known. */
  readonly times?: Float64Array;
}

/** Sequences that can be read in parts, in any order. */
export interface SequenceSource {
  /** Names and lengths of all sequences, found in one pass at most and kept. */
  index(): Promise<Index>;
  /**
   * The parts of a plan, one for each span, in its order. A source may read ahead by a bounded number of bytes.
   *
   * @param signal ends the reading: the iteration throws its reason.
   */
  open(plan: Iterable<Span>, signal?: AbortSignal): AsyncIterable<Part>;
  /** Gives back what it holds, such as open files. */
  close(): Promise<void>;
}

/** A sequence in memory, with all its values. */
export interface MemorySequence extends IndexEntry {
  /** By field, as `Part.values`. */
  readonly values: Readonly<Record<string, FieldValues>>;
  readonly units?: Readonly<Record<string, Units>>;
  readonly times?: Float64Array;
}

/**
 * A source over sequences in memory; parts are views on the same memory.
 *
 * @throws VrnnError `data/width`, when it is opened, for a field that has not one value per step and number.
 * @example
 * const source = memorySource([{ name: "a", length: 3, values: { x: Float64Array.of(1, 2, 3) } }], fields);
 * for await (const { values } of source.open([{ i: 0, from: 1, to: 3 }])) values.x; // [2, 3]
 */
export function memorySource(sequences: readonly MemorySequence[], fields: Fields): SequenceSource {
  const index = sequences.map(
    ({ name, length, offset, group }): IndexEntry => ({
      ...{ name, length },
      ...(offset !== undefined && { offset }),
      ...(group !== undefined && { group }),
    }),
  );
  return {
    index: () => Promise.resolve(index),
    open: (plan, signal) => memoryParts(sequences, fields, plan, signal),
    close: () => Promise.resolve(),
  };
}

async function* memoryParts(
  sequences: readonly MemorySequence[],
  fields: Fields,
  plan: Iterable<Span>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Part> {
  for (const { i, from, to } of plan) {
    signal?.throwIfAborted();
    yield cutPart(sequences[i]!, fields, from, to);
  }
}

/** Steps `from` (included) to `to` (not included) of a sequence, as views on its memory. */
export function cutPart(sequence: MemorySequence, fields: Fields, from: number, to: number): Part {
  const { name, length, values, units, times } = sequence;
  const cut = ([field, all]: readonly [string, FieldValues]) => {
    const { axis } = fields[field]!;
    const width = widthOf(fields[field]!);
    if (axis === "T") checkWidth(all.length, length, width, `sequence "${name}", field "${field}"`);
    return [field, axis === "T" ? all.subarray(from * width, to * width) : all] as const;
  };
  return {
    length: to - from,
    values: Object.fromEntries(
      Object.entries(values)
        .filter(([field]) => Object.hasOwn(fields, field))
        .map(cut),
    ),
    ...(units && { units: cutUnits(units, fields, from, to) }),
    ...(times && { times: times.subarray(from, to) }),
  };
}

function cutUnits(
  units: Readonly<Record<string, Units>>,
  fields: Fields,
  from: number,
  to: number,
): Readonly<Record<string, Units>> {
  const cut = ([field, own]: readonly [string, Units]) =>
    [field, sliceUnits(own, widthOf(fields[field]!), from, to)] as const;
  return Object.fromEntries(Object.entries(units).map(cut));
}

/**
 * Checks that a table has `width` values for each of its steps.
 *
 * @throws VrnnError `data/width`
 */
export function checkWidth(values: number, length: number, width: number, at: string): void {
  if (values === length * width) return;
  const what = `${length} steps of ${width} columns make ${length * width} values, the sequence has ${values}`;
  throw new VrnnError("data/width", what, { at, remedy: "read it with these columns" });
}
