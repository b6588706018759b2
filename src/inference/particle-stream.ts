/** Particles on live data: one step at a time, with a forecast of the next. */
import type { Sequence } from "../data/dataset.ts";
import { CONDITION, UPCOMING } from "../names.ts";
import {
  type Follower,
  type FollowerAnswer,
  requireIdle,
  requireWidth,
  type StepCondition,
} from "./follower.ts";
import { forecastFrom, type StepForecast } from "./forecast-step.ts";
import { refuseOwnUnits } from "./graphs.ts";
import {
  filterAndRollouts,
  type ParticleFilter,
  type ParticleFilterOptions,
  type Particles,
  type Rollouts,
} from "./particle-filter.ts";
import { meansOf } from "./particle-means.ts";
import { requireBound, toldTogether } from "./particle-scores.ts";
import type { StreamOptions } from "./stream.ts";

/** The model that follows a stream by particles, and what it is to tell. A forecast has a draw of each particle. */
export interface ParticleStreamOptions
  extends ParticleFilterOptions,
    Pick<StreamOptions, "name" | "forecast"> {}

/**
 * Scores live data by a particle filter, as models need whose posterior of a step knows the future: the same numbers as
 * `scoreByParticles` gives of the whole sequence (up to rounding). Particles are drawn from the posterior where that is
 * causal, else from the prior (the bootstrap filter of Gordon, Salmond and Smith 1993), weighed by each step and drawn
 * anew.
 *
 * @example
 * const stream = await ParticleStream.open({ runtime, model, weights, columns, particles: 100, seed: 1 });
 * const { total, effectiveSize } = await stream.step([21.5, Number.NaN, 1]);
 * total; // -3.2
 * effectiveSize; // 71.4
 * await stream.close();
 */
export class ParticleStream implements Follower {
  private readonly options: ParticleStreamOptions;
  private readonly sequence: Pick<Sequence, "name">;
  private readonly filter: ParticleFilter;
  private readonly rollouts: Rollouts;
  private readonly particles: Particles;
  private isBusy = false;

  private constructor(options: ParticleStreamOptions, filter: ParticleFilter, rollouts: Rollouts) {
    this.options = options;
    this.sequence = { name: options.name ?? "stream" };
    this.filter = filter;
    this.rollouts = rollouts;
    this.particles = filter.begin([this.sequence]);
  }

  /**
   * @throws VrnnError `model/exact` for a model that needs no particles, `model/units` for one whose sequences have units of
   * their own.
   */
  static async open(options: ParticleStreamOptions): Promise<ParticleStream> {
    requireBound(options.model);
    refuseOwnUnits(options.model);
    const { filter, rollouts } = await filterAndRollouts(options, { parts: [], together: true, window: 1 });
    return new ParticleStream(options, filter, rollouts);
  }

  async step(
    x: ArrayLike<number>,
    { condition, upcoming = condition }: StepCondition = {},
  ): Promise<FollowerAnswer> {
    requireIdle(this.isBusy);
    const { columns, model } = this.options;
    const width = model.conditions?.length ?? 0;
    const values = rowOf("x", x, columns.length);
    const conditions = rowOf(CONDITION, condition, width);
    const future = rowOf(UPCOMING, upcoming, width);
    this.isBusy = true;
    try {
      const part = { ...this.sequence, length: 1, values, conditions };
      const { start, results } = await this.particles.advance([part]);
      const { total, logLikelihood, kl, effectiveSize } = toldTogether(results);
      const step = start + 1;
      const forecast = await this.forecastAfter(step, future);
      return {
        step,
        total: total[0]!,
        logLikelihood,
        kl: kl[0]!,
        effectiveSize: effectiveSize[0]!,
        ...(forecast && { forecast }),
      };
    } finally {
      this.isBusy = false;
    }
  }

  async close(): Promise<void> {
    await this.filter.dispose();
    await this.rollouts.dispose();
  }

  /** What the particles expect of the next step. @param future `[C]`: what is known of it */
  private async forecastAfter(origin: number, future: Float64Array): Promise<StepForecast | undefined> {
    const { forecast = "interval", columns } = this.options;
    if (forecast === "none") return undefined;
    const { states } = this.particles;
    const from = { sequence: this.sequence, origin, states, future };
    const [rollout] = await this.rollouts.from([from], { horizon: 1 });
    const expected = meansOf(rollout!.emissionMean, 1, columns.length); // [D]
    const { mean, ...interval } = forecastFrom(expected, rollout!.x, columns);
    return { mean, ...(forecast === "interval" && interval) };
  }
}

/** `[width]`, NaN where nothing was given. @throws VrnnError `stream/width` */
function rowOf(name: string, values: ArrayLike<number> | undefined, width: number): Float64Array {
  if (values === undefined) return new Float64Array(width).fill(Number.NaN);
  requireWidth(name, values, width);
  return Float64Array.from(values);
}
