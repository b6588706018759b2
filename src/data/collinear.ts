/** Columns that say the same. */
import type { Dataset } from "./dataset.ts";

/** Fewer steps tell too little, and of more columns not all pairs are looked at. */
const [LEAST_STEPS, MOST_COLUMNS] = [10, 60];
/** So far from 1 at most is a correlation of columns of which one follows from the other, rounding left aside. */
const ROUNDING = 1e-9;
/** So many steps tell of nearly all pairs that they are on no line: the others are not looked at then. */
const [GLANCED, NEARLY] = [500, 0.999];

/**
 * A note on each real column that follows from an earlier one by a straight line: the density of both together has no bound, so that
 * models which tell columns together learn little else, and their nats mean nothing.
 *
 * @example
 * collinearNotes(dataset); // ['columns "celsius" and "kelvin" follow from each other …']
 */
export function collinearNotes({
  columns,
  splits: { train },
}: Pick<Dataset, "columns" | "splits">): string[] {
  const width = columns.length;
  const real = columns.flatMap(({ kind }, d) => (kind === "real" ? [d] : []));
  if (real.length > MOST_COLUMNS) return [];
  const steps = train.reduce((sum, { length }) => sum + length, 0);
  const glance = Math.max(1, Math.floor(steps / GLANCED));
  const told = new Set<number>();
  return real.flatMap((one, i) =>
    real.slice(i + 1).flatMap((other) => {
      if (told.has(other)) return [];
      const pairs = (every: number) =>
        train.flatMap(({ values }) => pairsOf(values, width * every, one, other));
      if (Math.abs(correlation(pairs(glance))) < NEARLY) return [];
      const all = pairs(1);
      if (all.length < LEAST_STEPS || Math.abs(correlation(all)) < 1 - ROUNDING) return [];
      told.add(other);
      const [a, b] = [columns[one]!.name, columns[other]!.name];
      return [
        `columns "${a}" and "${b}" follow from each other in a straight line, so the density of both together has no bound and nats mean little (leave one out: --drop ${b})`,
      ];
    }),
  );
}

type Pair = readonly [number, number];

/** The values of two columns where both are known. @param stride from one row that is looked at to the next */
function pairsOf(values: Float64Array, stride: number, one: number, other: number): Pair[] {
  const pairs: Pair[] = [];
  for (let from = 0; from < values.length; from += stride) {
    const [x, y] = [values[from + one]!, values[from + other]!];
    if (!Number.isNaN(x) && !Number.isNaN(y)) pairs.push([x, y]);
  }
  return pairs;
}

/** Pearson's; NaN where one of both does not vary. */
function correlation(pairs: readonly Pair[]): number {
  const mean = (k: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[k] / pairs.length, 0);
  const [mx, my] = [mean(0), mean(1)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
    xy += (x - mx) * (y - my);
  }
  return xy / Math.sqrt(xx * yy);
}
