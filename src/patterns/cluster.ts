/** Sequences grouped by what a model sees in them. */
import { squaredDistance } from "../baselines/nearest-neighbour.ts";
import type { Features } from "./features.ts";
import { type Clustering, kMeans } from "./k-means.ts";
import { silhouette } from "./silhouette.ts";
import { standardised, standardOf } from "./standardise.ts";

/** How sequences were grouped. */
export interface Grouping extends Clustering {
  /** `[N]` rows: standardised features along their principal components, in which the clusters were found. */
  readonly rows: readonly Float64Array[];
  /** The share of the variance that each component explains. */
  readonly shares: readonly number[];
  /** `[K]`: the place of the sequence that lies nearest to the centre of each cluster. */
  readonly typical: readonly number[];
  /** Silhouettes by the number of clusters, of those that were tried. */
  readonly silhouettes: ReadonlyMap<number, number>;
}

/** Components explain this share of the variance together; the rest is taken for noise. */
const EXPLAINED = 0.9;
const MOST_TRIED = 12;

/**
 * Groups sequences by k-means on standardised features along their principal components.
 *
 * @param count how many groups; "auto" takes the number from 2 to 12 whose silhouette is greatest
 * @param seed of the beginnings of k-means
 */
export async function grouped({ rows }: Features, count: number | "auto", seed: number): Promise<Grouping> {
  const { componentsOf } = await import("./components.ts"); // linear algebra is heavy to load
  const standard = standardOf(rows);
  const turned = componentsOf(
    rows.map((row) => standardised(standard, row)),
    EXPLAINED,
  );
  const counts = count === "auto" ? countsTried(rows.length) : [count];
  const tried = counts.map((k) => {
    const clustering = kMeans(turned.rows, k, { seed });
    return { k, clustering, width: silhouette(turned.rows, clustering.clusters, k) };
  });
  const best = tried.reduce((a, b) => (b.width > a.width ? b : a));
  const silhouettes = new Map(tried.map(({ k, width }) => [k, width]));
  const typical = best.clustering.centres.map((centre, k) =>
    nearestOf(turned.rows, best.clustering, centre, k),
  );
  return { ...turned, ...best.clustering, typical, silhouettes };
}

const countsTried = (items: number): number[] =>
  Array.from({ length: Math.max(1, Math.min(MOST_TRIED, items - 1) - 1) }, (_, i) => i + 2);

function nearestOf(
  rows: readonly Float64Array[],
  { clusters }: Clustering,
  centre: Float64Array,
  cluster: number,
): number {
  const own = rows.flatMap((row, n) =>
    clusters[n] === cluster ? [{ n, away: squaredDistance(row, centre) }] : [],
  );
  return own.reduce((a, b) => (b.away < a.away ? b : a), { n: -1, away: Number.POSITIVE_INFINITY }).n;
}

/** How a group differs from all sequences, in deviations between sequences. */
export interface Difference {
  readonly name: string;
  readonly by: number;
}

/** Differences this small are not told. */
const TELLING = 0.5;

/**
 * The features in which a group differs most, the greatest first.
 *
 * @param most how many
 */
export function differencesOf(
  { names, rows }: Features,
  { clusters }: Clustering,
  cluster: number,
  most: number,
): Difference[] {
  const standard = standardOf(rows);
  const own = rows.filter((_, n) => clusters[n] === cluster).map((row) => standardised(standard, row));
  const by = (f: number) => own.reduce((sum, row) => sum + row[f]!, 0) / Math.max(1, own.length);
  return names
    .map((name, f): Difference => ({ name, by: by(f) }))
    .filter((each) => Math.abs(each.by) >= TELLING)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
    .slice(0, most);
}
