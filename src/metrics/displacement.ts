/** How far predicted paths are from the one that was taken (Pellegrini et al. 2009). Paths are places `[T, 2]`, in the unit of the data. */

/** The errors of a path. */
export interface DisplacementErrors {
  /** ADE: the mean distance over the steps. */
  readonly average: number;
  /** FDE: the distance at the last step. */
  readonly final: number;
}

/**
 * The errors of one path.
 *
 * @param path `[T, 2]` @param truth `[T, 2]`
 * @example
 * displacementErrors(Float64Array.of(1, 0, 2, 0), Float64Array.of(1, 0, 2, 3)); // { average: 1.5, final: 3 }
 */
export function displacementErrors(path: Float64Array, truth: Float64Array): DisplacementErrors {
  const steps = truth.length / 2;
  let sum = 0;
  let final = 0;
  for (let t = 0; t < steps; t++) {
    final = Math.hypot(path[2 * t]! - truth[2 * t]!, path[2 * t + 1]! - truth[2 * t + 1]!);
    sum += final;
  }
  return { average: sum / steps, final };
}

/** The best of several paths, each error by itself: the least ADE and the least FDE may be of different paths, as is usual. */
export function bestErrors(paths: readonly Float64Array[], truth: Float64Array): DisplacementErrors {
  const all = paths.map((path) => displacementErrors(path, truth));
  return {
    average: Math.min(...all.map(({ average }) => average)),
    final: Math.min(...all.map(({ final }) => final)),
  };
}

/** The means over many paths. */
export const meanErrors = (all: readonly DisplacementErrors[]): DisplacementErrors => ({
  average: all.reduce((sum, { average }) => sum + average, 0) / all.length,
  final: all.reduce((sum, { final }) => sum + final, 0) / all.length,
});
