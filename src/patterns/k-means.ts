/** k-means: Lloyd 1982, begun as in Arthur and Vassilvitskii 2007 (k-means++), the best of several beginnings. */
import { squaredDistance } from "../baselines/nearest-neighbour.ts";
import { Random } from "../random/generator.ts";

/** Rows put together with what they lie nearest to. */
export interface Clustering {
  /** `[K]` rows `[F]`: the mean of each cluster. */
  readonly centres: readonly Float64Array[];
  /** `[N]`: the cluster of each row, 0 to K − 1. */
  readonly clusters: readonly number[];
  /** The sum of squared distances of rows from their centre. */
  readonly inertia: number;
}

/** How many beginnings are tried, and by what seed. */
export interface KMeansOptions {
  readonly seed: number;
  /** 10 unless told. */
  readonly restarts?: number;
}

const MOST_ROUNDS = 300;

/**
 * Clusters rows. The same seed gives the same clusters everywhere; clusters are numbered by their size, the largest first.
 *
 * @param rows `[N]` rows `[F]`, on one scale
 * @param count K, at most N
 * @example
 * kMeans([[0], [1], [9]].map(Float64Array.from), 2, { seed: 1 }).clusters; // [0, 0, 1]
 */
export function kMeans(
  rows: readonly Float64Array[],
  count: number,
  { seed, restarts = 10 }: KMeansOptions,
): Clustering {
  let best: Clustering | undefined;
  for (let i = 0; i < restarts; i++) {
    const found = settled(rows, begun(rows, count, Random.stream(seed, "k-means", count, i)));
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return bySize(best!);
}

/** Centres among the rows, each drawn with a probability that rises with the squared distance from those before. */
function begun(rows: readonly Float64Array[], count: number, random: Random): Float64Array[] {
  const centres = [rows[random.integer(rows.length)]!];
  const away = rows.map((row) => squaredDistance(row, centres[0]!));
  while (centres.length < count) {
    const next = rows[drawn(away, random)]!;
    centres.push(next);
    for (const [n, row] of rows.entries()) away[n] = Math.min(away[n]!, squaredDistance(row, next));
  }
  return centres;
}

/** A place drawn with the given weights; any where all are 0. */
function drawn(weights: readonly number[], random: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = uniform(random) * total;
  const place = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return place < 0 ? random.integer(weights.length) : place;
}

function uniform(random: Random): number {
  const number = new Float32Array(1);
  random.fillUniform(number);
  return number[0]!;
}

function settled(rows: readonly Float64Array[], begin: readonly Float64Array[]): Clustering {
  let centres = begin;
  let clusters = rows.map((row) => nearestCentre(centres, row));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    centres = centresOf(rows, clusters, centres);
    const next = rows.map((row) => nearestCentre(centres, row));
    if (next.every((cluster, n) => cluster === clusters[n])) break;
    clusters = next;
  }
  const inertia = rows.reduce((sum, row, n) => sum + squaredDistance(row, centres[clusters[n]!]!), 0);
  return { centres, clusters, inertia };
}

/** The cluster whose centre lies nearest. */
export function nearestCentre(centres: readonly Float64Array[], row: Float64Array): number {
  let [least, place] = [Number.POSITIVE_INFINITY, 0];
  for (const [k, centre] of centres.entries()) {
    const distance = squaredDistance(row, centre, least);
    if (distance < least) [least, place] = [distance, k];
  }
  return place;
}

/** The means of clusters; an empty one stays where it was. */
function centresOf(
  rows: readonly Float64Array[],
  clusters: readonly number[],
  before: readonly Float64Array[],
): Float64Array[] {
  return before.map((old, k) => {
    const own = rows.filter((_, n) => clusters[n] === k);
    if (own.length === 0) return old;
    return old.map((_, f) => own.reduce((sum, row) => sum + row[f]!, 0) / own.length);
  });
}

function bySize({ centres, clusters, inertia }: Clustering): Clustering {
  const sizes = centres.map((_, k) => clusters.filter((cluster) => cluster === k).length);
  const order = centres.map((_, k) => k).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  return {
    centres: order.map((k) => centres[k]!),
    clusters: clusters.map((cluster) => order.indexOf(cluster)),
    inertia,
  };
}
