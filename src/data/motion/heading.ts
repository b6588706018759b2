/** The frame of a moving thing: its last place is the origin, its last move points ahead. */
import type { Point } from "./tracks.ts";

/** A frame in the plane. */
export interface Heading {
  readonly origin: Point;
  /** The direction that is ahead, of length 1. */
  readonly ahead: Point;
  /** How far the last move went. */
  readonly speed: number;
}

/** The frame behind the last of some places. What does not move looks where its whole path leads, or along x. @param path two places at least */
export function headingOf(path: readonly Point[]): Heading {
  const [first, before, last] = [path[0]!, path.at(-2)!, path.at(-1)!];
  const speed = lengthOf(between(before, last));
  const way = speed > 0 ? between(before, last) : between(first, last);
  const length = lengthOf(way);
  return { origin: last, ahead: length > 0 ? [way[0] / length, way[1] / length] : [1, 0], speed };
}

/** A difference of places as it is seen from the frame: ahead, and to the left. */
export const turned = ({ ahead: [cos, sin] }: Heading, [x, y]: Point): Point => [
  cos * x + sin * y,
  cos * y - sin * x,
];

/** The inverse of `turned`. */
const turnedBack = ({ ahead: [cos, sin] }: Heading, [ahead, left]: Point): Point => [
  cos * ahead - sin * left,
  sin * ahead + cos * left,
];

export const between = (from: Point, to: Point): Point => [to[0] - from[0], to[1] - from[1]];
const lengthOf = ([x, y]: Point): number => Math.hypot(x, y);

/**
 * What a path adds to going on as before: in the frame of its beginning, each move less the last one seen, `[T, 2]`. The map from places
 * has Jacobian 1, so densities of these are densities of places.
 *
 * @param from the last place seen
 */
export function departures(heading: Heading, path: readonly Point[]): Float64Array {
  return Float64Array.from(
    path.flatMap((place, t) => {
      const [ahead, left] = turned(heading, between(t === 0 ? heading.origin : path[t - 1]!, place));
      return [ahead - heading.speed, left];
    }),
  );
}

/**
 * Where departures lead, seen from the frame: `[T, 2]`, ahead and to the left of the last place seen.
 *
 * @example
 * pathAhead(headingOf([[0, 0], [1, 0]]), Float64Array.of(0, 0, 0, 1)); // [1, 0, 2, 1]
 */
export function pathAhead({ speed }: Heading, moves: Float64Array): Float64Array {
  const path = new Float64Array(moves.length);
  for (let i = 0; i < path.length; i++) path[i] = (path[i - 2] ?? 0) + moves[i]! + (i % 2 === 0 ? speed : 0);
  return path;
}

/**
 * The places that departures lead to, the inverse of `departures`.
 *
 * @example
 * pathOf(headingOf([[0, 0], [1, 0]]), Float64Array.of(0, 0, 0, 1)); // [[2, 0], [3, 1]]
 */
export function pathOf(heading: Heading, moves: Float64Array): Point[] {
  const path = pathAhead(heading, moves);
  const { origin } = heading;
  return Array.from({ length: moves.length / 2 }, (_, t): Point => {
    const [dx, dy] = turnedBack(heading, [path[2 * t]!, path[2 * t + 1]!]);
    return [origin[0] + dx, origin[1] + dy];
  });
}
