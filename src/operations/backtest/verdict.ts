/** What a backtest comes to, in a sentence. */

import { forecastMeasures, type MeasureName } from "../../metrics/forecast-measures.ts";
import type { ForecastTally, MeasureLevels } from "../../metrics/forecast-tally.ts";
import { differenceInterval } from "../../metrics/forecast-tally.ts";
import { type Verdict as Outcome, verdictOf } from "../../metrics/verdict.ts";

/** How a forecaster did. */
export interface ForecasterResult {
  readonly name: string;
  readonly kind: "model" | "rule";
  readonly tally: ForecastTally;
  readonly levels: MeasureLevels;
}

/** The model against the best simple rule. */
export interface Verdict {
  readonly measure: MeasureName;
  readonly rule: string;
  /** Of the model less that of the rule; less is better. */
  readonly difference: number;
  /** 95 %, by blocks of neighbouring origins drawn anew; null where there are too few to tell. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: Outcome;
  readonly sentence: string;
}

/** The rule of the least level. @param results at least one rule among them */
const bestRule = (results: readonly ForecasterResult[], measure: MeasureName): ForecasterResult =>
  results
    .filter(({ kind }) => kind === "rule")
    .reduce((best, each) => (each.levels[measure] < best.levels[measure] ? each : best));

/** @param results the model, as it forecasts, first; at least one rule among the others */
export function backtestVerdict(results: readonly ForecasterResult[], measure: MeasureName): Verdict {
  const model = results[0]!;
  const rule = bestRule(results, measure);
  const difference = model.levels[measure] - rule.levels[measure];
  const interval = differenceInterval(model.tally, rule.tally, measure) ?? null;
  const verdict = wordOf(difference, interval);
  const sentence = sentenceOf({ model, rule, measure, interval, verdict });
  return { measure, rule: rule.name, difference, interval, verdict, sentence };
}

/** By the interval; where there is none, by the bare figures. */
function wordOf(difference: number, interval: readonly [number, number] | null): Outcome {
  const [low, high] = interval ?? [difference, difference];
  return verdictOf([-high, -low]); // less is better
}

interface Compared extends Pick<Verdict, "measure" | "interval" | "verdict"> {
  readonly model: ForecasterResult;
  readonly rule: ForecasterResult;
}

const openings: Readonly<Record<Outcome, string>> = {
  ahead: "ahead of",
  level: "level with",
  behind: "behind",
};

function sentenceOf({ model, rule, measure, interval, verdict }: Compared): string {
  const { label } = forecastMeasures[measure];
  const [own, its] = [model, rule].map(({ levels }) => shown(levels[measure]));
  const range =
    interval === null
      ? "too few forecasts to rule out chance"
      : `difference ${shown(interval[0])} to ${shown(interval[1])}, 95 %`;
  const advice =
    verdict === "behind" ? "; use it instead" : verdict === "level" ? "; it is the simpler one" : "";
  return `the model is ${openings[verdict]} ${rule.name}: ${label} ${own} against ${its} (${range})${advice}`;
}

/** @example shown(0.0123456) // "0.0123" */
export const shown = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "–";
