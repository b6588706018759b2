/**
 * Widths of filled gaps that hold what they promise: entries of the validation split are taken away and filled, and how
 * the true values lay among the draws is learned, for each column by how far the nearest observed entry is (split
 * conformal prediction with the draws' own distribution as its score: Vovk et al., "Nonparametric Predictive
 * Distributions Based on Conformal Prediction", 2019; the maps are those of `Recalibrator`).
 */
import { type Column, type Sequence, sliceSequence } from "../data/dataset.ts";
import { nearestDraw } from "../inference/conditioning.ts";
import type { Gap } from "../inference/gap.ts";
import { filledWith, type Imputed, type ImputeOptions, imputeSequences } from "../inference/impute.ts";
import { Random } from "../random/generator.ts";
import {
  isQuantity,
  LEAST_TRANSFORMS,
  type Recalibration,
  Recalibrator,
  rawLevel,
  recalibratedDraws,
  sortedDraws,
  withinCell,
} from "./recalibrate.ts";

/** Where a gap is: in a step of which other columns were observed, or in one of which nothing was. */
export type GapKind = "partial" | "whole";

/** For each kind of gap and each column its map; its `horizons` are distances to the nearest observed entry, in steps. */
export type FillCalibration = Readonly<Record<GapKind, ReadonlyMap<string, Recalibration>>>;

export const GAP_KINDS: readonly GapKind[] = ["partial", "whole"];

/** Classes of distances, each up to the next one. */
const DISTANCES = [1, 2, 4, 8] as const;

/** The lengths of gaps that are made, in turn, and how many entries are left between two. */
const LENGTHS = [1, 2, 1, 4, 1, 8, 16, 30] as const;
const BETWEEN = 20;

/** The validation split is looked at in pieces, spread over all of it, of so many steps together. */
const PIECE = 300;
const STEPS = 1500;
/** A short one is looked at again with other gaps, so often at most. */
const MOST_PASSES = 8;

/** The same draws whenever it is learned. */
const SEED = 1;

/** The model that fills, how, and the sequences to learn from: those of a validation split. */
export type FillCalibrationOptions = Omit<ImputeOptions, "seed">;

/**
 * Learns how filled values lie among their draws, from sequences that the model was not trained on.
 *
 * @param options as those of the gaps that are to be filled: the draws must be alike
 * @returns without the columns of which too few entries were observed, and those that are no quantities.
 * @throws VrnnError `impute/lag`, `impute/islandSize`
 * @example
 * const calibration = await learnFillCalibration({ ...settings, sequences: data.splits.valid });
 * calibration.whole.get("load"); // { horizons: [1, 2, 4, 8], columns: { load: [[0, 0.012, ...], ...] } }
 */
export async function learnFillCalibration(options: FillCalibrationOptions): Promise<FillCalibration> {
  const maps = await Promise.all(GAP_KINDS.map((kind) => learnKind(options, kind)));
  return { partial: maps[0]!, whole: maps[1]! };
}

async function learnKind(
  options: FillCalibrationOptions,
  kind: GapKind,
): Promise<ReadonlyMap<string, Recalibration>> {
  const { columns, sequences } = options;
  if (kind === "partial" && columns.length === 1) return new Map();
  const torn = piecesOf(sequences).map((piece) => ({ piece, sequence: tear(piece, kind, columns.length) }));
  const imputed = await imputeSequences({
    ...options,
    sequences: torn.map(({ sequence }) => sequence),
    seed: SEED,
  });
  const recalibrators = columns.map((column) => new Recalibrator([column], DISTANCES));
  const counts = columns.map(() => new Map<number, number>());
  imputed.forEach(({ sequence, gaps }, i) => {
    const { values } = torn[i]!.piece;
    const random = Random.stream(SEED, "within the cell", sequence.name);
    const distances = distancesIn(sequence, columns.length);
    for (const { step, column: d, draws } of gaps) {
      const column = columns[d]!;
      const recorded = values[step * columns.length + d]!;
      const [place, tie] = [random.uniform() - 0.5, random.uniform()];
      if (!isQuantity(column) || Number.isNaN(recorded)) continue;
      const horizon = classOf(distances[step * columns.length + d]!);
      const value = withinCell(column, recorded, place);
      const sorted = sortedDraws(draws, [column], 0, random);
      recalibrators[d]!.add({ horizon, column: 0, recorded, value, sorted, tie });
      counts[d]!.set(horizon, (counts[d]!.get(horizon) ?? 0) + 1);
    }
  });
  const isLearned = (d: number) => [...counts[d]!.values()].some((count) => count >= LEAST_TRANSFORMS);
  return new Map(
    columns.flatMap(({ name }, d) => (isLearned(d) ? [[name, recalibrators[d]!.learn()] as const] : [])),
  );
}

