/** Filling what is missing with a distribution that knows what came before and what came after. */

import { everyNth } from "../collections.ts";
import type { Column, Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { Random } from "../random/generator.ts";
import { emptyFloat32, type TensorValue, type Values } from "../runtime/runtime.ts";
import { carriedStates } from "../train/feeds.ts";
import { type FilteredWindow, ParticleFilter, type ParticleFilterOptions } from "./particle-filter.ts";
import { perStep, unscaled } from "./rows.ts";
import { typicalValue } from "./typical.ts";

/** Which sequences have gaps to be filled, and by what. */
export interface ImputeOptions extends ParticleFilterOptions {
  readonly sequences: readonly Sequence[];
  /** How many later steps a filled entry may learn from; 25 unless told. More see farther and with fewer particles. */
  readonly lag?: number;
}

/** A sequence whose gaps are filled. */
export interface Imputed {
  readonly sequence: Sequence;
  /** The sequence with the mean or the likeliest value in each gap, as it would have been recorded. */
  readonly imputed: Sequence;
  readonly gaps: readonly Gap[];
}

/** A missing entry and what may have stood there. */
export interface Gap {
  readonly step: number;
  /** The place of its column. */
  readonly column: number;
  /** `[S]`: equally likely values in the units of the data, before they go onto a grid; the same place in two gaps that lie near belongs together. */
  readonly draws: Float64Array;
}

const LAG = 25;

/**
 * Fills the gaps of sequences by a particle smoother with a fixed lag (Kitagawa, "Monte Carlo Filter and Smoother for
 * Non-Gaussian Nonlinear State Space Models", 1996): S particles follow a sequence and fill its gaps as they go
 * (`follow`); each step weighs them by how well they foresaw what was observed, exp(log p(x|z) + log p(z) − log q(z)).
 * Where the weights have become so uneven that they count for less than half of the particles, these are drawn anew in
 * proportion to them, with all that they have filled in during the last `lag` steps; what is older stays as it is.
 *
 * @throws VrnnError `impute/lag` unless the lag is a whole number from 0.
 * @example
 * const [first] = await imputeSequences({ runtime, model, weights, columns, sequences, particles: 100, seed: 1 });
 * first.gaps[0]; // { step: 17, column: 2, draws: Float64Array(100) [20.1, 19.7, ...] }
 */
export async function imputeSequences(options: ImputeOptions): Promise<Imputed[]> {
  const { sequences, lag = LAG } = options;
  if (!(Number.isInteger(lag) && lag >= 0))
    throw new VrnnError("impute/lag", `the lag is ${lag}`, { remedy: "give a whole number of steps from 0" });
  const parts = ["imputed", "logLikelihood", "logPriorRatio"] as const;
  const ensemble = await ParticleFilter.create(options, { parts, window: 1, weighedOutside: true }); // after each step
  try {
    const imputed: Imputed[] = [];
    for (const sequence of sequences) {
      const smoother = new Smoother(sequence, options, lag);
      if (sequence.values.some(Number.isNaN))
        await ensemble.filter(sequence, (window) => smoother.see(window));
      imputed.push(smoother.finish());
    }
    return imputed;
  } finally {
    await ensemble.dispose();
  }
}

/** A step with gaps, as each particle has filled it: `[S, D]`. */
interface Row {
  readonly step: number;
  values: Float64Array;
}

/** The particles of one sequence: their weights, and what they have filled in of late. */
class Smoother {
  private readonly sequence: Sequence;
  private readonly columns: readonly Column[];
  private readonly particles: number;
  private readonly lag: number;
  private readonly random: Random;
  private readonly gaps: Gap[] = [];
  private logWeights: Float64Array;
  /** Rows that may still change, the oldest first. */
  private open: Row[] = [];

  constructor(sequence: Sequence, { columns, particles, seed }: ParticleFilterOptions, lag: number) {
    this.sequence = sequence;
    this.columns = columns;
    this.particles = particles;
    this.lag = lag;
    this.random = Random.stream(seed, "resample", sequence.name);
    this.logWeights = new Float64Array(particles);
  }

  /** Takes a step in; the states go on by the particles that were drawn anew, if any were. */
  see({ start: step, results }: FilteredWindow): Values | undefined {
    const drawn = unscaled(Float64Array.from(results["imputed"]!.data as Float32Array), this.columns);
    if (this.missingAt(step).length > 0) this.open.push({ step, values: perStep(drawn, 1)[0]! });
    for (const part of ["logLikelihood", "logPriorRatio"]) this.weigh(results[part]!);
    const weights = normalised(this.logWeights);
    const isUneven = effectiveSize(weights) < this.particles / 2;
    const ancestors = isUneven ? systematic(weights, this.random.uniform()) : undefined;
    if (ancestors !== undefined) this.drawAnew(ancestors);
    this.close(step - this.lag);
    return ancestors && rowsOfStates(carriedStates(results), ancestors);
  }

  /** Adds the nats of a step, `[1, S, ·]`, to the weights. */
  private weigh({ data }: TensorValue): void {
    const width = data.length / this.particles;
    for (let i = 0; i < data.length; i++) this.logWeights[Math.floor(i / width)]! += Number(data[i]);
  }

  private drawAnew(ancestors: readonly number[]): void {
    this.logWeights = new Float64Array(this.particles);
    for (const row of this.open) row.values = picked(row.values, ancestors, this.columns.length);
  }

  /** Settles the rows up to a step: equally likely draws by the weights of now. */
  private close(last: number): void {
    const settled = this.open.filter(({ step }) => step <= last);
    if (settled.length === 0) return;
    this.open = this.open.filter(({ step }) => step > last);
    const ancestors = systematic(normalised(this.logWeights), 0.5);
    const width = this.columns.length;
    for (const { step, values } of settled) {
      const drawn = picked(values, ancestors, width);
      for (const column of this.missingAt(step))
        this.gaps.push({ step, column, draws: everyNth(drawn, column, width) });
    }
  }

  private missingAt(step: number): number[] {
    const width = this.columns.length;
    return this.columns.flatMap((_, d) => (Number.isNaN(this.sequence.values[step * width + d]!) ? [d] : []));
  }

  finish(): Imputed {
    this.close(this.sequence.length);
    const values = this.sequence.values.slice();
    for (const { step, column, draws } of this.gaps)
      values[step * this.columns.length + column] = typicalValue(this.columns[column]!, draws, true);
    return { sequence: this.sequence, imputed: { ...this.sequence, values }, gaps: this.gaps };
  }
}

/** Weights that sum to 1, from their logarithms. */
function normalised(logWeights: Float64Array): Float64Array {
  const most = logWeights.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
  const weights = logWeights.map((value) => Math.exp(value - most));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return weights.map((value) => value / total);
}

/** How many equally weighted particles tell as much: 1/Σw² (Kong, Liu and Wong 1994). */
const effectiveSize = (weights: Float64Array): number =>
  1 / weights.reduce((sum, weight) => sum + weight ** 2, 0);

/**
 * Systematic resampling: as many indices as there are weights, each in proportion to its weight, up to one.
 *
 * @param offset in [0, 1): where the evenly spaced grid begins.
 */
export function systematic(weights: Float64Array, offset: number): number[] {
  const count = weights.length;
  let [index, reached] = [0, weights[0]!];
  return Array.from({ length: count }, (_, i) => {
    const place = (i + offset) / count;
    while (reached < place && index < count - 1) reached += weights[++index]!;
    return index;
  });
}

/** Some rows of `[S, width]`. */
function picked(values: Float64Array, rows: readonly number[], width: number): Float64Array {
  const result = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    result.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return result;
}

const rowsOfStates = (states: Values, rows: readonly number[]): Values =>
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
