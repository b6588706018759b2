/** Exponential smoothing whose form is chosen by the series, and what it forecasts. */
import { Random } from "../random/generator.ts";
import {
  type EtsForm,
  EtsProcess,
  type EtsRun,
  type EtsState,
  type EtsWeights,
  runEts,
} from "./exponential-smoothing.ts";
import {
  ahead,
  drawnPredictive,
  gapless,
  normalPredictive,
  type Predictive,
  type Rule,
} from "./forecaster.ts";
import { naive } from "./naive.ts";
import { leastBySimplex } from "./nelder-mead.ts";

/** A fitted model. */
export interface EtsFit extends EtsRun {
  readonly form: EtsForm;
  readonly weights: EtsWeights;
  /** Akaike's criterion, corrected for short series: less is better. */
  readonly aicc: number;
}

/** With fewer steps there is nothing to choose a form by. */
const LEAST_STEPS = 8;
/** The most steps that are fitted, or ten seasons where they are more: what was before is forgotten by then. */
const MOST_STEPS = 500;
const MOST_SEASONS = 10;
const SIMPLEX = { most: 400, tolerance: 1e-4 } as const;

const TRENDS = ["none", "additive", "damped"] as const;

/** Every form but those that are numerically unstable: additive errors do not go with a multiplicative season. */
function formsFor(series: Float64Array, season: number): EtsForm[] {
  const isPositive = series.every((value) => value > 0);
  const isSeasonal = season > 1 && series.length >= 2 * season;
  const errors = isPositive ? (["additive", "multiplicative"] as const) : (["additive"] as const);
  return errors.flatMap((error) =>
    TRENDS.flatMap((trend) => {
      const plain: EtsForm = { error, trend, season: "none" };
      if (!isSeasonal) return [plain];
      const seasonal: EtsForm = { error, trend, season: "additive" };
      return error === "additive"
        ? [plain, seasonal]
        : [plain, seasonal, { ...seasonal, season: "multiplicative" }];
    }),
  );
}

/**
 * The exponential smoothing of least AICc, its weights and first level and trend of greatest likelihood (Hyndman et al. 2008,
 * sections 2.6 and 2.8); first seasons are those of the first years around their straight line.
 *
 * @param series `[n]`, without gaps, at least 8 steps
 * @param season m, in steps; 1 is none
 * @example
 * fitEts(passengers, 12).form; // { error: "multiplicative", trend: "damped", season: "multiplicative" }
 */
export function fitEts(series: Float64Array, season: number): EtsFit {
  const fits = formsFor(series, season).map((form) => fitForm(form, series, season));
  return fits.reduce((best, fit) => (fit.aicc < best.aicc ? fit : best));
}

/** A form fitted to a series. */
export function fitForm(form: EtsForm, series: Float64Array, season: number): EtsFit {
  const { state, scale } = firstState(form, series, season);
  const free = freeOf(form);
  const at = (point: Float64Array) => ({
    weights: weightsAt(free, point),
    first: {
      ...state,
      level: state.level + scale * point[point.length - 2]!,
      trend: form.trend === "none" ? 0 : state.trend + 0.1 * scale * point[point.length - 1]!,
    },
  });
  const run = (point: Float64Array) => {
    const { weights, first } = at(point);
    return runEts(form, weights, first, series);
  };
  const start = new Float64Array(free.length + 2);
  const best = leastBySimplex((point) => -run(point).logLikelihood, start, 0.7, SIMPLEX);
  const seasons = form.season === "none" ? 0 : season - 1;
  const parameters = free.length + 1 + (form.trend === "none" ? 0 : 1) + seasons + 1;
  const fitted = run(best);
  return {
    ...fitted,
    form,
    weights: at(best).weights,
    aicc: aicc(fitted.logLikelihood, parameters, series.length),
  };
}

const aicc = (logLikelihood: number, parameters: number, steps: number): number => {
  const left = steps - parameters - 1;
  if (left <= 0) return Number.POSITIVE_INFINITY;
  return 2 * (parameters - logLikelihood) + (2 * parameters * (parameters + 1)) / left;
};

/** The weights that a form leaves free, in the order of a point. */
const freeOf = ({ trend, season }: EtsForm): (keyof EtsWeights)[] => [
  "level",
  ...(trend === "none" ? [] : (["trend"] as const)),
  ...(season === "none" ? [] : (["season"] as const)),
  ...(trend === "damped" ? (["damping"] as const) : []),
];

/**
 * Weights within the usual bounds, 0 < β < α < 1, 0 < γ < 1 − α, 0.8 < φ < 0.98, from a point without bounds; at 0 they are
 * small, as those of most series.
 */
function weightsAt(free: readonly (keyof EtsWeights)[], point: Float64Array): EtsWeights {
  const share = (name: keyof EtsWeights, middle: number) => {
    const place = free.indexOf(name);
    return place < 0 ? 0 : 1 / (1 + Math.exp(-point[place]! - middle));
  };
  const level = share("level", -0.5);
  return {
    level,
    trend: level * share("trend", -2),
    season: (1 - level) * share("season", -2),
    damping: free.includes("damping") ? 0.8 + 0.18 * share("damping", 1) : free.includes("trend") ? 1 : 0,
  };
}

/** How many seasons, and seasonally adjusted steps, the first state is told by. */
const [FIRST_SEASONS, FIRST_STEPS] = [4, 10];

