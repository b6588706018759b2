/**
 * Quantiles that hold what they promise. A model's 90 % quantile may be exceeded more or less often than once in ten;
 * how often is learned from forecasts of data that the model was not trained on, and put right.
 */
import { own } from "../collections.ts";
import type { Column, ColumnKind } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { BacktestForecast } from "../inference/backtest.ts";
import { sampleQuantile, transformOf } from "../metrics/quantiles.ts";
import { Random } from "../random/generator.ts";

/** What is to be asked of the raw forecast, so that an answer of a given level comes out. */
export interface Recalibration {
  /** Steps ahead at which it was learned, ascending. */
  readonly horizons: readonly number[];
  /** By the name of the column. */
  readonly columns: Readonly<Record<string, ColumnRecalibration>>;
}

/** Of each horizon the raw levels of the levels 0, 1/n, 2/n, ... 1. */
export type ColumnRecalibration = readonly (readonly number[])[];

/** How many parts the levels from 0 to 1 are cut into. */
export const PARTS = 40;

/** The fewest forecasts of a horizon that its map is learned from. */
const LEAST_TRANSFORMS = 50;

/** The width of the cell that a recorded value stands for, by the kind of its column; other kinds have no quantiles. */
const cellWidth: Readonly<Partial<Record<ColumnKind, (column: Column) => number>>> = {
  real: ({ resolution }) => resolution,
  quantised: ({ resolution }) => resolution,
  count: () => 1,
  proportion: () => 0,
};

/** Whether a column is a quantity, which has quantiles; others have probabilities. */
export const isQuantity = ({ kind }: Column): boolean => cellWidth[kind] !== undefined;

const widthOf = (column: Column): number => cellWidth[column.kind]?.(column) ?? 0;

/** Where a recorded value may have been within its cell. @param place in [-0.5, 0.5) */
export const withinCell = (column: Column, recorded: number, place: number): number =>
  recorded + place * widthOf(column);

/** A value of one column, forecast. */
export interface Prediction {
  /** Steps ahead, from 1. */
  readonly horizon: number;
  /** The place of the column. */
  readonly column: number;
  /** As it was recorded, and as it may have been: anywhere within its cell. */
  readonly recorded: number;
  readonly value: number;
  /** `[S]`, ascending. */
  readonly sorted: Float64Array;
  /** Uniform in [0, 1); settles where between two draws the value lies. */
  readonly tie: number;
}

/**
 * The predictions of a cast at some horizons, of each quantity whose value was observed.
 *
 * A value recorded as 0.37 on a grid of 0.01 says only that the truth lay in that cell: it is taken as uniform within
 * (seeded, so always the same). Without that no interval of a column that is 0 nearly always could cover 80 %.
 */
export function predictionsOf(
  { sequence, origin, samples }: BacktestForecast,
  columns: readonly Column[],
  horizons: readonly number[],
  seed: number,
): Prediction[] {
  const width = columns.length;
  return horizons.flatMap((horizon) => {
    const target = origin + horizon - 1;
    const drawn = samples[horizon - 1];
    if (target >= sequence.length || drawn === undefined) return [];
    const random = Random.stream(seed, "within the cell", sequence.name, origin, horizon);
    return columns.flatMap((column, d) => {
      const [place, tie] = [random.uniform() - 0.5, random.uniform()];
      const recorded = sequence.values[target * width + d]!;
      if (!isQuantity(column) || Number.isNaN(recorded)) return [];
      const value = withinCell(column, recorded, place);
      return [{ horizon, column: d, recorded, value, sorted: sortedDraws(drawn, columns, d, random), tie }];
    });
  });
}

/**
 * The draws of one column among those of a step, ascending. Kinds whose draws are recorded values themselves are taken
 * as anywhere within their cell too.
 *
 * @param drawn `[S, D]`
 */
export function sortedDraws(
  drawn: Float64Array,
  columns: readonly Column[],
  d: number,
  random: Pick<Random, "uniform">,
): Float64Array {
  const column = columns[d]!;
  const isRecorded = column.kind === "count" || column.kind === "quantised";
  const spread = isRecorded ? widthOf(column) : 0;
  return Float64Array.from({ length: drawn.length / columns.length }, (_, s) => {
    const value = drawn[s * columns.length + d]!;
    return spread > 0 ? value + (random.uniform() - 0.5) * spread : value;
  }).sort();
}

/** Gathers how forecasts turned out, and learns from it. */
export class Recalibrator {
  private readonly horizons: readonly number[];
  private readonly outcomes: readonly Outcomes[];

