/** Stretches of tracks: what was seen of an agent and of those about it, and where it went. */
import { between, departures, type Heading, headingOf, turned } from "./heading.ts";
import type { Point, Scene } from "./tracks.ts";

/** How long stretches are. */
export interface WindowSize {
  /** How many moments are seen, 2 at least. */
  readonly observed: number;
  /** How many come after them. */
  readonly ahead: number;
}

/** The protocol of Social GAN (Gupta et al. 2018): 3.2 s are seen, 4.8 s are to come. */
export const USUAL_WINDOW: WindowSize = { observed: 8, ahead: 12 };

/** A stretch of the track of one agent. */
export interface Window {
  readonly agent: string;
  /** The moment seen last. */
  readonly moment: number;
  readonly heading: Heading;
  /** `[S, observed · NUMBERS]`: what was seen of the agent itself, then of those nearest to it. */
  readonly seen: Float32Array;
  /** `[ahead, 2]`: where it went, as departures from going on as before. */
  readonly departures: Float64Array;
}

/** Of an agent at a moment: its place and its move, seen from the frame, and whether it was there. */
export const NUMBERS = 5;
/** So many others are told of at most. */
const MOST_OTHERS = 8;

/**
 * All stretches of a scene, moment by moment: of agents that are there at each of `observed + ahead` moments in a row.
 *
 * @param least of how many such agents there must be at a time; 1 unless told (Social GAN's protocol has 2)
 */
export function windowsOf(scene: Scene, { observed, ahead }: WindowSize, least = 1): Window[] {
  const { places } = scene;
  const length = observed + ahead;
  return Array.from({ length: Math.max(0, places.length - length + 1) }, (_, from) => from).flatMap(
    (from) => {
      const stretch = places.slice(from, from + length);
      const agents = [...stretch[0]!.keys()].filter((agent) => stretch.every((then) => then.has(agent)));
      const seenUntil = from + observed - 1;
      return agents.length < least
        ? []
        : agents.map((agent) => {
            const { heading, seen, moment } = seenOf(scene, agent, seenUntil, observed);
            const path = stretch.slice(observed).map((then) => then.get(agent)!);
            return { agent, moment, heading, seen, departures: departures(heading, path) };
          });
    },
  );
}

/** What was seen last of each agent whose last moments are without a gap, and how many have too few of them. */
export function lastWindows(
  scene: Scene,
  observed: number,
): { readonly seen: SeenWindow[]; readonly short: string[] } {
  const last = new Map(scene.places.flatMap((then, at) => [...then.keys()].map((agent) => [agent, at])));
  const isWhole = ([agent, at]: readonly [string, number]) =>
    at + 1 >= observed && scene.places.slice(at + 1 - observed, at + 1).every((then) => then.has(agent));
  const all = [...last];
  return {
    seen: all.filter(isWhole).map(([agent, at]) => seenOf(scene, agent, at, observed)),
    short: all.flatMap((each) => (isWhole(each) ? [] : [each[0]])),
  };
}

/** A stretch of which nothing is known beyond what was seen. */
export type SeenWindow = Omit<Window, "departures">;

function seenOf({ moments, places }: Scene, agent: string, at: number, observed: number): SeenWindow {
  const seen = places.slice(at + 1 - observed, at + 1);
  const heading = headingOf(seen.map((then) => then.get(agent)!));
  const distance = (place: Point) => Math.hypot(...between(heading.origin, place));
  const others = [...seen.at(-1)!]
    .filter(([name]) => name !== agent)
    .map(([name, place]) => ({ name, distance: distance(place) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST_OTHERS);
  const rows = [agent, ...others.map(({ name }) => name)].flatMap((name) => rowOf(heading, seen, name));
  return { agent, moment: moments[at]!, heading, seen: Float32Array.from(rows) };
}

/** What was seen of one agent, from the frame of another. */
const rowOf = (heading: Heading, seen: readonly ReadonlyMap<string, Point>[], name: string): number[] =>
  seen.flatMap((then, t) => {
    const [place, before] = [then.get(name), seen[t - 1]?.get(name)];
    if (place === undefined) return [0, 0, 0, 0, 0];
    const move = before === undefined ? [0, 0] : turned(heading, between(before, place));
    return [...turned(heading, between(heading.origin, place)), ...move, 1];
  });

/** The same stretch in a mirror: left is right. */
export const mirrored = (window: Window): Window => ({
  ...window,
  seen: window.seen.map((value, i) => (i % NUMBERS === 1 || i % NUMBERS === 3 ? -value : value)),
  departures: window.departures.map((value, i) => (i % 2 === 1 ? -value : value)),
});

/** The stretches of time of a scene in shares, each a scene: no stretch reaches from one into the next. */
export function cutScene(scene: Scene, shares: readonly number[]): Scene[] {
  const { moments, places } = scene;
  let reached = 0;
  const ends = shares.map((share) => {
    reached += share;
    return Math.round(reached * moments.length);
  });
  return ends.map((end, i) => {
    const from = ends[i - 1] ?? 0;
    return { ...scene, moments: moments.subarray(from, end), places: places.slice(from, end) };
  });
}
