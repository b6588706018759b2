import type { Detector, DetectorOptions } from "../anomaly/detect.ts";
import { detectorOf } from "../anomaly/live-detector.ts";
import type { Notice } from "../data/notice.ts";
import type { Following } from "../inference/following.ts";
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

/** A detector of a run, and whether the data that it was fitted to say when their steps were. */
export interface RunDetector {
  readonly detector: Detector;
  readonly isTimed: boolean;
}

/**
 * A detector fitted to what a run's model says of its validation split.
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
  const sequences = sequencesOf(data, "valid", path ?? config.data.path);
  const { columns } = tableOf(config);
  const settings = { runtime, model, weights, columns, sequences, seed };
  const detector = await detectorOf(settings, detection, following.score);
  return { detector, isTimed: data.time !== undefined };
}
