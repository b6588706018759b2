/** Learning rates over time; pure functions of the step. */

export interface ScheduleOptions {
  readonly learningRate: number;
  /** Steps over which the rate rises from 0. */
  readonly warmupSteps: number;
  /** Steps in all, where known beforehand. */
  readonly totalSteps: number;
}

type Schedule = (progress: number) => number;

/** What is left of the rate after a share of training. */
export const schedules = {
  constant: () => 1,
  cosine: (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)),
  linear: (progress) => 1 - progress,
} as const satisfies Record<string, Schedule>;

export type ScheduleName = keyof typeof schedules;

/**
 * @example
 * learningRateAt("cosine", { learningRate: 1e-3, warmupSteps: 10, totalSteps: 110 }, 60) // 0.0005
 */
export function learningRateAt(name: ScheduleName, options: ScheduleOptions, step: number): number {
  const { learningRate, warmupSteps, totalSteps } = options;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return learningRate * schedules[name](progress);
}
