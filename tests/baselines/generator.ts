import type { Column, ColumnKind, Sequence } from "../../src/data/dataset.ts";

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers from a seed (Box-Muller). */
export function normals(seed: number): () => number {
  const next = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** A column of the schema; the statistics that baselines do not read are left at 0. */
export function column(name: string, resolution = 0, kind: ColumnKind = "real", deviation = 1): Column {
  const unread = { levels: [], shares: [], mean: 0, minimum: 0, maximum: 0, missing: 0 };
  return { name, kind, resolution, standardDeviation: deviation, ...unread };
}

/** A sequence from its rows. */
export function sequence(rows: readonly (readonly number[])[], name = "sequence"): Sequence {
  return { name, length: rows.length, values: Float64Array.from(rows.flat()) };
}

/** Rows of a stable autoregression x_t = 0.5 x_{t−1} + 0.3 x_{t−2} + shared noise, [length, width]. */
export function autoregression(seed: number, length: number, width: number): number[][] {
  const normal = normals(seed);
  const rows: number[][] = [];
  for (let t = 0; t < length; t++) {
    const shared = normal();
    rows.push(
      Array.from({ length: width }, (_, j) => {
        const [last, before] = [rows[t - 1]?.[j] ?? 0, rows[t - 2]?.[j] ?? 0];
        return 0.5 * last + 0.3 * before + 0.6 * shared + 0.8 * normal();
      }),
    );
  }
  return rows;
}
