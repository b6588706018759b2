/** Which particles go on, drawn in proportion to their weights. */
import {
  add,
  cast,
  cumsum,
  div,
  filledLike,
  lessEqual,
  minimum,
  type Operand,
  stopGradient,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";

/**
 * For each position in [0, 1) the particle into whose part of the running sum of shares it falls, int64 `[..., N]`.
 *
 * @param shares `[..., N]`, summing to 1 @param positions `[..., N]` @param last N − 1
 */
export function ancestorsAt(shares: Tensor, positions: Tensor, last: Operand): Tensor {
  const ends = unsqueeze(cumsum(stopGradient(shares), -1), -2); // [..., 1, N]
  const passed = cast(lessEqual(ends, unsqueeze(positions, -1)), "float32"); // [..., N, N]
  return cast(minimum(sum(passed, [-1]), last), "int64"); // rounding may pass the last end
}

/** Systematic resampling (Kitagawa 1996) of all rows of a batch, int64 `[S]`. @param shares `[S]` @param uniform `[1]` */
export function systematicRows(shares: Tensor, uniform: Tensor): Tensor {
  const ones = filledLike(shares, 1); // [S]
  const count = sum(ones); // S
  const positions = div(add(sub(cumsum(ones, 0), 1), uniform), count); // [S]
  return ancestorsAt(shares, positions, sub(count, 1));
}
