/** When to stop. */
export interface SimplexOptions {
  /** The most values of the function that are asked for. */
  readonly most: number;
  /** The spread of the values in the simplex below which it has arrived. */
  readonly tolerance: number;
}

interface Vertex {
  readonly at: Float64Array;
  readonly value: number;
}

/**
 * A point at which a function is small, by the simplex of Nelder and Mead (1965) with the usual coefficients 1, 2, ½, ½.
 *
 * @param of may be Infinity or NaN where it is not defined
 * @param start the first corner; the others are `step` away along each axis
 * @example
 * leastBySimplex(([x = 0]) => (x - 3) ** 2, Float64Array.of(0), 1, { most: 200, tolerance: 1e-12 }); // about [3]
 */
export function leastBySimplex(
  of: (at: Float64Array) => number,
  start: Float64Array,
  step: number,
  { most, tolerance }: SimplexOptions,
): Float64Array {
  let asked = 0;
  const vertex = (at: Float64Array): Vertex => {
    asked += 1;
    const value = of(at);
    return { at, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  const corner = (axis: number) => start.map((value, i) => (i === axis ? value + step : value));
  let simplex = [vertex(start), ...Array.from(start, (_, axis) => vertex(corner(axis)))].sort(byValue);
  while (asked < most && !(simplex.at(-1)!.value - simplex[0]!.value < tolerance))
    simplex = moved(simplex, vertex).sort(byValue);
  return simplex[0]!.at;
}

const byValue = (one: Vertex, other: Vertex): number => one.value - other.value || 0;

/** The simplex after one move of its worst corner, or shrunk towards its best. */
function moved(simplex: readonly Vertex[], vertex: (at: Float64Array) => Vertex): Vertex[] {
  const others = simplex.slice(0, -1);
  const [best, worst, second] = [simplex[0]!, simplex.at(-1)!, others.at(-1)!];
  const centre = best.at.map((_, i) => others.reduce((sum, { at }) => sum + at[i]!, 0) / others.length);
  const along = (factor: number) => vertex(centre.map((value, i) => value + factor * (value - worst.at[i]!)));
  const reflected = along(1);
  if (reflected.value < best.value) {
    const expanded = along(2);
    return [...others, expanded.value < reflected.value ? expanded : reflected];
  }
  if (reflected.value < second.value) return [...others, reflected];
  const contracted = along(reflected.value < worst.value ? 0.5 : -0.5);
  if (contracted.value < Math.min(worst.value, reflected.value)) return [...others, contracted];
  return [best, ...simplex.slice(1).map(({ at }) => vertex(at.map((value, i) => (value + best.at[i]!) / 2)))];
}
