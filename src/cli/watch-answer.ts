import type { Column } from "../data/dataset.ts";
import type { LiveStep } from "../data/files-live.ts";
import type { Forecast } from "../tasks/forecast-step.ts";
import { DIVERGENCE_COLUMN } from "../tasks/incidents.ts";
import type { Alarm } from "../tasks/live-detector.ts";
import type { StreamAnswer } from "../tasks/stream.ts";

/** What is known of a step that was watched. */
export interface Watched {
  readonly line: number;
  readonly live: Pick<LiveStep, "time">;
  readonly answer: StreamAnswer;
  /** Undefined where there is no detector. */
  readonly alarm: Alarm | undefined;
}

/** A step as one line of JSON. */
export const answerLine = (columns: readonly Column[], { line, live, answer, alarm }: Watched): string =>
  `${JSON.stringify({
    line,
    step: answer.step,
    ...(live.time !== undefined && { time: live.time }),
    score: rounded(answer.total),
    flags: alarm === undefined ? null : flagsOf(columns, answer, alarm),
    ...(answer.forecast && { forecast: forecastByName(columns, answer.forecast) }),
  })}\n`;

/** A line that could not be understood, as one line of JSON. */
export const errorLine = (line: number, error: string): string => `${JSON.stringify({ line, error })}\n`;

/** Whether the step is odd, how odd (`Alarm.score`), and the columns that say so with their nats. */
function flagsOf(columns: readonly Column[], answer: StreamAnswer, { score, isOdd, reasons }: Alarm) {
  const natsOf = (name: string) =>
    name === DIVERGENCE_COLUMN
      ? -answer.divergence
      : answer.logLikelihood[columns.findIndex((column) => column.name === name)]!;
  const nats = reasons.map(({ column }) => [column, rounded(natsOf(column))]);
  return { odd: isOdd, surprise: rounded(score), columns: Object.fromEntries(nats) };
}

function forecastByName(columns: readonly Column[], { mean, low, high }: Forecast) {
  const entries = columns.map(({ name, kind, levels }, d) => {
    if (kind === "categorical") return [name, { level: levels[mean[d]!] ?? null }];
    const interval = low && high && { low: short(low[d]!), high: short(high[d]!) };
    return [name, { mean: short(mean[d]!), ...interval }];
  });
  return Object.fromEntries(entries);
}

/** To six digits after the point: what lies beyond is the rounding of float32. */
const rounded = (nats: number): number => Math.round(nats * 1e6) / 1e6;

/** To six digits. */
const short = (value: number): number => Number(value.toPrecision(6));
