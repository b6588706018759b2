/** Seasons of a column: after how many steps it repeats itself. */
import { groupBy } from "../collections.ts";

/** What repeats. */
export interface Season {
  /** After how many steps. */
  readonly steps: number;
  /** The mean correlation of values with those one to three seasons earlier, freed of what changes more slowly; at most about 1. */
  readonly strength: number;
}

/** Quarters of a year; what is seen at 2 or 3 steps is mostly noise that swings. */
const SHORTEST = 4;
/** A season is in the data so often, at the least. */
const REPEATS = 3;
/** Values are compared with those up to so many seasons earlier: to find a season, and to tell its length to the step. */
const COMPARED = 3;
const COMPARED_PRECISELY = 8;
/** Longer windows are looked at in so many means of stretches. */
const WINDOW_STEPS = 64;
/** How far correlations have to lie above 0, in deviations that they have by chance; `tests/data/seasons.test.ts` counts false alarms. */
const SURE = 4.3;
/** Also, how far they have to lie above 0 and above those of shorter lags. */
const LEAST_STRENGTH = 0.2;
/** The shortest season with this share of the strongest one's strength is the first: longer ones may be multiples of it. */
const SHARE_OF_STRONGEST = 0.75;
/** A half or third of a season is told in its place where it tells this share of what that does. */
const SHARE_OF_WHOLE = 0.8;
/** What goes together less than this share of what it does after two or three times as many steps is a part of that season. */
const SHARE_OF_MULTIPLES = 0.7;
/** A panel has so many series; what this share of them has is a season of it, though all together hardly show it. */
const FEWEST_SERIES = 8;
const SHARE_OF_SERIES = 1 / 6;
/** Of larger panels so many series are looked at one by one, at places that no order of series goes along with. */
const MOST_SERIES = 200;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** So near to another, in shares of it, is no season of its own. */
const NEAR = 1 / 8;
/** Values farther from the mean than so many deviations are taken for that far: two outliers are no season. */
const FARTHEST = 4;

/**
 * The seasons of one column, the shorter first: lags at which correlations with earlier values stand out by more than chance.
 *
 * The lags of each octave are looked at on their own, without what changes more slowly: a centred moving mean is subtracted,
 * which leaves noise, random walks and trends no correlation above 0 at these lags. The correlations at a lag, twice
 * and three times that lag are compared with their deviation by chance where neighbours go together (Bartlett 1946). Before the
 * next season is sought, that which was found is taken away by differences: its multiples repeat nothing of their own.
 *
 * In a panel of many series, a season that some have and most lack shows little in all together: what a sixth of them have,
 * each on its own, counts too.
 *
 * A smooth wave needs more repetitions (about six) to be told from a random walk than the three that a season of any form needs.
 *
 * @param series one column, sequence by sequence, in steps of one length; NaN is missing.
 * @param most how many seasons are sought
 * @example
 * seasonsOf([passengersByMonth]); // [{ steps: 12, strength: 0.9 }]
 */
export function seasonsOf(series: readonly ArrayLike<number>[], most = 2): Season[] {
  const found: Season[] = [];
  let rest: Float64Array[] = series.map((values) => Float64Array.from(values));
  while (found.length < most) {
    const season = firstSeason(rest, found);
    if (season === undefined) break;
    found.push(season);
    rest = rest.map((values) => differences(values, season.steps));
  }
  if (found.length < most && series.length >= FEWEST_SERIES) found.push(...ofSome(series, found, most));
  return found.sort((a, b) => a.steps - b.steps);
}

/** The seasons that a good part of the series of a panel have, each on its own, the commoner first. */
function ofSome(series: readonly ArrayLike<number>[], known: readonly Season[], most: number): Season[] {
  const asked =
    series.length <= MOST_SERIES
      ? series
      : Array.from(
          { length: MOST_SERIES },
          (_, k) => series[Math.floor(((k * GOLDEN) % 1) * series.length)]!,
        );
  const own = asked.flatMap((one) => seasonsOf([one], most).filter((season) => isNew(season, known)));
  const counts = [...groupBy(own, ({ steps }) => steps)].sort(([, a], [, b]) => b.length - a.length);
  const found: Season[] = [];
  for (const [steps] of counts) {
    if (found.length === most - known.length) break;
    const alike = own.filter((season) => !isNew(season, [{ steps, strength: 1 }]));
    const long = asked.filter(({ length }) => length >= REPEATS * steps);
    if (alike.length < SHARE_OF_SERIES * long.length || long.length < FEWEST_SERIES) continue;
    const strength = alike.reduce((sum, each) => sum + each.strength, 0) / alike.length;
    if (isNew({ steps, strength }, found)) found.push({ steps, strength });
  }
  return found;
}

