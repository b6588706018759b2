/** Where forecasts of the past set out, so that all of what they foretell is known. */
import type { Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { counted } from "../words/figures.ts";

/** A sequence and its origins. */
export interface OriginPlan {
  readonly sequence: Sequence;
  /** Steps seen, ascending: the forecast of `h` steps ahead is of step `origin + h − 1`, counted from 0. */
  readonly origins: readonly number[];
}

/** How origins roll. */
export interface RollingOptions {
  readonly horizon: number;
  /** Steps between two origins; the horizon unless told, so that no step is forecast twice. */
  readonly every?: number | undefined;
  /** How many of each sequence, the last ones; as many as there is room for unless told, and about 200 in all. */
  readonly count?: number | undefined;
}

/** A sequence, and the first step that may be forecast. */
export interface Rollable {
  readonly sequence: Sequence;
  readonly from: number;
}

const USUAL_ORIGINS = 200;

/**
 * The last origins of each sequence, the same distance apart, from the last one on after which the whole horizon is known back
 * to its first step that may be forecast. Sequences without room are left out.
 *
 * @throws VrnnError `backtest/short` where none has room for one forecast
 * @example
 * rollingOrigins([{ sequence, from: 120 }], { horizon: 12, every: 6 })[0].origins; // [120, 126, 132] of 144 steps
 */
export function rollingOrigins(
  sequences: readonly Rollable[],
  { horizon, every = horizon, count }: RollingOptions,
): OriginPlan[] {
  const most = count ?? Math.max(1, Math.ceil(USUAL_ORIGINS / sequences.length));
  const plans = sequences.flatMap(({ sequence, from }) => {
    const [first, last] = [Math.max(1, from, sequence.units?.from ?? 0), sequence.length - horizon];
    const origins = Math.min(most, Math.floor((last - first) / every) + 1);
    if (origins < 1) return [];
    return [
      { sequence, origins: Array.from({ length: origins }, (_, i) => last - (origins - 1 - i) * every) },
    ];
  });
  if (plans.length > 0) return plans;
  const longest = Math.max(0, ...sequences.map(({ sequence, from }) => sequence.length - Math.max(1, from)));
  const what = `no sequence has ${counted(horizon, "step")} to be forecast, the longest has ${longest}`;
  throw new VrnnError("backtest/short", what, { remedy: "give a shorter --horizon, or longer data" });
}
