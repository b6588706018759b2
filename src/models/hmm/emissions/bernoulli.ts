import { logit } from "../../../distributions/bernoulli.ts";
import { type ColumnFitOf, LEAST_PART } from "./fit.ts";

/** No probability of yes or no is under it: half of `LEAST_PART`, as of two levels. */
const LEAST = LEAST_PART / 2;

/** A yes/no column: the probability of yes. Statistics are the weight of all and of yes. */
export const bernoulliFit: ColumnFitOf = () => ({
  free: 1,
  blocks: [1],
  parametersOf: ([raw]) => Float64Array.of(1 / (1 + Math.exp(-raw!))),
  rawOf: ([rate]) => [logit(rate!)],
  addLogDensities: (logs, [values], [rate]) => {
    const no = Math.log1p(-rate!);
    const odds = Math.log(rate!) - no;
    for (let t = 0; t < logs.length; t++) {
      const x = values![t]!;
      if (!Number.isNaN(x)) logs[t]! += no + x * odds;
    }
  },
  logConstant: () => 0,
  empty: () => new Float64Array(2),
  addExpected: (statistics, [values], shares) => {
    let weight = 0;
    let yes = 0;
    for (let t = 0; t < shares.length; t++) {
      const x = values![t]!;
      if (Number.isNaN(x)) continue;
      weight += shares[t]!;
      yes += shares[t]! * x;
    }
    statistics[0]! += weight;
    statistics[1]! += yes;
  },
  maximised: ([weight, yes], before) =>
    weight! > 0 ? Float64Array.of(Math.min(1 - LEAST, Math.max(LEAST, yes! / weight!))) : before,
});
