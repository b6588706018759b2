/** Where a path changes its level or its spread: PELT (Killick, Fearnhead and Eckley 2012). */

/** How finely a path is cut. */
export interface ChangeOptions {
  /** What a further segment costs, in nats. */
  readonly penalty: number;
  /** The fewest steps of a segment. */
  readonly minimum: number;
  /** Noise that is added to each column, in its deviations; a half unless told. */
  readonly noise?: number;
}

/** A path in segments. */
export interface Segmentation {
  /** The first steps of the second segment, the third and so on; nothing where the path does not change. */
  readonly places: readonly number[];
  /** How many nats all segments and what they cost are cheaper than one; 0 where the path does not change. */
  readonly saved: number;
}

/**
 * The places at which a path begins anew, in order: those that make Σ cost(segment) + penalty · segments least, exactly. A
 * segment costs half the −2 log-likelihood of normal values with a mean and a deviation of its own in each column,
 * n/2 Σ log σ², of the n values that were seen and to which noise of half a deviation was added. Long paths are cut at every s-th step alone, s such that 4,000 places are left.
 *
 * @param path `[T, width]`, columns on one scale, NaN where nothing is known @param width F
 * @example
 * changePoints(Float64Array.of(...zeros, ...fives), 1, { penalty: 10, minimum: 5 }).places; // [zeros.length]
 */
export function changePoints(
  path: Float64Array,
  width: number,
  { penalty, minimum, noise = ADDED_NOISE }: ChangeOptions,
): Segmentation {
  const steps = width > 0 ? path.length / width : 0;
  const stride = Math.max(1, Math.ceil(steps / MOST_PLACES));
  const costOf = segmentCosts(path, width, noise);
  const least = Math.max(2, minimum);
  const best = new Map<number, { readonly cost: number; readonly from: number }>([
    [0, { cost: -penalty, from: 0 }],
  ]);
  let starts = [0];
  const hopelessSince = new Map<number, number>();
  for (const end of endsOf(steps, stride, least)) {
    const reached = starts.flatMap((from) =>
      end - from < least ? [] : [{ from, cost: best.get(from)!.cost + costOf(from, end) }],
    );
    if (reached.length === 0) continue;
    const found = reached.reduce((a, b) => (b.cost < a.cost ? b : a));
    best.set(end, { from: found.from, cost: found.cost + penalty });
    // Once beginning anew at `end` was better, it stays so for every later end that leaves room for a segment between.
    for (const { from, cost } of reached)
      if (cost > found.cost + penalty && !hopelessSince.has(from)) hopelessSince.set(from, end);
    starts = starts.filter((from) => end - (hopelessSince.get(from) ?? end) < least);
    starts.push(end);
  }
  const places = walkedBack(best, steps);
  return { places, saved: places.length === 0 ? 0 : costOf(0, steps) - best.get(steps)!.cost };
}

const MOST_PLACES = 4000;

/** The places where a segment may end, the last step among them. */
function* endsOf(steps: number, stride: number, least: number): Generator<number> {
  for (let end = stride; end < steps; end += stride) if (end >= least && steps - end >= least) yield end;
  if (steps > 0) yield steps;
}

function walkedBack(best: ReadonlyMap<number, { readonly from: number }>, steps: number): number[] {
  const places: number[] = [];
  for (let at = best.get(steps)?.from ?? 0; at > 0; at = best.get(at)!.from) places.unshift(at);
  return places;
}

/**
 * Noise that is added to each column, in its deviations: values that stand still would cost −∞, and a state that comes slowly
 * to rest would be cut again and again.
 */
const ADDED_NOISE = 0.5;

/** What the steps from one place to another cost as one segment, in constant time by running sums. */
function segmentCosts(
  path: Float64Array,
  width: number,
  noise: number,
): (from: number, end: number) => number {
  const steps = width > 0 ? path.length / width : 0;
  const [counts, sums, squares] = [0, 1, 2].map(() => new Float64Array((steps + 1) * width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < path.length; i++) {
    const isSeen = !Number.isNaN(path[i]!);
    counts[i + width] = counts[i]! + Number(isSeen);
    sums[i + width] = sums[i]! + (isSeen ? path[i]! : 0);
    squares[i + width] = squares[i]! + (isSeen ? path[i]! ** 2 : 0);
  }
  return (from, end) => {
    let cost = 0;
    for (let f = 0; f < width; f++) {
      const [first, last] = [from * width + f, end * width + f];
      const count = counts[last]! - counts[first]!;
      if (count === 0) continue;
      const mean = (sums[last]! - sums[first]!) / count;
      const square = (squares[last]! - squares[first]!) / count;
      cost += (count / 2) * Math.log(Math.max(square - mean ** 2, 0) + noise ** 2);
    }
    return cost;
  };
}
