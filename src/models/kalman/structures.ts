/** State space models whose moves are known: Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", 1989, chapter 2. */
import { VrnnError } from "../../errors.ts";

/** The states of columns, each column's apart from the others'. */
export interface Structure {
  /** K */
  readonly states: number;
  /** A and C, flat: `[K, K]` and `[D, K]`. */
  readonly transition: Float64Array;
  readonly observation: Float64Array;
  /** Which states are moved by noise of their own. */
  readonly noisy: readonly number[];
  /** `[K]`: how far states spread before anything was seen, in deviations of the column. */
  readonly initialVariance: readonly number[];
}

/** Variances before anything was seen, wide for what lies anywhere. */
const SPREAD = { level: 10, slope: 0.1, season: 1 } as const;
const LONGEST_SEASON = 1000;
const MOST_STATES = 400;

/** What a column's states are. */
interface Components {
  readonly slope: boolean;
  /** How long the season is; 0: none. */
  readonly season: number;
}

/**
 * A level that wanders, with a slope that wanders (`trend`) and a season that changes slowly (`season:24`), for each column.
 *
 * @param name parts joined by +: level, trend, season:24
 * @throws VrnnError `kalman/structure`
 * @example
 * structureOf("trend+season:4", 1).states; // 5: level, slope, and a season of four that sums to 0
 */
export function structureOf(name: string, width: number): Structure {
  const components = componentsOf(name);
  const own = statesOf(components);
  const states = own * width;
  if (states > MOST_STATES) throw tooMany(name, states);
  const transition = new Float64Array(states * states);
  const observation = new Float64Array(width * states);
  const noisy: number[] = [];
  const initialVariance: number[] = [];
  for (let d = 0; d < width; d++) {
    const at = d * own;
    const move = (to: number, from: number, by: number) => {
      transition[(at + to) * states + at + from] = by;
    };
    move(0, 0, 1);
    observation[d * states + at] = 1;
    noisy.push(at);
    initialVariance.push(SPREAD.level);
    if (components.slope) {
      move(0, 1, 1);
      move(1, 1, 1);
      noisy.push(at + 1);
      initialVariance.push(SPREAD.slope);
    }
    if (components.season === 0) continue;
    const first = components.slope ? 2 : 1;
    for (let i = first; i < own; i++) {
      move(first, i, -1); // a season adds up to 0
      if (i > first) move(i, i - 1, 1);
      initialVariance.push(SPREAD.season);
    }
    observation[d * states + at + first] = 1;
    noisy.push(at + first);
  }
  return { states, transition, observation, noisy, initialVariance };
}

const statesOf = ({ slope, season }: Components): number =>
  1 + (slope ? 1 : 0) + (season > 0 ? season - 1 : 0);

function componentsOf(name: string): Components {
  const parts = name.split("+").map((each) => each.trim());
  const season = parts.map((part) => /^season:(\d+)$/.exec(part)?.[1]).find((found) => found !== undefined);
  const isKnown = (part: string) => part === "level" || part === "trend" || /^season:\d+$/.test(part);
  const length = season === undefined ? 0 : Number(season);
  const isOnce = new Set(parts.map((part) => part.split(":")[0])).size === parts.length;
  if (!parts.every(isKnown) || !isOnce || length === 1 || length > LONGEST_SEASON) throw unknown(name);
  return { slope: parts.includes("trend"), season: length };
}

const unknown = (name: string): VrnnError =>
  new VrnnError("kalman/structure", `there is no structure "${name}"`, {
    at: "--structure",
    remedy: `join level, trend and season:24 (2 to ${LONGEST_SEASON} steps) by +, each once`,
  });

const tooMany = (name: string, states: number): VrnnError =>
  new VrnnError("kalman/structure", `"${name}" has ${states} hidden states`, {
    at: "--structure",
    remedy: `a structure has ${MOST_STATES} at most: leave columns out, or the season to the calendar`,
  });
