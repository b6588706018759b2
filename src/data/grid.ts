/** The grid that the values of a column were recorded on. */

/** The points `origin + k · step`, for whole k. */
export interface Grid {
  /** The distance between neighbours; 0 for no grid. */
  readonly step: number;
  /** The first point from 0 on, in [0, step). */
  readonly origin: number;
}

export const NO_GRID: Grid = { step: 0, origin: 0 };

/** What a column says of its grid. */
export interface Gridded {
  readonly resolution: number;
  readonly origin?: number;
}

/** A grid in whole numbers: its points are `(origin + k · step) / denominator`. */
export interface GridFraction {
  readonly step: number;
  readonly origin: number;
  readonly denominator: number;
}

/** A product within this share of a whole number is that number. */
const ROUNDING = 1e-12;
const isWhole = (value: number): boolean =>
  Math.abs(value - Math.round(value)) <= ROUNDING * Math.max(1, Math.abs(value));

/**
 * A grid as a fraction, so that its points are the float64 numbers that decimals are read as: 0.1 is 1/10, and
 * 3 steps of it are 0.3 and not 0.30000000000000004. A grid that is neither decimal nor a whole part of 1 stays as it is.
 *
 * @example
 * gridFraction({ resolution: 0.5, origin: 0.25 }); // { step: 50, origin: 25, denominator: 100 }
 */
export function gridFraction({ resolution, origin = 0 }: Gridded): GridFraction {
  const inverse = Math.round(1 / resolution);
  if (origin === 0 && inverse > 1 && Math.abs(inverse * resolution - 1) < ROUNDING)
    return { step: 1, origin: 0, denominator: inverse };
  for (let denominator = 1; denominator <= 1e15; denominator *= 10) {
    const [step, start] = [resolution * denominator, origin * denominator];
    if (step >= 0.5 && isWhole(step) && isWhole(start))
      return { step: Math.round(step), origin: Math.round(start), denominator };
  }
  return { step: resolution, origin, denominator: 1 };
}

/**
 * What puts values on the grid of a column; without one they stay as they are.
 *
 * @example
 * nearestPoint({ resolution: 0.1 })(0.28); // 0.3
 * nearestPoint({ resolution: 0.5, origin: 0.25 })(1.1); // 1.25
 */
export function nearestPoint(column: Gridded): (value: number) => number {
  if (!(column.resolution > 0)) return (value) => value;
  const { step, origin, denominator } = gridFraction(column);
  return (value) => {
    const steps = Math.round((value * denominator - origin) / step);
    return (steps * step + origin) / denominator;
  };
}