/** Where a form begins, and the unit in which its first level and trend are looked for. */
function firstState(
  { trend, season: kind }: EtsForm,
  series: Float64Array,
  season: number,
): { readonly state: EtsState; readonly scale: number } {
  const isProduct = kind === "multiplicative";
  const pattern = kind === "none" ? new Float64Array(0) : seasonOf(series, season, isProduct);
  const adjusted = series.subarray(0, Math.max(FIRST_STEPS, pattern.length)).map((value, t) => {
    if (pattern.length === 0) return value;
    return isProduct ? value / pattern[t % season]! : value - pattern[t % season]!;
  });
  const { at, slope, deviation } = lineThrough(adjusted);
  const state = {
    level: at(trend === "none" ? (adjusted.length - 1) / 2 : -1),
    trend: trend === "none" ? 0 : slope,
  };
  return { state: { ...state, season: pattern }, scale: deviation };
}

/** The mean season of the first seasons, around the moving mean over a season: sums to 0, or has the mean 1. `[m]` */
function seasonOf(series: Float64Array, season: number, isProduct: boolean): Float64Array {
  const steps = Math.min(series.length, FIRST_SEASONS * season);
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let t = 0; t < steps; t++) {
    const centre = movingMean(series, t, season, steps);
    if (centre === undefined) continue;
    sums[t % season]! += isProduct ? series[t]! / centre : series[t]! - centre;
    counts[t % season]! += 1;
  }
  const means = sums.map((sum, place) => (counts[place]! > 0 ? sum / counts[place]! : isProduct ? 1 : 0));
  const middle = means.reduce((sum, mean) => sum + mean, 0) / season;
  return means.map((mean) => (isProduct ? mean / middle : mean - middle));
}

/** The mean over a season around a step, of an even season with half of both ends; undefined near the ends. */
function movingMean(series: Float64Array, t: number, season: number, steps: number): number | undefined {
  const half = Math.floor(season / 2);
  if (t < half || t + half >= steps) return undefined;
  let sum = 0;
  for (let i = t - half; i <= t + half; i++) {
    const isHalf = season % 2 === 0 && (i === t - half || i === t + half);
    sum += isHalf ? series[i]! / 2 : series[i]!;
  }
  return sum / season;
}

/** The straight line of least squares, and the deviation of all values, above 0. */
function lineThrough(values: Float64Array) {
  const steps = values.length;
  const middle = (steps - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value / steps, 0);
  const spread = values.reduce((sum, _, t) => sum + (t - middle) ** 2, 0);
  const slope = spread === 0 ? 0 : values.reduce((sum, value, t) => sum + (t - middle) * value, 0) / spread;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / steps, 0);
  const deviation = variance > 0 ? Math.sqrt(variance) : Math.abs(mean) || 1;
  return { at: (t: number) => mean + slope * (t - middle), slope, deviation };
}

/**
 * Exponential smoothing (`fitEts`) of the last 500 steps or ten seasons, gaps on straight lines: of additive errors with the
 * widths of its closed form, of multiplicative ones with those of 500 simulated paths. Under 8 steps it is the random walk.
 *
 * @param season m, in steps; 1 is none
 */
export const ets =
  (season: number): Rule =>
  (past, horizon) => {
    const series = gapless(past.subarray(-Math.max(MOST_STEPS, MOST_SEASONS * season)));
    const isSteady = series.every((value) => value === series[0]);
    if (series.length < LEAST_STEPS || isSteady || Number.isNaN(series[0]!)) return naive(past, horizon);
    return forecastOf(fitEts(series, season), horizon);
  };

/** What a fitted model says of the steps to come. */
export function forecastOf(fit: EtsFit, horizon: number): Predictive {
  const mean = path(fit, horizon, () => 0);
  if (fit.form.error === "additive") return normalPredictive(mean, closedScale(fit, horizon));
  return { ...drawnPredictive(simulated(fit, horizon)), mean };
}

/** The values of the steps to come under given errors. */
function path({ form, weights, state }: EtsFit, horizon: number, errorOf: () => number): Float64Array {
  const process = new EtsProcess(form, weights, state);
  return ahead(horizon, () => {
    const [expected, error] = [process.expected(), errorOf()];
    process.move(error);
    return process.isRelative ? expected * (1 + error) : expected + error;
  });
}

const [PATHS, SEED] = [500, 1];

/** Of each step `[S]`. */
function simulated(fit: EtsFit, horizon: number): Float64Array[] {
  const random = Random.stream(SEED, "exponential smoothing");
  const deviation = Math.sqrt(fit.variance);
  const paths = Array.from({ length: PATHS }, () => path(fit, horizon, () => deviation * random.normal()));
  return Array.from({ length: horizon }, (_, h) => Float64Array.from(paths, (one) => one[h]!));
}

/** σ·√(1 + c₁² + … + c²_{h−1}), c_j = α + β·(φ + … + φʲ) + γ where j is whole seasons (Hyndman et al. 2008, table 6.1). */
function closedScale({ weights, variance, state: { season } }: EtsFit, horizon: number): Float64Array {
  let [sum, fading, power] = [1, 0, 1];
  return ahead(horizon, (h) => {
    const scale = Math.sqrt(variance * sum);
    power *= weights.damping;
    fading += power;
    const isSeason = season.length > 0 && h % season.length === 0;
    sum += (weights.level + weights.trend * fading + (isSeason ? weights.season : 0)) ** 2;
    return scale;
  });
}
