/** Connectionist temporal classification: the likelihood of labels whose times are not known. */
import { product } from "../graph/dims.ts";
import {
  add,
  and,
  cast,
  concat,
  cumsum,
  type Dim,
  equal,
  exp,
  expand,
  filledLike,
  gatherAlong,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logSumExp,
  max,
  maximum,
  mul,
  neg,
  or,
  reshape,
  reverseWithin,
  scan,
  scatterAddAlong,
  slice,
  softmax,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  transpose,
  unsqueeze,
  where,
} from "../graph/index.ts";
import { shift } from "../graph/ops/shift.ts";
import { withSlope } from "../graph/ops/slope.ts";

/** How long sequences and their labels are. */
export interface CtcLengths {
  /** Steps of each sequence, int64 `[B]`, from 1 to T. */
  readonly steps: Tensor;
  /** Labels of each sequence, int64 `[B]`, from 0 to L. */
  readonly labels: Tensor;
}

/** What labels cost. */
export interface CtcLoss {
  /** −log p(labels) of each sequence in nats, `[B]`; 0, without a gradient, where no path has them. */
  readonly nats: Tensor;
  /** 1 where there are enough steps for the labels (and a blank between equal ones), else 0: `[B]`. */
  readonly feasible: Tensor;
}

/** log 0, but finite: no difference of two is NaN, and no sum over steps is infinite. */
const impossible = -1e30;

/** How many entries stand before each along an axis, int64 of the same shape. */
const placesAlong = ({ shape }: Tensor, axis: number): Tensor =>
  cumsum(filledLike({ dtype: "int64", shape }, 1), axis, { exclusive: true });

/** Both problems of each sequence: labels from first to last, and from last to first. @returns `[2, B, L]` */
function bothWays(labels: Tensor, { labels: counts }: CtcLengths, blank: number): Tensor {
  const isThere = less(placesAlong(labels, 1), unsqueeze(counts, 1)); // [B, L]
  const known = where(isThere, labels, blank); // [B, L]
  return stack([known, transpose(reverseWithin(transpose(known), counts))]);
}

/** Blank, label, blank, …, label, blank. @param labels `[2, B, L]` @returns `[2, B, S]` with S = 2L + 1 */
function statesOf(labels: Tensor, blank: number): Tensor {
  const [ways, batch, count] = labels.shape as readonly [Dim, Dim, Dim];
  const pairs = stack([filledLike(labels, blank), labels], -1); // [2, B, L, 2]
  const last = filledLike({ dtype: "int64", shape: [ways, batch, 1] }, blank);
  return concat([reshape(pairs, [ways, batch, product([2, count])]), last]);
}

/** What it costs to come to a state from the last but one: nothing between different labels, else all. `[2, B, S]` */
function skipsOf(states: Tensor, blank: number, dtype: Tensor["dtype"]): Tensor {
  const repeats = equal(states, shift(states, 2, { axis: 2, fill: blank }));
  const forbidden = or(repeats, equal(states, blank));
  return where(forbidden, filledLike({ dtype, shape: [] }, impossible), 0);
}

/** log(eᵃ + eᵇ + eᶜ) of numbers that are finite. */
function logAddExpOfThree(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const top = maximum(maximum(a, b), c);
  return add(top, log([a, b, c].map((each) => exp(sub(each, top))).reduce(add)));
}

/**
 * log p of what was seen so far and the state, of both problems, less the greatest of the step before: `[T, 2, B, S]`.
 * So the numbers stay small, and exact, however unlikely the labels are.
 */
function forward(emissions: Tensor, skips: Tensor): Tensor {
  const start = where(equal(placesAlong(skips, 2), 0), 0, filledLike(skips, impossible)); // [2, B, S]
  const [ways, batch] = skips.shape as readonly [Dim, Dim, Dim];
  const room = filledLike({ dtype: skips.dtype, shape: [ways, batch, 2] }, impossible);
  return scan({
    state: { alpha: start },
    over: { emissions },
    step: ({ alpha }, { emissions: now }) => {
      const from = concat([room, alpha]); // [2, B, 2 + S]
      const arrived = logAddExpOfThree(alpha, slice(from, 2, 1, -1), add(slice(from, 2, 0, -2), skips)); // [2, B, S]
      const seen = add(arrived, now); // [2, B, S]
      return { state: { alpha: sub(seen, max(seen, [-1], { keepDims: true })) }, outputs: { seen } };
    },
  }).outputs.seen;
}

