/** Sequences of any length as rows of one width: what clusters, labels and pictures are made of. */
import type { Column, ConditionColumn, Sequence } from "../data/dataset.ts";
import type { Encoded } from "../inference/encode.ts";
import { knownTables, LATENT } from "./known.ts";
import { type PoolName, pooled } from "./pool.ts";

/** A row of numbers for each sequence; NaN is what cannot be told of it. */
export interface Features {
  /** `[F]`: what each number is. */
  readonly names: readonly string[];
  /** `[N]` rows `[F]`. */
  readonly rows: readonly Float64Array[];
}

/** Something that a sequence has at each step. */
export interface Track {
  readonly names: readonly string[];
  /** `[length, names]` */
  readonly values: Float64Array;
}

/**
 * What a model sees in sequences, pooled over their steps: the means of the latent variables and each part of the state,
 * named `z1.mean`, `h.1.mean`. Of a model that smooths (an HMM) they are the probabilities of its states given the whole
 * sequence, whose mean is the share of time spent in each.
 *
 * @example
 * encodingFeatures(encoded, ["mean"]).names; // ["z1.mean", "z2.mean", "h.1.mean", ...]
 */
export const encodingFeatures = (encoded: readonly Encoded[], pools: readonly PoolName[]): Features =>
  featuresOf(encoded.map(tracksOf), pools);

/**
 * What a model carries from step to step, pooled over the steps: the encodings less what the latent variables said of each step.
 *
 * @example
 * knownFeatures(encoded, ["mean"]).names; // ["h.1.mean", "h.2.mean", ...]
 */
export const knownFeatures = (encoded: readonly Encoded[], pools: readonly PoolName[]): Features =>
  featuresOf(encoded.map(knownTracks), pools);

/**
 * The columns as they stand in the data, pooled over their steps: what encodings are held against. A column of levels has
 * a number for each level, 1 where it is.
 */
export const columnFeatures = (
  columns: readonly Column[],
  sequences: readonly Sequence[],
  pools: readonly PoolName[],
): Features =>
  featuresOf(
    sequences.map((sequence) => [columnTrack(columns, sequence)]),
    pools,
  );

/** What is known once of each sequence, in the units of the data; a number for each level of what has levels. */
export function staticFeatures(
  conditions: readonly ConditionColumn[],
  sequences: readonly Sequence[],
): Features {
  const known = conditions.map(({ role }) => role === "static");
  const tracks = sequences.map(({ conditions: table = new Float64Array() }) =>
    columnTrack(conditions, { length: 1, values: table.subarray(0, conditions.length) }),
  );
  const isKept = conditions.flatMap(({ levels }, c) =>
    new Array<boolean>(Math.max(1, levels.length)).fill(known[c]!),
  );
  return {
    names: (tracks[0]?.names ?? []).filter((_, f) => isKept[f]),
    rows: tracks.map(({ values }) => values.filter((_, f) => isKept[f])),
  };
}

/** Features side by side, of the same sequences. */
export const beside = (left: Features, right: Features): Features => ({
  names: [...left.names, ...right.names],
  rows: left.rows.map((row, i) => Float64Array.of(...row, ...right.rows[i]!)),
});

function featuresOf(sequences: readonly (readonly Track[])[], pools: readonly PoolName[]): Features {
  const tracks = sequences[0] ?? [];
  return {
    names: tracks.flatMap(({ names }) => names.flatMap((name) => pools.map((pool) => `${name}.${pool}`))),
    rows: sequences.map((own) =>
      Float64Array.from(own.flatMap(({ names, values }) => pooled(values, names.length, pools))),
    ),
  };
}

function tracksOf(encoded: Encoded): readonly Track[] {
  const known = knownTables(encoded);
  const isBeside = encoded.smoothed === undefined && !(LATENT in known);
  const latent = isBeside ? [numberedTrack(LATENT, encoded.mean, encoded.sequence)] : [];
  return [...latent, ...knownTracks(encoded)];
}

const knownTracks = (encoded: Encoded): readonly Track[] =>
  Object.entries(knownTables(encoded)).map(([before, values]) =>
    numberedTrack(before, values, encoded.sequence),
  );

const numberedTrack = (
  before: string,
  values: Float64Array,
  { length }: Pick<Sequence, "length">,
): Track => ({
  names: Array.from({ length: values.length / Math.max(1, length) }, (_, i) => `${before}${i + 1}`),
  values,
});

/** The columns at each step as they stand in the data; a number for each level of a column of levels, 1 where it is. */
export function columnTrack(
  columns: readonly Column[],
  { length, values }: Pick<Sequence, "length" | "values">,
): Track {
  const parts = columns.flatMap(({ name, levels }, d) =>
    levels.length === 0
      ? [{ name, read: (t: number) => values[t * columns.length + d]! }]
      : levels.map((level, l) => ({
          name: `${name}=${level}`,
          read: (t: number) => isLevel(values[t * columns.length + d]!, l),
        })),
  );
  const table = Array.from({ length }, (_, t) => parts.map(({ read }) => read(t))).flat();
  return { names: parts.map(({ name }) => name), values: Float64Array.from(table) };
}

const isLevel = (value: number, level: number): number =>
  Number.isNaN(value) ? value : Number(value === level);