/** Whether a season is none of those that are known, nor nearly so long. */
const isNew = ({ steps }: Season, known: readonly Season[]): boolean =>
  !known.some((other) => Math.abs(steps - other.steps) <= NEAR * other.steps);

const differences = (values: Float64Array, lag: number): Float64Array =>
  values.subarray(lag).map((value, t) => value - values[t]!);

/** A season as it is seen through a window, in stretches of so many steps. */
interface Candidate extends Season {
  readonly window: number;
  readonly stretch: number;
  readonly sureness: number;
}

/** The shortest season that is about as strong as the strongest. */
function firstSeason(series: readonly Float64Array[], known: readonly Season[]): Season | undefined {
  const longest = series.reduce((most, { length }) => Math.max(most, length), 0) / REPEATS;
  const isUnknown = (season: Season) => isNew(season, known);
  const found: Candidate[] = [];
  for (let window = 2 * SHORTEST; window / 2 <= longest; window *= 2)
    found.push(...surest(candidates(series, window, longest).filter(isUnknown)));
  const strongest = found.reduce((most, { strength }) => Math.max(most, strength), 0);
  const first = found.find(({ strength }) => strength >= SHARE_OF_STRONGEST * strongest);
  return first && shortest(series, { steps: toTheStep(series, first), strength: first.strength }, isUnknown);
}

/** The half or third of a season, where that tells as much: seen in stretches it may have been overlooked. */
function shortest(
  series: readonly Float64Array[],
  season: Season,
  isUnknown: (season: Season) => boolean,
): Season {
  for (const parts of [2, 3]) {
    const part = { ...season, steps: Math.round(season.steps / parts) };
    if (part.steps < SHORTEST || !isUnknown(part)) continue;
    const waves = new Waves(series, windowOf(part.steps), 1);
    if (waves.strength(part.steps) >= SHARE_OF_WHOLE * waves.strength(season.steps))
      return shortest(series, part, isUnknown);
  }
  return season;
}

/** The window that a lag is at least half of. */
const windowOf = (lag: number): number => 2 ** (Math.floor(Math.log2(lag)) + 1);

const surest = (candidates: readonly Candidate[]): Candidate[] =>
  [...candidates].sort((a, b) => b.sureness - a.sureness).slice(0, 1);

/** Seasons of at least half a window and less than a window. */
function candidates(series: readonly Float64Array[], window: number, longest: number): Candidate[] {
  const stretch = Math.max(1, window / WINDOW_STEPS);
  const waves = new Waves(series, window, stretch);
  const found: Candidate[] = [];
  for (let lag = window / stretch / 2; lag < window / stretch && lag * stretch <= longest; lag++) {
    if (!waves.standsOut(lag)) continue;
    const [strength, sureness] = [waves.strength(lag), waves.sureness(lag)];
    if (strength >= LEAST_STRENGTH && sureness >= SURE)
      found.push({ steps: lag * stretch, window, stretch, strength, sureness });
  }
  return found;
}

/** How many single steps a season has: what was many seasons ago tells more of that than the last one. */
function toTheStep(series: readonly Float64Array[], { steps, window, stretch }: Candidate): number {
  const waves = new Waves(series, window, 1);
  let best = steps;
  for (let lag = steps - stretch; lag <= steps + stretch; lag++)
    if (waves.strength(lag, COMPARED_PRECISELY) > waves.strength(best, COMPARED_PRECISELY)) best = lag;
  return best;
}

/** Series without what changes more slowly than a window, and how they go with themselves. */
class Waves {
  readonly #series: readonly Wave[];
  readonly #known = new Map<number, Products>();

