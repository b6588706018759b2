import { rate } from "./figures.ts";

/**
 * How often alarms come: by the hour where data say when, else by steps.
 *
 * @example
 * alarmWords({ perHour: 1, perThousandSteps: 0.056 }, true); // "1 false alarm an hour (0.056 in 1,000 steps)"
 * alarmWords({ perHour: 1, perThousandSteps: 0.28 }, false); // "0.28 false alarms in 1,000 steps"
 */
export function alarmWords(
  { perHour, perThousandSteps }: { readonly perHour: number; readonly perThousandSteps: number },
  isTimed: boolean,
): string {
  const alarms = (count: number) => `${rate(count)} false alarm${rate(count) === "1" ? "" : "s"}`;
  const bySteps = `in 1,000 steps`;
  return isTimed
    ? `${alarms(perHour)} an hour (${rate(perThousandSteps)} ${bySteps})`
    : `${alarms(perThousandSteps)} ${bySteps}`;
}
