import { gridOf, halfLogTwoPi, inverseSoftplus } from "../../../distributions/gaussian.ts";
import { aboveFloor, softplus } from "../../scales.ts";
import { type ColumnFitOf, sumOverSeen } from "./fit.ts";

/**
 * A normal column: mean and deviation. Statistics are the weight, the sum and the squares around the mean of before, so that large
 * means cost no digits; deviations under their floor are held there, which is where they fit best.
 */
export const normal: ColumnFitOf = (column) => {
  const grid = gridOf([column]);
  const [floor, offset] = [grid.floors[0]!, grid.offsets[0]!];
  return {
    free: 2,
    blocks: [1, 1],
    parametersOf: (raw) => Float64Array.of(raw[0]!, softplus(raw[1]!) + floor),
    rawOf: ([mean, deviation]) => [mean!, inverseSoftplus(Math.max(deviation!, aboveFloor(floor)) - floor)],
    addLogDensities: (logs, [values], parameters) => addNormal(logs, values!, parameters),
    logConstant: ([values]) => sumOverSeen(values!, () => offset - halfLogTwoPi),
    empty: () => new Float64Array(3),
    addExpected: (statistics, [values], shares, parameters) => {
      const mean = parameters[0]!;
      let weight = 0;
      let first = 0;
      let second = 0;
      for (let t = 0; t < shares.length; t++) {
        const off = values![t]! - mean;
        if (Number.isNaN(off)) continue;
        const moment = shares[t]! * off;
        weight += shares[t]!;
        first += moment;
        second += moment * off;
      }
      statistics[0]! += weight;
      statistics[1]! += first;
      statistics[2]! += second;
    },
    maximised: (statistics, before) => {
      const { shift, variance } = momentsOf(statistics);
      if (!(statistics[0]! > 0)) return before;
      return Float64Array.of(before[0]! + shift, Math.max(Math.sqrt(variance), aboveFloor(floor)));
    },
  };
};

/** Adds log N(x; μ, σ) less the constant of all. @param parameters μ and σ */
function addNormal(logs: Float64Array, values: Float64Array, parameters: Float64Array): void {
  const mean = parameters[0]!;
  const unit = 1 / parameters[1]!;
  const logUnit = Math.log(unit);
  for (let t = 0; t < logs.length; t++) {
    const z = (values[t]! - mean) * unit;
    if (!Number.isNaN(z)) logs[t]! += logUnit - 0.5 * z * z;
  }
}

/** How far the mean moves, and the variance around it. @param statistics weight, sum and squares */
export function momentsOf([weight, first, second]: ArrayLike<number> & Iterable<number>): {
  readonly shift: number;
  readonly variance: number;
} {
  const shift = weight! > 0 ? first! / weight! : 0;
  return { shift, variance: weight! > 0 ? Math.max(0, second! / weight! - shift ** 2) : 0 };
}