  constructor(series: readonly Float64Array[], window: number, stretch: number) {
    this.#series = series.map((values) =>
      waveOf(withoutTrend(stretchMeans(values, stretch), window / stretch)),
    );
  }

  /** Of values so many stretches apart. */
  correlation(lag: number): number {
    const { sum, pairs } = this.#products(lag);
    return pairs === 0 ? 0 : sum / pairs / this.#variance;
  }

  /** The mean correlation with what was one season earlier and more. */
  strength(lag: number, compared = COMPARED): number {
    const { sum, pairs } = this.#repeated(lag, compared);
    return pairs === 0 ? 0 : sum / pairs / this.#variance;
  }

  /** The same in deviations by chance. */
  sureness(lag: number): number {
    let spread = 1;
    for (let near = 1; near <= lag / 2; near++) spread += 2 * this.correlation(near) ** 2;
    return this.strength(lag) * Math.sqrt(this.#repeated(lag, COMPARED).pairs / spread);
  }

  /** Whether values go with those at this lag more than with others about it, and not as a part of a longer season. */
  standsOut(lag: number): boolean {
    const [here, twice] = [this.correlation(lag), this.correlation(2 * lag)];
    const isPeak = here >= this.correlation(lag - 1) && here >= this.correlation(lag + 1);
    if (!isPeak || Math.min(here, twice) < LEAST_STRENGTH / 2) return false;
    if (here < SHARE_OF_MULTIPLES * Math.max(twice, this.correlation(3 * lag))) return false;
    for (let near = 1; near < lag; near++) if (here - this.correlation(near) >= LEAST_STRENGTH) return true;
    return false;
  }

  get #variance(): number {
    const { sum, pairs } = this.#products(0);
    return sum > 0 ? sum / pairs : 1;
  }

  #repeated(lag: number, compared: number): Products {
    const all: Products = { sum: 0, pairs: 0 };
    for (let times = 1; times <= compared; times++) {
      const { sum, pairs } = this.#products(times * lag);
      all.sum += sum;
      all.pairs += pairs;
    }
    return all;
  }

  #products(lag: number): Products {
    let known = this.#known.get(lag);
    if (known === undefined) {
      known = { sum: 0, pairs: 0 };
      for (const wave of this.#series) addProducts(known, wave, lag);
      this.#known.set(lag, known);
    }
    return known;
  }
}

interface Products {
  sum: number;
  pairs: number;
}

/** Values about 0; a missing one is 0 and not seen. */
interface Wave {
  readonly values: Float64Array;
  /** 1 or 0 each; absent where all are. */
  readonly seen: Float64Array | undefined;
}

function addProducts(into: Products, { values, seen }: Wave, lag: number): void {
  if (values.length <= lag) return;
  into.sum += productSum(values, lag);
  into.pairs += seen === undefined ? values.length - lag : productSum(seen, lag);
}

/** Four sums side by side: one alone waits for itself at every step. */
function productSum(values: Float64Array, lag: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let t = lag;
  for (; t + 3 < values.length; t += 4) {
    a += values[t]! * values[t - lag]!;
    b += values[t + 1]! * values[t + 1 - lag]!;
    c += values[t + 2]! * values[t + 2 - lag]!;
    d += values[t + 3]! * values[t + 3 - lag]!;
  }
  for (; t < values.length; t++) a += values[t]! * values[t - lag]!;
  return a + b + c + d;
}

/** Means of stretches of so many values, of those that are there; NaN where none is. */
function stretchMeans(values: Float64Array, stretch: number): Float64Array {
  if (stretch === 1) return values;
  const means = new Float64Array(Math.floor(values.length / stretch));
  for (let i = 0; i < means.length; i++) {
    let [sum, count] = [0, 0];
    for (let t = i * stretch; t < (i + 1) * stretch; t++) {
      if (Number.isNaN(values[t])) continue;
      sum += values[t]!;
      count++;
    }
    means[i] = sum / count;
  }
  return means;
}

/** What is left without the mean of a centred window, which narrows towards the ends so that a line leaves nothing there. */
function withoutTrend(values: Float64Array, window: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  const counts = new Float64Array(values.length + 1);
  for (let t = 0; t < values.length; t++) {
    const isMissing = Number.isNaN(values[t]);
    sums[t + 1] = sums[t]! + (isMissing ? 0 : values[t]!);
    counts[t + 1] = counts[t]! + (isMissing ? 0 : 1);
  }
  const left = new Float64Array(values.length);
  for (let t = 0; t < values.length; t++) {
    const half = Math.min(window / 2, t, values.length - 1 - t);
    const [from, to] = [t - half, t + half + 1];
    left[t] = values[t]! - (sums[to]! - sums[from]!) / (counts[to]! - counts[from]!);
  }
  return left;
}

/** Values in deviations from their mean, without outliers. */
function waveOf(values: Float64Array): Wave {
  const present = values.filter((value) => !Number.isNaN(value));
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const deviation = Math.sqrt(present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length);
  const isComplete = present.length === values.length;
  const seen = isComplete ? undefined : values.map((value) => (Number.isNaN(value) ? 0 : 1));
  if (!(deviation > 0)) return { values: new Float64Array(values.length), seen };
  const bounded = (value: number) => Math.min(Math.max((value - mean) / deviation, -FARTHEST), FARTHEST);
  return { values: values.map((value) => (Number.isNaN(value) ? 0 : bounded(value))), seen };
}
