import { DIVERGENCE_COLUMN } from "../anomaly/entry-scores.ts";
import type { Alarm } from "../anomaly/live-detector.ts";
import type { Column } from "../data/dataset.ts";
import type { LiveStep } from "../data/files-live.ts";
import type { FollowerAnswer } from "../inference/follower.ts";
import type { StepForecast } from "../inference/forecast-step.ts";

/** What is known of a step that was watched. */
export interface Watched {
  readonly line: number;
  readonly live: Pick<LiveStep, "time">;
  readonly answer: FollowerAnswer;
  /** Undefined where there is no detector. */
  readonly alarm: Alarm | undefined;
  /** The columns whose level was never seen in training: news whatever the model makes of the rest. */
  readonly unseen: readonly string[];
}

/** A step as one line of JSON. */
export const answerLine = (
  columns: readonly Column[],
  { line, live, answer, alarm, unseen }: Watched,
): string =>
  `${JSON.stringify({
    line,
    step: answer.step,
    ...(live.time !== undefined && { time: live.time }),
    score: rounded(answer.total),
    ...(answer.effectiveSize !== undefined && { particles: Math.round(answer.effectiveSize * 10) / 10 }),
    flags: alarm === undefined ? null : flagsOf(columns, answer, alarm, isOdd({ alarm, unseen })),
    ...(unseen.length > 0 && { unseen }),
    ...(answer.forecast && { forecast: forecastByName(columns, answer.forecast) }),
  })}\n`;

/** A line that could not be understood, as one line of JSON. */
export const errorLine = (line: number, error: string): string => `${JSON.stringify({ line, error })}\n`;

/** Whether a step is odd: a level never seen is, as a detector takes it for missing. */
export const isOdd = ({ alarm, unseen }: Pick<Watched, "alarm" | "unseen">): boolean =>
  alarm !== undefined && (alarm.isAnomalous || unseen.length > 0);

/** Whether the step is odd, how odd (`Alarm.score`), and the columns that say so with their nats. */
function flagsOf(
  columns: readonly Column[],
  answer: FollowerAnswer,
  { score, reasons }: Alarm,
  odd: boolean,
) {
  const natsOf = (name: string) =>
    name === DIVERGENCE_COLUMN
      ? -answer.kl
      : answer.logLikelihood[columns.findIndex((column) => column.name === name)]!;
  const nats = reasons.map(({ column }) => [column, rounded(natsOf(column))]);
  return { odd, surprise: rounded(score), columns: Object.fromEntries(nats) };
}

function forecastByName(columns: readonly Column[], { mean, low, high }: StepForecast) {
  const entries = columns.map((column, d) => {
    const short = (values: Float64Array) => shortened(values[d]!, column);
    if (column.kind === "categorical") return [column.name, { level: column.levels[mean[d]!] ?? null }];
    return [column.name, { mean: short(mean), ...(low && high && { low: short(low), high: short(high) }) }];
  });
  return Object.fromEntries(entries);
}

/** To six digits after the point: what lies beyond is the rounding of float32. */
const rounded = (nats: number): number => Math.round(nats * 1e6) / 1e6;

/** To a ten-thousandth of the column's deviation, or less. */
function shortened(value: number, { standardDeviation: deviation }: Column): number {
  const digits = Math.max(0, 4 - Math.floor(Math.log10(deviation > 0 ? deviation : 1)));
  return digits > 15 ? value : Math.round(value * 10 ** digits) / 10 ** digits;
}
