/** Holds what forecasters say against what came. */
import type { Forecaster, Predictive } from "../../baselines/forecaster.ts";
import type { AdaptedMaps } from "../../calibration/adapt.ts";
import { forecastsAt, type ModelForecastOptions, predictiveOf } from "../../calibration/model-forecaster.ts";
import { everyNth } from "../../collections.ts";
import type { Column, Sequence } from "../../data/dataset.ts";
import type { OriginPlan } from "../../inference/rolling-origins.ts";
import { ForecastTally } from "../../metrics/forecast-tally.ts";
import { seasonalErrorOf } from "../../metrics/mase.ts";
import type { WorkProgress } from "../event.ts";
import type { ForecasterResult } from "./verdict.ts";

/** What is forecast, of which columns. */
export interface BenchOptions {
  readonly columns: readonly Column[];
  /** Those of them that are judged. */
  readonly judged: readonly Column[];
  readonly plans: readonly OriginPlan[];
  readonly horizon: number;
  /** In steps; what errors are scaled by. */
  readonly season: number;
}

/** The names of the model's rows: as it forecasts, and its own, where that was put right. */
export const [MODEL, RAW] = ["model", "model, not put right"] as const;

/** The last forecast of the first sequence, by the names of forecasters. */
export interface ShownForecast extends OriginPlan {
  readonly said: ReadonlyMap<string, readonly Predictive[]>;
}

/** Fewer sequences are taken apart into blocks of neighbouring origins; of more, each is a block. */
const MANY_SEQUENCES = 20;

/** How forecasters did: all from the same origins. */
export class Bench {
  private readonly options: BenchOptions;
  private readonly kinds = new Map<string, ForecasterResult["kind"]>();
  private readonly tallies = new Map<string, ForecastTally>();
  private readonly seasonalErrors = new Map<string, number>();
  private readonly said = new Map<string, readonly Predictive[]>();

  constructor(options: BenchOptions) {
    this.options = options;
  }

  /** How many forecasts each makes. */
  get count(): number {
    return this.options.plans.reduce((sum, { origins }) => sum + origins.length, 0);
  }

  /** @param rules told what was seen before each origin, and nothing else */
  *judgeRules(rules: readonly Forecaster[]): Generator<WorkProgress> {
    const { plans, columns, horizon } = this.options;
    const width = columns.length;
    let done = 0;
    for (const plan of plans)
      for (const origin of plan.origins) {
        const past = { values: plan.sequence.values.subarray(0, origin * width), width };
        for (const rule of rules) this.judge(rule.name, "rule", plan, origin, rule.forecast(past, horizon));
        done += 1;
        yield { type: "work", done, of: this.count, what: "forecasts by simple rules" };
      }
  }

  /** @param maps what puts the forecasts right; then the model's own are judged too */
  async *judgeModel(
    options: Omit<ModelForecastOptions, "plans" | "horizon" | "columns">,
    maps: AdaptedMaps | undefined,
  ): AsyncGenerator<WorkProgress> {
    const { plans, columns, horizon } = this.options;
    const planOf = new Map(plans.map((plan) => [plan.sequence, plan]));
    let done = 0;
    for await (const forecasts of forecastsAt({ ...options, plans, columns, horizon })) {
      for (const { sequence, origin, samples } of forecasts) {
        const plan = planOf.get(sequence)!;
        const map = maps?.get(sequence)?.get(origin);
        const each = (right?: typeof map) => columns.map((_, d) => predictiveOf(samples, columns, d, right));
        this.judge(MODEL, "model", plan, origin, each(map));
        if (maps !== undefined) this.judge(RAW, "model", plan, origin, each());
      }
      done += forecasts.length;
      yield { type: "work", done, of: this.count, what: "forecasts by the model" };
    }
  }

  /** The model first, as it forecasts, then its own, then the rules. */
  results(): ForecasterResult[] {
    const all = [...this.tallies].map(([name, tally]) => ({
      name,
      kind: this.kinds.get(name)!,
      tally,
      levels: tally.levels(),
    }));
    return [...all.filter(({ kind }) => kind === "model"), ...all.filter(({ kind }) => kind === "rule")];
  }

  get shown(): ShownForecast {
    return { ...this.options.plans[0]!, said: this.said };
  }

  private judge(
    name: string,
    kind: ForecasterResult["kind"],
    { sequence, origins }: OriginPlan,
    origin: number,
    said: readonly Predictive[],
  ): void {
    const { columns, judged, horizon, plans } = this.options;
    const tally = this.tallies.get(name) ?? new ForecastTally();
    this.tallies.set(name, tally);
    this.kinds.set(name, kind);
    const block = this.blockOf(sequence, origins, origin);
    for (const column of judged) {
      const d = columns.indexOf(column);
      const seasonalError = this.seasonalErrorOf(sequence, origin, d);
      const unit = columns.length > 1 ? column.standardDeviation || 1 : 1;
      for (let h = 0; h < horizon; h++) {
        const value = sequence.values[(origin + h) * columns.length + d]!;
        if (Number.isNaN(value)) continue;
        const quantile = (level: number) => said[d]!.quantile(h, level);
        tally.add(block, column.name, { value, mean: said[d]!.mean[h]!, quantile, seasonalError, unit });
      }
    }
    if (sequence === plans[0]!.sequence && origin === origins.at(-1)) this.said.set(name, said);
  }

  private blockOf(sequence: Sequence, origins: readonly number[], origin: number): string {
    const { plans, horizon } = this.options;
    const place = plans.findIndex((plan) => plan.sequence === sequence);
    if (plans.length >= MANY_SEQUENCES) return String(place);
    const every = origins.length > 1 ? origins[1]! - origins[0]! : horizon;
    const length = Math.max(Math.ceil(horizon / every), Math.floor(Math.cbrt(origins.length)));
    return `${place} ${Math.floor(origins.indexOf(origin) / length)}`;
  }

  private seasonalErrorOf({ name, values }: Sequence, origin: number, d: number): number {
    const { columns, season } = this.options;
    const key = `${name} ${origin} ${d}`;
    const known = this.seasonalErrors.get(key);
    if (known !== undefined) return known;
    const past = everyNth(values.subarray(0, origin * columns.length), d, columns.length);
    const error = seasonalErrorOf(past, season);
    this.seasonalErrors.set(key, error);
    return error;
  }
}
