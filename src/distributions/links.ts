/** Locations in the space of a link, in which columns of counts, shares and sizes are put around places. */
import type { Column } from "../data/dataset.ts";
import { add, clamp, log, log1p, maximum, neg, sub, type Tensor } from "../graph/index.ts";
import { logit } from "./bernoulli.ts";
import type { Link } from "./emission.ts";
import { vector } from "./gaussian.ts";

/** The logarithm of counts; 0 has a place as well. @param at where the locations begin in `raw` */
export const logOfCounts = (columns: readonly Column[], at = 0): Link => ({
  at,
  beside: (values) =>
    sub(log(add(maximum(values, 0), 0.5)), vector(columns.map(({ mean }) => Math.log(mean + 0.5)))),
});

/** Shares of 0 and 1 have places as well. */
const LEAST_SHARE = 1e-4;

/** The logit of shares. @param at where the locations begin in `raw` */
export const logitOfShares = (columns: readonly Column[], at = 0): Link => ({
  at,
  beside: (values) => sub(logitInside(values), vector(columns.map(({ mean }) => logit(insideShare(mean))))),
});

const insideShare = (share: number): number => Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));

function logitInside(values: Tensor): Tensor {
  const share = clamp(values, LEAST_SHARE, 1 - LEAST_SHARE);
  return sub(log(share), log1p(neg(share)));
}
