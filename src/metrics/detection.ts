import { DEFAULT_GAP_SECONDS, DEFAULT_TOLERANCE_SECONDS, duration, flaggedSpans, meets } from "./spans.ts";

/** A labelled stretch in which something was wrong, in the seconds of its sequence's clock. */
export interface Incident {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** What a detector said of a sequence, and what was true. */
export interface FlaggedSequence {
  /** `[steps]`, ascending, in seconds. */
  readonly times: ArrayLike<number>;
  /** `[steps]`, true or non-zero for a flagged step. */
  readonly flags: ArrayLike<number | boolean>;
  readonly incidents: readonly Incident[];
}

/** How flags are held against incidents. */
export interface DetectionOptions {
  /** Flags less than this many seconds apart are one event; 3 unless told. */
  readonly gap?: number;
  /** The recovery tail: for so many seconds after its end an incident still counts as under way; 5 unless told. */
  readonly tolerance?: number;
}

/** The incidents of one kind, or of all. A median or a share of nothing is null. */
export interface Recall {
  readonly total: number;
  readonly found: number;
  readonly recall: number | null;
  /** From an incident's start to the first flag at or after it, in seconds, over those found. */
  readonly medianDelaySeconds: number | null;
}

/** Steps as single decisions. Steps of a recovery tail are left out: neither a flag nor its absence is wrong there. */
export interface PointwiseQuality {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** How well flags find incidents. */
export interface DetectionQuality extends Recall {
  readonly events: number;
  /** The share of flagged events that overlap an incident or its recovery tail. */
  readonly precision: number | null;
  /** Flagged events that overlap none, per hour of the sequences' time. */
  readonly falseEventsPerHour: number | null;
  readonly kinds: Readonly<Record<string, Recall>>;
  readonly pointwise: PointwiseQuality;
}

/**
 * Compares flagged steps with labelled incidents.
 *
 * An incident is found when a flagged event overlaps [start, end + tolerance]; an event is right when it overlaps any
 * such stretch. One event may find several incidents, and an event that never ends finds all: read the event-wise
 * figures beside the point-wise ones, which charge every step.
 *
 * @example
 * const quality = detectionQuality([
 *   { times: [0, 1, 2, 3, 4, 5], flags: [0, 0, 0, 1, 1, 0], incidents: [{ kind: "stall", start: 2, end: 4 }] },
 * ]);
 * quality.precision; // 1
 * quality.kinds.stall; // { total: 1, found: 1, recall: 1, medianDelaySeconds: 1 }
 */
export function detectionQuality(
  sequences: readonly FlaggedSequence[],
  { gap = DEFAULT_GAP_SECONDS, tolerance = DEFAULT_TOLERANCE_SECONDS }: DetectionOptions = {},
): DetectionQuality {
  const judged = sequences.map((sequence) => judge(sequence, gap, tolerance));
  const outcomes = judged.flatMap((one) => one.outcomes);
  const events = judged.reduce((sum, one) => sum + one.events, 0);
  const right = judged.reduce((sum, one) => sum + one.right, 0);
  const seconds = sequences.reduce((sum, { times }) => sum + duration(times), 0);
  return {
    ...recallOf(outcomes),
    events,
    precision: share(right, events),
    falseEventsPerHour: share((events - right) * 3600, seconds),
    kinds: byKind(outcomes),
    pointwise: pointwiseQuality(sequences, tolerance),
  };
}

/** An incident's kind and, if it was found, the seconds it took. */
interface Outcome {
  readonly kind: string;
  readonly delay: number | null;
}

function judge({ times, flags, incidents }: FlaggedSequence, gap: number, tolerance: number) {
  const spans = flaggedSpans(times, flags, gap);
  const right = spans.filter((span) => incidents.some((incident) => meets(span, incident, tolerance)));
  const outcomes = incidents.map((incident): Outcome => {
    const finder = spans.find((span) => meets(span, incident, tolerance));
    if (finder === undefined) return { kind: incident.kind, delay: null };
    let step = finder.first;
    while (times[step]! < incident.start || !flags[step]) step += 1;
    return { kind: incident.kind, delay: times[step]! - incident.start };
  });
  return { events: spans.length, right: right.length, outcomes };
}

function byKind(outcomes: readonly Outcome[]): Record<string, Recall> {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))].sort();
  return Object.fromEntries(
    kinds.map((kind) => [kind, recallOf(outcomes.filter((outcome) => outcome.kind === kind))]),
  );
}

function recallOf(outcomes: readonly Outcome[]): Recall {
  const delays = outcomes.flatMap(({ delay }) => (delay === null ? [] : [delay]));
  const [total, found] = [outcomes.length, delays.length];
  return { total, found, recall: share(found, total), medianDelaySeconds: median(delays) };
}

function pointwiseQuality(sequences: readonly FlaggedSequence[], tolerance: number): PointwiseQuality {
  let [hits, falseAlarms, misses] = [0, 0, 0];
  for (const { times, flags, incidents } of sequences) {
    for (let step = 0; step < times.length; step++) {
      const time = times[step]!;
      const within = (tail: number) =>
        incidents.some(({ start, end }) => time >= start && time <= end + tail);
      if (!flags[step]) misses += within(0) ? 1 : 0;
      else if (within(0)) hits += 1;
      else falseAlarms += within(tolerance) ? 0 : 1;
    }
  }
  return {
    precision: share(hits, hits + falseAlarms),
    recall: share(hits, hits + misses),
    f1: share(2 * hits, 2 * hits + falseAlarms + misses),
  };
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
