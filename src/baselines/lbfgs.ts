/** The minimum of a smooth convex function: limited-memory BFGS, Nocedal and Wright 2006, algorithms 7.4 and 7.5. */

/** A function's value at a point and its slope there. */
export type Smooth = (point: Float64Array) => { readonly value: number; readonly slope: Float64Array };

/** When the search ends. */
export interface DescentOptions {
  /** The most steps; 200 unless told. */
  readonly iterations?: number;
  /** The largest entry of the slope that counts as flat; 1e-6 unless told. */
  readonly tolerance?: number;
}

/** A step and what it changed: the curvature along it. */
interface Curvature {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / stepᵀ change */
  readonly inverse: number;
}

/** So many steps are remembered. */
const MEMORY = 8;
/** A step is taken that lowers the function by this share of what its slope promises (Armijo). */
const ENOUGH = 1e-4;
const MOST_HALVINGS = 40;

/**
 * Goes downhill from a point.
 *
 * @example
 * minimised((x) => ({ value: (x[0] - 3) ** 2, slope: Float64Array.of(2 * (x[0] - 3)) }), Float64Array.of(0)); // [3]
 */
export function minimised(
  smooth: Smooth,
  start: Float64Array,
  { iterations = 200, tolerance = 1e-6 }: DescentOptions = {},
): Float64Array {
  let point = start;
  let here = smooth(point);
  let memory: Curvature[] = [];
  for (let i = 0; i < iterations; i++) {
    if (here.slope.every((each) => Math.abs(each) <= tolerance)) break;
    const found = stepAlong(smooth, point, here, directionOf(here.slope, memory));
    if (found === undefined) break;
    memory = [...memory, ...curvatureOf(point, here.slope, found)].slice(-MEMORY);
    [point, here] = [found.point, found.there];
  }
  return point;
}

interface Found {
  readonly point: Float64Array;
  readonly there: ReturnType<Smooth>;
}

/** Halves a step until it lowers the function enough; undefined where none does, which is at the limit of float64. */
function stepAlong(
  smooth: Smooth,
  point: Float64Array,
  { value, slope }: ReturnType<Smooth>,
  direction: Float64Array,
): Found | undefined {
  const promise = dot(slope, direction);
  for (let halving = 0, size = 1; halving < MOST_HALVINGS; halving++, size /= 2) {
    const next = point.map((each, i) => each + size * direction[i]!);
    const there = smooth(next);
    if (there.value <= value + ENOUGH * size * promise) return { point: next, there };
  }
  return undefined;
}

function curvatureOf(point: Float64Array, slope: Float64Array, found: Found): Curvature[] {
  const step = found.point.map((each, i) => each - point[i]!);
  const change = found.there.slope.map((each, i) => each - slope[i]!);
  const product = dot(step, change);
  return product > 0 ? [{ step, change, inverse: 1 / product }] : [];
}

/** −H · slope by the two loops, H the inverse curvature as far as it is remembered. */
function directionOf(slope: Float64Array, memory: readonly Curvature[]): Float64Array {
  const direction = slope.map((each) => -each);
  const alphas: number[] = [];
  for (const { step, change, inverse } of memory.toReversed()) {
    const alpha = inverse * dot(step, direction);
    alphas.unshift(alpha);
    addTo(direction, -alpha, change);
  }
  const last = memory.at(-1);
  const scale =
    last === undefined
      ? 1 / Math.max(1, Math.sqrt(dot(slope, slope)))
      : 1 / (last.inverse * dot(last.change, last.change));
  direction.forEach((each, i) => {
    direction[i] = each * scale;
  });
  for (const [i, { step, change, inverse }] of memory.entries())
    addTo(direction, alphas[i]! - inverse * dot(change, direction), step);
  return direction;
}

function addTo(sum: Float64Array, factor: number, added: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * added[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let all = 0;
  for (let i = 0; i < a.length; i++) all += a[i]! * b[i]!;
  return all;
}
