/** What several families draw by: rejection with a fixed number of attempts, gamma variates, the centre of counts. */
import {
  add,
  and,
  argmax,
  cast,
  div,
  excessOverLog,
  filledLike,
  greater,
  less,
  log,
  max,
  mul,
  oneHot,
  reshape,
  round,
  split,
  sqrt,
  squeeze,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";

/** `[..., D·n]` as `[..., D, n]`. */
export const perColumn = (x: Tensor, columns: number): Tensor => {
  const last = x.shape[x.rank - 1] as number;
  return reshape(x, [...x.shape.slice(0, -1), columns, last / columns]);
};

/**
 * The first accepted proposal of each row, or the fallback where none was accepted.
 *
 * @param proposals `[..., A]` @param accepted `[..., A]` bool @param fallback `[...]`
 */
export function firstAccepted(proposals: Tensor, accepted: Tensor, fallback: Tensor): Tensor {
  const marks = cast(accepted, "float32");
  const chosen = oneHot(argmax(marks), marks.shape[marks.rank - 1] as number); // argmax takes the first of equals
  const found = sum(where(greater(chosen, 0), where(accepted, proposals, 0), 0), [-1]);
  return where(greater(max(marks, [-1]), 0), found, fallback);
}

/** Each attempt succeeds in more than 95 % of cases: the chance that all fail is below 2e-8. */
const gammaAttempts = 6;

/** How many draws a gamma variate takes: a normal and a uniform number per attempt, and a uniform one for small shapes. */
export const gammaNormals = gammaAttempts;
export const gammaUniforms = gammaAttempts + 1;

/**
 * The logarithm of a gamma variate of scale 1, exact but for a chance below 2e-8. Shapes below 1 are drawn one higher
 * and multiplied by u^(1/shape), in logarithms, as such draws may be far below the least float32.
 *
 * @param shape `[...]` @param uniform `[..., gammaUniforms]` @param normal `[..., gammaNormals]`
 * @see Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26, 2000.
 */
export function logGammaDraw(shape: Tensor, uniform: Tensor, normal: Tensor): Tensor {
  const boosted = less(shape, 1);
  const d = sub(where(boosted, add(shape, 1), shape), 1 / 3);
  const step = mul(normal, unsqueeze(div(1 / 3, sqrt(d)), -1)); // [..., A]
  const growth = mul(step, add(mul(step, add(step, 3)), 3)); // v − 1 of v = (1 + step)³
  const valid = greater(step, -1);
  const cube = where(valid, add(growth, 1), 1);
  const excess = excessOverLog(where(valid, growth, 0), cube);
  const [attempts, boost] = split(uniform, [gammaAttempts, 1]) as [Tensor, Tensor];
  const bound = sub(mul(mul(normal, normal), 0.5), mul(unsqueeze(d, -1), excess));
  const accepted = and(valid, less(log(attempts), bound));
  const drawn = add(log(d), log(firstAccepted(cube, accepted, filledLike(d, 1))));
  return where(boosted, add(drawn, div(log(squeeze(boost, -1)), shape)), drawn);
}

/** A whole number drawn, moved towards the centre of its distribution at temperatures below 1; itself at 1. */
export const towards = (draw: Tensor, centre: Tensor, temperature: Tensor): Tensor =>
  round(add(centre, mul(sub(draw, centre), temperature)));
