import { VrnnError } from "../errors.ts";
import { SPLIT_NAMES, type SplitName } from "./dataset.ts";

/** The shares of training, validation and test; they sum to 1. */
export type SplitShares = readonly [train: number, valid: number, test: number];

export const DEFAULT_SHARES: SplitShares = [0.7, 0.15, 0.15];

/** What of a sequence a split depends on. */
export interface Splittable {
  readonly length: number;
  /** The split that its file asked for. */
  readonly split?: SplitName | undefined;
}

/** Steps `start` (included) to `end` (not included) of the sequence with that index. */
export interface Part {
  readonly index: number;
  readonly split: SplitName;
  readonly start: number;
  readonly end: number;
}

export interface SplitPlan {
  readonly parts: readonly Part[];
  readonly notes: readonly string[];
}

/**
 * Who trains, who validates, who tests; the same for the same input.
 *
 * - Where files ask for splits these are kept, and what asks for none trains; when nothing asks for validation, it is
 *   taken from the end of training.
 * - Otherwise whole sequences are dealt out in their order, the first to training.
 * - One or two sequences are each cut by time: the first part trains, the next validates, the last tests.
 *
 * @example
 * planSplit([{ length: 100 }]).parts;
 * // [{ index: 0, split: "train", start: 0, end: 70 }, { ..., "valid", 70, 85 }, { ..., "test", 85, 100 }]
 */
export function planSplit(items: readonly Splittable[], shares: SplitShares = DEFAULT_SHARES): SplitPlan {
  const all = items.map((_, index) => index);
  if (items.every(({ split }) => split === undefined)) {
    const asked = SPLIT_NAMES.filter((_, i) => shares[i]! > 0);
    return noteEmpty(divide(items, all, shares), asked);
  }
  const asked = (split: SplitName) => all.filter((index) => (items[index]!.split ?? "train") === split);
  const keep = (split: SplitName) => asked(split).map((index) => wholePart(items, index, split));
  if (asked("valid").length > 0 || asked("train").length === 0) {
    return noteEmpty({ parts: SPLIT_NAMES.flatMap(keep), notes: ["split: as the files say"] });
  }
  const [train, valid] = shares;
  const held = train + valid > 0 ? valid / (train + valid) : 0;
  const divided = divide(items, asked("train"), [1 - held, held, 0]);
  const notes = ["split: as the files say, validation taken from the end of training", ...divided.notes];
  return noteEmpty({ parts: [...divided.parts, ...keep("test")], notes });
}

function divide(items: readonly Splittable[], indices: readonly number[], shares: SplitShares): SplitPlan {
  if (indices.length >= 3) return divideByOrder(items, indices, shares);
  const parts = indices.flatMap((index) => divideByTime(items[index]!.length, index, shares));
  return {
    parts,
    notes: sharesNote("split by time: the first", shares, (share) => `${Math.round(share * 100)} %`),
  };
}

function divideByOrder(
  items: readonly Splittable[],
  indices: readonly number[],
  shares: SplitShares,
): SplitPlan {
  const counts = splitCounts(indices.length, shares);
  const names = SPLIT_NAMES.flatMap((split, i) => Array.from({ length: counts[i]! }, () => split));
  const parts = indices.map((index, i) => wholePart(items, index, names[i]!));
  return { parts, notes: sharesNote("split by sequence, in order:", shares, (_, i) => String(counts[i])) };
}

/** What each split that was asked for got; where one gets all, nothing was split. */
function sharesNote(how: string, shares: SplitShares, shown: (share: number, i: number) => string): string[] {
  const given = shares.flatMap((share, i) => (share > 0 ? [`${shown(share, i)} ${SPLIT_NAMES[i]}`] : []));
  return given.length > 1 ? [`${how} ${given.join(", ")}`] : [];
}

function divideByTime(length: number, index: number, shares: SplitShares): Part[] {
  const [train, valid] = splitCounts(length, shares);
  const bounds = [0, train, train + valid, length];
  return SPLIT_NAMES.map((split, i) => ({ index, split, start: bounds[i]!, end: bounds[i + 1]! })).filter(
    ({ start, end }) => end > start,
  );
}

function wholePart(items: readonly Splittable[], index: number, split: SplitName): Part {
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
  return { parts: plan.parts, notes: [...plan.notes, ...empty.map((name) => `the ${name} split is empty`)] };
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
