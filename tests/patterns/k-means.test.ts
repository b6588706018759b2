/** Clusters against every way to group a few rows. */
import { describe, expect, test } from "vitest";
import { kMeans } from "../../src/patterns/k-means.ts";
import { silhouette } from "../../src/patterns/silhouette.ts";
import { Random } from "../../src/random/generator.ts";

const rowsOf = (seed: number, count: number, width: number) =>
  Array.from({ length: count }, (_, n) => {
    const random = Random.stream(seed, "rows", n);
    return Float64Array.from({ length: width }, () => random.normal());
  });

/** Every way to put `count` rows into at most `groups` groups. */
function* groupings(count: number, groups: number): Generator<number[]> {
  for (let code = 0; code < groups ** count; code++)
    yield Array.from({ length: count }, (_, n) => Math.floor(code / groups ** n) % groups);
}

function inertiaOf(rows: readonly Float64Array[], clusters: readonly number[]): number {
  let sum = 0;
  for (const cluster of new Set(clusters)) {
    const own = rows.filter((_, n) => clusters[n] === cluster);
    for (let f = 0; f < own[0]!.length; f++) {
      const mean = own.reduce((all, row) => all + row[f]!, 0) / own.length;
      for (const row of own) sum += (row[f]! - mean) ** 2;
    }
  }
  return sum;
}

describe("k-means", () => {
  test.each([1, 2, 3, 4])("finds the best of all groupings of nine rows (seed %i)", (seed) => {
    const rows = rowsOf(seed, 9, 2);
    const best = Math.min(...[...groupings(9, 3)].map((own) => inertiaOf(rows, own)));
    const found = kMeans(rows, 3, { seed: 1, restarts: 30 });
    expect(found.inertia).toBeCloseTo(best, 9);
    expect(inertiaOf(rows, found.clusters)).toBeCloseTo(found.inertia, 9);
  });

  test("the same seed gives the same clusters, the largest first, also of rows that are all alike", () => {
    const rows = rowsOf(7, 40, 3);
    const found = kMeans(rows, 4, { seed: 5 });
    expect(kMeans(rows, 4, { seed: 5 })).toEqual(found);
    const sizes = found.centres.map((_, k) => found.clusters.filter((own) => own === k).length);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    const alike = Array.from({ length: 5 }, () => Float64Array.of(2, 2));
    expect(kMeans(alike, 3, { seed: 1 }).inertia).toBe(0);
  });
});

describe("silhouette", () => {
  test("by hand", () => {
    const rows = [0, 1, 9, 10].map((value) => Float64Array.of(value));
    const [outer, inner] = [(9.5 - 1) / 9.5, (8.5 - 1) / 8.5];
    expect(silhouette(rows, [0, 0, 1, 1], 2)).toBeCloseTo((outer + inner) / 2, 12);
    expect(silhouette(rows, [0, 1, 2, 2], 3)).toBeCloseTo((0 + 0 + (8 - 1) / 8 + (9 - 1) / 9) / 4, 12);
  });
});
