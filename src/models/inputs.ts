import type { Column } from "../data/dataset.ts";
import { vector } from "../distributions/gaussian.ts";
import {
  cast,
  concat,
  constant,
  greater,
  oneHot,
  slice,
  squeeze,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";

/**
 * Turns a step of data into numbers that a network reads well: centred by the training statistics (real columns are
 * already, binary ones on their rate of ones, levels as one-hot vectors minus their shares). What is missing becomes 0,
 * the average; where the training data has gaps, the mask goes in as well, so that the network can tell.
 */
export class InputEncoder {
  readonly width: number;
  private readonly columns: readonly Column[];
  private readonly withMask: boolean;

  constructor(columns: readonly Column[]) {
    this.columns = columns;
    this.withMask = columns.some(({ missing }) => missing > 0);
    const own = columns.reduce((all, column) => all + featuresOf(column), 0);
    this.width = own + (this.withMask ? columns.length : 0);
  }

  /** @param x `[B, D]` @param mask `[B, D]` @returns `[B, width]` */
  encode(x: Tensor, mask: Tensor): Tensor {
    const encoded = this.columns.every(({ kind }) => kind !== "categorical")
      ? this.centred(x, mask)
      : this.columnwise(x, mask);
    return this.withMask ? concat([encoded, mask]) : encoded;
  }

  private centred(x: Tensor, mask: Tensor): Tensor {
    const centres = this.columns.map(({ kind, mean }) => (kind === "binary" ? mean : 0));
    return where(greater(mask, 0), sub(x, vector(centres)), 0);
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

const featuresOf = ({ kind, levels }: Column): number => (kind === "categorical" ? levels.length : 1);

/** `[B, 1]` to `[B, features]`. An index is only read where it was observed: a missing one may be any number. */
function features({ kind, mean, levels, shares }: Column, x: Tensor, mask: Tensor): Tensor {
  if (kind !== "categorical") return sub(x, constant([kind === "binary" ? mean : 0], [1]));
  const index = cast(squeeze(where(greater(mask, 0), x, 0), -1), "int64");
  return sub(oneHot(index, levels.length), vector(shares));
}
