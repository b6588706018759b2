/** Who trains, who validates and who tests, as the options of a schema say. */

import { groupBy, shuffled } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import { Random } from "../../random/generator.ts";
import { type Dataset, type Sequence, type SplitName, sliceSequence } from "../dataset.ts";
import {
  checkShares,
  dividedItems,
  isAllTested,
  planSplit,
  type SplitPart,
  type SplitPlan,
  type Splittable,
} from "../split.ts";
import type { SplitWay } from "./answers.ts";
import type { SchemaOptions } from "./schema.ts";

/** The seed by which labelled sequences are dealt out where none is told. */
export const USUAL_SHUFFLE = 1;

/** Files are often sorted by class: sequences with labels are shuffled unless the options say how, or none train. */
export function shuffleOf(
  items: readonly Splittable[],
  { shuffle, label, split, splitBy }: SchemaOptions,
): number | undefined {
  const isDealtOut = isDealt(items, splitBy) && !isAllTested(split);
  return shuffle ?? (label !== undefined && isDealtOut ? USUAL_SHUFFLE : undefined);
}

/**
 * The plan of the split with the shares of the options, of items in a random order where they give a seed for one.
 *
 * @throws VrnnError `data/shuffle` or `data/split` for options without effect; `data/no-training` when there is nothing to train on, nor columns of a trained model.
 */
export function planGiven(items: readonly Splittable[], options: SchemaOptions, source: string): SplitPlan {
  if (options.columns === undefined) {
    const refuseIdle = dividedItems(items).length > 0 ? refuseIdleShuffle : refuseIdleOptions;
    refuseIdle(items, options, source);
  }
  const plan = shuffledPlan(items, options);
  if (options.columns !== undefined || plan.parts.some(({ split }) => split === "train")) return plan;
  throw new VrnnError("data/no-training", "no sequence is left for the training split", {
    at: source,
    remedy: 'put sequences into "train", or give the option split a share for training',
  });
}

/**
 * Refuses options of the split for data that say which split they are of.
 *
 * @throws VrnnError `data/split`
 */
function refuseIdleOptions(
  items: readonly Splittable[],
  { split, splitBy, shuffle }: SchemaOptions,
  source: string,
): void {
  if (items.length === 0) return;
  const told = Object.entries({ split, "split-by": splitBy, shuffle });
  const idle = told.find(([, value]) => value !== undefined)?.[0];
  if (idle === undefined) return;
  throw new VrnnError(
    "data/split",
    `the option ${idle} has no effect: the data say which split they are of`,
    {
      at: source,
      remedy: "leave it out, or rename the files or columns that do",
    },
  );
}

/**
 * Refuses an order for sequences that are not dealt out: each is cut by time.
 *
 * @throws VrnnError `data/shuffle`
 */
function refuseIdleShuffle(
  items: readonly Splittable[],
  { shuffle, splitBy }: SchemaOptions,
  source: string,
): void {
  if (shuffle === undefined || isDealt(items, splitBy)) return;
  const who = splitBy === "time" ? "each sequence is" : "one or two sequences are";
  throw new VrnnError("data/shuffle", `the option shuffle has no effect: ${who} cut by time`, {
    at: source,
    remedy: "leave it out, or deal whole sequences out with the option split-by: sequence",
  });
}

/** Whether whole sequences go to splits, rather than parts of each: one or two are not dealt out unless it is said so. */
function isDealt(items: readonly Splittable[], splitBy: SplitWay | undefined): boolean {
  const { length } = dividedItems(items);
  return length > 0 && (splitBy ?? (length < 3 ? "time" : "sequence")) === "sequence";
}

function shuffledPlan(items: readonly Splittable[], { split, splitBy, shuffle }: SchemaOptions): SplitPlan {
  const shares = split && checkShares(split);
  // What is cut by time is so whatever the order.
  if (shuffle === undefined || !isDealt(items, splitBy)) return planSplit(items, shares, splitBy);
  const random = Random.stream(shuffle, "split");
  const order = evenly(
    shuffled([...items.keys()], (bound) => random.integer(bound)),
    (i) => items[i]!.level,
  );
  const { parts, divided, notes } = planSplit(
    order.map((i) => items[i]!),
    shares,
    splitBy,
  );
  const how = items.some(({ level }) => level !== undefined) ? ", class by class," : "";
  const told = `sequences were put in a random order (seed ${shuffle})${how} before they were dealt out`;
  const placed = (own: readonly SplitPart[]) => own.map((part) => ({ ...part, index: order[part.index]! }));
  return { parts: placed(parts), divided: placed(divided), notes: [...notes, told] };
}

/**
 * Puts places in an order in which every class comes along as evenly as it can: of n the j-th stands at (j + ½) / n of the
 * whole. So each part of the order has its share of each class, and a class of one is among the first half. Places without
 * a class count as one.
 */
function evenly(places: readonly number[], levelOf: (place: number) => string | undefined): number[] {
  const ranked = [...groupBy(places, levelOf).values()].flatMap((own) =>
    own.map((place, j) => ({ place, share: (j + 0.5) / own.length })),
  );
  return ranked.sort((a, b) => a.share - b.share).map(({ place }) => place);
}

/** @throws VrnnError `data/single-row` */
export function refuseSingleSteps(items: readonly Splittable[], source: string): void {
  if (items.some(({ length }) => length > 1)) return;
  const isOne = items.length === 1;
  const what = isOne ? "there is a single row" : `each of the ${items.length} sequences has a single row`;
  throw new VrnnError("data/single-row", `${what}, a sequence needs two at least`, {
    at: source,
    remedy: isOne ? "give a longer recording" : "name longer sequences with the option sequence, or none",
  });
}

/** How many rows train, of all. */
export const trainedRows = (items: readonly Splittable[], parts: readonly SplitPart[]) => ({
  rows: parts.reduce((sum, { split, start, end }) => sum + (split === "train" ? end - start : 0), 0),
  of: items.reduce((sum, { length }) => sum + length, 0),
});

/** Deals parts of sequences out to their splits. */
export function dealOut(sequences: readonly Sequence[], parts: readonly SplitPart[]): Dataset["splits"] {
  const of = (split: SplitName) =>
    parts
      .filter((part) => part.split === split)
      .map(({ index, start, end }) => sliceSequence(sequences[index]!, start, end));
  return { train: of("train"), valid: of("valid"), test: of("test") };
}
