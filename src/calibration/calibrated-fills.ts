/**
 * Filled gaps put right by what was learned of them (`fill-calibration.ts`): the draws of the model give the order, the rule
 * of a column the distribution (ensemble copula coupling: Schefzik, Thorarinsdottir and Gneiting, "Uncertainty
 * Quantification in Complex Simulation Models Using Ensemble Copula Coupling", 2013).
 */
import { everyNth } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import { columnUnits } from "../data/inputs.ts";
import { unitsAt } from "../data/scaling.ts";
import { nearestDraw } from "../inference/conditioning.ts";
import type { Gap } from "../inference/gap.ts";
import { filledWith, type Imputed } from "../inference/impute.ts";
import { Random } from "../random/generator.ts";
import { type Companions, filledByCompanions } from "./companions.ts";
import { type ColumnFill, type Evidence, quantilesOf } from "./fill-rule.ts";
import { Neighbours } from "./neighbours.ts";
import { isQuantity } from "./recalibrate.ts";

/** What was learned of missing entries. */
export interface FillCalibration {
  /** By the name of a column, of entries at whose step another quantity was observed. */
  readonly columns: ReadonlyMap<string, ColumnFill>;
  /** Of those that were missing with all others. */
  readonly alone: ReadonlyMap<string, ColumnFill>;
  /** How columns go together; undefined where that was not learned. */
  readonly companions: Companions | undefined;
}

/** How many draws of each gap are made to learn from, and to put right: fewer do not tell how wide they lie. */
export const FILL_DRAWS = 100;

/** What was learned of the entries of a column; of the other kind where one kind was too rare. */
export const fillOf = (
  { columns, alone }: FillCalibration,
  name: string,
  isAlone: boolean,
): ColumnFill | undefined =>
  isAlone ? (alone.get(name) ?? columns.get(name)) : (columns.get(name) ?? alone.get(name));

/** Levels are the same whenever draws are put right. */
const SEED = 1;

/** The columns, and how they go together. */
export interface Together {
  readonly columns: readonly Column[];
  readonly companions: Companions | undefined;
}

/** What is known of an entry, and whether no other quantity was observed at its step. */
export type Known = Evidence & { readonly isAlone: boolean };

/** What is known of each gap of a sequence; undefined where nothing of its column was observed. */
export function evidenceIn(
  sequence: Sequence,
  { columns, companions }: Together,
): (gap: Gap) => Known | undefined {
  const seenAt = (step: number) =>
    columns.map(
      (column, d) => isQuantity(column) && !Number.isNaN(sequence.values[step * columns.length + d]!),
    );
  const filled = companions && filledByCompanions(sequence, columns, companions);
  const usual = columnUnits(columns);
  const neighbours = columns.map((_, d) => new Neighbours(everyNth(sequence.values, d, columns.length)));
  return ({ step, column, draws }) => {
    const around = neighbours[column]!.around(step);
    if (around === undefined) return undefined;
    const unit = unitsAt(sequence.units, usual, step).scale[column]!;
    const said = filled?.[step * columns.length + column] ?? around.line;
    const isAlone = !seenAt(step).some((isSeen, d) => isSeen && d !== column);
    return { ...around, companions: said, unit, ...momentsOf(draws), isAlone };
  };
}

function momentsOf(draws: Float64Array): { readonly mean: number; readonly spread: number } {
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const squares = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / draws.length) };
}

/**
 * Filled sequences, the distribution of each gap put right: a draw becomes the quantile of the level that it has among all
 * draws of its gap, and their mean fills it. Each draw has the distribution that was learned, however few there are.
 *
 * @param imputed with as many draws as the calibration was learned from: of fewer the deviation, which tells how wide errors
 * are, is less sure. Where fewer are wanted, take the first of those that are returned
 * @param seed chooses the levels of fewer than 100 draws
 * @example
 * const filled = calibratedFills(await imputeSequences(settings), calibration, columns, settings.seed);
 */
export function calibratedFills(
  imputed: readonly Imputed[],
  calibration: FillCalibration,
  columns: readonly Column[],
  seed: number,
): Imputed[] {
  return imputed.map(({ sequence, gaps, effectiveSize }) => {
    const evidenceOf = evidenceIn(sequence, { columns, companions: calibration.companions });
    const ties = Random.stream(SEED, "ties", sequence.name);
    const calibrated = gaps.map((gap): Gap => {
      const column = columns[gap.column]!;
      const evidence = evidenceOf(gap);
      const fill = evidence && fillOf(calibration, column.name, evidence.isAlone);
      if (fill === undefined || evidence === undefined) return gap;
      const quantile = quantilesOf(fill, evidence);
      const random = () => Random.stream(seed, "levels", sequence.name, gap.step, gap.column);
      const levels = levelsOf(gap.draws.length, random);
      const draws = ranksOf(gap.draws, ties).map((rank) => nearestDraw(column, quantile(levels[rank]!)));
      return { ...gap, draws };
    });
    return { ...filledWith(sequence, calibrated, columns), effectiveSize };
  });
}

/**
 * The levels of S draws, ascending: i/(S + 1), or S of those of a hundred draws. At i/(S + 1) few draws would be the same
 * quantiles each time, and a single one the median; chosen so, the i-th has that level in the mean.
 */
function levelsOf(count: number, random: () => Pick<Random, "shuffle">): Float64Array {
  const all = Math.max(count, FILL_DRAWS);
  const levels = Array.from({ length: all }, (_, i) => (i + 1) / (all + 1));
  return Float64Array.from(count < all ? random().shuffle(levels).slice(0, count) : levels).sort();
}

/** How many draws are smaller than each; of equal ones at random. */
function ranksOf(draws: Float64Array, random: Pick<Random, "uniform">): Float64Array {
  const ties = draws.map(() => random.uniform());
  const order = [...draws.keys()].sort((a, b) => draws[a]! - draws[b]! || ties[a]! - ties[b]!);
  const ranks = new Float64Array(draws.length);
  order.forEach((place, rank) => {
    ranks[place] = rank;
  });
  return ranks;
}
