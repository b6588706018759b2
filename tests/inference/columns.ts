import type { Column, ColumnKind, Sequence } from "../../src/data/dataset.ts";
import { columnOf } from "../../src/data/tables/statistics.ts";
import type { Model } from "../../src/models/model.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { Random } from "../../src/random/generator.ts";
import { initialWeights } from "../../src/train/weights.ts";

const column = (
  name: string,
  kind: ColumnKind,
  entries: readonly number[],
  levels: readonly string[] = [],
): Column => columnOf({ name, kind, levels, ...(kind === "real" && { resolution: 0.25 }) }, entries);

/** A column of each kind; the real one lies far from 0, on a grid of quarters. */
export const mixed: readonly Column[] = [
  column("level", "real", [99, 100, 101, 104]),
  column("flag", "binary", [0, 1, 1, 1]),
  column("mode", "categorical", [0, 1, 2, 1], ["idle", "busy", "off"]),
];

export const modelOf = (columns: readonly Column[], emission: readonly string[] = []): Vrnn =>
  new Vrnn({ columns, hidden: 7, latent: 3, cell: "gru", layers: 1, residual: true, emission });

/** Weights away from the first ones, so that biases and gates differ by column. */
export function someWeights(model: Pick<Model, "parameters">, seed = 1): Float32Array {
  const random = Random.stream(seed, "test weights");
  return initialWeights(model.parameters, seed).map((weight) => weight + 0.1 * random.normal());
}

/** Sequences of the mixed columns with every fifth entry missing. */
export const sequencesOf = (lengths: readonly number[]): Sequence[] =>
  lengths.map((length, i) => {
    const random = Random.stream(i, "test sequences");
    const draw = [
      () => 100 + Math.round(8 * random.normal()) / 4,
      () => random.integer(2),
      () => random.integer(3),
    ];
    const values = Float64Array.from({ length: 3 * length }, (_, at) =>
      random.integer(5) === 0 ? Number.NaN : draw[at % 3]!(),
    );
    return { name: `sequence ${i + 1}`, length, values };
  });

/** The cells of a table of comma-separated values, line by line. */
export const cellsOf = (table: string): string[][] =>
  table
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
