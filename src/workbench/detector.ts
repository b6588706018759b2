import type { Detector, DetectorOptions } from "../anomaly/detect.ts";
import { detectorFrom } from "../anomaly/live-detector.ts";
import { type Sequence, sliceSequence } from "../data/dataset.ts";
import type { Notice } from "../data/notice.ts";
import type { Following } from "../inference/following.ts";
import type { StepScores } from "../inference/score.ts";
import type { Run } from "../run/run.ts";
import { tableOf } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { readRunData, sequencesOf } from "./run-data.ts";

/** What alarms are wanted of a run, and where its data are. */
export interface RunDetectorOptions extends DetectorOptions {
  /** Where the run's data are now, if not where it was trained on them. */
  readonly path?: string | undefined;
  readonly seed: number;
  /** How the steps will be followed that it is to look at. */
  readonly following: Following;
}

/** A detector of a run, and the data that it was fitted to. */
export interface RunDetector {
  readonly detector: Detector;
  /** Whether the data say when their steps were. */
  readonly isTimed: boolean;
  readonly clean: readonly Sequence[];
  /** What the model says of each of them. */
  readonly scores: readonly StepScores[];
}

/** So many of the latest steps of the training split are looked at beside the validation split. */
const TRAINING_STEPS = 20_000;

/**
 * A detector fitted to what a run's model says of its validation split, and of as much of its training split as has
 * room: a rare state of the machine that the short validation split lacks is no anomaly.
 *
 * @param notice is told what the data gave to notice.
 * @throws VrnnError `run/data`, `data/...` when the data cannot be read, `run/split` when the split is empty,
 * `detect/...` when it is too short.
 */
export async function detectorOfRun(
  { config, model, weights }: Run,
  runtime: Runtime,
  notice: Notice,
  { path, seed, following, ...detection }: RunDetectorOptions,
): Promise<RunDetector> {
  const data = readRunData(config, notice, path);
  const valid = sequencesOf(data, "valid", path ?? config.data.path);
  const clean = [...latestSteps(data.splits.train, TRAINING_STEPS), ...valid];
  const { columns } = tableOf(config);
  const settings = { runtime, model, weights, columns, sequences: clean, seed };
  const scores = await following.score(settings);
  const detector = detectorFrom(settings, scores, detection);
  return { detector, isTimed: data.time !== undefined, clean, scores };
}

/** The last sequences that hold so many steps together, of the first of them its end. */
function latestSteps(sequences: readonly Sequence[], steps: number): Sequence[] {
  const kept: Sequence[] = [];
  let left = steps;
  for (const sequence of sequences.toReversed()) {
    if (left <= 0) break;
    const from = Math.max(sequence.length - left, 0);
    kept.unshift(from === 0 ? sequence : sliceSequence(sequence, from, sequence.length));
    left -= sequence.length - from;
  }
  return kept;
}