/** Pieces of sequences, spread over all of them; of short ones the same again under other names. */
function piecesOf(sequences: readonly Sequence[]): Sequence[] {
  const pieces = sequences.flatMap((sequence) =>
    Array.from({ length: Math.ceil(sequence.length / PIECE) }, (_, i) => ({
      ...sliceSequence(sequence, i * PIECE, Math.min((i + 1) * PIECE, sequence.length)),
      name: `${sequence.name} ${i}`,
    })),
  );
  const steps = pieces.reduce((sum, { length }) => sum + length, 0);
  const every = Math.max(1, Math.floor(steps / STEPS));
  const chosen = pieces.filter((_, i) => i % every === 0);
  const passes = Math.min(MOST_PASSES, Math.max(1, Math.ceil(STEPS / Math.max(1, steps))));
  return Array.from({ length: passes }, (_, pass) =>
    chosen.map((piece) => ({ ...piece, name: `${piece.name} ${pass}` })),
  ).flat();
}

/** A sequence with gaps: in each column at places of its own, or in all at once. */
function tear(sequence: Sequence, kind: GapKind, width: number): Sequence {
  const values = sequence.values.slice();
  const random = Random.stream(SEED, "gaps", kind, sequence.name);
  const take = (columns: readonly number[]) => {
    for (const step of gapSteps(sequence.length, random))
      for (const d of columns) values[step * width + d] = Number.NaN;
  };
  const all = Array.from({ length: width }, (_, d) => d);
  if (kind === "whole") take(all);
  else for (const d of all) take([d]);
  return { ...sequence, values };
}

/** The steps of gaps of all lengths in turn, from a random one on. */
function gapSteps(length: number, random: Random): number[] {
  const steps: number[] = [];
  let turn = random.integer(LENGTHS.length);
  for (let start = random.integer(2 * BETWEEN); start < length; turn++) {
    const end = Math.min(length, start + LENGTHS[turn % LENGTHS.length]!);
    for (let step = start; step < end; step++) steps.push(step);
    start = end + BETWEEN;
  }
  return steps;
}

/** How far each entry is from the nearest observed one of its column, in steps: `[length, D]`; Infinity without any. */
export function distancesIn({ values, length }: Sequence, width: number): Float64Array {
  const distances = new Float64Array(values.length).fill(Number.POSITIVE_INFINITY);
  for (let d = 0; d < width; d++)
    for (const order of [1, -1]) {
      let distance = Number.POSITIVE_INFINITY;
      for (let i = 0; i < length; i++) {
        const place = (order > 0 ? i : length - 1 - i) * width + d;
        distance = Number.isNaN(values[place]!) ? distance + 1 : 0;
        distances[place] = Math.min(distances[place]!, distance);
      }
    }
  return distances;
}

const classOf = (distance: number): number => DISTANCES.findLast((each) => each <= distance) ?? DISTANCES[0];

/**
 * Filled sequences, the distribution of each gap put right: its draws are mapped, in the order in which they stood, and
 * their mean fills it.
 *
 * @example
 * const filled = calibratedFills(await imputeSequences(settings), calibration, columns);
 */
export function calibratedFills(
  imputed: readonly Imputed[],
  calibration: FillCalibration,
  columns: readonly Column[],
): Imputed[] {
  return imputed.map(({ sequence, gaps, effectiveSize }) => {
    const distances = distancesIn(sequence, columns.length);
    const random = Random.stream(SEED, "within the cell", sequence.name);
    const mapped = gaps.map((gap) => {
      const column = columns[gap.column]!;
      const recalibration = mapFor(calibration, kindOf(sequence, gap, columns.length), column);
      if (recalibration === undefined) return gap;
      const distance = classOf(distances[gap.step * columns.length + gap.column]!);
      return {
        ...gap,
        draws: mappedDraws(gap.draws, column, random, (level) =>
          rawLevel(recalibration, column.name, distance, level),
        ),
      };
    });
    return { ...filledWith(sequence, mapped, columns), effectiveSize };
  });
}

/** The map of a column; that of the other kind of gaps where its own could not be learned. */
const mapFor = (calibration: FillCalibration, kind: GapKind, { name }: Column): Recalibration | undefined =>
  calibration[kind].get(name) ?? calibration[kind === "whole" ? "partial" : "whole"].get(name);

/** Whether anything was observed at the step of a gap. */
function kindOf({ values }: Sequence, { step }: Gap, width: number): GapKind {
  const row = values.subarray(step * width, (step + 1) * width);
  return row.every(Number.isNaN) ? "whole" : "partial";
}

/** The quantile of the recalibrated distribution for each draw, at the rank that the draw has among all. */
function mappedDraws(
  draws: Float64Array,
  column: Column,
  random: Pick<Random, "uniform">,
  rawOf: (level: number) => number,
): Float64Array {
  const mapped = recalibratedDraws(sortedDraws(draws, [column], 0, random), rawOf);
  const order = [...draws.keys()].sort((a, b) => draws[a]! - draws[b]!);
  const placed = new Float64Array(draws.length);
  order.forEach((place, rank) => {
    placed[place] = nearestDraw(column, mapped[rank]!);
  });
  return placed;
}
