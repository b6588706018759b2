/** A stretch of time: from its first flagged step to its last. */
export interface Span {
  /** The times of the first and the last flagged step, in seconds. */
  readonly start: number;
  readonly end: number;
  /** Their step numbers. */
  readonly first: number;
  readonly last: number;
}

/** For so many seconds after its end an incident still counts as under way, unless told otherwise. */
export const DEFAULT_TOLERANCE_SECONDS = 5;

/** From when to when, in seconds. */
type Stretch = Pick<Span, "start" | "end">;

/**
 * Whether an event and an incident meet: they overlap, the incident's recovery tail included.
 *
 * @param tolerance how long that tail is, in seconds
 * @example
 * meets({ start: 8, end: 9 }, { start: 2, end: 4 }, 5); // true
 */
export const meets = (event: Stretch, incident: Stretch, tolerance: number): boolean =>
  event.start <= incident.end + tolerance && event.end >= incident.start;

/** The silence that still belongs to one event, in seconds. */
export const DEFAULT_GAP_SECONDS = 3;

/**
 * Gathers flagged steps into spans: two flags belong together when less than `gap` seconds (or no step) lie between
 * them.
 *
 * @param times `[steps]`, ascending, in seconds.
 * @param flags `[steps]`, true or non-zero for a flagged step.
 * @example
 * flaggedSpans([0, 1, 2, 3, 4], [1, 0, 1, 0, 0], 1); // [{ start: 0, end: 0, … }, { start: 2, end: 2, … }]
 * flaggedSpans([0, 1, 2, 3, 4], [1, 0, 1, 0, 0], 3); // [{ start: 0, end: 2, first: 0, last: 2 }]
 */
export function flaggedSpans(
  times: ArrayLike<number>,
  flags: ArrayLike<number | boolean>,
  gap = DEFAULT_GAP_SECONDS,
): Span[] {
  const spans: Span[] = [];
  for (let step = 0; step < times.length; step++) {
    if (!flags[step]) continue;
    const time = times[step]!;
    const open = spans.at(-1);
    const joins = open !== undefined && (step === open.last + 1 || time - open.end < gap);
    if (joins) spans[spans.length - 1] = { ...open, end: time, last: step };
    else spans.push({ start: time, end: time, first: step, last: step });
  }
  return spans;
}

/**
 * How long a sequence lasts, in seconds: from its first step to the end of its last, each step as long as the mean.
 *
 * @param times `[steps]`, ascending, in seconds.
 * @example
 * duration([0, 0.5, 1]); // 1.5
 */
export function duration(times: ArrayLike<number>): number {
  if (times.length < 2) return 0;
  return ((times[times.length - 1]! - times[0]!) * times.length) / (times.length - 1);
}
