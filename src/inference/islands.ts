/**
 * Islands of particles (Vergé, Dubarry, Del Moral and Moulines, "On Parallel Implementation of Sequential Monte Carlo
 * Methods: the Island Particle Model", 2015): particles compete within their island alone, so that as many different
 * draws are left as there are islands, however uneven the weights.
 */
import type { Random } from "../random/generator.ts";
import type { TensorValue } from "../runtime/runtime.ts";

export interface IslandSizes {
  /** How many islands there are: S. */
  readonly islands: number;
  /** How many particles each has: N. Island i has the rows i·N to i·N + N − 1. */
  readonly size: number;
}

/** The weights of the particles of one sequence. */
export class Islands {
  private readonly sizes: IslandSizes;
  private readonly random: Random;
  /** `[S]`: where in the running sum of the weights of its island the row lies that speaks for it. */
  private readonly places: Float64Array;
  /** `[S·N]` */
  private readonly logWeights: Float64Array;
  private effective = 0;
  private steps = 0;

  constructor(sizes: IslandSizes, random: Random) {
    this.sizes = sizes;
    this.random = random;
    this.places = Float64Array.from({ length: sizes.islands }, () => random.uniform());
    this.logWeights = new Float64Array(sizes.islands * sizes.size);
  }

  /** The effective sample size of an island, 1/Σw² (Kong, Liu and Wong 1994): the mean over islands and steps. */
  get effectiveSize(): number {
    return this.steps === 0 ? this.sizes.size : this.effective / (this.steps * this.sizes.islands);
  }

  /**
   * Weighs the particles by a step. On islands where the weights have become so uneven that they count for less than half
   * of the particles, these are drawn anew in proportion to them, and weigh the same from then on.
   *
   * @param nats `[1, S·N, ·]` each: added to the logarithms of the weights
   * @returns `[S·N]`: the row that goes on in the place of each; undefined where all go on as they are.
   */
  weigh(nats: readonly TensorValue[]): Int32Array | undefined {
    for (const { data } of nats) {
      const width = data.length / this.logWeights.length;
      for (let i = 0; i < data.length; i++) this.logWeights[Math.floor(i / width)]! += Number(data[i]);
    }
    this.steps++;
    const { islands } = this.sizes;
    const ancestors = Int32Array.from(this.logWeights.keys());
    const drawn = Array.from({ length: islands }, (_, island) => this.drawAnew(island, ancestors));
    return drawn.includes(true) ? ancestors : undefined;
  }

  /** `[S]`: a row of each island, drawn by its weights; the same one until these change. */
  speakers(): Int32Array {
    return Int32Array.from(this.places, (place, island) => {
      const weights = normalised(this.weightsOf(island));
      return island * this.sizes.size + placesIn(weights, [place])[0]!;
    });
  }

  /** Whether the particles of an island had to be drawn anew. */
  private drawAnew(island: number, ancestors: Int32Array): boolean {
    const { size } = this.sizes;
    const own = this.weightsOf(island);
    const weights = normalised(own);
    const effective = effectiveSize(weights);
    this.effective += effective;
    if (effective >= size / 2) return false;
    const rows = systematic(weights, this.random.uniform()).map((row) => island * size + row);
    ancestors.set(rows, island * size);
    own.fill(0);
    return true;
  }

  /** A view of the logarithms, `[N]`. */
  private weightsOf(island: number): Float64Array {
    const { size } = this.sizes;
    return this.logWeights.subarray(island * size, (island + 1) * size);
  }
}

/** Weights that sum to 1, from their logarithms. */
function normalised(logWeights: Float64Array): Float64Array {
  const most = logWeights.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
  const weights = logWeights.map((value) => Math.exp(value - most));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return weights.map((value) => value / total);
}

const effectiveSize = (weights: Float64Array): number =>
  1 / weights.reduce((sum, weight) => sum + weight ** 2, 0);

/**
 * Systematic resampling: as many indices as there are weights, each in proportion to its weight, up to one.
 *
 * @param offset in [0, 1): where the evenly spaced grid begins.
 */
export const systematic = (weights: Float64Array, offset: number): number[] =>
  placesIn(
    weights,
    Array.from(weights, (_, i) => (i + offset) / weights.length),
  );

/** For each position in [0, 1), ascending, the index into whose part of the running sum of weights it falls. */
function placesIn(weights: Float64Array, positions: readonly number[]): number[] {
  let [index, reached] = [0, weights[0]!];
  return positions.map((position) => {
    while (reached < position && index < weights.length - 1) reached += weights[++index]!;
    return index;
  });
}
