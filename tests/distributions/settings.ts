/** Columns of every kind, and the values over which a distribution of one adds up to 1. */
import type { Column, ColumnKind } from "../../src/data/dataset.ts";

function column(kind: ColumnKind, mean: number, deviation: number, changes: Partial<Column> = {}): Column {
  const defaults = {
    name: kind,
    kind,
    levels: [],
    resolution: 0,
    minimum: 0,
    maximum: 1,
    missing: 0,
    shares: [],
  };
  return { ...defaults, mean, standardDeviation: deviation, ...changes };
}

const levels = (count: number): Partial<Column> => ({
  levels: Array.from({ length: count }, (_, level) => `level ${level}`),
  shares: Array.from({ length: count }, () => 1 / count),
});

/** A value, scaled as in a batch, and the width of what it stands for: 1 where it has a mass. */
export interface Node {
  readonly value: number;
  readonly width: number;
}

/** Columns of a kind, two and two, and the values over which their likelihood adds up to 1. */
export interface Setting {
  readonly kind: ColumnKind;
  readonly name: string;
  readonly columns: readonly Column[];
  /** Whether the columns are above 0 throughout, as sizes are. */
  readonly isOfSizes?: true;
  readonly nodes: (column: Column) => readonly Node[];
}

export const range = (count: number): number[] => [...Array(count).keys()];
const masses = (values: readonly number[]): Node[] => values.map((value) => ({ value, width: 1 }));

/** Steps of 0.003 deviations; densities are in the column's own unit. */
const line = ({ standardDeviation: deviation }: Column): Node[] =>
  range(8001).map((i) => ({ value: -12 + i * 0.003, width: 0.003 * deviation }));

/** Even steps of the logarithm, around the mean. */
function sizes({ mean, standardDeviation: deviation }: Column): Node[] {
  const step = 0.0005;
  return range(12_001).map((i) => {
    const size = mean * Math.exp((i - 6000) * step);
    return { value: (size - mean) / deviation, width: size * step };
  });
}

const points = ({ standardDeviation: deviation, resolution }: Column): Node[] =>
  masses(range(1201).map((k) => ((k - 600) * resolution) / deviation));

const cells = ({ mean, standardDeviation: deviation, range: [lowest, highest] = [0, 0] }: Column): Node[] =>
  masses(range(highest - lowest + 1).map((k) => (lowest + k - mean) / deviation));

/** Even steps of the logit within what is kept of (0, 1); 0 itself counts where a family puts a mass there. */
function unit(): Node[] {
  const [end, steps] = [Math.log(2 ** 20 - 1), 4000];
  const step = (2 * end) / steps;
  const inner = range(steps).map((i) => 1 / (1 + Math.exp(end - (i + 0.5) * step)));
  return [...masses([0]), ...inner.map((value) => ({ value, width: value * (1 - value) * step }))];
}

export const settings: readonly Setting[] = [
  {
    kind: "real",
    name: "without a grid",
    columns: [2.5, 0.4].map((d) => column("real", 0.3, d, { spreads: { last: 0.7 * d } })),
    nodes: line,
  },
  {
    kind: "real",
    name: "on a grid", // fine enough for a cell's mass to be its density times its width
    columns: [2.5, 0.4].map((d) => column("real", 0.3, d, { resolution: 0.1, spreads: { last: 0.7 * d } })),
    nodes: points,
  },
  {
    kind: "real",
    name: "sizes",
    isOfSizes: true,
    columns: [20, 3].map((mean) => column("real", mean, 0.2 * mean, { minimum: 0.1, maximum: 5 * mean })),
    nodes: sizes,
  },
  {
    kind: "binary",
    name: "yes or no",
    columns: [column("binary", 0.3, 1), column("binary", 0.3, 1)],
    nodes: () => masses([0, 1]),
  },
  {
    kind: "categorical",
    name: "levels",
    columns: [4, 3].map((count) => column("categorical", 0.3, 1, levels(count))),
    nodes: (own) => masses([...own.levels.keys()]),
  },
  {
    kind: "count",
    name: "few and many",
    columns: [column("count", 2, 1.7), column("count", 60, 12)],
    nodes: () => masses(range(2000)),
  },
  {
    kind: "count",
    name: "overdispersed",
    columns: [column("count", 0.4, 1.5), column("count", 2000, 900)],
    nodes: () => masses(range(40_000)),
  },
  {
    kind: "proportion",
    name: "peaked and broad",
    columns: [column("proportion", 0.7, 0.1), column("proportion", 0.3, 0.2)],
    nodes: unit,
  },
  {
    kind: "quantised",
    name: "8 and 16 bits",
    columns: [
      column("quantised", 120, 60, { resolution: 1, range: [0, 255] }),
      column("quantised", 3, 3000, { resolution: 1, range: [-32_768, 32_767] }),
    ],
    nodes: cells,
  },
];
