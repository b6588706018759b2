import { type ColumnFitOf, LEAST_PART, sharesAbove } from "./fit.ts";

/** A column of levels: the probability of each. Statistics are the weight of each level. */
export const categoricalFit: ColumnFitOf = ({ shares: { length: levels } }) => ({
  free: levels - 1,
  blocks: [levels],
  parametersOf: softmaxOf,
  rawOf: (shares) => Array.from(shares, Math.log),
  addLogDensities: (logs, [values], parameters) => {
    const each = parameters.map(Math.log);
    for (let t = 0; t < logs.length; t++) {
      const x = values![t]!;
      if (!Number.isNaN(x)) logs[t]! += each[x]!;
    }
  },
  logConstant: () => 0,
  empty: () => new Float64Array(levels),
  addExpected: (statistics, [values], shares) => {
    for (let t = 0; t < shares.length; t++) {
      const x = values![t]!;
      if (!Number.isNaN(x)) statistics[x]! += shares[t]!;
    }
  },
  maximised: (statistics, before) => sharesAbove(statistics, LEAST_PART / levels) ?? before,
});

/** Shares out of logits, `[L]`. */
export function softmaxOf(logits: Float64Array): Float64Array {
  const most = logits.reduce((best, each) => Math.max(best, each), Number.NEGATIVE_INFINITY);
  const shares = logits.map((each) => Math.exp(each - most));
  const total = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / total);
}
