/**
 * How a missing quantity is told from its observed neighbours, from the other columns and from a model's draws: a
 * distribution about a point between the straight line, what the other columns say, and the mean of the draws, as wide as
 * errors were where it looked alike.
 */
import { groupBy } from "../collections.ts";
import { sampleQuantile } from "../metrics/quantiles.ts";
import type { Neighbourhood } from "./neighbours.ts";
import { fitScale, scaleOf } from "./scale-fit.ts";

/** What is known of a missing entry, in the units of the data. */
export interface Evidence extends Neighbourhood {
  /** The scale of its column there. */
  readonly unit: number;
  /** What the other columns say; that of the line where they are not asked. */
  readonly companions: number;
  /** The mean and the deviation of the model's draws. */
  readonly mean: number;
  readonly spread: number;
}

/** An entry that was taken away, and what stood there. */
export interface Outcome {
  readonly evidence: Evidence;
  readonly value: number;
  /** Which part of the time it is of. */
  readonly part: number;
}

/** How far the centre goes from the line towards what else is known. */
export interface Lean {
  /** Of entries that are so many steps or more from the nearest observed one. */
  readonly distance: number;
  /** Which share of the way to the mean of the draws, from 0 to 1. */
  readonly share: number;
  /** Which share of the way to what the other columns say; both shares together are 1 at most. */
  readonly companions: number;
  /** The farthest from the line, in units of the column; no deviation of draws counts for more either. */
  readonly most: number;
}

/** Where the centre is, and how wide errors are about it. */
export interface FillRule {
  /** By distance, ascending. */
  readonly leans: readonly Lean[];
  /** What makes the scale, each times the unit or a size of the neighbourhood (`sizesOf`). */
  readonly scale: readonly number[];
  /** The least scale, in units of the column. */
  readonly floor: number;
}

/** What was learned of the missing entries of one column. */
export interface ColumnFill extends FillRule {
  /** For each lean quantiles of the errors, in their scale, the i-th of n of the level i/(n + 1). */
  readonly errors: readonly (readonly number[])[];
}

/** Classes of distances, each up to the next one. */
const DISTANCES = [1, 2, 4, 8] as const;

/** The fewest entries that a column, and a class of distances, is learned from. */
const LEAST = 50;

/** How many quantiles of the errors are kept, and in how many digits. */
const [QUANTILES, DIGITS] = [99, 6] as const;

/** The centre may go twice as far from the line as all but a hundredth of the values did. */
const [USUAL, TWICE] = [0.99, 2] as const;

/** Both shares of a lean. */
type Shares = Pick<Lean, "share" | "companions">;

/** In which steps shares are tried: finer ones make no difference that entries left out of the learning would show. */
const TENTHS = Array.from({ length: 11 }, (_, i) => i / 10);

/** All shares that are tried, the line by itself first. */
const SHARES: readonly Shares[] = TENTHS.flatMap((companions) =>
  TENTHS.filter((share) => share + companions < 1.05).map((share) => ({ share, companions })),
);

/**
 * A quantile goes so many scales from the centre, or as far as the centre itself may go from the line: a spike amid calm is
 * many scales, and would be as many of a lively stretch. Of a Laplace distribution that holds all but 1 in 150.
 */
const WIDEST = 5;

/** The least scale, as a share of the mean error of the straight line; and where that is never wrong. */
const [LEAST_SHARE, LEAST_SCALE] = [0.01, 1e-9] as const;

/**
 * Learns from entries that were taken away. Each part of the time is foretold by a rule that was learned from the others
 * (cross-conformal prediction: Vovk 2015), so that what changes between them is in the errors; these are told in a scale
 * of their own for each entry (Lei et al., "Distribution-Free Predictive Inference for Regression", 2018, section 5.2).
 *
 * @returns undefined where there are too few
 */
export function learnColumnFill(outcomes: readonly Outcome[]): ColumnFill | undefined {
  if (outcomes.length < LEAST) return undefined;
  const gaps = outcomes.map(({ evidence, value }) => Math.abs(value - evidence.line) / evidence.unit);
  const usual = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const floor = Math.max(LEAST_SHARE * usual, LEAST_SCALE);
  const rule = learnRule(outcomes, floor);
  const errors = groupBy(foretoldErrors(outcomes, floor), ({ evidence }) => leanOf(rule, evidence));
  return { ...rule, errors: rule.leans.map((lean) => quantilesAmong(errors.get(lean)!)) };
}

function quantilesAmong(foretold: readonly Foretold[]): number[] {
  const sorted = Float64Array.from(foretold, ({ error }) => error).sort();
  return Array.from({ length: QUANTILES }, (_, i) =>
    Number(sampleQuantile(sorted, (i + 1) / (QUANTILES + 1)).toPrecision(DIGITS)),
  );
}

/** How wrong a rule of other parts of the time was of an entry, in the scale that it told. */
interface Foretold {
  readonly evidence: Evidence;
  readonly error: number;
}

