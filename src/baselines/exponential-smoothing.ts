/**
 * Exponential smoothing as a state space model with one source of error (Hyndman, Koehler, Ord and Snyder, "Forecasting with
 * Exponential Smoothing: The State Space Approach", 2008, chapter 2): a level, a trend and a season, each moved by a share of
 * the error of the forecast of one step.
 */

/** Of what a model is made: ETS(A,Ad,M) is `{ error: "additive", trend: "damped", season: "multiplicative" }`. */
export interface EtsForm {
  readonly error: "additive" | "multiplicative";
  readonly trend: "none" | "additive" | "damped";
  readonly season: "none" | "additive" | "multiplicative";
}

/** How much of an error the parts of the state take, and how a trend fades: α, β, γ, φ. */
export interface EtsWeights {
  readonly level: number;
  readonly trend: number;
  readonly season: number;
  readonly damping: number;
}

/** l, b and the m seasons, the one that comes next first; none where there is no season. */
export interface EtsState {
  readonly level: number;
  readonly trend: number;
  readonly season: Float64Array;
}

/**
 * A model that goes from step to step.
 *
 * With L = l + φb what is expected is μ = L + s or L·s; a value is x = μ + ε, or μ·(1 + ε) where errors are multiplicative, and
 * the state moves by l = L + α·κ·ε, b = φb + β·κ·ε, s = s + γ·κ_s·ε, in which the κ put the error into the unit of the part
 * (tables 2.2 and 2.3).
 */
export class EtsProcess {
  readonly isRelative: boolean;
  private readonly isProduct: boolean;
  private readonly weights: EtsWeights;
  private readonly season: Float64Array;
  private level: number;
  private trend: number;
  private place = 0;

  constructor({ error, season }: EtsForm, weights: EtsWeights, first: EtsState) {
    this.isRelative = error === "multiplicative";
    this.isProduct = season === "multiplicative";
    this.weights = weights;
    this.level = first.level;
    this.trend = first.trend;
    this.season = first.season.slice();
  }

  /** μ of the next step. */
  expected(): number {
    const base = this.level + this.weights.damping * this.trend;
    if (this.season.length === 0) return base;
    const season = this.season[this.place]!;
    return this.isProduct ? base * season : base + season;
  }

  /** Takes the next step. @param error ε */
  move(error: number): void {
    const { weights, season, place, isProduct, isRelative } = this;
    const faded = weights.damping * this.trend;
    const base = this.level + faded;
    const own = season.length === 0 ? 0 : season[place]!;
    const [levelUnit, seasonUnit] = isProduct
      ? [isRelative ? base : 1 / own, isRelative ? own : 1 / base]
      : [isRelative ? base + own : 1, isRelative ? base + own : 1];
    this.level = base + weights.level * levelUnit * error;
    this.trend = faded + weights.trend * levelUnit * error;
    if (season.length === 0) return;
    season[place] = own + weights.season * seasonUnit * error;
    this.place = place + 1 === season.length ? 0 : place + 1;
  }

  get state(): EtsState {
    const { level, trend, season, place } = this;
    return {
      level,
      trend,
      season: Float64Array.from(season, (_, i) => season[(i + place) % season.length]!),
    };
  }
}

/** A model that has run through a series. */
export interface EtsRun {
  /** After the last step. */
  readonly state: EtsState;
  /** The greatest log-likelihood over σ², given the weights and the first state, in nats. */
  readonly logLikelihood: number;
  /** σ²: the mean square of the errors, of multiplicative ones as shares of what was expected. */
  readonly variance: number;
}

/** Runs through a series. @param series `[n]`, without gaps */
export function runEts(form: EtsForm, weights: EtsWeights, first: EtsState, series: Float64Array): EtsRun {
  const process = new EtsProcess(form, weights, first);
  let [squares, logs] = [0, 0];
  for (const value of series) {
    const expected = process.expected();
    const error = process.isRelative ? (value - expected) / expected : value - expected;
    process.move(error);
    squares += error * error;
    if (process.isRelative) logs += Math.log(Math.abs(expected));
  }
  const steps = series.length;
  const variance = squares / steps;
  const logLikelihood = -(steps / 2) * (Math.log(2 * Math.PI * variance) + 1) - logs;
  return { state: process.state, logLikelihood, variance };
}