/**
 * −log p(labels | logProb) of sequences that are longer than their labels, summed over all paths of labels and blanks that
 * read as the labels (Graves, Fernández, Gomez and Schmidhuber 2006): equal labels beside each other are one, blanks are
 * left out. Forwards and backwards (eq. 6 to 11) are the two lanes of one loop, and the gradient (eq. 15) is what they say of
 * each state: there is no second loop.
 *
 * @param logProb of each level at each step, `[T, B, K]`; steps beyond a sequence's length have no effect
 * @param labels int64 `[B, L]` with an L of 1 or more, which may have a name; those beyond a sequence's count have no effect
 * @param blank the level that stands for no label; it must not occur among the labels
 *
 * @example
 * const { nats, feasible } = ctc(logSoftmax(logits), labels, { steps, labels: counts });
 * const loss = div(sum(nats), maximum(sum(feasible), 1)); // nats per sequence
 */
export function ctc(logProb: Tensor, labels: Tensor, lengths: CtcLengths, blank = 0): CtcLoss {
  const { steps, labels: counts } = lengths;
  const finite = maximum(logProb, impossible); // [T, B, K]
  const states = statesOf(bothWays(labels, lengths, blank), blank); // [2, B, S]
  const time = logProb.shape[0] as Dim;
  const both = stack([finite, reverseWithin(finite, steps)], 1); // [T, 2, B, K]
  const emissions = gatherAlong(both, expand(states, [time, ...states.shape]), -1); // [T, 2, B, S]
  const seen = forward(emissions, skipsOf(states, blank, logProb.dtype)); // [T, 2, B, S]
  const alpha = lane(seen, 0); // [T, B, S]
  const isStep = less(placesAlong(slice(alpha, 2, 0, 1), 0), unsqueeze(steps, -1)); // [T, B, 1]
  const scales = sum(where(isStep, max(alpha, [-1], { keepDims: true }), 0), [0, 2]); // [B]
  const logLikelihood = add(scales, arrivedAtEnd(reverseWithin(alpha, steps), counts)); // [B]
  const isFeasible = greater(logLikelihood, impossible / 2); // [B]
  const beta = turned(lane(seen, 1), lengths); // [T, B, S]
  const occupancy = softmax(sub(add(alpha, beta), lane(emissions, 0))); // [T, B, S]
  const counted = where(and(isStep, unsqueeze(isFeasible, -1)), occupancy, 0); // [T, B, S]
  const places = expand(squeeze(slice(states, 0, 0, 1), 0), counted.shape); // [T, B, S]
  const slope = neg(scatterAddAlong(filledLike(logProb, 0), places, counted, -1)); // [T, B, K]
  const nats = where(isFeasible, neg(logLikelihood), 0); // [B]
  return {
    nats: squeeze(withSlope(unsqueeze(nats, -1), logProb, slope), -1),
    feasible: cast(isFeasible, logProb.dtype),
  };
}

/** One problem of both. @param both `[T, 2, B, ·]` @returns `[T, B, ·]` */
const lane = (both: Tensor, at: 0 | 1): Tensor => squeeze(slice(both, 1, at, at + 1), 1);

/** From the last step and the last state on, put in the order of the steps and the states. `[T, B, S]` */
function turned(last: Tensor, { steps, labels }: CtcLengths): Tensor {
  const place = placesAlong(slice(last, 0, 0, 1), 2); // [1, B, S]
  const opposite = sub(unsqueeze(mul(labels, 2), -1), place); // [1, B, S]
  const states = gatherAlong(last, expand(maximum(opposite, 0), last.shape), -1); // [T, B, S]
  return reverseWithin(where(less(opposite, 0), impossible, states), steps);
}

/** log of the share of the last label and the blank behind it at each sequence's last step. @param reversed `[T, B, S]` */
function arrivedAtEnd(reversed: Tensor, counts: Tensor): Tensor {
  const last = squeeze(slice(reversed, 0, 0, 1), 0); // [B, S]
  const [at, end] = [placesAlong(last, 1), unsqueeze(mul(counts, 2), -1)]; // [B, S], [B, 1]
  const isEnd = and(lessEqual(at, end), greaterEqual(at, sub(end, 1)));
  const normalised = sub(last, max(last, [-1], { keepDims: true }));
  return logSumExp(where(isEnd, normalised, filledLike(last, impossible)), [-1]);
}
