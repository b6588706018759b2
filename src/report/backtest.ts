/** What a picture of a backtest shows. */
import type { Predictive } from "../baselines/forecaster.ts";
import { type Column, sliceSequence } from "../data/dataset.ts";
import type { OriginPlan } from "../inference/rolling-origins.ts";
import { forecastMeasures, type MeasureName } from "../metrics/forecast-measures.ts";
import type { MeasureLevels } from "../metrics/forecast-tally.ts";
import type { BacktestContent } from "./content.ts";
import { seriesOf } from "./series.ts";

/** How much of the past is shown, in horizons. */
const PAST = 2;

interface Judged {
  readonly name: string;
  readonly kind: "model" | "rule";
  readonly levels: MeasureLevels;
}

interface BacktestShown {
  readonly columns: readonly Column[];
  /** The one that is drawn. */
  readonly judged: Column;
  readonly measure: MeasureName;
  readonly horizon: number;
  /** The rule that is drawn beside. */
  readonly rule: string;
}

/** @param results the model first @param shown what each said at the last origin */
export function backtestContent(
  results: readonly Judged[],
  { sequence, origins, said }: OriginPlan & { readonly said: ReadonlyMap<string, readonly Predictive[]> },
  { columns, judged, measure, horizon, rule }: BacktestShown,
): BacktestContent {
  const origin = origins.at(-1)!;
  const first = Math.max(0, origin - PAST * horizon);
  const d = columns.indexOf(judged);
  const quantiles = (name: string, level: number) =>
    Array.from({ length: horizon }, (_, h) => said.get(name)![d]!.quantile(h, level));
  const model = results[0]!.name;
  return {
    measure: forecastMeasures[measure].label,
    forecasters: results.map(({ name, kind, levels }) => ({ name, kind, level: levels[measure] })),
    sequence: sequence.name,
    column: judged.name,
    first: first + 1,
    seen: seriesOf(sliceSequence(sequence, first, origin + horizon), d, columns.length),
    origin,
    median: quantiles(model, 0.5),
    interval: { low: quantiles(model, 0.1), high: quantiles(model, 0.9) },
    rule,
    rival: quantiles(rule, 0.5),
  };
}
