/**
 * Filled gaps that hold what they promise: entries of the validation split are taken away and filled, and how the true
 * values lay about the straight line between the observed neighbours and the model's draws is learned for each column
 * (`fill-rule.ts`). The order of the draws, which says how gaps belong together, stays the model's (ensemble copula
 * coupling: Schefzik, Thorarinsdottir and Gneiting, "Uncertainty Quantification in Complex Simulation Models Using
 * Ensemble Copula Coupling", 2013).
 */
import { everyNth } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import { columnUnits } from "../data/inputs.ts";
import { unitsAt } from "../data/scaling.ts";
import { nearestDraw } from "../inference/conditioning.ts";
import type { Gap } from "../inference/gap.ts";
import { filledWith, type Imputed, type ImputeOptions, imputeSequences } from "../inference/impute.ts";
import { Random } from "../random/generator.ts";
import { type ColumnFill, type Evidence, learnColumnFill, type Outcome, quantilesOf } from "./fill-rule.ts";
import { type Tear, type TornPiece, tornPieces } from "./made-gaps.ts";
import { Neighbours } from "./neighbours.ts";
import { isQuantity, withinCell } from "./recalibrate.ts";

/** By the name of a column what was learned of its missing entries. */
export type FillCalibration = ReadonlyMap<string, ColumnFill>;

const TEARS: readonly Tear[] = ["partial", "whole"];

/** Into how many parts the time is cut, of which each is foretold by the others. */
const PARTS = 4;

/** The same draws whenever it is learned. */
const SEED = 1;

/** How many draws of each gap are made to learn from, and to put right: fewer do not tell how wide they lie. */
export const FILL_DRAWS = 100;

/** The model that fills, how, and the sequences to learn from: those of a validation split. */
export type FillCalibrationOptions = Omit<ImputeOptions, "seed">;

/**
 * Learns how true values lie about what fills their gaps, from sequences that the model was not trained on.
 *
 * @param options as those of the gaps that are to be filled: the draws must be alike
 * @returns without the columns of which too few entries were observed, and those that are no quantities.
 * @throws VrnnError `impute/lag`, `impute/islandSize`
 * @example
 * const calibration = await learnFillCalibration({ ...settings, sequences: data.splits.valid });
 * calibration.get("load").leans[0]; // { distance: 1, share: 0.2, most: 3.1 }: a fifth of the way from the line to the draws
 */
export async function learnFillCalibration(options: FillCalibrationOptions): Promise<FillCalibration> {
  const { columns } = options;
  const tears = TEARS.filter((tear) => tear === "whole" || columns.length > 1);
  const outcomes = (await Promise.all(tears.map((tear) => outcomesOf(options, tear)))).flat();
  return new Map(
    columns.flatMap(({ name }, d) => {
      const fill = learnColumnFill(outcomes.flatMap((outcome) => (outcome.column === d ? [outcome] : [])));
      return fill === undefined ? [] : [[name, fill] as const];
    }),
  );
}

type ColumnOutcome = Outcome & { readonly column: number };

/** Fills gaps that are made, and tells what stood there. */
async function outcomesOf(options: FillCalibrationOptions, tear: Tear): Promise<ColumnOutcome[]> {
  const { columns, sequences } = options;
  const pieces = tornPieces(sequences, tear, columns.length);
  const imputed = await imputeSequences({
    ...options,
    sequences: pieces.map(({ torn }) => torn),
    seed: SEED,
  });
  const steps = Math.max(...pieces.map(({ start, whole }) => start + whole.length));
  return imputed.flatMap((each, i) => outcomesIn(pieces[i]!, each, { columns, steps }));
}

function outcomesIn(
  { whole, start }: TornPiece,
  { sequence, gaps }: Imputed,
  { columns, steps }: { readonly columns: readonly Column[]; readonly steps: number },
): ColumnOutcome[] {
  const evidenceOf = evidenceIn(sequence, columns);
  const random = Random.stream(SEED, "within the cell", sequence.name);
  return gaps.flatMap((gap) => {
    const column = columns[gap.column]!;
    const place = random.uniform() - 0.5;
    const recorded = whole.values[gap.step * columns.length + gap.column]!;
    const evidence = evidenceOf(gap);
    if (!isQuantity(column) || Number.isNaN(recorded) || evidence === undefined) return [];
    const value = withinCell(column, recorded, place);
    const part = Math.floor((PARTS * (start + gap.step)) / steps);
    return [{ column: gap.column, evidence, value, part }];
  });
}

/** What is known of each gap of a sequence; undefined where nothing of its column was observed. */
function evidenceIn(sequence: Sequence, columns: readonly Column[]): (gap: Gap) => Evidence | undefined {
  const usual = columnUnits(columns);
  const neighbours = columns.map((_, d) => new Neighbours(everyNth(sequence.values, d, columns.length)));
  return ({ step, column, draws }) => {
    const around = neighbours[column]!.around(step);
    if (around === undefined) return undefined;
    const unit = unitsAt(sequence.units, usual, step).scale[column]!;
    return { ...around, unit, ...momentsOf(draws) };
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
    const evidenceOf = evidenceIn(sequence, columns);
    const ties = Random.stream(SEED, "ties", sequence.name);
    const calibrated = gaps.map((gap): Gap => {
      const column = columns[gap.column]!;
      const [fill, evidence] = [calibration.get(column.name), evidenceOf(gap)];
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