/** The errors of each part of the time, in their scale, by a rule of the others. */
const foretoldErrors = (outcomes: readonly Outcome[], floor: number): Foretold[] =>
  [...groupBy(outcomes, ({ part }) => part)].flatMap(([part, own]) => {
    const others = outcomes.filter((each) => each.part !== part);
    const rule = learnRule(others.length === 0 ? own : others, floor);
    return own.map(({ evidence, value }) => ({
      evidence,
      error: (value - centreOf(rule, evidence)) / widthOf(rule, evidence),
    }));
  });

function learnRule(outcomes: readonly Outcome[], floor: number): FillRule {
  const classes = groupBy(outcomes, ({ evidence }) => DISTANCES.findLast((each) => each <= evidence.nearest));
  const known = DISTANCES.filter((distance) => (classes.get(distance)?.length ?? 0) >= LEAST);
  const leans =
    known.length === 0
      ? [learnLean(DISTANCES[0], outcomes)]
      : known.map((distance) => learnLean(distance, classes.get(distance)!));
  const rule = { leans, floor, scale: [] };
  const rows = outcomes.map(({ evidence }) => sizesOf(rule, evidence));
  const errors = outcomes.map(({ evidence, value }) => (value - centreOf(rule, evidence)) / evidence.unit);
  return { ...rule, scale: fitScale(rows, errors, floor) };
}

/**
 * The shares that leave the least absolute errors, of several the least. The model is heard only where it does better than
 * the best without it in each part of the time: what it says of a level that has drifted is wrong, and a lead that is not
 * there all the time does not last.
 */
function learnLean(distance: number, outcomes: readonly Outcome[]): Lean {
  const offs = outcomes.map(({ evidence: { line, mean, companions, unit }, value, part }) => ({
    model: (mean - line) / unit,
    others: (companions - line) / unit,
    value: (value - line) / unit,
    part,
  }));
  const far = Float64Array.from(offs, ({ value }) => Math.abs(value)).sort();
  const most = TWICE * sampleQuantile(far, USUAL);
  const parts = [...groupBy(offs, ({ part }) => part).values()];
  const lossesOf = ({ share, companions }: Shares) =>
    parts.map((own) =>
      own.reduce((sum, { model, others, value }) => {
        const off = share * model + companions * others;
        return sum + Math.abs(value - Math.min(Math.max(off, -most), most));
      }, 0),
    );
  const tried = SHARES.map((shares) => ({ shares, losses: lossesOf(shares) }));
  const best = leastLoss(tried);
  const unheard = leastLoss(tried.filter(({ shares }) => shares.share === 0));
  const isAhead = best.losses.every((loss, part) => loss < unheard.losses[part]!);
  return { distance, ...(isAhead ? best : unheard).shares, most };
}

interface Tried {
  readonly shares: Shares;
  /** By part of the time. */
  readonly losses: readonly number[];
}

/** The first of those whose losses together are the least. */
function leastLoss(tried: readonly Tried[]): Tried {
  const sumOf = ({ losses }: Tried) => losses.reduce((sum, loss) => sum + loss, 0);
  return tried.reduce((best, each) => (sumOf(each) < sumOf(best) ? each : best));
}

const leanOf = ({ leans }: FillRule, { nearest }: Evidence): Lean =>
  leans.findLast(({ distance }) => distance <= nearest) ?? leans[0]!;

/** The middle of what may have stood there. */
export function centreOf(rule: FillRule, evidence: Evidence): number {
  const { line, mean, unit } = evidence;
  const { share, companions, most } = leanOf(rule, evidence);
  const off = share * (mean - line) + companions * (evidence.companions - line);
  return line + Math.min(Math.max(off, -most * unit), most * unit);
}

/** How many there are of what may make errors large. */
export const SIZES = 7;

/** What is less, in units of the column, is rounding: a weight that is learned of it would make anything of a true difference. */
const ROUNDING = 1e-9;

/**
 * What may make errors large, in units of the column: always, by the gap, by the neighbours, by their liveliness, by the model's
 * doubt, by how far the other columns are from their lines.
 */
function sizesOf(rule: FillRule, evidence: Evidence): number[] {
  const { unit, line, jump, activity, bridge, spread } = evidence;
  const { most } = leanOf(rule, evidence);
  return [
    1,
    bridge,
    jump / unit,
    activity / unit,
    (activity / unit) * bridge,
    Math.min(spread / unit, most),
    Math.min(Math.abs(evidence.companions - line) / unit, most),
  ].map((size) => (size < ROUNDING ? 0 : size));
}

/** How wide errors are about the centre: no wider than the centre itself may go, whatever was learned of sizes that never were so large. */
function widthOf(rule: FillRule, evidence: Evidence): number {
  const scale = scaleOf(rule.scale, sizesOf(rule, evidence), rule.floor);
  return evidence.unit * Math.min(scale, Math.max(leanOf(rule, evidence).most, rule.floor));
}

/** The quantiles of a missing entry: of each level in (0, 1) the value. */
export function quantilesOf(fill: ColumnFill, evidence: Evidence): (level: number) => number {
  const [centre, width] = [centreOf(fill, evidence), widthOf(fill, evidence)];
  const lean = leanOf(fill, evidence);
  const errors = fill.errors[fill.leans.indexOf(lean)]!;
  const reach = Math.max(lean.most * evidence.unit, WIDEST * width);
  return (level) => centre + Math.min(Math.max(width * sampleQuantile(errors, level), -reach), reach);
}
