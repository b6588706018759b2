import { gridOf, halfLogTwoPi, inverseSoftplus } from "../../../distributions/gaussian.ts";
import { aboveFloor, softplus } from "../../scales.ts";
import { softmaxOf } from "./categorical.ts";
import { type ColumnFitOf, LEAST_PART, sharesAbove, sumOverSeen } from "./fit.ts";
import { momentsOf } from "./normal.ts";

/**
 * A column that is a mixture of C normals in each state: Rabiner 1989, eq. (52) to (54). Parameters are [weights | means |
 * deviations], `[3C]`; statistics of each component its weight, sum and squares around the mean of before.
 */
export const mixtureFit =
  (components: number): ColumnFitOf =>
  (column) => {
    const grid = gridOf([column]);
    const [floor, offset] = [grid.floors[0]!, grid.offsets[0]!];
    const least = LEAST_PART / components;
    return {
      free: 3 * components - 1,
      blocks: [components, components, components],
      parametersOf: (raw) => {
        const [logits, means, scales] = thirds(raw);
        return joined(
          softmaxOf(logits),
          means,
          scales.map((scale) => softplus(scale) + floor),
        );
      },
      rawOf: (parameters) => {
        const [weights, means, deviations] = thirds(parameters);
        const scales = deviations.map((each) => inverseSoftplus(Math.max(each, aboveFloor(floor)) - floor));
        return [...weights.map(Math.log), ...means, ...scales];
      },
      addLogDensities: (logs, [values], parameters) => {
        const densities = densitiesOf(parameters);
        for (let t = 0; t < logs.length; t++) {
          const x = values![t]!;
          if (!Number.isNaN(x)) logs[t]! += densities.at(x);
        }
      },
      logConstant: ([values]) => sumOverSeen(values!, () => offset - halfLogTwoPi),
      empty: () => new Float64Array(3 * components),
      addExpected: (statistics, [values], shares, parameters) => {
        const densities = densitiesOf(parameters);
        for (let t = 0; t < shares.length; t++) {
          const x = values![t]!;
          if (Number.isNaN(x)) continue;
          densities.at(x);
          for (let c = 0; c < components; c++) {
            const share = shares[t]! * densities.responsibilities[c]!;
            const off = x - parameters[components + c]!;
            statistics[c]! += share;
            statistics[components + c]! += share * off;
            statistics[2 * components + c]! += share * off * off;
          }
        }
      },
      maximised: (statistics, before) => {
        const weights = sharesAbove(statistics.subarray(0, components), least);
        if (weights === undefined) return before;
        const moments = Array.from(weights, (_, c) =>
          momentsOf([0, 1, 2].map((part) => statistics[part * components + c]!)),
        );
        const [, means, deviations] = thirds(before);
        return joined(
          weights,
          means.map((mean, c) => mean + moments[c]!.shift),
          deviations.map((deviation, c) =>
            statistics[c]! > 0 ? Math.max(Math.sqrt(moments[c]!.variance), aboveFloor(floor)) : deviation,
          ),
        );
      },
    };
  };

/** The density of a mixture, and what each component had of it at the place where it was asked for last. */
interface Densities {
  readonly responsibilities: Float64Array;
  /** log Σ_c w_c N(x; μ_c, σ_c), less the constant of all. */
  at(x: number): number;
}

function densitiesOf(parameters: Float64Array): Densities {
  const [weights, means, deviations] = thirds(parameters);
  const { length: components } = weights;
  const heights = weights.map((weight, c) => Math.log(weight / deviations[c]!));
  const responsibilities = new Float64Array(components);
  return {
    responsibilities,
    at: (x) => {
      let most = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < components; c++) {
        const z = (x - means[c]!) / deviations[c]!;
        const log = heights[c]! - 0.5 * z * z;
        responsibilities[c] = log;
        if (log > most) most = log;
      }
      let total = 0;
      for (let c = 0; c < components; c++) {
        responsibilities[c] = Math.exp(responsibilities[c]! - most);
        total += responsibilities[c]!;
      }
      for (let c = 0; c < components; c++) responsibilities[c]! /= total;
      return most + Math.log(total);
    },
  };
}

type Thirds = readonly [Float64Array, Float64Array, Float64Array];

function thirds(all: Float64Array): Thirds {
  const size = all.length / 3;
  return [all.subarray(0, size), all.subarray(size, 2 * size), all.subarray(2 * size)];
}

const joined = (...parts: Thirds): Float64Array => Float64Array.from(parts.flatMap((part) => [...part]));
