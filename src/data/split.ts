import { VrnnError } from "../errors.ts";
import { listed } from "../words/figures.ts";
import { SPLIT_NAMES, type SplitName } from "./dataset.ts";
import type { SplitWay } from "./tables/answers.ts";

/** The shares of training, validation and test; they sum to 1. */
export type SplitShares = readonly [train: number, valid: number, test: number];

const DEFAULT_SHARES: SplitShares = [0.7, 0.15, 0.15];

/** What of a sequence a split depends on. */
export interface Splittable {
  readonly length: number;
  /** The split that its file asked for. */
  readonly split?: SplitName | undefined;
  /** Its class, where each split is to have its share of every one; see `planGiven`. */
  readonly level?: string | undefined;
  /** What it is called, for notes. */
  readonly name?: string;
  /** Whether it is known when its steps were. */
  readonly isTimed?: boolean;
}

/** Steps `start` (included) to `end` (not included) of the sequence with that index. */
export interface SplitPart {
  readonly index: number;
  readonly split: SplitName;
  readonly start: number;
  readonly end: number;
}

export interface SplitPlan {
  readonly parts: readonly SplitPart[];
  /** Those of them that no file asked for. */
  readonly divided: readonly SplitPart[];
  readonly notes: readonly string[];
}

/**
 * Who trains, who validates, who tests; the same for the same input.
 *
 * - Where files ask for splits these are kept, and what asks for none trains; when nothing asks for validation, it is
 *   taken from the end of training.
 * - Otherwise whole sequences are dealt out in their order, the first to training.
 * - One or two sequences are each cut by time: the first part trains, the next validates, the last tests. So are more where
 *   it is asked for, as it should be to forecast these same sequences.
 *
 * @param way how, where files do not ask for splits; seen from the number of sequences unless told
 * @example
 * planSplit([{ length: 100 }]).parts;
 * // [{ index: 0, split: "train", start: 0, end: 70 }, { ..., "valid", 70, 85 }, { ..., "test", 85, 100 }]
 */
export function planSplit(
  items: readonly Splittable[],
  shares: SplitShares = DEFAULT_SHARES,
  way?: SplitWay,
): SplitPlan {
  const left = dividedItems(items);
  if (items.every(({ split }) => split === undefined)) {
    const asked = SPLIT_NAMES.filter((_, i) => shares[i]! > 0);
    return noteEmpty(divide(items, left, shares, way), asked);
  }
  const keep = (split: SplitName) => askingFor(items, split).map((index) => wholePart(items, index, split));
  if (left.length === 0) {
    const kept = { parts: SPLIT_NAMES.flatMap(keep), divided: [] };
    if (isAllTested(shares)) return { ...kept, notes: [] };
    return noteEmpty({ ...kept, notes: ["split: as the files say"] });
  }
  const [train, valid] = shares;
  const held = train + valid > 0 ? valid / (train + valid) : 0;
  const divided = divide(items, left, [1 - held, held, 0], way);
  const notes = ["split: as the files say, validation taken from the end of training", ...divided.notes];
  return noteEmpty({ ...divided, parts: [...divided.parts, ...keep("test")], notes });
}

/** The items whose files ask for a split; one that asks for none trains. */
const askingFor = (items: readonly Splittable[], wanted: SplitName): number[] =>
  items.flatMap(({ split = "train" }, index) => (split === wanted ? [index] : []));

/** The items of which shares go to several splits: all where no file asks for a split, those that train where none validates. */
export function dividedItems(items: readonly Splittable[]): number[] {
  if (items.every(({ split }) => split === undefined)) return [...items.keys()];
  return askingFor(items, "valid").length > 0 ? [] : askingFor(items, "train");
}

/** Whether nothing is to train: what is read is for a trained model, and how it is split is nobody's concern. */
export const isAllTested = (shares: SplitShares | undefined): boolean => shares?.[2] === 1;

function divide(
  items: readonly Splittable[],
  indices: readonly number[],
  shares: SplitShares,
  way: SplitWay = indices.length >= 3 ? "sequence" : "time",
): SplitPlan {
  const divided = way === "sequence" ? divideByOrder : divideEach;
  const plan = divided(items, indices, shares);
  // Where one split gets all, nothing was divided.
  const isOne = shares.filter((share) => share > 0).length < 2;
  return { ...plan, divided: isOne ? [] : plan.parts };
}

type Division = Omit<SplitPlan, "divided">;

function divideEach(items: readonly Splittable[], indices: readonly number[], shares: SplitShares): Division {
  const parts = indices.flatMap((index) => divideByTime(items[index]!.length, index, shares));
  const each = indices.length > 2 ? " within each sequence" : "";
  return {
    parts,
    notes: sharesNote(`split by time${each}: the first`, shares, (share) => `${Math.round(share * 100)} %`),
  };
}

/** Who forecasts series that the model has learned from wants the ends of all of them held out. */
const FORECASTING =
  "to forecast these same sequences, cut each of them by time with the option split-by: time";

