/** Finding labelled incidents with a model that has seen none, and judging how well that went. */
import type { Column, Sequence } from "../data/dataset.ts";
import type { Scored } from "../inference/score.ts";
import { type DetectionQuality, detectionQuality, type Incident } from "../metrics/detection.ts";
import { type Detection, type Detector, detect, fitDetector } from "./detect.ts";
import { detectedColumns, entryScores, secondsOf } from "./entry-scores.ts";

/** For so long after its end, in seconds, an incident still shows: queues drain, memory is given back. */
export const RECOVERY_SECONDS = 5;

/** Of recordings at 5 Hz whose incidents take seconds: two and five seconds. */
const STUDIED_WINDOWS = [10, 25];

export interface Labelled extends Scored {
  readonly incidents: readonly Incident[];
}

/** What was flagged in each labelled sequence, and how well. */
export interface IncidentStudy {
  readonly detector: Detector;
  readonly detections: readonly Detection[];
  readonly quality: DetectionQuality;
}

/**
 * Flags incidents with a detector fitted to clean sequences, which the model was not trained on. The labels serve to
 * judge what was flagged and for nothing else.
 *
 * @throws VrnnError `detect/...`
 * @example
 * const { quality } = studyIncidents(columns, validation, test);
 * quality.recall; // 0.9
 */
export function studyIncidents(
  columns: readonly Column[],
  clean: readonly Scored[],
  labelled: readonly Labelled[],
): IncidentStudy {
  const detector = fitDetector(detectedColumns(columns), clean.map(entryScores), {
    windows: STUDIED_WINDOWS,
  });
  const detections = labelled.map((one) => detect(entryScores(one), detector));
  const flagged = labelled.map(({ sequence, incidents }, i) => ({
    times: secondsOf(sequence),
    flags: detections[i]!.flags,
    incidents,
  }));
  return { detector, detections, quality: detectionQuality(flagged, { tolerance: RECOVERY_SECONDS }) };
}

/** The steps outside incidents and their recovery. */
export function cleanSteps(sequence: Sequence, incidents: readonly Incident[]): number[] {
  const isClean = (time: number) =>
    incidents.every(({ start, end }) => time < start || time > end + RECOVERY_SECONDS);
  const times = secondsOf(sequence);
  return [...times.keys()].filter((t) => isClean(times[t]!));
}

/**
 * Pooled nats per step over the clean steps of labelled sequences: models are held against each other on what none was
 * trained on and nothing disturbed.
 *
 * @param natsOf the nats of each step of a sequence, `[length]`.
 */
export function cleanNatsPerStep(
  labelled: readonly Labelled[],
  natsOf: (one: Labelled) => Float64Array,
): number {
  const nats = labelled.flatMap((one) => {
    const own = natsOf(one);
    return cleanSteps(one.sequence, one.incidents).map((t) => own[t]!);
  });
  return nats.reduce((sum, value) => sum + value, 0) / nats.length;
}
