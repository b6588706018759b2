import type { Column, ColumnKind } from "../data/dataset.ts";
import { vector } from "../distributions/gaussian.ts";
import {
  add,
  cast,
  concat,
  div,
  greater,
  log,
  maximum,
  oneHot,
  slice,
  squeeze,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";

/**
 * Turns a step of data into numbers that a network reads well: centred by the training statistics (real and quantised
 * columns are already, binary ones on their rate of ones, levels as one-hot vectors minus their shares, counts as the
 * logarithm of their ratio to the mean, proportions in deviations). What is missing becomes 0, the average; where the
 * training data has gaps, the mask goes in as well, so that the network can tell.
 */
export class InputEncoder {
  readonly width: number;
  private readonly columns: readonly Column[];
  private readonly withMask: boolean;

  /** @param withMask whether the mask goes in; where the training data has gaps unless told */
  constructor(columns: readonly Column[], withMask = columns.some(({ missing }) => missing > 0)) {
    this.columns = columns;
    this.withMask = withMask;
    const own = columns.reduce((all, column) => all + featuresOf(column), 0);
    this.width = own + (this.withMask ? columns.length : 0);
  }

  /** @param x `[B, D]` @param mask `[B, D]` @returns `[B, width]` */
  encode(x: Tensor, mask: Tensor): Tensor {
    const encoded = this.columns.every(({ kind }) => kind in centres)
      ? this.centred(x, mask)
      : this.columnwise(x, mask);
    return this.withMask ? concat([encoded, mask]) : encoded;
  }

  private centred(x: Tensor, mask: Tensor): Tensor {
    return where(greater(mask, 0), sub(x, vector(this.columns.map(centreOf))), 0);
  }

  private columnwise(x: Tensor, mask: Tensor): Tensor {
    const part = (tensor: Tensor, i: number) => slice(tensor, tensor.rank - 1, i, i + 1);
    return concat(
      this.columns.map((column, i) =>
        where(greater(part(mask, i), 0), features(column, part(x, i), part(mask, i)), 0),
      ),
    );
  }
}

/** The kinds that subtracting a number makes ready. */
const centres: Readonly<Partial<Record<ColumnKind, (column: Column) => number>>> = {
  real: () => 0,
  quantised: () => 0,
  binary: ({ mean }) => mean,
};

const centreOf = (column: Column): number => centres[column.kind]?.(column) ?? 0;

const featuresOf = ({ kind, levels }: Column): number => (kind === "categorical" ? levels.length : 1);

type Features = (column: Column, x: Tensor, mask: Tensor) => Tensor;

/** Of the other kinds, `[B, 1]` to `[B, features]`. Missing entries may be any number. */
const featuresBy: Readonly<Partial<Record<ColumnKind, Features>>> = {
  categorical: ({ levels, shares }, x, mask) => {
    const index = cast(squeeze(where(greater(mask, 0), x, 0), -1), "int64");
    return sub(oneHot(index, levels.length), vector(shares));
  },
  count: ({ mean }, x) => sub(log(add(maximum(x, 0), 1)), Math.log1p(mean)),
  proportion: ({ mean, standardDeviation: deviation }, x) => div(sub(x, mean), deviation > 0 ? deviation : 1),
};

const features: Features = (column, x, mask) =>
  featuresBy[column.kind]?.(column, x, mask) ?? sub(x, centreOf(column));