  /** @param horizons steps ahead to learn at, ascending */
  constructor(columns: readonly Column[], horizons: readonly number[]) {
    this.horizons = horizons;
    this.outcomes = columns.map((column) => ({
      column,
      levels: new Map(horizons.map((each) => [each, []])),
    }));
  }

  add({ column, horizon, sorted, value, tie }: Prediction): void {
    this.outcomes[column]?.levels.get(horizon)?.push(transformOf(sorted, value, tie));
  }

  /**
   * The map of each column and horizon (Kuleshov, Fenner and Ermon, "Accurate Uncertainties for Deep Learning Using
   * Calibrated Regression", ICML 2018): of the level p the p-quantile of the transforms, so that a share of p lay below
   * it. Horizons with too few forecasts are left out.
   *
   * @throws VrnnError `calibrate/too-few` when no horizon has enough.
   */
  learn(): Recalibration {
    const quantities = this.outcomes.filter(({ column }) => isQuantity(column));
    const horizons = this.horizons.filter((horizon) =>
      quantities.every((outcomes) => levelsAt(outcomes, horizon).length >= LEAST_TRANSFORMS),
    );
    if (quantities.length === 0 || horizons.length === 0) throw tooFew(quantities.length);
    const maps = quantities.map((outcomes) => [
      outcomes.column.name,
      horizons.map((horizon) => mapOf(Float64Array.from(levelsAt(outcomes, horizon)).sort())),
    ]);
    return { horizons, columns: Object.fromEntries(maps) };
  }
}

/** How the forecasts of a column turned out: by horizon, the level of what came in the forecast of it. */
interface Outcomes {
  readonly column: Column;
  readonly levels: ReadonlyMap<number, number[]>;
}

const levelsAt = ({ levels }: Outcomes, horizon: number): readonly number[] => levels.get(horizon) ?? [];

function tooFew(quantities: number): VrnnError {
  const what =
    quantities === 0
      ? "no column is a quantity, so there are no quantiles to calibrate"
      : `there are fewer than ${LEAST_TRANSFORMS} forecasts with a known outcome to calibrate quantiles by`;
  return new VrnnError("calibrate/too-few", what, {
    remedy: "give longer sequences to the validation split",
  });
}

const mapOf = (sorted: Float64Array): number[] =>
  Array.from({ length: PARTS + 1 }, (_, i) => {
    if (i === 0 || i === PARTS) return i / PARTS;
    return Number(sampleQuantile(sorted, i / PARTS).toFixed(6));
  });

/**
 * The raw level whose quantile has the level that is asked for: on straight lines between what was learned, over the
 * levels and over the logarithm of the steps ahead; beyond the farthest horizon as there.
 *
 * @param recalibration without it, or for a column that it does not know, the level itself.
 * @example
 * rawLevel(recalibration, "load", 30, 0.9); // 0.94: the model's own 94 % quantile is exceeded once in ten
 */
export function rawLevel(
  recalibration: Recalibration | undefined,
  column: string,
  horizon: number,
  level: number,
): number {
  const maps = own(recalibration?.columns, column);
  if (recalibration === undefined || maps === undefined) return level;
  const { horizons } = recalibration;
  const above = horizons.findIndex((each) => each >= horizon);
  const at = (place: number) => between(maps[place]!, level);
  if (above <= 0) return at(above === 0 ? 0 : horizons.length - 1);
  const [near, far] = [Math.log(horizons[above - 1]!), Math.log(horizons[above]!)];
  const share = (Math.log(horizon) - near) / (far - near);
  return (1 - share) * at(above - 1) + share * at(above);
}

function between(map: readonly number[], level: number): number {
  const place = Math.min(Math.max(level, 0), 1) * (map.length - 1);
  const below = Math.min(Math.floor(place), map.length - 2);
  return map[below]! + (place - below) * (map[below + 1]! - map[below]!);
}

/**
 * The draws of the recalibrated distribution, of which a mean and quantiles are those of one distribution: as many, each
 * the quantile of the raw draws at the raw level of its own.
 *
 * @param sorted `[S]`, ascending
 * @param rawOf the raw level of a level, never falling
 * @example
 * recalibratedDraws([1, 2, 3], (level) => level); // [1, 2, 3]
 */
export function recalibratedDraws(sorted: Float64Array, rawOf: (level: number) => number): Float64Array {
  const parts = sorted.length + 1;
  return sorted.map((_, i) => sampleQuantile(sorted, rawOf((i + 1) / parts)));
}