/** So many sequences are named. */
const MOST_NAMED = 6;
/** Of so many sequences it is told where they are cut. */
const MOST_CUT = 2;

/**
 * What is told of where sequences, or which of their steps, went that were divided.
 *
 * @param when tells when a step of an item was; its number unless told
 */
export function placeNotes(
  items: readonly Splittable[],
  { divided }: SplitPlan,
  when: (index: number, step: number) => string = (_, step) => `step ${step + 1}`,
): string[] {
  const cut = cutItems(items, divided);
  if (cut.length > 0) {
    const ends = ({ index, split, start, end }: SplitPart) =>
      `${split} ${when(index, start)} to ${when(index, end - 1)}`;
    return cut.map(
      (i) =>
        `${items[i]!.name}: ${divided
          .filter(({ index }) => index === i)
          .map(ends)
          .join(", ")}`,
    );
  }
  const named = SPLIT_NAMES.flatMap((split) => {
    const names = divided.flatMap((part) => (part.split === split ? (items[part.index]!.name ?? []) : []));
    return names.length > 0 ? [`${split}: ${listed(names, MOST_NAMED)}`] : [];
  });
  return named.length > 0 ? [named.join("; ")] : [];
}

/** The first items that are cut, of which it is told where. */
export function cutItems(items: readonly Splittable[], divided: readonly SplitPart[]): number[] {
  const isCut = ({ index, start, end }: SplitPart) => end - start < items[index]!.length;
  return [...new Set(divided.filter(isCut).map(({ index }) => index))].slice(0, MOST_CUT);
}

function divideByOrder(
  items: readonly Splittable[],
  indices: readonly number[],
  shares: SplitShares,
): Division {
  const counts = splitCounts(indices.length, shares);
  const names = SPLIT_NAMES.flatMap((split, i) => Array.from({ length: counts[i]! }, () => split));
  const parts = indices.map((index, i) => wholePart(items, index, names[i]!));
  const notes = sharesNote("split by sequence, in order:", shares, (_, i) => String(counts[i]));
  const isTimed = notes.length > 0 && indices.some((index) => items[index]!.isTimed === true);
  return { parts, notes: isTimed ? [...notes, FORECASTING] : notes };
}

/** What each split that was asked for got; where one gets all, nothing was split. */
function sharesNote(how: string, shares: SplitShares, shown: (share: number, i: number) => string): string[] {
  const given = shares.flatMap((share, i) => (share > 0 ? [`${shown(share, i)} ${SPLIT_NAMES[i]}`] : []));
  return given.length > 1 ? [`${how} ${given.join(", ")}`] : [];
}

function divideByTime(length: number, index: number, shares: SplitShares): SplitPart[] {
  const [train, valid] = splitCounts(length, shares);
  const bounds = [0, train, train + valid, length];
  return SPLIT_NAMES.map((split, i) => ({ index, split, start: bounds[i]!, end: bounds[i + 1]! })).filter(
    ({ start, end }) => end > start,
  );
}

function wholePart(items: readonly Splittable[], index: number, split: SplitName): SplitPart {
  return { index, split, start: 0, end: items[index]!.length };
}

/**
 * Whole numbers in the given shares that sum to `count`: every split that asks for a share gets at least one, as long
 * as there are enough, and training comes first.
 *
 * @example
 * splitCounts(10, [0.7, 0.15, 0.15]); // [6, 2, 2]
 */
export function splitCounts(count: number, shares: SplitShares): [number, number, number] {
  const atLeastOne = (share: number) => (share > 0 ? Math.max(1, Math.round(share * count)) : 0);
  const left = shares[0] > 0 ? Math.max(0, count - 1) : count;
  const valid = Math.min(atLeastOne(shares[1]), left);
  const test = Math.min(atLeastOne(shares[2]), left - valid);
  return shares[0] > 0 ? [count - valid - test, valid, test] : [0, valid, count - valid];
}

/** @param asked the splits that were asked for: of any other it is no news that it is empty */
function noteEmpty(plan: SplitPlan, asked: readonly SplitName[] = SPLIT_NAMES): SplitPlan {
  const empty = asked.filter((name) => plan.parts.every(({ split }) => split !== name));
  return { ...plan, notes: [...plan.notes, ...empty.map((name) => `the ${name} split is empty`)] };
}

/**
 * Checks the shares of a split.
 *
 * @throws VrnnError `data/split` unless they are three numbers from 0 that sum to 1.
 */
export function checkShares(shares: SplitShares): SplitShares {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.length === 3 && shares.every((share) => share >= 0) && Math.abs(total - 1) < 1e-6) return shares;
  throw new VrnnError("data/split", `split [${shares.join(", ")}] is no set of shares`, {
    remedy: "give three numbers from 0 that sum to 1, such as [0.7, 0.15, 0.15]",
  });
}
