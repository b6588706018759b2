/** Labels of sequences told from encodings of a model that learned without them. */
import { nearestLevel } from "../baselines/nearest-neighbour.ts";
import type { Column, ConditionColumn } from "../data/dataset.ts";
import type { Encoded } from "../inference/encode.ts";
import { type ClassSummary, classSummary } from "../metrics/classes.ts";
import { beside, columnFeatures, encodingFeatures, type Features, staticFeatures } from "./features.ts";
import type { PoolName } from "./pool.ts";
import { standardised, standardOf } from "./standardise.ts";
import { fitTeller, type Teller, told } from "./told-by.ts";

/** Sequences as the columns show them and as the model does. */
export interface Seen {
  readonly columns: readonly Column[];
  /** What is known beside them, as the model takes it. */
  readonly conditions: readonly ConditionColumn[];
  /** In their order. */
  readonly encoded: readonly Encoded[];
}

/** What the columns show, and what is known of each sequence beside them. */
const rawOf = ({ columns, conditions, encoded }: Seen, pools: readonly PoolName[]): Features => {
  const sequences = encoded.map(({ sequence }) => sequence);
  return beside(columnFeatures(columns, sequences, pools), staticFeatures(conditions, sequences));
};

/** What is known of a column without a model. */
const SUMMARIES: readonly PoolName[] = ["first", "last", "mean", "min", "max", "sd", "count"];

interface Head {
  /** What it reads, for people. */
  readonly what: string;
  readonly isModels: boolean;
  readonly features: (seen: Seen, pools: readonly PoolName[]) => Features;
}

/** What labels may be told by: encodings, alone or beside what the columns show, and the columns alone to compare. */
export const heads = {
  encodings: {
    what: "encodings",
    isModels: true,
    features: ({ encoded }, pools) => encodingFeatures(encoded, pools),
  },
  wide: {
    what: "encodings and columns",
    isModels: true,
    features: (seen, pools) => beside(encodingFeatures(seen.encoded, pools), rawOf(seen, SUMMARIES)),
  },
  means: { what: "means of columns", isModels: false, features: (seen) => rawOf(seen, ["mean"]) },
  deviations: {
    what: "means and deviations of columns",
    isModels: false,
    features: (seen) => rawOf(seen, ["mean", "sd"]),
  },
  summaries: { what: "summaries of columns", isModels: false, features: (seen) => rawOf(seen, SUMMARIES) },
} as const satisfies Readonly<Record<string, Head>>;

/** What labels are told by. */
export type HeadName = keyof typeof heads;
export const headNames = Object.keys(heads) as readonly HeadName[] as readonly [HeadName, ...HeadName[]];

/** What was learned of labelled sequences. */
export interface Probe {
  readonly levels: readonly string[];
  readonly pools: readonly PoolName[];
  /** The head of the model that did best on held-out sequences; the others stay to compare. */
  readonly chosen: HeadName;
  readonly tellers: Readonly<Record<HeadName, Teller>>;
}

/** A probe, and how each head does on sequences that it was not made of. */
export interface FittedProbe {
  readonly probe: Probe;
  readonly heldOut: Readonly<Record<HeadName, ClassSummary>>;
  /** The share that the nearest of the others tells rightly. */
  readonly nearestNeighbour: NearestShares;
}

/** By what sequences are near each other, and what share of them the nearest of the others tells rightly. */
export interface NearestShares {
  /** Means and deviations of columns. */
  readonly deviations: number;
  /** All values, step by step; absent where sequences differ in length or lack some. */
  readonly steps?: number;
}

/** Which of the labelled sequences have which level. */
export interface ProbeOptions {
  readonly levels: readonly string[];
  /** `[N]`: the index of the level of each sequence. */
  readonly labels: readonly number[];
  readonly pools: readonly PoolName[];
  /** Of how the folds are dealt. */
  readonly seed: number;
}

/** Learns to tell labels: every head by logistic regression whose ridge, as the head itself, is chosen on held-out folds. */
export function fitProbe(seen: Seen, { levels, labels, pools, seed }: ProbeOptions): FittedProbe {
  const { length: count } = levels;
  const fits = headNames.map((name) => {
    const { rows } = heads[name].features(seen, pools);
    return [name, fitTeller({ rows, levels: labels, count }, seed)] as const;
  });
  const summaries = fits.map(([name, { heldOut }]) => [name, classSummary(heldOut, count)!] as const);
  const heldOut = Object.fromEntries(summaries) as Record<HeadName, ClassSummary>;
  const own = headNames.filter((name) => heads[name].isModels);
  const chosen = own.reduce((a, b) => (heldOut[b].logLoss < heldOut[a].logLoss ? b : a));
  const tellers = Object.fromEntries(fits.map(([name, { teller }]) => [name, teller])) as Record<
    HeadName,
    Teller
  >;
  return {
    probe: { levels, pools, chosen, tellers },
    heldOut,
    nearestNeighbour: nearestShares(seen, labels),
  };
}

/** log p of each level, `[N]` of `[L]`, by the chosen head unless another is named. */
export function probed(probe: Probe, seen: Seen, head: HeadName = probe.chosen): Float64Array[] {
  const { rows } = heads[head].features(seen, probe.pools);
  return rows.map((row) => told(probe.tellers[head], row));
}

function nearestShares(seen: Seen, labels: readonly number[]): NearestShares {
  const { rows } = heads.deviations.features(seen);
  const standard = standardOf(rows);
  const deviations = nearestShare(
    rows.map((row) => standardised(standard, row)),
    labels,
  );
  const steps = stepsOf(seen);
  return { deviations, ...(steps && { steps: nearestShare(steps, labels) }) };
}

function nearestShare(rows: readonly Float64Array[], labels: readonly number[]): number {
  const examples = { rows, levels: labels };
  const right = rows.filter((row, n) => nearestLevel(examples, row, n) === labels[n]);
  return right.length / labels.length;
}

/** The values of sequences in deviations of their columns; undefined where they differ in length or lack some. */
function stepsOf({ columns, encoded }: Seen): Float64Array[] | undefined {
  const all = encoded.map(({ sequence }) => sequence.values);
  if (all.some((values) => values.length !== all[0]!.length || values.includes(Number.NaN))) return undefined;
  const scales = columns.map(({ standardDeviation }) => standardDeviation || 1);
  return all.map((values) => values.map((value, i) => value / scales[i % scales.length]!));
}
