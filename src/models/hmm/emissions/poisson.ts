import { type ColumnFitOf, sumOverSeen } from "./fit.ts";

/** No rate is under it: what was never counted in a state stays possible. */
const LEAST_RATE = 1e-4;

/** A column of counts: the rate. Statistics are the weight and the sum. */
export const poissonFit: ColumnFitOf = () => ({
  free: 1,
  blocks: [1],
  parametersOf: ([raw]) => Float64Array.of(Math.exp(Math.min(25, Math.max(-30, raw!)))), // held as the graph does
  rawOf: ([rate]) => [Math.log(rate!)],
  addLogDensities: (logs, [values], [rate]) => {
    const log = Math.log(rate!);
    for (let t = 0; t < logs.length; t++) {
      const x = values![t]!;
      if (!Number.isNaN(x)) logs[t]! += x * log - rate!;
    }
  },
  logConstant: ([values]) => sumOverSeen(values!, (x) => -logFactorial(x)),
  empty: () => new Float64Array(2),
  addExpected: (statistics, [values], shares) => {
    let weight = 0;
    let sum = 0;
    for (let t = 0; t < shares.length; t++) {
      const x = values![t]!;
      if (Number.isNaN(x)) continue;
      weight += shares[t]!;
      sum += shares[t]! * x;
    }
    statistics[0]! += weight;
    statistics[1]! += sum;
  },
  maximised: ([weight, sum], before) =>
    weight! > 0 ? Float64Array.of(Math.max(LEAST_RATE, sum! / weight!)) : before,
});

/** Above it three terms of Stirling's series leave an error below 1e-15. */
const SMALL = 128;
const small = Array.from({ length: SMALL }, () => 0);
for (let x = 1; x < SMALL; x++) small[x] = small[x - 1]! + Math.log(x);

/**
 * log x! of a whole number.
 *
 * @example
 * logFactorial(4); // log 24
 */
export function logFactorial(x: number): number {
  if (x < SMALL) return small[x]!;
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return x * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI * x) + series;
}
