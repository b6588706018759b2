/** Filling what is missing with a distribution that knows what came before and what came after. */

import type { Column, Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { canSmooth } from "../models/model.ts";
import { Random } from "../random/generator.ts";
import { emptyFloat32, type TensorValue, type Values } from "../runtime/runtime.ts";
import { carriedStates } from "../train/feeds.ts";
import { conditioned } from "./conditioning.ts";
import type { Gap } from "./gap.ts";
import { Islands } from "./islands.ts";
import { type FilteredWindow, ParticleFilter, type ParticleFilterOptions } from "./particle-filter.ts";
import { gapsByPaths, type PathOptions } from "./paths.ts";
import { unscaled } from "./rows.ts";
import { recordedValue } from "./typical.ts";

/** Which sequences have gaps to be filled, and by what. */
export interface ImputeOptions extends ParticleFilterOptions {
  readonly sequences: readonly Sequence[];
  /** How many draws each gap gets: S. */
  readonly particles: number;
  /** How many particles compete for each draw: N, 4 unless told. More fit better with what was observed, and take longer. */
  readonly islandSize?: number;
  /** How many later steps a filled entry may learn from; 25 unless told. */
  readonly lag?: number;
}

/** A sequence whose gaps are filled. */
export interface Imputed {
  readonly sequence: Sequence;
  /** The sequence with the median or the likeliest value in each gap, as it would have been recorded. */
  readonly imputed: Sequence;
  readonly gaps: readonly Gap[];
  /** For how many of the N particles behind each draw the weights count, in the mean over the steps: from 1 to N. */
  readonly effectiveSize: number;
}

/** How many later steps a filled entry learns from, and how many particles compete for each draw, unless told. */
export const USUAL_LAG = 25;
export const USUAL_ISLAND_SIZE = 4;

/**
 * Fills the gaps of sequences with draws of what may have stood there, given what came before, the other columns of the
 * step, and what came after:
 *
 * 1. S·N particles follow a sequence and fill its gaps as they go (`particleFilter`). Each step weighs them by how well
 *    they foresaw what was observed, exp(log p(x|z) + log p(z) − log q(z)), within S islands of N (`Islands`); each island
 *    gives one draw. One group of particles that is resampled as a whole, as in the fixed-lag smoother of Kitagawa (1996), collapses:
 *    after a few rounds the draws of an older gap descend from one or two particles. Backward simulation (Godsill, Doucet
 *    and West, "Monte Carlo Smoothing for Nonlinear Time Series", 2004) mends that where the next step depends on the last
 *    state alone; here the state is a function of the whole path, so that each choice of an ancestor would take the
 *    continuation of every particle anew, S² of them a step (Lindsten and Schön, "Backward Simulation Methods for Monte
 *    Carlo Statistical Inference", 2013, on models that are not Markovian).
 * 2. When a column is next observed, within `lag` steps, the draws of its gap move towards what fits with that step
 *    (`conditioned`): each particle had forecast it before it was seen. Until then other columns tell by the weights.
 *
 * For a normal process whose state is observed that is exact, up to the errors of S draws and of weights among N; else it
 * is an approximation, whose widths `FillCalibration` puts right. What comes after the step at which a column is observed
 * again is not used.
 *
 * An exact model that smooths (`capabilitiesOf`: an HMM) needs neither particles nor a lag: its draws are of paths of the
 * hidden state given all that was observed (`drawnPaths`), so they are exact. That of one that does not draws each entry by
 * itself, and nothing is learned from what comes later.
 *
 * @throws VrnnError `impute/lag` unless the lag is a whole number from 0, `impute/islandSize` unless there is one at least.
 * @example
 * const [first] = await imputeSequences({ runtime, model, weights, columns, sequences, particles: 100, seed: 1 });
 * first.gaps[0]; // { step: 17, column: 2, draws: Float64Array(100) [20.1, 19.7, ...] }
 */
export async function imputeSequences(options: ImputeOptions): Promise<Imputed[]> {
  const { sequences, particles, lag = USUAL_LAG, islandSize = USUAL_ISLAND_SIZE } = options;
  requireWhole("lag", lag, 0);
  requireWhole("islandSize", islandSize, 1);
  const { model } = options;
  if (canSmooth(model)) return imputedByPaths({ ...options, model }, sequences, islandSize);
  const parts = ["imputed", "predictive", "logLikelihood", "logPriorRatio"] as const;
  const all = { ...options, particles: particles * islandSize };
  const filter = await ParticleFilter.create(all, { parts, window: 1, weighedOutside: true }); // after each step
  try {
    const imputed: Imputed[] = [];
    for (const sequence of sequences) {
      const smoother = new Smoother(sequence, { ...options, lag, islandSize });
      if (sequence.values.some(Number.isNaN)) await filter.filter(sequence, (window) => smoother.see(window));
      imputed.push(smoother.finish());
    }
    return imputed;
  } finally {
    await filter.dispose();
  }
}

/** All of as many particles count as there are: no draw competes with another. */
async function imputedByPaths(
  options: PathOptions,
  sequences: readonly Sequence[],
  effectiveSize: number,
): Promise<Imputed[]> {
  const gaps = await gapsByPaths(options, sequences);
  return sequences.map((sequence, i) => ({
    ...filledWith(sequence, gaps[i]!, options.columns),
    effectiveSize,
  }));
}

/** A sequence with draws in its gaps. */
export function filledWith(
  sequence: Sequence,
  gaps: readonly Gap[],
  columns: readonly Column[],
): Omit<Imputed, "effectiveSize"> {
  const values = sequence.values.slice();
  for (const { step, column, draws } of gaps)
    values[step * columns.length + column] = recordedValue(columns[column]!, draws);
  return { sequence, imputed: { ...sequence, values }, gaps };
}

/** The same sequences with the first so many draws of each gap, which fill it. */
export const withDraws = (
  imputed: readonly Imputed[],
  count: number,
  columns: readonly Column[],
): Imputed[] =>
  imputed.map(({ sequence, gaps, effectiveSize }) => {
    const fewer = gaps.map((gap) => ({ ...gap, draws: gap.draws.slice(0, count) }));
    return { ...filledWith(sequence, fewer, columns), effectiveSize };
  });

function requireWhole(what: "lag" | "islandSize", count: number, least: number): void {
  if (Number.isInteger(count) && count >= least) return;
  throw new VrnnError(`impute/${what}`, `${what} is ${count}`, {
    remedy: `give a whole number from ${least}`,
  });
}

/** A step with gaps that are still to be settled. */
interface Row {
  readonly step: number;
  /** The missing columns that are open. */
  readonly columns: Set<number>;
  /** `[S·N, D]`: as each particle has filled it, in the units of the data. */
  values: Float64Array;
}

/** The particles of one sequence, and what they have filled in of late. */
class Smoother {
  private readonly sequence: Sequence;
  private readonly columns: readonly Column[];
  private readonly lag: number;
  private readonly islands: Islands;
  private readonly copies: Random;
  private readonly gaps: Gap[] = [];
  /** The oldest first. */
  private open: Row[] = [];

  constructor(
    sequence: Sequence,
    {
      columns,
      particles,
      seed,
      lag,
      islandSize,
    }: ImputeOptions & { readonly lag: number; readonly islandSize: number },
  ) {
    this.sequence = sequence;
    this.columns = columns;
    this.lag = lag;
    const sizes = { islands: particles, size: islandSize };
    this.islands = new Islands(sizes, Random.stream(seed, "resample", sequence.name));
    this.copies = Random.stream(seed, "copies", sequence.name);
  }

  /** Takes a step in; the states go on by the particles that were drawn anew, if any were. */
  see({ start: step, results }: FilteredWindow): Values | undefined {
    const [filled, predictive, ...nats] = ["imputed", "predictive", "logLikelihood", "logPriorRatio"].map(
      (part) => results[part]!,
    ) as [TensorValue, TensorValue, ...TensorValue[]];
    this.learnFrom(step, predictive);
    const columns = this.missingAt(step);
    if (columns.size > 0) this.open.push({ step, columns, values: this.inUnits(filled, step) });
    const ancestors = this.islands.weigh(nats);
    if (ancestors !== undefined)
      for (const row of this.open) row.values = picked(row.values, ancestors, this.columns.length);
    this.close(step - this.lag);
    return ancestors && rowsOfStates(carriedStates(results), ancestors);
  }

  /** Settles the open gaps of the columns that a step shows. @param predictive what was expected of it */
  private learnFrom(step: number, predictive: TensorValue): void {
    if (this.open.length === 0) return;
    const width = this.columns.length;
    const speakers = this.islands.speakers(); // by what came before the step
    const expected = this.inUnits(predictive, step);
    const seen = this.sequence.values.subarray(step * width, (step + 1) * width);
    const outcomes = this.columns.map((_, d) => ({
      expected: drawsOf(expected, speakers, d, width),
      seen: seen[d]!,
    }));
    this.columns.forEach((column, d) => {
      const rows = this.open.filter(({ columns }) => columns.has(d));
      if (Number.isNaN(seen[d]) || rows.length === 0) return;
      const others = outcomes.filter((_, c) => c !== d && isTelling(this.columns[c]!, seen[c]!));
      const entries = rows.map(({ values }) => drawsOf(values, speakers, d, width));
      const draws = conditioned(column, entries, { own: outcomes[d]!, others }, this.copies);
      rows.forEach((row, i) => {
        this.settle(row, d, draws[i]!);
      });
    });
  }

  /** Settles all gaps up to a step by the weights of now. */
  private close(last: number): void {
    const old = this.open.filter(({ step }) => step <= last);
    if (old.length === 0) return;
    const speakers = this.islands.speakers();
    for (const row of old)
      for (const column of row.columns)
        this.settle(row, column, drawsOf(row.values, speakers, column, this.columns.length));
  }

  private settle({ step, columns }: Row, column: number, draws: Float64Array): void {
    this.gaps.push({ step, column, draws });
    columns.delete(column);
    if (columns.size === 0) this.open = this.open.filter((row) => row.columns !== columns);
  }

  /** @param values `[1, S·N, D]`, of a step @returns `[S·N, D]`, in the units of the data */
  private inUnits({ data }: TensorValue, step: number): Float64Array {
    const { units } = this.sequence;
    const rows = data.length / this.columns.length;
    return unscaled(Float64Array.from(data as Float32Array), this.columns, { units, start: step, rows });
  }

  private missingAt(step: number): Set<number> {
    const width = this.columns.length;
    return new Set(
      [...this.columns.keys()].filter((d) => Number.isNaN(this.sequence.values[step * width + d]!)),
    );
  }

  finish(): Imputed {
    this.close(this.sequence.length);
    this.gaps.sort((a, b) => a.step - b.step || a.column - b.column);
    const { effectiveSize } = this.islands;
    return { ...filledWith(this.sequence, this.gaps, this.columns), effectiveSize };
  }
}

/** Whether what a column shows can move the draws of others. */
const isTelling = ({ kind }: Column, seen: number): boolean =>
  kind !== "binary" && kind !== "categorical" && !Number.isNaN(seen);

/** One column of some rows of `[S·N, width]`: `[S]`. */
const drawsOf = (values: Float64Array, rows: Int32Array, column: number, width: number): Float64Array =>
  Float64Array.from(rows, (row) => values[row * width + column]!);

/** Some rows of `[S·N, width]`. */
function picked(values: Float64Array, rows: Int32Array, width: number): Float64Array {
  const result = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    result.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return result;
}

const rowsOfStates = (states: Values, rows: Int32Array): Values =>
  Object.fromEntries(
    Object.entries(states).map(([part, { data, shape }]) => {
      const chosen = emptyFloat32(shape);
      const width = data.length / (shape[0] ?? 1);
      rows.forEach((row, i) => {
        chosen.data.set((data as Float32Array).subarray(row * width, (row + 1) * width), i * width);
      });
      return [part, chosen];
    }),
  );
